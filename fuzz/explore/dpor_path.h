/* SPDX-License-Identifier: MIT
 *
 * dpor_path.h - for dpor.c and what else looks into a search: the path, its sleep sets and trees.
 */
#ifndef SW_DPOR_PATH_H
#define SW_DPOR_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "dpor.h"
#include "dpor_trace.h"
#include "dpor_wakeup.h"

/* One event of the path that is being explored: the paper's E, with what belongs to each prefix. */
struct sw_dpor_node {
    uint32_t thread; /* that was chosen here */
    struct sw_dpor_wakeup *wakeup; /* what else is to be explored here; owned */
    /* The sleep set: threads whose next event, here, has been explored already and would lead to
     * nothing new until an event depends on it.  Owned. */
    uint32_t *sleeping;
    uint32_t sleeping_count, sleeping_room;
};

struct sw_dpor {
    struct sw_dpor_node *path;
    uint32_t path_count, path_room;
    uint32_t *prefix; /* of the run under way */
    uint32_t prefix_count, prefix_room;
    uint32_t branch_at; /* where that run leaves the path */
    /* Of a part of a search (dpor_split.h): the trees of the first so many nodes are not its own,
     * and it inserts nothing there.  0: it is the whole. */
    uint32_t foreign;
    int begun, ended;
    struct sw_dpor_counts counts;
    struct sw_dpor_trace view; /* the trace under observation */
};

/* Room for so many of that size.  0, or -1: no memory. */
int sw_dpor_path_grow(void **list, uint32_t *room, uint32_t wanted, size_t size);
int sw_dpor_path_sleeps(const struct sw_dpor_node *node, uint32_t thread);
/* 0, or -1: no memory. */
int sw_dpor_path_add_sleeper(struct sw_dpor_node *node, uint32_t thread);
/* Sees to it that the reversal of the race i < j is explored at the node, which is of the prefix in
 * front of i.  v: room.  0, or -1: no memory. */
int sw_dpor_path_reverse(const struct sw_dpor_trace *view, uint32_t i, uint32_t j,
                         struct sw_dpor_node *node, struct sw_dpor_sequence *v);
void sw_dpor_path_clear(struct sw_dpor_node *node);

#endif
