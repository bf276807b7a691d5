/* SPDX-License-Identifier: MIT
 *
 * bounded.h - all schedules of a test within a bound of preemptions, or of delays.
 *
 * A schedule is its deviations from the default.  What each costs (contract/decision_kind.h):
 *
 *                                      preemptions   delays
 *   the running thread could go on         1           1
 *   it could not, and another than
 *     the one that waits longest runs      0           1
 *   another waiter is woken, an
 *     early time-out, an action at a point 1           1
 *   the program's choice is not 0          1           1
 *
 * They are run in the order of their costs: if all schedules of a lower cost were run, the first
 * failure has the lowest cost that a failure can have.
 *
 * This works at every grain and with every interpreter, but it does not know which schedules are
 * equivalent: with n decisions and a bound of 2 there are about n * n / 2.  After Musuvathi and
 * Qadeer, "Iterative context bounding" (PLDI 2007), and Emmi, Qadeer and Rakamaric,
 * "Delay-bounded scheduling" (POPL 2011).
 */
#ifndef SW_BOUNDED_H
#define SW_BOUNDED_H

#include "contract/decision_kind.h"
#include "contract/error.h"
#include "harness/runner/session.h"

enum { SW_BOUNDED_MAX = 16 };

/* Borrows all. */
struct sw_bounded_order {
    struct sw_session_order session; /* its setting says begins */
    enum sw_decision_bound kind;
    uint32_t bound; /* at most SW_BOUNDED_MAX */
    uint64_t schedules_max; /* 0: no limit */
    int whole_costs; /* ends as soon as more of one cost are known than that */
    int goes_on; /* after a failure */
    /* Called for each schedule, with its cost; not 0: enough.  May be NULL. */
    int (*on_run)(void *context, const struct sw_batch_result *result,
                  const struct sw_control_shm *shm, uint32_t cost);
    void *context;
};

struct sw_bounded {
    int complete; /* all within the bound were run */
    int whole; /* and there are no schedules beyond it */
    char why_not[512]; /* valid if it is not complete */
    uint64_t schedules;
    uint64_t of_cost[SW_BOUNDED_MAX + 1];
    uint64_t open; /* that are known, and have not been run; others may come of them */
    uint64_t failures;
    uint32_t least; /* cost of the first failure; valid if there is one */
    struct sw_uncontrolled_most uncontrolled;
    uint32_t lives_on; /* threads: contract/control_shm.h */
    uint32_t follows; /* SW_FOLLOWS_CHANCE, ... */
};

/* 0, or -1 with *e: nothing could be run. */
int sw_bounded_run(const struct sw_bounded_order *order, struct sw_bounded *result,
                   struct sw_error *e);

#endif
