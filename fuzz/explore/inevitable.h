/* SPDX-License-Identifier: MIT
 *
 * inevitable.h - at which decision of a recorded failure it became inevitable.
 *
 *      P(i): the first i decisions are taken as recorded, and then threads are chosen at random
 *            (strategy "prefix-random"); how likely is that failure?
 *
 * P(0) is how likely it is at all, and P of all decisions is 1.  P(i) is measured with some random
 * schedules, first at places that divide the run evenly; then the two neighbours between which it
 * rises most are bisected, until they are one decision apart.  That decision is the JUMP.
 *
 * At each place the same seeds are used: two places differ in nothing but the decisions between them.
 * So equal orders give equal answers, whatever else runs on the machine.  What is measured is a
 * sample, and an interval (Wilson, 95 %) stands beside each figure.
 */
#ifndef SW_INEVITABLE_H
#define SW_INEVITABLE_H

#include "reproduce.h"

/* How many places at first, and how many in all. */
enum { SW_INEVITABLE_FIRST = 12, SW_INEVITABLE_MAX = 64 };

struct sw_inevitable_order {
    const struct sw_sched *sched;
    uint64_t runs; /* at most, of random schedules */
    uint64_t seed;
};

struct sw_inevitable_place {
    uint64_t decisions; /* of the prefix */
    uint32_t runs, failed;
    double low, high; /* where P is with 95 % */
};

struct sw_inevitable {
    struct sw_end end; /* how the recorded run fails */
    uint32_t count;
    struct sw_inevitable_place places[SW_INEVITABLE_MAX]; /* ascending */
    uint32_t jump; /* the index of the place behind it, from 1; 0: P rises nowhere */
    uint64_t runs;
    const char *over; /* why it ended before its time, or NULL */
    /* Of the decision at the jump, if the two places are one decision apart. */
    int is_found;
    struct sw_logged decision;
    uint32_t candidates[SW_LIVE_THREADS_MAX];
    struct sw_stack_snapshot_seen seen; /* of who asks, and of who was chosen */
};

/* 1: measured; 0: the schedule does not fail as recorded, and end says how it ends; -1 with *e.  To
 * be freed either way. */
int sw_inevitable_measure(struct sw_inevitable *inevitable, const struct sw_inevitable_order *order,
                          struct sw_error *e);
void sw_inevitable_free(struct sw_inevitable *inevitable);

/* The index of the first place from which on every run has failed. */
uint32_t sw_inevitable_from(const struct sw_inevitable *inevitable);
/* failed of runs: the interval. */
void sw_inevitable_interval(uint32_t failed, uint32_t runs, double *low, double *high);

#endif
