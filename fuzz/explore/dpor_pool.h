/* SPDX-License-Identifier: MIT
 *
 * dpor_pool.h - what several workers do for one search: runs that it will ask for, beforehand.
 *
 *      the search   --ask-->   the pool   --pick-->   a worker
 *      observes it  <-------   outcomes   <--done--   runs it
 *
 * The search (dpor.h) goes on as if it ran each schedule itself, one after the other.  So what it
 * explores, counts and finds first does not depend on how many workers there are, or on which of
 * them is fast.
 *
 * The pool has PARTS of the search (dpor_split.h), which say what it will ask for.  A worker takes
 * the branch nearest to where the search is, of any part; where somebody is running that part, the
 * branch becomes a part of its own.  Each branch is claimed by one worker.  What has been run is
 * kept until the search asks, or has passed it.  What the search asks for and nobody runs is the
 * next thing to be picked.
 *
 * The caller sees to it that one thread at a time is in here, or changes the search.
 */
#ifndef SW_DPOR_POOL_H
#define SW_DPOR_POOL_H

#include <stddef.h>

#include "dpor_outcome.h"

struct sw_dpor_pool;
struct sw_dpor_part;

/* Something to run.  Borrowed from the pool until it is done. */
struct sw_dpor_task {
    struct sw_dpor_part *part;
    struct sw_dpor_run run;
};

/* whole: borrowed.  bytes_max: so much is kept before only what is asked for is run.  NULL: no
 * memory. */
struct sw_dpor_pool *sw_dpor_pool_new(const struct sw_dpor *whole, size_t bytes_max);
void sw_dpor_pool_free(struct sw_dpor_pool *pool);

/* Of what the search wants to run now.  1: *outcome is the caller's; 0: it is not there yet; -1: no
 * memory. */
int sw_dpor_pool_ask(struct sw_dpor_pool *pool, const struct sw_dpor_run *run,
                     struct sw_dpor_outcome **outcome);
/* 1; 0: there is nothing to run until something is done or asked for; -1: no memory. */
int sw_dpor_pool_pick(struct sw_dpor_pool *pool, struct sw_dpor_task *task);
/* The task has been run: that trace came of it, and all that is in the outcome, which the pool owns
 * from now on.  NULL: nothing came of it. */
void sw_dpor_pool_done(struct sw_dpor_pool *pool, const struct sw_dpor_task *task,
                       const struct sw_trace *trace, struct sw_dpor_outcome *outcome);

/* So many runs the search never asked for. */
uint64_t sw_dpor_pool_in_vain(const struct sw_dpor_pool *pool);

#endif
