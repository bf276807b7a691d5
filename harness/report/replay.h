/* SPDX-License-Identifier: MIT
 *
 * replay.h - the recorded run again, strictly; or with `anyway` as far as it can be had.
 *
 * A program that is no longer what was recorded is a warning: the decisions tell whether that
 * matters.
 */
#ifndef SW_REPLAY_H
#define SW_REPLAY_H

#include <stdint.h>

struct sw_sched;
struct sw_error;

/* Texts are borrowed. */
struct sw_replay_order {
    const char *path;  /* a .sched, or a .schedz */
    uint64_t number;   /* of an archive's schedule, from 1; 0: all of them, or a .sched's only one */
    const char *interp; /* NULL: the recorded one */
    int anyway; /* follow the decisions as far as they fit, and go on with the defaults */
    char *const *under; /* the command that the interpreter runs under, like valgrind; or NULL */
    int memcheck;      /* it runs under valgrind's memcheck, whose errors are a failure */
    int engine;        /* enum sw_control_shm_engine */
    int quiet;         /* say nothing if the run was the recorded one */
    int explain;       /* say why it failed, in full; 0: in short, unless it is quiet */
    const char *timeline; /* a file for what happened, a line of JSON each; NULL: none */
};

/* Returns the exit status: 0 the run was the recorded one in every decision and in its outcome,
 * whatever that is; 1 it was another; 2 a harness error, or a file that is not there. */
int sw_replay_run(const struct sw_replay_order *replay);

/* The schedule of that number in path (0: a .sched's only one), with what can be run from here; interp:
 * as in struct sw_replay_order.  0, or -1 with *e; *sched is the caller's to free either way. */
int sw_replay_load(const char *path, uint64_t number, const char *interp, struct sw_sched **sched,
                   struct sw_error *e);
/* Says on stderr what of the program and the interpreter is no more what was recorded; interp: as in
 * struct sw_replay_order.  Returns how many things it has said. */
int sw_replay_warn(const char *path, const struct sw_sched *sched, const char *interp);

/* Refuses an output (NULL: none) that is the schedule, its program or its interpreter.  0, or -1
 * with *e. */
int sw_replay_check_apart(const char *output, const char *path, const struct sw_sched *sched,
                          struct sw_error *e);

/* Are the program, its input and the interpreter what they were when the schedule was
 * recorded?  path: the schedule's, for messages.  0, or -1 with *e. */
int sw_replay_check(const char *path, const struct sw_sched *sched, struct sw_error *e);
/* The same, but for the interpreter and for what starts tests, which come with spillway. */
int sw_replay_check_program(const char *path, const struct sw_sched *sched, struct sw_error *e);

#endif
