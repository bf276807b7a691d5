/* SPDX-License-Identifier: MIT
 *
 * search.h - runs schedules of consecutive seeds, shared by several processes.
 *
 *      seeds 1, 2        learning, only if the strategy wants a profile: strategy "pos", a process
 *                        each; the longer of the two schedules makes the profile
 *      seeds 3, 4, ...   the strategy with that profile; of J jobs, job j has every Jth seed, all
 *                        from one state
 *
 * A schedule follows from its seed, the strategy and the profile.  So the schedules are the same
 * however many jobs run them.  When one fails the search goes on until all lower seeds have been
 * run: what is found is the lowest failing seed, always the same.  Only the wall clock can end a
 * search anywhere; the totals say so, and it is no verdict.
 *
 * sw_search_run() does all of that.  A campaign learns first, and then runs ranges of seeds as it
 * gets them, which are every Nth seed if it has N shards.
 */
#ifndef SW_SEARCH_H
#define SW_SEARCH_H

#include "harness/report/trial.h"
#include "harness/runner/batch.h"
#include "harness/runner/session.h"

enum { SW_SEARCH_JOBS_MAX = 64, SW_SEARCH_LEARNING = 2 };

/* So far; for progress. */
struct sw_search_progress {
    uint64_t schedules, failures;
    double seconds;
};

struct sw_search_order {
    struct sw_trial_order trial; /* of the first seed; its seed and schedules count */
    enum sw_batch_start start; /* from which state each schedule begins */
    int jobs;
    int goes_on; /* after a failure */
    double seconds; /* 0: no limit */
    int learns; /* the strategy wants a profile */
    int may_vary_layout; /* where what is learned shows that the program follows it (layout.h) */
    /* A result; called from one thread at a time, in no particular order of seeds. */
    void (*on_result)(void *context, const struct sw_batch_result *result);
    /* Called about ten times a second, from the caller's thread; not 0: enough.  May be NULL. */
    int (*on_progress)(void *context, const struct sw_search_progress *progress);
    void *context;
};

struct sw_search_totals {
    uint64_t schedules; /* run, up to the lowest failing seed */
    uint64_t learning; /* of them, for the profile */
    uint64_t last; /* all seeds up to this have been run */
    uint64_t processes;
    int failed;
    uint64_t failing_seed; /* the lowest */
    int stopped; /* by the clock, by on_progress, or by Ctrl-C */
    uint32_t lives_on; /* threads: contract/control_shm.h */
    uint32_t follows; /* SW_FOLLOWS_CHANCE, ... */
    enum sw_chance_how chance_how, layout_how; /* of all seeds but the first */
    int skipped; /* the test says that it is to be skipped */
    int only_one; /* the first schedule came to no decision: all others are like it, and
                            * none of them is run */
    int only_layouts; /* the same but for its layout: one schedule of each was run */
    double seconds;
    char note[SW_BATCH_NOTE]; /* where the checkpoint is, if it is not where it is expected */
    char interp_version[SW_INTERP_VERSION_TEXT]; /* contract/control_shm.h */
    char in_turns[SW_SHARED_FILE_MAX + 80]; /* why the jobs did not run at the same time; "" */
    struct sw_uncontrolled_most uncontrolled;
};

struct sw_search;

/* For people: why so many jobs took turns; "": they did not. */
void sw_search_tell_turns(const struct sw_turns *turns, int jobs, char *text, size_t size);

/* NULL: no memory. */
struct sw_search *sw_search_new(const struct sw_search_order *order);
void sw_search_free(struct sw_search *search);
/* 0; or -1 with *e when something could not be run at all. */
int sw_search_run(struct sw_search *search, struct sw_search_totals *totals, struct sw_error *e);

/* Runs the seeds for learning, if the strategy wants a profile.  As above; the totals are of this
 * call. */
int sw_search_learn(struct sw_search *search, struct sw_search_totals *totals, struct sw_error *e);
/* Runs count seeds from first on, stride apart.  As above. */
int sw_search_run_range(struct sw_search *search, uint64_t first, uint64_t stride, uint64_t count,
                        struct sw_search_totals *totals, struct sw_error *e);
/* A hash of what was learned; 0: nothing. */
uint64_t sw_search_profile_hash(const struct sw_search *search);

/* The lowest failing seed's schedule, as it was decided when it failed.  NULL: others have been run
 * in its process since then.  Valid until the next run or the free. */
struct sw_search_failure {
    struct sw_control_shm_list list;
    uint64_t seed, decision_count, hash;
    struct sw_end end;
};
const struct sw_search_failure *sw_search_failing(const struct sw_search *search);

/* How a seed was run: to run it again, on its own.  Valid until the free. */
struct sw_trial_order sw_search_trial(const struct sw_search *search, uint64_t seed);
#endif
