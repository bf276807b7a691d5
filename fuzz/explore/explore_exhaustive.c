/* SPDX-License-Identifier: MIT
 *
 * explore_exhaustive.c - "explore" with a strategy that tries all: dpor, preemptions:N, delays:N.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bounded.h"
#include "dpor_explore.h"
#include "explore.h"

struct proof {
    const struct sw_explore *explore;
    struct sw_explore_result *result;
    struct sw_search_progress progress;
    struct timespec began;
    double told;
    int late;
    struct sw_control_shm_list *failing; /* the decisions of the first failure; owned */
    char found[128];
    char text[256]; /* how it failed */
};

static double seconds_since(const struct timespec *began)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) / 1e9;
}

static int keep_failing(struct proof *proof, const struct sw_control_shm *shm)
{
    proof->failing = malloc(sizeof *proof->failing);
    if (proof->failing == NULL)
        return -1;
    sw_control_shm_copy_list(proof->failing, &shm->taken);
    return 0;
}

/* Returns 1 when there is no time left. */
static int on_schedule(struct proof *proof, const struct sw_batch_result *one,
                       const struct sw_control_shm *shm)
{
    char text[SW_END_LINE_MAX];

    proof->progress.schedules++;
    proof->progress.seconds = seconds_since(&proof->began);
    if (sw_run_end_is_failure(one->end)) {
        sw_run_end_format(one->end, text, sizeof text);
        sw_explore_add_failure(proof->result, proof->progress.schedules, text);
        if (proof->progress.failures++ == 0) {
            sw_run_end_format(one->end, proof->text, sizeof proof->text);
            snprintf(proof->found, sizeof proof->found, "%s, number %llu", proof->explore->strategy,
                     (unsigned long long)proof->progress.schedules);
            if (keep_failing(proof, shm) < 0)
                return 1;
        }
    }
    struct sw_explore_progress told = {.schedules = proof->progress.schedules,
                                       .failures = proof->progress.failures,
                                       .seconds = proof->progress.seconds,
                                       .limit_s = proof->explore->time_s};

    sw_explore_report_progress(&told, &proof->told);
    proof->late = proof->explore->time_s > 0 && proof->progress.seconds > proof->explore->time_s;
    return proof->late;
}

static int on_trace(void *context, const struct sw_batch_result *one,
                    const struct sw_control_shm *shm)
{
    return on_schedule(context, one, shm);
}

static int on_run(void *context, const struct sw_batch_result *one,
                  const struct sw_control_shm *shm, uint32_t cost)
{
    (void)cost;
    return on_schedule(context, one, shm);
}

struct sw_session_order sw_explore_exhaustive_session(const struct sw_explore *explore,
                                                      char *args[3])
{
    const struct sw_trial_order *trial = &explore->search.trial;
    struct sw_session_order order = {.run = sw_trial_process(trial, args),
                                     .decisions_max = SW_DEVIATIONS_MAX,
                                     .engine = trial->schedule.engine};

    order.run.silent = 1;
    return order;
}

static uint64_t most_of(const struct sw_explore *explore)
{
    return explore->count_given ? explore->search.trial.schedules : 0;
}

/* Returns NULL when all have been run, else why not; *e says why nothing was. */
static const char *run_dpor(struct proof *proof, struct sw_error *e)
{
    static struct sw_dpor_explore all;
    struct sw_explore_result *result = proof->result;
    char *args[3];
    const struct sw_dpor_explore_order order = {
        .session = sw_explore_exhaustive_session(proof->explore, args),
        .traces_max = most_of(proof->explore),
        .goes_on = proof->explore->goes_on,
        .on_trace = on_trace,
        .context = proof};

    if (sw_dpor_explore_run(&order, &all, e) < 0)
        return e->text;
    result->totals.uncontrolled = all.uncontrolled;
    snprintf(result->claim, sizeof result->claim,
             "%s%llu trace%s, one of each class of equivalent schedules%s, grain access, %llu "
             "operations%s, %.1f s",
             all.complete ? "all " : "", (unsigned long long)all.counts.traces,
             all.counts.traces == 1 ? "" : "s", all.complete ? "" : ", of more",
             (unsigned long long)all.operations, all.counts.blocked > 0 ? " (some in vain)" : "",
             proof->progress.seconds);
    return all.complete ? NULL : all.why_not;
}

static const char *run_bounded(struct proof *proof, struct sw_error *e)
{
    static struct sw_bounded all;
    struct sw_explore_result *result = proof->result;
    int delays = proof->explore->proof == SW_EXPLORE_DELAYS;
    char *args[3], by_cost[256] = "";
    size_t used = 0;
    const struct sw_bounded_order order = {.session =
                                               sw_explore_exhaustive_session(proof->explore, args),
                                           .kind = delays ? SW_BOUND_DELAYS : SW_BOUND_PREEMPTIONS,
                                           .bound = proof->explore->bound,
                                           .schedules_max = most_of(proof->explore),
                                           .goes_on = proof->explore->goes_on,
                                           .on_run = on_run,
                                           .context = proof};

    if (sw_bounded_run(&order, &all, e) < 0)
        return e->text;
    result->totals.uncontrolled = all.uncontrolled;
    for (uint32_t i = 0; i <= order.bound && used < sizeof by_cost; i++)
        used += (size_t)snprintf(by_cost + used, sizeof by_cost - used, "%s%llu",
                                 i > 0 ? " + " : "", (unsigned long long)all.of_cost[i]);
    snprintf(result->claim, sizeof result->claim,
             "%s%llu schedule%s with at most %u %s%s (%s)%s, grain %s, %.1f s%s",
             all.complete ? "all " : "", (unsigned long long)all.schedules,
             all.schedules == 1 ? "" : "s", order.bound, delays ? "delay" : "preemption",
             order.bound == 1 ? "" : "s", by_cost,
             all.complete && all.whole ? ", and there are no others" : "",
             proof->explore->setting.grain == SW_GRAIN_ACCESS ? "access" : "call",
             proof->progress.seconds,
             all.failures > 0 && all.least > 0 ? "; none with less fails" : "");
    return all.complete ? NULL : all.why_not;
}

static void confirm(struct proof *proof)
{
    struct sw_trial_order trial = proof->explore->search.trial;

    if (proof->failing == NULL) {
        sw_explore_decide(proof->result, SW_EXPLORE_ERROR, "out of memory");
        return;
    }
    sw_explore_confirm_list(&trial, proof->failing, proof->text, proof->found, proof->result);
}

void sw_explore_exhaustive(const struct sw_explore *explore, struct sw_explore_result *result)
{
    struct proof proof = {.explore = explore, .result = result};
    struct sw_error e = {0};

    clock_gettime(CLOCK_MONOTONIC, &proof.began);
    const char *why_not =
        explore->proof == SW_EXPLORE_DPOR ? run_dpor(&proof, &e) : run_bounded(&proof, &e);
    sw_explore_report_end_progress();
    result->totals.schedules = result->totals.last = proof.progress.schedules;
    result->totals.failed = proof.progress.failures > 0;
    result->totals.stopped = proof.late;
    result->totals.seconds = proof.progress.seconds;
    result->distinct = proof.progress.schedules;
    if (why_not == e.text)
        sw_explore_decide(result, SW_EXPLORE_ERROR, "%s%s%s", e.path != NULL ? e.path : "",
                          e.path != NULL ? ": " : "", e.text);
    else if (proof.progress.failures > 0)
        confirm(&proof);
    else if (why_not != NULL)
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE, "%s",
                          proof.late ? "the time was up" : why_not);
    else
        sw_explore_judge_nothing(explore, result);
    free(proof.failing);
}
