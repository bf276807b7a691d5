/* SPDX-License-Identifier: MIT
 *
 * rr.h - a recorded run once more, under rr, which then goes back in it instruction by instruction.
 *
 *      probe     does rr record and replay /bin/true here?  Its own word for it is not taken
 *      record    the interpreter alone, as a replay under "rr record"; a trace of another run is
 *                not kept
 *      open      "rr replay" at the trace's end, and gdb with our commands before it
 *
 * rr wants the processor's performance counters, which most virtual machines and containers do not
 * have.  One that can do without (-W in its help) is asked for that if the other way does not work.
 */
#ifndef SW_RR_H
#define SW_RR_H

#include <stddef.h>
#include <stdint.h>

/* Texts are borrowed. */
struct sw_rr_order {
    const char *path;   /* a .sched, or a .schedz */
    uint64_t number;    /* of an archive's schedule, from 1; 0: a .sched's only one */
    const char *interp; /* NULL: the recorded one */
    int engine;         /* enum sw_control_shm_engine */
    const char *record_only; /* where the trace is kept, and not opened; NULL: nowhere */
    char *const *options;    /* of gdb's, NULL-terminated; NULL: none */
};

/* Does it work here?  1; or 0, and why not. */
int sw_rr_probe(char *why, size_t size);
/* Returns the exit status: 0 the trace was recorded (and opened); 1 it was another run; 2 an error;
 * 3 rr does not work here. */
int sw_rr_run(const struct sw_rr_order *order);

#endif
