/* SPDX-License-Identifier: MIT
 *
 * strategy_common.h - what every strategy has to know of the schedule under way, and to do alike.
 *
 *      the events    who has done what since the last decision
 *      the ranks     a number for each thread; the highest candidate is chosen
 *      the rest      decisions that are not about which thread runs
 *
 * At grain "access" an event is an operation on an object, and stands in the trace
 * whether there was a choice or not.  At grain "call" it is whatever a chosen thread
 * did until the next decision, on nobody knows what.
 *
 * There is one schedule at a time, so that all of this is there once, and it is
 * bounded: nothing is allocated while a decision is taken.
 */
#ifndef SW_STRATEGY_COMMON_H
#define SW_STRATEGY_COMMON_H

#include <stdint.h>

#include "contract/decision.h"

struct sw_strategy_common_event {
    uint32_t thread;
    struct sw_pending did; /* op UNKNOWN at grain "call" */
    int is_quiet;
};

/* A schedule begins: none of the following is left from the one before. */
void sw_strategy_common_begin(uint64_t seed);

/* ---- the events ---- */

/* The next that has not been taken yet.  0: there is none. */
int sw_strategy_common_next(struct sw_strategy_common_event *event);
/* Before choose() returns: that candidate it is. */
int sw_strategy_common_chose(const struct sw_decision *decision, uint32_t choice);

/* The object is the thread's nth, from 1; 0: there are too many to tell.  To be asked of
 * what is pending, and then of each. */
uint32_t sw_strategy_common_nth(uint32_t thread, uint32_t object);

/* An operation is QUIET if it reads what, by the profile, nobody writes.  That may be
 * wrong, of a path that has not been learnt; so in one of SW_STRATEGY_COMMON_LOUD schedules nothing
 * is quiet. */
enum { SW_STRATEGY_COMMON_LOUD = 4 };
/* A candidate, of the first count, whose operation is quiet: it is done at once.  -1: there
 * is none. */
int sw_strategy_common_quiet(const struct sw_decision *decision, uint32_t count);
/* How many events a schedule has that are not quiet; 0: nothing is known. */
uint64_t sw_strategy_common_steps(void);

/* ---- chance ---- */

uint64_t sw_strategy_common_random(void);
/* 0 to limit - 1; limit > 0. */
uint64_t sw_strategy_common_below(uint64_t limit);

/* ---- twins ---- */

/* Threads that do the same are interchangeable: which of them is first decides nothing.  But as
 * they are many, whoever does something else is seldom before all of them, or behind them.  So
 * in a third of the schedules they weigh together as much as one; in a third each of them weighs
 * as much as all of them; and in a third there is no difference.
 *
 * Returns what the thread's weight is to be divided by, at least 1; the ranks know it. */
uint32_t sw_strategy_common_handicap(uint32_t thread);

/* ---- the ranks ---- */

/* A thread that is met for the first time gets a random rank of at least
 * SW_STRATEGY_COMMON_RANKS_LOW. */
#define SW_STRATEGY_COMMON_RANKS_LOW ((uint64_t)1 << 32)
uint64_t sw_strategy_common_rank(uint32_t thread);
void sw_strategy_common_set_rank(uint32_t thread, uint64_t rank);
/* A new random one. */
void sw_strategy_common_renew_rank(uint32_t thread);
/* From now on a thread's nth rank follows from the seed, the thread and n alone; inverted: the
 * order of all of them is the reverse. */
void sw_strategy_common_mirror(uint64_t seed, int inverted);
/* Below all that anybody has or had, down to 1. */
void sw_strategy_common_demote(uint32_t thread);
/* The index of the highest of the first count candidates. */
uint32_t sw_strategy_common_highest(const struct sw_decision *decision, uint32_t count);

/* ---- the rest ---- */

/* A decision that is about no thread, or an early time-out that is taken: the
 * choice.  Else -1: one of the first *count candidates is to be chosen. */
int sw_strategy_common_other(const struct sw_decision *decision, uint32_t *count);
/* Has the asker to step aside?  It has asked for it, or has been chosen that often
 * in a row, others could run, and whatever it waits for may be theirs to do. */
int sw_strategy_common_must_yield(const struct sw_decision *decision);

#endif
