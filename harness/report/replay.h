/* SPDX-License-Identifier: MIT
 *
 * replay.h - the command "replay": the recorded run again, strictly.
 */
#ifndef SW_REPLAY_H
#define SW_REPLAY_H

/* argv[0] is "replay".  Returns the exit status: 0 the run was the recorded one
 * in every decision and in its outcome, whatever that is; 1 it was another; 2 a
 * usage or harness error, or a schedule of another program or interpreter. */
int sw_replay(int argc, char **argv);

/* Are the program, its input and the interpreter what they were when the schedule was
 * recorded?  path: the schedule's, for messages.  0, or -1 with *e. */
struct sw_sched;
struct sw_error;
int sw_replay_check(const char *path, const struct sw_sched *sched, struct sw_error *e);
/* The same, but for the interpreter and for what starts tests, which come with spillway. */
int sw_replay_check_program(const char *path, const struct sw_sched *sched, struct sw_error *e);
/* The order to repeat it, to the letter. */
struct sw_control_shm;
void sw_replay_fill(struct sw_control_shm *shm, const struct sw_sched *sched);

#endif
