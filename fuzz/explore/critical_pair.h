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
 * Where a schedule stops T2 and runs T1, a block of operations of T1 (and of others) comes before
 * T2's next operation.  If the schedule fails with that operation behind the block, and does not
 * with it before the block, then there is a place inside of the block where this changes.
 * Bisecting finds it: two schedules that differ in nothing but the order of two adjacent
 * operations.
 *
 * The default schedule, which has no deviation, may fail, too.  Then the search starts from the
 * other side: from a schedule with a single delay that does not fail.
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
    struct sw_stack_snapshot_seen seen; /* both stacks; valid after sw_critical_pair_look() */
};

/* best: a schedule that fails in the way that the reproducer wants.  0, or -1 with *e: nothing
 * could be run. */
int sw_critical_pair_find(struct sw_reproduce *reproducer, const struct sw_relative_schedule *best,
                     struct sw_critical_pair *critical, struct sw_error *e);
/* Runs the failing schedule once more, in a process of its own, and takes the stacks of both
 * threads before their operations.  0, or -1 with *e. */
int sw_critical_pair_look(const struct sw_reproduce *reproducer, struct sw_critical_pair *critical,
                     struct sw_error *e);
void sw_critical_pair_print(FILE *out, const struct sw_critical_pair *critical);
/* "account.py:27 check | account.py:13 deposit": the innermost frames outside of Python's library,
 * without folders; failures are deduplicated by it.  Returns buf; "" if nothing is known. */
char *sw_critical_pair_print_name(const struct sw_critical_pair *critical, char *buf, size_t size);
void sw_critical_pair_free(struct sw_critical_pair *critical);

#endif
