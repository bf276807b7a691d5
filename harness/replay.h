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

#endif
