/* SPDX-License-Identifier: MIT
 *
 * critical_pair.h - the two adjacent operations whose order decides.
 *
 *      fails      ... T1: a   T2: b ...
 *      does not   ... T2: b   T1: a ...
 *
 * An operation is what a thread does from one of its decisions to the next: at grain "access" one
 * access to something shared, at grain "call" all between two places where the interpreter could be
 * interrupted.
 *
 * Wherever a schedule runs T1 instead of T2 there is a block of operations of T1 (and of others)
 * before T2's next.  With T2's next before the block it does not fail, behind it it does: so
 * somewhere inside of the block it turns, and bisecting finds where.  The two schedules that remain
 * differ in nothing but the order of these two operations.
 *
 * A schedule without deviations may fail, too; then the turn is looked for from the other side, in
 * one with a single delay that does not fail.
 */
#ifndef SW_CRITICAL_PAIR_H
#define SW_CRITICAL_PAIR_H

#include <stdio.h>

#include "harness/runner/stack_snapshot.h"
#include "reproduce.h"

struct sw_critical_pair {
    int found;
    char why_not[256];        /* one line; valid if it is not found */
    uint32_t threads[2];      /* the ordinals; the first one's operation is first where it fails */
    uint64_t decision;        /* in the failing one of the two: both threads are before theirs */
    char otherwise[SW_END_WORD_MAX]; /* how it ends in the other order; "" for a pass */
    struct sw_control_shm_list *failing;     /* to the letter; owned */
    struct sw_stack_snapshot_seen seen;      /* there; valid after sw_critical_pair_look() */
};

/* best: the schedule, which fails in the probe's way.  0, or -1 with *e: nothing could be run. */
int sw_critical_pair_find(struct sw_reproduce *probe, const struct sw_relative_schedule *best,
                     struct sw_critical_pair *critical, struct sw_error *e);
/* Runs the failing one once more, in a process of its own, and looks at both threads.  0, or -1
 * with *e. */
int sw_critical_pair_look(const struct sw_reproduce *probe, struct sw_critical_pair *critical,
                     struct sw_error *e);
void sw_critical_pair_print(FILE *out, const struct sw_critical_pair *critical);
/* "account.py:27 check | account.py:13 deposit": the innermost frames outside of Python's library,
 * without folders; what dedupes failures.  Returns buf; "" if nothing is known. */
char *sw_critical_pair_print_name(const struct sw_critical_pair *critical, char *buf, size_t size);
void sw_critical_pair_free(struct sw_critical_pair *critical);

#endif
