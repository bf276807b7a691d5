/* SPDX-License-Identifier: MIT
 *
 * explore_exhaustive.c - "explore" with a method that runs all schedules there are, each class once
 * (dpor) or within a bound (preemptions:N, delays:N).  Only these may say "all".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bounded.h"
#include "contract/real_time.h"
#include "dpor_campaign.h"
#include "dpor_explore.h"
#include "explore.h"
#include "harness/runner/interrupt.h"

struct exhaustive {
    const struct sw_explore *explore;
    struct sw_explore_result *result;
    struct sw_search_progress progress;
    const struct sw_bounded *bounded; /* NULL: dpor, which does not know how many are left */
    double began; /* seconds */
    double before; /* that other processes have taken */
    double told;
    int late;
    uint64_t confirmed; /* the number of the first that failed in a process of its own, too; 0 */
    char found[128];
    struct sw_dpor_campaign *campaign; /* NULL: none */
    double kept; /* when it was written last, in seconds */
};

/* So much is run again after a kill, at most; to write takes milliseconds. */
enum { KEEP_S = 1 };

/* Runs a schedule that has failed once more; its number: which it was. */
static void confirm(struct exhaustive *exhaustive, const struct sw_trial_schedule *schedule,
                    uint64_t number)
{
    struct sw_trial_order trial = exhaustive->explore->search.trial;

    snprintf(exhaustive->found, sizeof exhaustive->found, "%s, number %llu",
             exhaustive->explore->strategy, (unsigned long long)number);
    trial.schedule = (struct sw_schedule_order){.strategy = SW_STRATEGY_REPLAY};
    trial.schedules = 1;
    trial.found = exhaustive->found;
    if (exhaustive->campaign != NULL)
        trial.output = sw_dpor_campaign_failing(exhaustive->campaign);
    if (sw_explore_confirm_schedule(&trial, schedule, exhaustive->found, exhaustive->result))
        exhaustive->confirmed = number;
}

/* Right away: one that is not confirmed is counted, and the search goes on. */
static void confirm_one(struct exhaustive *exhaustive, const struct sw_batch_result *one,
                        const struct sw_control_shm *shm)
{
    char text[SW_END_LINE_MAX];
    const struct sw_trial_schedule schedule = {.decisions = sw_schedule_order_list(&shm->taken),
                                               .decision_count = one->decision_count,
                                               .hash = one->hash,
                                               .outcome =
                                                   sw_run_end_format(one->end, text, sizeof text)};

    confirm(exhaustive, &schedule, exhaustive->progress.schedules);
}

/* Another process has found it, and what there is to say of it is not kept. */
static int confirm_kept(struct exhaustive *exhaustive, uint64_t number, struct sw_error *e)
{
    struct sw_sched *sched;

    if (sw_sched_load(sw_dpor_campaign_failing(exhaustive->campaign), &sched, e) < 0)
        return -1;
    const struct sw_trial_schedule schedule = {.decisions = sw_schedule_order_replay(sched).wanted,
                                               .decision_count = sched->decision_count,
                                               .hash = sched->hash,
                                               .outcome = sched->outcome};
    confirm(exhaustive, &schedule, number);
    sw_sched_free(sched);
    return 0;
}

/* Returns 1 when there is no time left. */
static int on_schedule(struct exhaustive *exhaustive, const struct sw_batch_result *one,
                       const struct sw_control_shm *shm)
{
    char text[SW_END_LINE_MAX];

    exhaustive->progress.schedules++;
    exhaustive->progress.seconds = exhaustive->before + sw_real_time_s() - exhaustive->began;
    if (sw_run_end_is_failure(one->end)) {
        sw_run_end_format(one->end, text, sizeof text);
        sw_explore_add_failure(exhaustive->result, exhaustive->progress.schedules, text);
        exhaustive->progress.failures++;
        if (exhaustive->confirmed == 0)
            confirm_one(exhaustive, one, shm);
        if (exhaustive->confirmed > 0 && exhaustive->campaign == NULL &&
            !exhaustive->explore->goes_on)
            return 1;
    }
    struct sw_explore_progress told = {
        .schedules = exhaustive->progress.schedules,
        .failures = exhaustive->progress.failures,
        .seconds = exhaustive->progress.seconds,
        .open = exhaustive->bounded != NULL ? exhaustive->bounded->open : 0,
        .limit_s = exhaustive->explore->time_s};

    sw_explore_report_progress(&told, &exhaustive->told);
    exhaustive->late =
        (exhaustive->explore->time_s > 0 &&
         exhaustive->progress.seconds - exhaustive->before > exhaustive->explore->time_s) ||
        sw_interrupt_came();
    return exhaustive->late;
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
                                                      char *args[SW_TRIAL_ARGS])
{
    const struct sw_trial_order *trial = &explore->search.trial;
    struct sw_session_order order = {.run = sw_trial_process(trial, args),
                                     .decisions_max = SW_DEVIATIONS_MAX,
                                     .start = explore->search.start,
                                     .engine = trial->schedule.engine};

    order.run.silent = 1;
    return order;
}

static uint64_t most_of(const struct sw_explore *explore)
{
    return explore->count_given ? explore->search.trial.schedules : 0;
}

/* ---- a search that is kept ---- */

static struct sw_dpor_campaign_state state_of(struct exhaustive *exhaustive,
                                              struct sw_dpor_explore *all)
{
    return (struct sw_dpor_campaign_state){.all = all,
                                           .result = exhaustive->result,
                                           .schedules = exhaustive->progress.schedules,
                                           .failures = exhaustive->progress.failures,
                                           .confirmed = exhaustive->confirmed,
                                           .seconds = exhaustive->progress.seconds};
}

static int begin_kept(void *context, struct sw_dpor *search, struct sw_dpor_explore *all,
                      struct sw_error *e)
{
    struct exhaustive *exhaustive = context;
    struct sw_dpor_campaign_state state = state_of(exhaustive, all);

    if (sw_dpor_campaign_read(exhaustive->campaign, search, &state, e) < 0)
        return -1;
    exhaustive->progress.schedules = state.schedules;
    exhaustive->progress.failures = state.failures;
    exhaustive->progress.seconds = state.seconds;
    exhaustive->before = state.seconds;
    return state.confirmed > 0 ? confirm_kept(exhaustive, state.confirmed, e) : 0;
}

static int on_step(void *context, const struct sw_dpor *search, const struct sw_dpor_explore *all,
                   int is_over, struct sw_error *e)
{
    struct exhaustive *exhaustive = context;
    double now = sw_real_time_s();

    if (!is_over && now - exhaustive->kept < KEEP_S)
        return 0;
    exhaustive->kept = now;
    struct sw_dpor_explore copy = *all;
    struct sw_dpor_campaign_state state = state_of(exhaustive, &copy);
    return sw_dpor_campaign_write(exhaustive->campaign, search, &state, e);
}

/* Returns NULL when all have been run, else why not; *e says why nothing was. */
static const char *run_dpor(struct exhaustive *exhaustive, struct sw_error *e)
{
    static struct sw_dpor_explore all;
    struct sw_explore_result *result = exhaustive->result;
    char *args[SW_TRIAL_ARGS];
    struct sw_dpor_explore_order order = {
        .session = sw_explore_exhaustive_session(exhaustive->explore, args),
        .jobs = exhaustive->explore->search.jobs,
        .traces_max = most_of(exhaustive->explore),
        .goes_on = 1, /* on_trace() ends it */
        .on_trace = on_trace,
        .context = exhaustive};

    order.session.note = result->totals.note;
    if (exhaustive->explore->campaign != NULL) {
        exhaustive->campaign = sw_dpor_campaign_open(exhaustive->explore, e);
        if (exhaustive->campaign == NULL)
            return e->text;
        order.begin = begin_kept;
        order.on_step = on_step;
    }
    int failed = sw_dpor_explore_run(&order, &all, e);
    sw_dpor_campaign_close(exhaustive->campaign);
    if (failed)
        return e->text;
    result->totals.uncontrolled = all.uncontrolled;
    result->totals.lives_on = all.lives_on;
    memcpy(result->totals.in_turns, all.in_turns, sizeof all.in_turns);
    result->totals.follows = all.follows;
    /* One that could only go on with a sleeper is of a class that was run before. */
    uint64_t traces = all.counts.traces - all.counts.blocked;
    char vain[64] = "";
    if (all.counts.blocked > 0)
        snprintf(vain, sizeof vain, " (%llu schedules in vain)",
                 (unsigned long long)all.counts.blocked);
    snprintf(result->claim, sizeof result->claim,
             "%s%llu trace%s, one of each class of equivalent schedules%s, grain access, %llu "
             "operations%s, %.1f s",
             all.complete ? "all " : "", (unsigned long long)traces, traces == 1 ? "" : "s",
             all.complete ? "" : ", of more", (unsigned long long)all.operations, vain,
             exhaustive->progress.seconds);
    return all.complete ? NULL : all.why_not;
}

static const char *run_bounded(struct exhaustive *exhaustive, struct sw_error *e)
{
    static struct sw_bounded all;
    struct sw_explore_result *result = exhaustive->result;
    int delays = exhaustive->explore->method == SW_EXPLORE_DELAYS;
    char *args[SW_TRIAL_ARGS], by_cost[256] = "";
    size_t used = 0;
    struct sw_bounded_order order = {.session =
                                         sw_explore_exhaustive_session(exhaustive->explore, args),
                                     .kind = delays ? SW_BOUND_DELAYS : SW_BOUND_PREEMPTIONS,
                                     .bound = exhaustive->explore->bound,
                                     .schedules_max = most_of(exhaustive->explore),
                                     .goes_on = 1, /* on_run() ends it */
                                     .on_run = on_run,
                                     .context = exhaustive};

    order.session.note = result->totals.note;
    exhaustive->bounded = &all;
    if (sw_bounded_run(&order, &all, e) < 0)
        return e->text;
    result->totals.uncontrolled = all.uncontrolled;
    result->totals.lives_on = all.lives_on;
    result->totals.follows = all.follows;
    for (uint32_t i = 0; i <= order.bound && used < sizeof by_cost; i++)
        used += (size_t)snprintf(by_cost + used, sizeof by_cost - used, "%s%llu",
                                 i > 0 ? " + " : "", (unsigned long long)all.of_cost[i]);
    snprintf(result->claim, sizeof result->claim,
             "%s%llu schedule%s with at most %u %s%s (%s)%s, grain %s, %.1f s%s",
             all.complete ? "all " : "", (unsigned long long)all.schedules,
             all.schedules == 1 ? "" : "s", order.bound, delays ? "delay" : "preemption",
             order.bound == 1 ? "" : "s", by_cost,
             all.complete && all.whole && all.follows == 0 ? ", and there are no others" : "",
             exhaustive->explore->setting.grain == SW_GRAIN_ACCESS ? "access" : "call",
             exhaustive->progress.seconds,
             all.failures > 0 && all.least > 0 ? "; none with less fails" : "");
    return all.complete ? NULL : all.why_not;
}

void sw_explore_exhaustive(const struct sw_explore *explore, struct sw_explore_result *result)
{
    struct exhaustive exhaustive = {.explore = explore, .result = result};
    struct sw_error e = {0};

    exhaustive.began = sw_real_time_s();
    const char *why_not = explore->method == SW_EXPLORE_DPOR ? run_dpor(&exhaustive, &e)
                                                             : run_bounded(&exhaustive, &e);
    sw_explore_report_end_progress();
    result->totals.schedules = result->totals.last = exhaustive.progress.schedules;
    result->totals.failed = exhaustive.confirmed > 0;
    result->totals.stopped = exhaustive.late || sw_interrupt_came();
    result->totals.seconds = exhaustive.progress.seconds;
    result->distinct = exhaustive.progress.schedules;
    if (sw_interrupt_came())
        why_not = "it was interrupted";
    if (why_not == e.text && e.line > 0)
        sw_explore_decide(result, SW_EXPLORE_ERROR, "%s:%u: %s", e.path, e.line, e.text);
    else if (why_not == e.text)
        sw_explore_decide(result, SW_EXPLORE_ERROR, "%s%s%s", e.path, *e.path != '\0' ? ": " : "",
                          e.text);
    else if (exhaustive.confirmed == 0 && sw_explore_judge_unconfirmed(result))
        ;
    else if (exhaustive.confirmed == 0 && why_not != NULL)
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE, "%s",
                          exhaustive.late && !sw_interrupt_came() ? "the time was up" : why_not);
    else if (exhaustive.confirmed == 0)
        sw_explore_judge_nothing(explore, result);
}
