/* SPDX-License-Identifier: MIT
 *
 * debug.h - a recorded run in gdb, where going back is running again to an earlier step.
 *
 *      spillway debug          gdb                     the program's process
 *      sw_debug_run()  fork->  reads harness/debug     spillway debug --in-place
 *                              sw-goto 36       ---->  sw_debug_become()  exec->  the interpreter
 *
 * Nobody stands between gdb and the interpreter: each run that gdb starts has a control memory of
 * its own, a Ctrl-C is gdb's, and no watchdog and no death signal ends the session.  So nobody
 * judges a run either: gdb's commands compare the prefix hash at each stop, and the end.
 */
#ifndef SW_DEBUG_H
#define SW_DEBUG_H

#include <stdint.h>

/* Texts are borrowed. */
struct sw_debug_order {
    const char *path;   /* a .sched, or a .schedz */
    uint64_t number;    /* of an archive's schedule, from 1; 0: a .sched's only one */
    const char *interp; /* NULL: the recorded one */
    int engine;         /* enum sw_control_shm_engine, and its name */
    const char *engine_name;
    uint64_t at;        /* UINT64_MAX: not given.  In place: before which decision it stops */
    const char *watch;  /* whose last write is wanted; NULL: nobody's */
    const char *batch;  /* commands with ';' between them, instead of a prompt; NULL: a prompt */
    int json;           /* a line of JSON a stop */
    int memcheck;       /* it runs once, under valgrind, and gdb looks at that */
    int is_in_place;    /* gdb has started this process */
    char *const *options; /* of gdb's own, NULL-terminated; NULL: none */
};

/* gdb with our commands, before something that is there already: target is the command of gdb's that
 * goes to it.  Waits for gdb's end.  Returns the exit status, after a message. */
int sw_debug_attach(const char *interp, const char *target, char *const *options);

/* Becomes gdb, or, in place, the interpreter.  Returns an exit status only if that cannot be, after
 * a message. */
int sw_debug_run(const struct sw_debug_order *debug);

#endif
