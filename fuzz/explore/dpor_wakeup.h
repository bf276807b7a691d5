/* SPDX-License-Identifier: MIT
 *
 * dpor_wakeup.h - for dpor.c: sequences of events that reverse a race, and wakeup trees of them.
 *
 * At each event of the path the search keeps a WAKEUP TREE: an ordered tree of threads, of which
 * each branch from the root to a leaf is a sequence that is still to be explored there.  A sequence
 * need not be inserted if what is in the tree covers it already: that is what WEAK INITIALS are
 * for.  Thread t is a weak initial of the sequence v if v can begin with t's next event, as far as
 * the order within v matters: t's first event in v depends on none before it; or t has no event in
 * v, and what it is about to do depends on nothing in v.
 *
 * A branch and a later sequence are of different traces, and an object's name is its ordinal, by
 * first sight: in two traces one name may be of two objects.  The names given before the event where
 * the branch was inserted are the same in both.  Of later ones it is not known which are one
 * object, and they count as one: the branch may then not be seen to cover the sequence, which costs
 * a run in vain, and loses nothing (sw_dpor_wakeup_insert()).  All else compares within one trace.
 */
#ifndef SW_DPOR_WAKEUP_H
#define SW_DPOR_WAKEUP_H

#include "dpor_trace.h"

/* A node of a wakeup tree; it owns its children. */
struct sw_dpor_wakeup {
    uint32_t thread;
    struct sw_pending did; /* in the trace that it comes from, which may not be the present one */
    uint32_t known; /* objects up to this ordinal are the same in both (contract/trace.h) */
    int is_given; /* to another search, which explores all below it (dpor_split.h) */
    struct sw_dpor_wakeup *child; /* the first; it is explored first */
    struct sw_dpor_wakeup *next; /* the sibling behind it */
};

/* With all behind it and below it. */
void sw_dpor_wakeup_free(struct sw_dpor_wakeup *tree);
/* The branch with all below it, and without its siblings.  NULL: no memory. */
struct sw_dpor_wakeup *sw_dpor_wakeup_copy(const struct sw_dpor_wakeup *branch);
/* Takes the first branch out of the tree; its children, which the caller owns from now on. */
struct sw_dpor_wakeup *sw_dpor_wakeup_take_first(struct sw_dpor_wakeup **tree);

/* Events of a trace, by their indices; the last is the one that is raced for. */
struct sw_dpor_sequence {
    uint32_t *events; /* owned by the caller: room for one more than the trace has */
    uint32_t count;
    /* The index of the last, and what it may do there: trying a lock comes to something else if the
     * lock is taken or given back by what it comes before now. */
    uint32_t raced;
    struct sw_pending raced_did;
};

/* Of the race i < j: what can happen, instead of i, where i stands, and comes to j first. */
void sw_dpor_wakeup_reverse(const struct sw_dpor_trace *view, uint32_t i, uint32_t j,
                            struct sw_dpor_sequence *v);
/* Is the thread, which has no event since, a weak initial of v where event at stands? */
int sw_dpor_wakeup_is_weak_initial(const struct sw_dpor_trace *view,
                                   const struct sw_dpor_sequence *v, uint32_t at, uint32_t thread);
/* Sees to it that the tree, of event at, covers v.  v is used up.  0, or -1: no memory. */
int sw_dpor_wakeup_insert(const struct sw_dpor_trace *view, struct sw_dpor_wakeup **tree,
                          struct sw_dpor_sequence *v, uint32_t at);

#endif
