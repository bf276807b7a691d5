/* SPDX-License-Identifier: MIT
 *
 * dpor.h - every schedule that can matter, each once: optimal dynamic partial order reduction.
 *
 * Two schedules are EQUIVALENT if one becomes the other by exchanging neighbours that are
 * independent (sw_decision_depends(), and struct sw_trace_event.after).  Of each class of
 * equivalent schedules this search runs one.  It is the algorithm of Abdulla, Aronis, Jonsson and
 * Sagonas, "Optimal dynamic partial order reduction" (POPL 2014):
 *
 *      1. sw_dpor_next()     says what to run: a prefix of threads, and which threads sleep behind
 *                            it; from there on any thread that does not sleep
 *      2. sw_dpor_observe()  takes the trace that came of it: it becomes the path, and each of its
 *                            events a node with a sleep set and a wakeup tree
 *      3.                    for each RACE in the trace, two dependent events that could have come
 *                            in the other order, it makes the sequence that reverses it.  If no
 *                            sleeper at the first of the two has led to that already, and its
 *                            wakeup tree does not cover it (dpor_wakeup.h), it is inserted there
 *      4. sw_dpor_next()     goes back to the deepest node whose wakeup tree has something left;
 *                            what has been explored there sleeps from now on
 *
 * It ends when all trees are empty.  Then every class has been run, once: their theorems of
 * completeness and of optimality, which fuzz/tests/check_dpor.c compares with all interleavings of
 * small models.  (With locks a few runs turn out to be redundant, in 10 of 11,404 random models;
 * they are counted as blocked.)
 *
 * Locks.  An acquisition is possible only while nobody holds the lock, so a release and the next
 * acquisition are no race, but two acquisitions are, as long as nothing but the lock orders them.
 * A thread that waits for a lock at a deadlock counts as if its acquisition came next.
 *
 * Whoever runs the schedules is not known here: a program in a process, several of them beforehand
 * (dpor_pool.h), or a model in a test.
 */
#ifndef SW_DPOR_H
#define SW_DPOR_H

#include <stdint.h>

#include "contract/trace.h"

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
    uint64_t traces; /* observed: complete, or ended early (deadlock, crash) */
    uint64_t blocked; /* of them, those that could only go on with a sleeper: redundant */
    uint64_t infeasible; /* that could not follow their prefix; not counted as traces */
    uint64_t races;
};

/* NULL: no memory. */
struct sw_dpor *sw_dpor_new(void);
void sw_dpor_free(struct sw_dpor *dpor);

/* 1; 0: all has been run; -1: no memory. */
int sw_dpor_next(struct sw_dpor *dpor, struct sw_dpor_run *run);
/* The trace of the last run; it is not kept.  0; -1 with a reason in *why when
 * the search cannot go on: the trace is not of that prefix (the program is not
 * deterministic), was lost, or there is no memory. */
int sw_dpor_observe(struct sw_dpor *dpor, const struct sw_trace *trace, const char **why);

const struct sw_dpor_counts *sw_dpor_counts(const struct sw_dpor *dpor);

#endif
