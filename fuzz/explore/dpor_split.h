/* SPDX-License-Identifier: MIT
 *
 * dpor_split.h - parts of a search, which run ahead of it.
 *
 * What comes of a run follows from what struct sw_dpor_run says.  So somebody can run beforehand
 * what a search will want, if it is known what that will be.  A PART is a search that begins at one
 * branch of another's path, with the threads that will sleep there, and explores what is behind it:
 * in the order of the whole one, and by the same rules.
 *
 * A race of it whose first event is in front of the branch is another part's business, which hears
 * of it.  But what is inserted into a branch after the split is lost, and so is what a part would
 * have heard of a place that it has left.  So the parts may come to runs that the whole search
 * never asks for, and leave out others.  Nothing depends on that but how much is run in vain: the
 * whole search alone says what is explored (dpor_pool.h).
 */
#ifndef SW_DPOR_SPLIT_H
#define SW_DPOR_SPLIT_H

#include "dpor.h"

/* A branch that a search has still to explore.  Valid until the search changes. */
struct sw_dpor_branch {
    uint32_t at; /* where it leaves the path */
    struct sw_dpor_wakeup *branch;
};

/* In the order in which the search comes to them, without those that were given away.  From the
 * beginning if found->branch is NULL, else the one behind *found.  1; 0: there is none. */
int sw_dpor_split_find(const struct sw_dpor *search, struct sw_dpor_branch *found);
/* A part that begins with that branch.  NULL: no memory. */
struct sw_dpor *sw_dpor_split_new(const struct sw_dpor *search, const struct sw_dpor_branch *found);
/* From now on it is somebody else's. */
void sw_dpor_split_give(const struct sw_dpor_branch *found);
/* The branch of the run that sw_dpor_next() has ordered is not to be given, or changed. */
void sw_dpor_split_hold(struct sw_dpor *search);
/* The other has observed a trace: its races that are this one's business.  0, or -1: no memory. */
int sw_dpor_split_hear(struct sw_dpor *search, const struct sw_dpor *other);

/* The threads up to and with the branch: found->at + 1 of them.  Returns to. */
const uint32_t *sw_dpor_split_threads(const struct sw_dpor *search,
                                      const struct sw_dpor_branch *found, uint32_t *to);
/* How many events has that in common with the path of the whole search?  It goes depth first: the
 * more, the sooner it will come there. */
uint32_t sw_dpor_split_near(const struct sw_dpor *whole, const uint32_t *threads, uint32_t count);
/* Has the search come to its end, and the whole one left it behind? */
int sw_dpor_split_is_left(const struct sw_dpor *whole, const struct sw_dpor *part);
/* Has the whole search been there, or will it never come there? */
int sw_dpor_split_is_passed(const struct sw_dpor *whole, const uint32_t *threads, uint32_t count);

#endif
