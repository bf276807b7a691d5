/* SPDX-License-Identifier: MIT
 *
 * strategy_common.h - what the strategies share: the events of the schedule so far, a priority for
 * each thread, and the answers to decisions that are not about which thread runs.
 *
 * At grain "access" an event is one operation on an object; it stands in the trace even if there
 * was no choice.  At grain "call" an event is whatever the chosen thread did until the next
 * decision; on which objects is not known.
 *
 * A process runs one schedule at a time, so this is one static state.  It is bounded: nothing is
 * allocated while a decision is taken.
 */
#ifndef SW_STRATEGY_COMMON_H
#define SW_STRATEGY_COMMON_H

#include <stdint.h>

#include "contract/decision.h"
#include "contract/thread_profile.h"

struct sw_strategy_common_event {
    uint32_t thread;
    struct sw_pending did; /* op UNKNOWN at grain "call" */
    int is_quiet;
};

/* A schedule begins; nothing of the one before is left. */
void sw_strategy_common_begin(uint64_t seed);

/* ---- one decision ---- */

/* What a strategy adds to the common way of choosing. */
struct sw_strategy_common_steps {
    /* An event since the last decision, oldest first. */
    void (*take)(const struct sw_decision *decision, const struct sw_strategy_common_event *event);
    /* Which of the first count candidates runs next: an index. */
    uint32_t (*pick)(const struct sw_decision *decision, uint32_t count);
};

/* Answers a decision; what a driver's choose() returns.  It asks pick() only where the choice is
 * the strategy's: not for decisions of other kinds, and not where an operation is quiet or an early
 * time-out is taken. */
int sw_strategy_common_choose(const struct sw_decision *decision,
                              const struct sw_strategy_common_steps *steps);
/* Defines the choose() of a driver with these steps. */
#define SW_STRATEGY_COMMON_CHOOSE(take, pick) \
    static int choose(struct sw_driver *driver, const struct sw_decision *decision) \
    { \
        static const struct sw_strategy_common_steps steps = {take, pick}; \
\
        (void)driver; \
        return sw_strategy_common_choose(decision, &steps); \
    }

/* ---- objects, as the profile names them ---- */

/* The object is the nth that this thread touches, from 1; 0: there are too many to tell.  The
 * numbers are given in the order of the calls: ask for what is pending before it is done. */
uint32_t sw_strategy_common_nth(uint32_t thread, uint32_t object);
/* Is the nth in that set of the profile?  Sets have bits for 64 objects; of more nothing is known:
 * 0. */
int sw_strategy_common_is_in(uint64_t set, uint32_t nth);
/* The thread's index in the arrays of the profile; all that are beyond share the last one. */
uint32_t sw_strategy_common_index(uint32_t thread);

/* An operation is QUIET if it reads what, by the profile, nobody ever writes: when it is done does
 * not matter, so it is done at once and costs no choice.  The profile comes from one schedule and
 * may be wrong about a path that was not taken in it; so in one of SW_STRATEGY_COMMON_LOUD
 * schedules nothing is quiet.  (Chosen freely: the models of check_strategies have the same means
 * with none, a quarter and all of them.) */
enum { SW_STRATEGY_COMMON_LOUD = 4 };
/* How many events that are not quiet a schedule has, by the profile; 0: nothing is known. */
uint64_t sw_strategy_common_length(void);

/* ---- random numbers ---- */

uint64_t sw_strategy_common_random(void);
/* From 0 to limit - 1; limit > 0. */
uint64_t sw_strategy_common_below(uint64_t limit);

/* ---- twins ---- */

/* TWINS are threads that do the same (thread_profile.h).  Which of them comes first decides
 * nothing, but among c twins a thread that does something else is seldom before all of them or
 * behind all of them.  So each schedule draws what a group of c twins weighs, beside a thread that
 * has no twin: as much as one thread, c times as much (each counts as itself), or c * c times.
 *
 * Returns what this thread's weight is to be divided by, at least 1.  The priorities take it into
 * account by themselves. */
uint32_t sw_strategy_common_handicap(uint32_t thread);

/* ---- priorities ---- */

/* A thread that is met for the first time gets a random priority, at least
 * SW_STRATEGY_COMMON_PRIORITY_LOW. */
#define SW_STRATEGY_COMMON_PRIORITY_LOW ((uint64_t)1 << 32)
uint64_t sw_strategy_common_priority(uint32_t thread);
/* A new random one. */
void sw_strategy_common_renew_priority(uint32_t thread);
/* From now on a thread's nth priority follows from this seed, the thread and n alone, whoever else
 * draws in between.  inverted: whoever would be highest is lowest. */
void sw_strategy_common_mirror(uint64_t seed, int inverted);
/* Below every priority that anybody has had in this schedule. */
void sw_strategy_common_demote(uint32_t thread);
/* The index of the highest of the first count candidates. */
uint32_t sw_strategy_common_highest(const struct sw_decision *decision, uint32_t count);

#endif
