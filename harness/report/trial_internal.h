/* SPDX-License-Identifier: MIT
 *
 * trial_internal.h - what trial.c, trial_sched.c and trial_many.c share, and nobody else uses.
 */
#ifndef SW_TRIAL_INTERNAL_H
#define SW_TRIAL_INTERNAL_H

#include "contract/control_shm.h"
#include "trial.h"

__attribute__((format(printf, 4, 5))) void sw_trial_decide(struct sw_trial *trial,
                                                           enum sw_verdict_kind kind,
                                                           const char *oracle, const char *format,
                                                           ...);
/* One more line of the story. */
__attribute__((format(printf, 2, 3))) void sw_trial_tell(struct sw_trial *trial, const char *format,
                                                         ...);
/* After all other lines: a pass beside what nobody controls becomes inconclusive. */
void sw_trial_tell_uncontrolled(struct sw_trial *trial, const struct sw_uncontrolled *list,
                                uint32_t count);
void sw_trial_tell_lives_on(struct sw_trial *trial, uint32_t threads);

/* "pct:3".  Returns buf. */
char *sw_trial_describe_strategy(const struct sw_trial_order *order, char *buf, size_t size);
const struct sw_settings *sw_trial_setting_of(const struct sw_trial_order *order);
/* What the interpreter is given to run, and with which arguments: FILE TEST ARG... for the starter,
 * or a program's own.  Returns room. */
const char *sw_trial_program_of(const struct sw_trial_order *order);
char **sw_trial_args_of(const struct sw_trial_order *order, char *room[SW_TRIAL_ARGS]);

/* One schedule, in a process of its own. */
void sw_trial_run_one(const struct sw_trial_order *order, struct sw_trial *trial);

#endif
