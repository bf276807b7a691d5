/* SPDX-License-Identifier: MIT
 *
 * dpor.h - every schedule that can matter, each once: optimal dynamic partial order reduction.
 *
 * Two schedules are equivalent if one comes of the other by exchanging neighbours
 * that are independent (sw_decision_depends(), and struct sw_trace_event.after).
 * Of each class this search wants one.  It follows Abdulla, Aronis, Jonsson and
 * Sagonas, "Optimal dynamic partial order reduction" (POPL 2014): source sets,
 * sleep sets, and wakeup trees, so that no run is begun in vain.
 *
 *      sw_dpor_next()     what to run: a prefix of threads, and who sleeps behind
 *                         it; from there on whoever does not sleep
 *      sw_dpor_observe()  the trace that came of it; its races say what else to run
 *
 * Locks.  An acquisition is possible only while nobody holds the lock, so a
 * release and the next acquisition are no race, but two acquisitions are: as long
 * as nothing but the lock orders them.  A thread that waits for a lock at a
 * deadlock counts as if its acquisition came next.
 *
 * Whoever runs the schedules is not known here: it is a program in a process, or
 * a model in a test.
 */
#ifndef SW_DPOR_H
#define SW_DPOR_H

#include <stdint.h>

#include "contract/trace.h"

enum { SW_DPOR_THREADS_MAX = 256 }; /* ordinals below it */

struct sw_dpor;

/* What to run.  Borrowed from the search, until the next call. */
struct sw_dpor_run {
    const uint32_t *prefix; /* threads, one for each event */
    uint32_t prefix_count;
    const uint32_t *sleeping; /* threads that sleep before the event prefix[sleeping_at] */
    uint32_t sleeping_count;
    uint32_t sleeping_at;
};

struct sw_dpor_counts {
    uint64_t traces;     /* observed: complete, or ended early (deadlock, crash) */
    uint64_t blocked;    /* of them, those that could only go on with a sleeper: redundant */
    uint64_t infeasible; /* that could not follow their prefix; not counted as traces */
    uint64_t races;
};

/* NULL: no memory. */
struct sw_dpor *sw_dpor_new(void);
void sw_dpor_free(struct sw_dpor *dpor);

/* 1; 0: all has been run. */
int sw_dpor_next(struct sw_dpor *dpor, struct sw_dpor_run *run);
/* The trace of the last run; it is not kept.  0; -1 with a reason in *why when
 * the search cannot go on: the trace is not of that prefix (the program is not
 * deterministic), was lost, or there is no memory. */
int sw_dpor_observe(struct sw_dpor *dpor, const struct sw_trace *trace, const char **why);

const struct sw_dpor_counts *sw_dpor_counts(const struct sw_dpor *dpor);

#endif
