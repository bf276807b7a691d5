/* SPDX-License-Identifier: MIT
 *
 * minimise.h - the smallest schedule that fails in the same way.
 *
 *   1. what fails is run again, and its deviations are named by each thread's own
 *      time (harness/control/drivers/relative_driver.c), so that any set of them is a schedule
 *   2. fewest deviations: sets of them are left out: all of a kind, then larger
 *      ones and smaller ones (ddmin)
 *   3. fewest preemptions: all schedules with fewer than it has by now are run
 *      (bounded.h), as far as the budget goes.  The first that fails has the
 *      least there can be; if none fails, and all were run, what it has is the least
 *   4. the earliest: each deviation of the few that are left is tried at all earlier times of
 *      its thread, as far as a tenth of the budget goes
 *   5. the two operations whose order decides: critical_pair.h
 *
 * What "the same way" is: reproduce.h.  All that is believed is what a process of its own
 * shows, and that is what is written.
 */
#ifndef SW_MINIMISE_H
#define SW_MINIMISE_H

#include "harness/report/trial.h"
#include "critical_pair.h"
#include "reproduce.h"

/* Borrows all. */
struct sw_minimise_order {
    const struct sw_sched *sched;
    uint64_t budget; /* how many schedules with fewer preemptions are run at most */
    /* After each run: how many there have been, how many deviations it has by now.  May be NULL. */
    void (*on_progress)(void *context, uint64_t runs, uint32_t deviations);
    void *context;
};

struct sw_minimised {
    struct sw_reproduce probe;
    uint32_t before, deviations;
    struct sw_control_shm_list *exact; /* to the letter; owned */
    char proof[1024];            /* of the preemptions, one line */
    struct sw_critical_pair critical; /* with what was seen there */
    char refused[160];           /* one line: there is nothing to minimise; else "" */
};

/* 0: see refused; or -1 with *e: something could not be run.  Free it either way. */
int sw_minimise_run(const struct sw_minimise_order *order, struct sw_minimised *minimised,
                    struct sw_error *e);
/* Runs it once more, in a process of its own, and writes it there.  0; or 1: it does not fail so
 * there; trial says how it ends, free its story.  silent: what it prints goes nowhere. */
int sw_minimise_write(const struct sw_minimised *minimised, const char *output, int silent,
                      struct sw_trial *trial);
void sw_minimise_free(struct sw_minimised *minimised);

#endif
