/* SPDX-License-Identifier: MIT
 *
 * minimise.h - the smallest schedule that fails in the same way.
 *
 *   1. the recorded schedule is run again, and its deviations are counted by thread
 *      (harness/control/drivers/relative_driver.c), so that any subset of them is a schedule
 *   2. the random numbers of the first chance, if it fails so with them, too (contract/chance.h);
 *      and the first layout (contract/layout.h)
 *   3. fewest deviations (reduce.h)
 *   4. fewest preemptions: all schedules with fewer are run, as far as the budget goes (fewest.h),
 *      and what comes of it is reduced again
 *   5. the earliest: each deviation, if few are left, is tried at all earlier times of its thread
 *   6. a process of its own has to fail in the same way by the decisions of what is left
 *   7. the critical pair, the two operations whose order decides (critical_pair.h); or else the
 *      preemptions that are left (left_over.h)
 *
 * What "the same way" is: reproduce.h.  All of it is done from a checkpoint.  If the recorded
 * schedule does not fail so from there, or what is left does not fail so in a process of its own,
 * all of it is done once more with a process for each run.
 *
 * When the time is up, or Ctrl-C comes, it goes on with step 6.
 */
#ifndef SW_MINIMISE_H
#define SW_MINIMISE_H

#include "harness/report/trial.h"
#include "critical_pair.h"
#include "fewest.h"
#include "left_over.h"
#include "reduce.h"

/* sw_fewest_budget() */
#define SW_MINIMISE_SOME_SECONDS UINT64_MAX

/* Borrows all. */
struct sw_minimise_order {
    const struct sw_sched *sched;
    uint64_t budget; /* of step 4: how many schedules are run at most; SW_MINIMISE_SOME_SECONDS */
    double seconds; /* of all steps but 6; 0: no limit */
    /* After each run: how many there have been, how many deviations it has by now.  May be NULL. */
    void (*on_progress)(void *context, uint64_t runs, uint32_t deviations);
    void *context;
};

struct sw_minimised {
    const struct sw_sched *sched; /* what is minimised: the order's, plain, or plainer */
    struct sw_sched plain; /* the order's, with the first chance; its texts are the order's */
    struct sw_sched plainer; /* the order's or plain, with the first layout; as plain */
    struct sw_end wanted;
    uint64_t runs;
    uint32_t before, deviations;
    const char *over; /* why it ended before its end; NULL: it did not */
    enum sw_explanation_how how; /* the failure is explained so; the caller's */
    struct sw_control_shm_list *exact; /* the decisions of the smallest schedule; owned */
    char proof[SW_FEWEST_TEXT + 64]; /* of step 4, one line */
    int is_looked_at; /* step 7 was come to, and these are valid: */
    struct sw_critical_pair critical;
    struct sw_left_over left;
    char refused[SW_END_LINE_MAX + 160]; /* one line: why nothing smaller is there; else "" */
};

/* 0: see refused; or -1 with *e: something could not be run.  Free it either way. */
int sw_minimise_run(const struct sw_minimise_order *order, struct sw_minimised *minimised,
                    struct sw_error *e);
/* Runs the smallest schedule once more, in a process of its own, and writes it to output.  0; or 1:
 * it does not fail there in the same way, and nothing is written.  trial says how it ends; free its
 * story.  silent: the program's output is dropped. */
int sw_minimise_write(const struct sw_minimised *minimised, const char *output, int silent,
                      struct sw_trial *trial);
void sw_minimise_free(struct sw_minimised *minimised);

#endif
