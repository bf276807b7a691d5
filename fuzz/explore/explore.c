/* SPDX-License-Identifier: MIT */
#include "explore.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report/schedule_figures.h"
#include "harness/report/trial_sched.h"
#include "harness/report/canary.h"
#include "contract/exit.h"
#include "harness/report/target.h"
#include "harness/runner/interrupt.h"
#include "campaign.h"
#include "why_all.h"

/* 16 bytes each: 256 MiB, and as many schedules as take an hour or more.  Beyond that the number of
 * distinct ones is of the first 16 million. */
enum { HASHES_MAX = 1 << 24 };

/* Of a schedule that was run; equal hashes are equal decisions. */
struct run_hash {
    uint64_t seed, hash;
};

struct exploration {
    const struct sw_explore *explore;
    struct sw_explore_result *result;
    struct run_hash *hashes;
    uint64_t count, room; /* of them */
    int lost; /* there was no room for all */
    uint64_t kept_back; /* schedules, for grain access */
    double told; /* seconds, when the last line of progress was printed */
};

/* ---- while it goes on ---- */

static void add_hash(struct exploration *all, uint64_t seed, uint64_t hash)
{
    if (all->count == all->room && all->room < HASHES_MAX) {
        uint64_t room = all->room > 0 ? 2 * all->room : 1024;
        struct run_hash *hashes = realloc(all->hashes, room * sizeof *hashes);
        if (hashes != NULL) {
            all->hashes = hashes;
            all->room = room;
        }
    }
    if (all->count < all->room)
        all->hashes[all->count++] = (struct run_hash){seed, hash};
    else
        all->lost = 1;
}

void sw_explore_add_failure(struct sw_explore_result *result, uint64_t seed, const char *text)
{
    struct sw_explore_failure *failure = result->failures;
    uint32_t i = 0;

    while (i < result->failure_count &&
           strncmp(failure[i].text, text, sizeof failure->text - 1) != 0)
        i++;
    if (i == SW_EXPLORE_FAILURES_MAX)
        return;
    if (i == result->failure_count) {
        result->failure_count++;
        failure[i] = (struct sw_explore_failure){.seed = seed};
        snprintf(failure[i].text, sizeof failure->text, "%s", text);
    }
    failure[i].count++;
    if (seed < failure[i].seed)
        failure[i].seed = seed;
}

static void on_result(void *context, const struct sw_batch_result *one)
{
    struct exploration *all = context;
    char line[SW_END_LINE_MAX];

    add_hash(all, one->seed, one->hash);
    if (sw_run_end_is_failure(one->end))
        sw_explore_add_failure(all->result, one->seed,
                               sw_run_end_format(one->end, line, sizeof line));
}

static int on_progress(void *context, const struct sw_search_progress *progress)
{
    struct exploration *all = context;

    const struct sw_explore *explore = all->explore;
    struct sw_explore_progress told = {.schedules = progress->schedules,
                                       .failures = progress->failures,
                                       .seconds = progress->seconds,
                                       .wanted = explore->count_given || explore->time_s == 0
                                                     ? explore->search.trial.schedules
                                                     : 0,
                                       .limit_s = explore->time_s};

    sw_explore_report_progress(&told, &all->told);
    return 0;
}

/* ---- what came of it ---- */

/* Only up to the lowest failing seed: which schedules were run beyond it depends on the jobs. */
static void count_distinct(struct exploration *all)
{
    struct sw_explore_result *result = all->result;
    struct sw_search_totals *totals = &result->totals;
    uint64_t last = UINT64_MAX, count = 0;
    uint64_t *hashes = calloc(all->count + 1, sizeof *hashes);

    if (totals->failed && !all->explore->goes_on) {
        last = totals->last = totals->failing_seed;
        totals->schedules = last - all->explore->search.trial.schedule.seed + 1;
    }
    for (uint64_t i = 0; hashes != NULL && i < all->count; i++)
        if (all->hashes[i].seed <= last)
            hashes[count++] = all->hashes[i].hash;
    result->distinct = hashes != NULL ? sw_schedule_figures_distinct(hashes, count) : 0;
    free(hashes);
}

void sw_explore_decide(struct sw_explore_result *result, enum sw_explore_end end,
                       const char *format, ...)
{
    va_list arguments;

    result->end = end;
    va_start(arguments, format);
    vsnprintf(result->why, sizeof result->why, format, arguments);
    va_end(arguments);
}

/* What it has said of that interpreter: it runs once, however many tests are explored. */
static struct sw_canary canary;
static const char *canary_of; /* NULL: of none yet */

static int check_canary(const char *interp, struct sw_error *e)
{
    if (canary_of != NULL && strcmp(canary_of, interp) == 0)
        return 0;
    canary_of = NULL;
    if (sw_canary_check_or_know(interp, &canary, e) < 0)
        return -1;
    canary_of = interp;
    return 0;
}

/* "nothing found" is said only if a bug could have been found: the test was not skipped, nothing
 * escaped control, and the interpreter is one whose threads can be controlled at all. */
void sw_explore_judge_nothing(const struct sw_explore *explore, struct sw_explore_result *result)
{
    const struct sw_search_totals *totals = &result->totals;
    struct sw_error e = {0};

    if (totals->skipped)
        return;
    if (totals->uncontrolled.count > 0)
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE, "not controlled: %.*s (%llu time%s)",
                          SW_UNCONTROLLED_TEXT, totals->uncontrolled.list[0].what,
                          (unsigned long long)totals->uncontrolled.list[0].count,
                          totals->uncontrolled.list[0].count == 1 ? "" : "s");
    else if (check_canary(explore->search.trial.interp, &e) < 0)
        sw_explore_decide(result, SW_EXPLORE_ERROR, "%s", e.text);
    else if (!canary.controlled)
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE,
                          "the interpreter is not under control: %s", canary.why_not);
}

static const char *text_of_seed(const struct sw_explore_result *result, uint64_t seed)
{
    for (uint32_t i = 0; i < result->failure_count; i++)
        if (result->failures[i].seed == seed)
            return result->failures[i].text;
    return "it failed";
}

void sw_explore_confirm(struct sw_trial_order *trial, const char *failing, const char *name,
                        struct sw_explore_result *result)
{
    trial->schedule.engine = SW_ENGINE_THREADS;
    result->has_trial = 1;
    sw_trial_run(trial, &result->trial);
    const struct sw_verdict *verdict = &result->trial.verdict;
    if (verdict->kind == SW_FAILED || verdict->kind == SW_CRASHED)
        sw_explore_decide(result, SW_EXPLORE_FOUND, "%s", verdict->text);
    else if (verdict->kind == SW_HARNESS_ERROR)
        sw_explore_decide(result, SW_EXPLORE_ERROR, "%s", verdict->text);
    else
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE,
                          "%s: %s among other schedules, but in a process of its own it %s", name,
                          failing, result->trial.skipped ? "is skipped" : "passes");
}

void sw_explore_confirm_list(struct sw_trial_order *trial, const struct sw_control_shm_list *list,
                             const char *failing, const char *name,
                             struct sw_explore_result *result)
{
    trial->schedule = (struct sw_schedule_order){.strategy = SW_STRATEGY_REPLAY,
                                                 .wanted = sw_schedule_order_list(list)};
    trial->schedules = 1;
    trial->found = name;
    sw_explore_confirm(trial, failing, name, result);
}

static void note_unconfirmed(const struct sw_trial_order *trial,
                             const struct sw_trial_schedule *schedule, const char *name,
                             struct sw_explore_result *result)
{
    struct sw_trial kept = {0};

    if (result->unconfirmed++ == 0) {
        snprintf(result->unconfirmed_why, sizeof result->unconfirmed_why,
                 "%s: %.300s; run again by its decisions, in a process of its own, it %.400s", name,
                 schedule->outcome,
                 result->trial.skipped                          ? "is skipped"
                 : result->trial.verdict.kind == SW_AS_EXPECTED ? "passes"
                                                                : result->trial.verdict.text);
        sw_trial_sched_keep_unsure(trial, schedule, &kept);
        result->unconfirmed_story = kept.story;
        result->lost = *kept.unkept != '\0';
    }
    free(result->trial.story);
    free(result->trial.errors);
    result->trial = (struct sw_trial){0};
    result->has_trial = 0;
}

int sw_explore_confirm_schedule(struct sw_trial_order *trial,
                                const struct sw_trial_schedule *schedule, const char *name,
                                struct sw_explore_result *result)
{
    trial->decisions = &schedule->decisions;
    sw_explore_confirm(trial, schedule->outcome, name, result);
    if (result->end != SW_EXPLORE_INCONCLUSIVE)
        return 1;
    note_unconfirmed(trial, schedule, name, result);
    result->end = SW_EXPLORE_NOTHING;
    return 0;
}

int sw_explore_judge_unconfirmed(struct sw_explore_result *result)
{
    if (result->unconfirmed == 0)
        return 0;
    sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE, "%s", result->unconfirmed_why);
    result->trial.story = result->unconfirmed_story;
    result->unconfirmed_story = NULL;
    return 1;
}

/* In a warm process what earlier schedules have left may be the reason.  So only what fails in a
 * process of its own, too, is believed. */
static int confirm(const struct sw_search *search, struct sw_explore_result *result)
{
    struct sw_trial_order trial = sw_search_trial(search, result->totals.failing_seed);
    const struct sw_search_failure *failing = sw_search_failing(search);
    char name[64], outcome[SW_END_LINE_MAX];

    result->seed = result->totals.failing_seed;
    snprintf(name, sizeof name, "seed %llu", (unsigned long long)result->seed);
    if (failing == NULL) {
        sw_explore_confirm(&trial, text_of_seed(result, result->seed), name, result);
        return 1;
    }
    const struct sw_trial_schedule schedule = {
        .decisions = sw_schedule_order_list(&failing->list),
        .decision_count = failing->decision_count,
        .hash = failing->hash,
        .outcome = sw_run_end_format(&failing->end, outcome, sizeof outcome)};
    return sw_explore_confirm_schedule(&trial, &schedule, name, result);
}

void sw_explore_judge_error(const struct sw_search *search, const struct sw_error *e,
                            struct sw_explore_result *result)
{
    struct sw_trial_order trial = sw_search_trial(search, result->totals.last);

    sw_explore_decide(result, SW_EXPLORE_ERROR, "%s%s%s", e->path, *e->path != '\0' ? ": " : "",
                      e->text);
    if (trial.test == NULL)
        return;
    trial.schedule.seed = trial.schedule.seed == 0 ? 1 : trial.schedule.seed;
    sw_trial_run(&trial, &result->trial);
    if (result->trial.skipped) {
        result->totals.skipped = 1;
        result->end = SW_EXPLORE_NOTHING;
    } else if (result->trial.verdict.kind == SW_INCONCLUSIVE) {
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE, "%s", result->trial.verdict.text);
    }
}

/* What one part of the search has done is added to what was done before it. */
static void add_totals(struct sw_search_totals *all, const struct sw_search_totals *part)
{
    struct sw_search_totals sum = *part;

    sum.schedules += all->schedules;
    sum.learning += all->learning;
    sum.processes += all->processes;
    sum.seconds += all->seconds;
    sw_control_shm_keep_greater(&sum.lives_on, all->lives_on);
    sum.follows |= all->follows;
    if (sum.note[0] == 0)
        memcpy(sum.note, all->note, sizeof sum.note);
    if (sum.in_turns[0] == 0)
        memcpy(sum.in_turns, all->in_turns, sizeof sum.in_turns);
    if (all->uncontrolled.count > sum.uncontrolled.count)
        sum.uncontrolled = all->uncontrolled;
    *all = sum;
}

/* harness/runner/starter.py says so in the end; this is for who would rather not ask. */
static int sees_accesses(const char *interp_version)
{
    unsigned minor;

    return (sscanf(interp_version, "cpython 3.%u.", &minor) == 1 ||
            sscanf(interp_version, "slpython 3.%u.", &minor) == 1) &&
           minor >= 11 && minor <= 13;
}

/* Known when some schedules have been run. */
static int may_look_closer(const struct sw_explore *explore, const struct sw_search_totals *totals)
{
    return explore->closer == SW_EXPLORE_CLOSER_ASKED || sees_accesses(totals->interp_version);
}

/* What was kept for grain access is run at grain call, too, where that is not possible, and where the
 * verdict is UNSURE already. */
static uint64_t count_given_back(const struct exploration *all, const struct sw_search_totals *part)
{
    const struct sw_explore_result *result = all->result;
    int is_enough = part->stopped || part->skipped || part->only_one || part->only_layouts;
    int comes_later = may_look_closer(all->explore, &result->totals) && result->unconfirmed == 0;

    return is_enough || comes_later ? 0 : all->kept_back;
}

/* Behind a failure that was not confirmed the search goes on.  0, or -1 with *e. */
static int search_on(struct exploration *all, struct sw_search *search, struct sw_error *e)
{
    struct sw_explore_result *result = all->result;
    const struct sw_trial_order *trial = &all->explore->search.trial;
    uint64_t end = trial->schedule.seed + trial->schedules;
    static struct sw_search_totals part;
    int status = sw_search_run(search, &part, e);

    for (;;) {
        add_totals(&result->totals, &part);
        if (status < 0 || (part.failed && confirm(search, result)))
            return status;
        uint64_t next = part.failed ? part.failing_seed + 1 : end;
        result->totals.failed = 0;
        if (all->explore->goes_on || part.stopped)
            return 0;
        if (next >= end) {
            end += count_given_back(all, &part);
            all->kept_back = 0;
        }
        if (next >= end)
            return 0;
        status = sw_search_run_range(search, next, 1, end - next, &part, e);
    }
}

static void explore_it(struct exploration *all, struct sw_search *search)
{
    struct sw_explore_result *result = all->result;
    struct sw_error e = {0};
    int status = search_on(all, search, &e);

    sw_explore_report_end_progress();
    count_distinct(all);
    if (status < 0 && !sw_interrupt_came())
        sw_explore_judge_error(search, &e, result);
    else if (result->totals.failed)
        return;
    else if (sw_interrupt_came())
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE, "it was interrupted");
    else if (!sw_explore_judge_unconfirmed(result))
        sw_explore_judge_nothing(all->explore, result);
}

static int exit_status(const struct sw_explore_result *result)
{
    static const int statuses[] = {[SW_EXPLORE_NOTHING] = SW_EXIT_OK,
                                   [SW_EXPLORE_FOUND] = SW_EXIT_FAILED,
                                   [SW_EXPLORE_ERROR] = SW_EXIT_ERROR,
                                   [SW_EXPLORE_INCONCLUSIVE] = SW_EXIT_UNSURE};

    /* A schedule that is in no file was found, and lost. */
    if (result->lost || *result->trial.unkept != '\0')
        return SW_EXIT_ERROR;
    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : statuses[result->end];
}

/* kept_back: schedules that come afterwards, or here as well.  0, or -1 after a line on stderr. */
static int sample(struct sw_explore *explore, uint64_t kept_back, struct sw_explore_result *result)
{
    struct exploration all = {.explore = explore, .result = result, .kept_back = kept_back};

    explore->search.on_result = on_result;
    explore->search.on_progress = on_progress;
    explore->search.context = &all;
    struct sw_search *search = sw_search_new(&explore->search);
    if (search == NULL) {
        fputs("spillway explore: out of memory\n", stderr);
        return -1;
    }
    explore_it(&all, search);
    sw_search_free(search);
    free(all.hashes);
    return 0;
}

/* A quarter of the schedules is for what is finer than the interpreter's own switches.  What is
 * found there becomes the result. */
enum { ACCESS_PART = 4 };

static void look_closer(struct sw_explore *explore, struct sw_explore_result *result)
{
    static struct sw_explore_result closer;
    char claim[512];

    closer = (struct sw_explore_result){.end = SW_EXPLORE_NOTHING};
    sw_explore_report_claim(explore, result, claim, sizeof claim);
    explore->setting.grain = SW_GRAIN_ACCESS;
    if (sample(explore, 0, &closer) < 0)
        return;
    if (closer.end == SW_EXPLORE_FOUND) {
        *result = closer;
        snprintf(result->other, sizeof result->other,
                 "it needs a switch between two bytecodes; where this interpreter switches it did "
                 "not fail: %s",
                 claim);
        return;
    }
    explore->setting.grain = SW_GRAIN_CALL;
    if (closer.end == SW_EXPLORE_NOTHING) {
        explore->setting.grain = SW_GRAIN_ACCESS;
        sw_explore_report_claim(explore, &closer, claim, sizeof claim);
        explore->setting.grain = SW_GRAIN_CALL;
        snprintf(result->other, sizeof result->other, "and %s", claim);
    } else {
        snprintf(result->other, sizeof result->other, "at grain access nothing is known: %.600s",
                 closer.why);
    }
    free(closer.trial.story);
    free(closer.trial.errors);
    free(closer.unconfirmed_story);
}

static uint64_t count_kept_back(const struct sw_explore *explore)
{
    uint64_t schedules = explore->search.trial.schedules;

    switch (explore->closer) {
    case SW_EXPLORE_CLOSER_NOT:
        break;
    case SW_EXPLORE_CLOSER_WHERE_POSSIBLE: /* of one, or two, that are asked for: none */
        return schedules / ACCESS_PART;
    case SW_EXPLORE_CLOSER_ASKED:
        return (schedules + ACCESS_PART - 1) / ACCESS_PART;
    }
    return 0;
}

static int sample_all(struct sw_explore *explore, struct sw_explore_result *result)
{
    uint64_t *schedules = &explore->search.trial.schedules, kept_back = count_kept_back(explore);
    const struct sw_search_totals *totals = &result->totals;

    *schedules = *schedules > kept_back ? *schedules - kept_back : 1;
    if (sample(explore, kept_back, result) < 0)
        return -1;
    *schedules = kept_back;
    if (kept_back > 0 && may_look_closer(explore, totals) && result->end == SW_EXPLORE_NOTHING &&
        !totals->skipped && !totals->only_one && !totals->stopped)
        look_closer(explore, result);
    return 0;
}

static void tell(struct sw_explore_told *told, const struct sw_explore *explore,
                 struct sw_explore_result *result)
{
    static const enum sw_verdict_kind kinds[] = {[SW_EXPLORE_NOTHING] = SW_AS_EXPECTED,
                                                 [SW_EXPLORE_FOUND] = SW_FAILED,
                                                 [SW_EXPLORE_ERROR] = SW_HARNESS_ERROR,
                                                 [SW_EXPLORE_INCONCLUSIVE] = SW_INCONCLUSIVE};
    char claim[512];

    if (result->totals.skipped && result->end == SW_EXPLORE_NOTHING)
        sw_judge_decide(&told->verdict, SW_SKIPPED, "", 0, 0, "skipped");
    else if (result->end == SW_EXPLORE_NOTHING)
        sw_judge_decide(&told->verdict, SW_AS_EXPECTED, "", 0, 0, "%s",
                        sw_explore_report_claim(explore, result, claim, sizeof claim));
    else if (result->has_trial && result->end == SW_EXPLORE_FOUND)
        told->verdict = result->trial.verdict;
    else
        sw_judge_decide(&told->verdict, kinds[result->end], "explore", 0, 0, "%s", result->why);
    told->story = result->trial.story;
    told->errors = result->trial.errors;
    result->trial.story = result->trial.errors = NULL;
}

static int run(struct sw_explore *explore)
{
    static struct sw_explore_result result;
    struct sw_error e;

    result = (struct sw_explore_result){.end = SW_EXPLORE_NOTHING};

    if (explore->campaign != NULL && explore->method != SW_EXPLORE_DPOR)
        return sw_campaign_explore(explore);
    explore->goes_on |= explore->campaign != NULL;
    if (explore->method == SW_EXPLORE_COVERAGE)
        sw_explore_coverage(explore, &result);
    else if (explore->method != SW_EXPLORE_SAMPLES)
        sw_explore_exhaustive(explore, &result);
    else if (sample_all(explore, &result) < 0)
        return SW_EXIT_ERROR;
    sw_explore_report_print(explore, &result);
    int status = exit_status(&result);
    if (explore->tells_why && sw_why_all_print(stdout, &explore->search.trial, &e) < 0) {
        sw_error_print(&e);
        status = SW_EXIT_ERROR;
    }
    if (sw_explore_report_json(explore, &result) < 0)
        status = SW_EXIT_ERROR;
    if (explore->told != NULL)
        tell(explore->told, explore, &result);
    free(result.trial.story);
    free(result.trial.errors);
    free(result.unconfirmed_story);
    return status;
}

int sw_explore_run(struct sw_explore *explore)
{
    int status = SW_EXIT_ERROR;
    char *starter = sw_target_find_starter();

    sw_interrupt_begin();
    explore->search.trial.starter = starter;
    explore->search.trial.setting = &explore->setting;
    explore->search.trial.holds_output = 1;
    if (starter != NULL)
        status = run(explore);
    free(starter);
    return status;
}
