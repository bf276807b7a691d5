/* SPDX-License-Identifier: MIT
 *
 * trial_sched.h - the .sched of a trial that failed: where it goes, and what it says.
 *
 * A program's place is taken before it runs, so that a folder which cannot be written to is no news
 * after an hour; a test's when it has failed.  What cannot be written is printed on stderr.
 */
#ifndef SW_TRIAL_SCHED_H
#define SW_TRIAL_SCHED_H

#include "contract/error.h"
#include "sched_file.h"
#include "trial.h"

/* Where it goes, and whether that has been looked for.  Begins with file.fd -1 and a kind; the file
 * is released by who made it. */
struct sw_trial_sched {
    struct sw_sched_file file;
    const char *kind; /* "" or ".unsure" */
    int status; /* 1: it is taken; 0: not yet; -1 with e */
    struct sw_error e;
};

void sw_trial_sched_take(const struct sw_trial_order *order, struct sw_trial_sched *place);
/* Writes what that run decided, explains it if the order wants that, and tells both in the story.
 * outcome: how it ended, as a .sched has it. */
void sw_trial_sched_keep(const struct sw_process *run, const struct sw_trial_order *order,
                         char *outcome, struct sw_trial_sched *place, struct sw_trial *trial);

/* What a .sched of it names, all but its decisions and its outcome; args is room for its arguments. */
void sw_trial_sched_fill(const struct sw_trial_order *order, char *args[SW_TRIAL_ARGS],
                         struct sw_sched *sched);
/* Writes one that failed and has not failed again: to NAME.unsure.sched where it would be
 * NAME.sched.  Adds a line to the story. */
void sw_trial_sched_keep_unsure(const struct sw_trial_order *order,
                                const struct sw_trial_schedule *schedule, struct sw_trial *trial);

#endif
