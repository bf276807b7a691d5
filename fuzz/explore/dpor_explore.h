/* SPDX-License-Identifier: MIT
 *
 * dpor_explore.h - all schedules of a test that can matter, and what may be said afterwards.
 *
 * Runs optimal DPOR (dpor.h) over a session (session.h) at grain "access".  If it says that all
 * were run, that is a proof, as far as access.h and the tracer see all that threads share; else it
 * says why it is none.
 */
#ifndef SW_DPOR_EXPLORE_H
#define SW_DPOR_EXPLORE_H

#include "contract/error.h"
#include "harness/runner/session.h"
#include "dpor.h"
#include "search.h"

struct sw_dpor_explore;

/* Borrows all. */
struct sw_dpor_explore_order {
    struct sw_session_order session; /* its setting says begins, and grain access */
    struct sw_session *opened; /* of such an order, to run it in; NULL: one of its own */
    int jobs; /* processes at a time; 0 and 1: one.  The result is the same */
    uint64_t traces_max; /* 0: no limit */
    int goes_on; /* after a failure, too */
    /* Called for each trace; not 0: enough.  May be NULL. */
    int (*on_trace)(void *context, const struct sw_batch_result *result,
                    const struct sw_control_shm *shm);
    /* Of a search that is kept (dpor_campaign.h); NULL: it is not.  begin() fills in what has been
     * run before; on_step() comes behind each trace, and at the end with is_over.  0, or -1 with
     * *e. */
    int (*begin)(void *context, struct sw_dpor *search, struct sw_dpor_explore *result,
                 struct sw_error *e);
    int (*on_step)(void *context, const struct sw_dpor *search,
                   const struct sw_dpor_explore *result, int is_over, struct sw_error *e);
    void *context;
};

enum { SW_DPOR_EXPLORE_BESIDE = 128 };

struct sw_dpor_explore {
    int complete; /* every class has been run */
    char why_not[512]; /* valid if not */
    struct sw_dpor_counts counts;
    uint64_t failures; /* failed, deadlocked, crashed */
    uint64_t operations; /* of all traces */
    char beside[SW_DPOR_EXPLORE_BESIDE]; /* what it decided that is about no thread; "": nothing */
    char refused[SW_TRACE_REFUSED]; /* what was done that is no operation, and where; "": nothing */
    struct sw_uncontrolled_most uncontrolled;
    uint32_t lives_on; /* threads: contract/control_shm.h */
    uint64_t in_vain; /* run by several jobs, and not wanted.  It depends on their speed */
    char in_turns[SW_SHARED_FILE_MAX + 80]; /* as in struct sw_search_totals */
    uint32_t follows; /* SW_FOLLOWS_CHANCE, ... */
};

/* 0, or -1 with *e: nothing could be run. */
int sw_dpor_explore_run(const struct sw_dpor_explore_order *order, struct sw_dpor_explore *result,
                        struct sw_error *e);

#endif
