/* SPDX-License-Identifier: MIT
 *
 * minimise.h - the smallest schedule that fails in the same way.
 *
 *   1. the recorded schedule is run again, and its deviations are counted by thread
 *      (harness/control/drivers/relative_driver.c), so that any subset of them is a schedule
 *   2. fewest deviations: subsets are left out, first all of a kind, then halves, quarters, and so
 *      on down to single ones (delta debugging: Zeller and Hildebrandt's ddmin)
 *   3. fewest preemptions: all schedules with fewer than are left are run (bounded.h), as far as
 *      the budget goes.  The first of them that fails has the fewest there can be; if none fails,
 *      and all were run, what is left is the fewest
 *   4. the earliest: each deviation, if few are left, is tried at all earlier times of its thread,
 *      as far as a tenth of the budget goes
 *   5. the critical pair: the two operations whose order decides (critical_pair.h)
 *
 * What "the same way" is: reproduce.h.  What is written was run in a process of its own, and failed
 * there.
 */
#ifndef SW_MINIMISE_H
#define SW_MINIMISE_H

#include "harness/report/trial.h"
#include "critical_pair.h"
#include "reproduce.h"

/* Borrows all. */
struct sw_minimise_order {
    const struct sw_sched *sched;
    uint64_t budget; /* of step 3: how many schedules are run at most */
    /* After each run: how many there have been, how many deviations it has by now.  May be NULL. */
    void (*on_progress)(void *context, uint64_t runs, uint32_t deviations);
    void *context;
};

struct sw_minimised {
    struct sw_reproduce reproducer;
    uint32_t before, deviations;
    struct sw_control_shm_list *exact; /* the decisions of the smallest schedule; owned */
    char proof[1024];            /* of step 3, one line */
    struct sw_critical_pair critical; /* with the stacks of both threads */
    char refused[160];           /* one line: there is nothing to minimise; else "" */
};

/* 0: see refused; or -1 with *e: something could not be run.  Free it either way. */
int sw_minimise_run(const struct sw_minimise_order *order, struct sw_minimised *minimised,
                    struct sw_error *e);
/* Runs the smallest schedule once more, in a process of its own, and writes it to output.  0; or 1:
 * it does not fail there.  trial says how it ends; free its story.  silent: the program's output is
 * dropped. */
int sw_minimise_write(const struct sw_minimised *minimised, const char *output, int silent,
                      struct sw_trial *trial);
void sw_minimise_free(struct sw_minimised *minimised);

#endif
