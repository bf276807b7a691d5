/* SPDX-License-Identifier: MIT
 *
 * hooks.h - what the engine calls without knowing who answers.
 *
 * The engine includes nothing of the rooms above it (signals, descriptors, clocks, reports): they
 * include it.  Where it needs them it calls through this table, which attach.c fills once, before
 * the first decision.  No entry is NULL.
 */
#ifndef SW_HOOKS_H
#define SW_HOOKS_H

#include <stdint.h>

struct sw_thread;
struct sw_explain_site;

struct sw_hooks {
    /* Signals have been sent to the calling thread, which runs: their handlers run now. */
    void (*signals_arrive)(void);
    /* Somebody is about to be chosen: what has become ready meanwhile? */
    void (*look)(void);
    /* Nobody can run: something outside, or time, must go on.  0: nothing is left that could. */
    int (*go_on)(void);
    /* Nobody can run.  Does not return if the process is only asked for its stacks by then. */
    void (*stuck)(void);
    /* The verdicts, with their reports: none returns. */
    void (*end_deadlock)(void);
    void (*end_livelock)(void);
    /* The only thread is about to ask for a decision: checkpoint.h. */
    void (*before_decision)(void);
    /* A schedule begins at a checkpoint: outside.h. */
    void (*restart_outside)(void);
    /* The process is about to end by this status: returns if it is. */
    void (*end_process)(int status);
    /* Prints the thread's stack on stderr. */
    void (*print_stack)(const struct sw_thread *thread);
    /* Where the calling thread stands: explain.h. */
    void (*where)(struct sw_explain_site *site);
};

/* Where decisions are asked for, if not at every place where a thread could be interrupted: grain
 * "access" (access.h).  The engine has one, or NULL. */
struct sw_grain {
    /* Of the candidates, all of whom can run, the one that runs now without being asked about;
     * NULL: it is a decision. */
    struct sw_thread *(*moving)(const struct sw_thread *self, struct sw_thread *const *candidates,
                                uint32_t count);
    /* `next` was chosen of the candidates. */
    void (*record)(struct sw_thread *const *candidates, uint32_t count,
                   const struct sw_thread *next);
    /* Somebody is about to be chosen: does that take time?  Only once it has been done so often that
     * somebody may wait for time by looking. */
    int (*takes_time)(void);
    /* Nobody can run before the deadline, to which time is about to jump: how far it does. */
    uint64_t (*time_jumps)(uint64_t deadline_ns);
    /* Nobody can run, for good. */
    void (*record_blocked)(void);
    /* How many events the trace has: what a thread that is made now comes after. */
    uint32_t (*count_events)(void);
};

#endif
