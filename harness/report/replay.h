/* SPDX-License-Identifier: MIT
 *
 * replay.h - the recorded run again, strictly.
 */
#ifndef SW_REPLAY_H
#define SW_REPLAY_H

#include <stdint.h>

/* Texts are borrowed. */
struct sw_replay_order {
    const char *path;  /* a .sched, or a .schedz */
    uint64_t number;   /* of an archive's schedule, from 1; 0: all of them, or a .sched's only one */
    const char *under; /* a command that the interpreter runs under, like valgrind; NULL: nothing */
    int engine;        /* enum sw_control_shm_engine */
    int quiet;         /* say nothing if the run was the recorded one */
};

/* Returns the exit status: 0 the run was the recorded one in every decision and in its outcome,
 * whatever that is; 1 it was another; 2 a harness error, or a schedule of another program or
 * interpreter. */
int sw_replay_run(const struct sw_replay_order *replay);

/* Are the program, its input and the interpreter what they were when the schedule was
 * recorded?  path: the schedule's, for messages.  0, or -1 with *e. */
struct sw_sched;
struct sw_error;
int sw_replay_check(const char *path, const struct sw_sched *sched, struct sw_error *e);
/* The same, but for the interpreter and for what starts tests, which come with spillway. */
int sw_replay_check_program(const char *path, const struct sw_sched *sched, struct sw_error *e);

#endif
