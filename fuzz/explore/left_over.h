/* SPDX-License-Identifier: MIT
 *
 * left_over.h - the preemptions that a minimised schedule still has, and where they are.
 *
 * Where no order of two operations alone decides (critical_pair.h), a thread is stopped between two
 * operations that belong together, a check and the act, and another one runs meanwhile.  So for
 * each preemption both threads are looked at: where the one is stopped, and where the other goes
 * on.
 */
#ifndef SW_LEFT_OVER_H
#define SW_LEFT_OVER_H

#include <stdio.h>

#include "reduce.h"

/* Each takes a process of its own, and a page to print. */
enum { SW_LEFT_OVER_MAX = 4 };

struct sw_left_over_one {
    struct sw_deviation deviation; /* its place, kind and choice */
    uint64_t decision;
    uint64_t back; /* the decision with which the stopped thread runs again; 0: never */
    struct sw_stack_snapshot_seen seen; /* of who is stopped, and of who runs */
};

struct sw_left_over {
    uint32_t preemptions; /* that there are */
    uint32_t count; /* the last of them, which have been looked at */
    struct sw_left_over_one list[SW_LEFT_OVER_MAX];
};

/* 0; or -1 as sw_reproduce_run() does.  Free it either way. */
int sw_left_over_look(struct sw_left_over *left, struct sw_reduce *reduce, struct sw_error *e);
void sw_left_over_print(FILE *out, const struct sw_left_over *left);
void sw_left_over_free(struct sw_left_over *left);

#endif
