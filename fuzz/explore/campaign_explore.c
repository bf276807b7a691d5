/* SPDX-License-Identifier: MIT
 *
 * campaign_explore.c - one process of a campaign.
 *
 * It learns, as each process does, which makes the same profile everywhere.  Then it takes a range
 * of the shard that nobody has, runs it, writes down what came of it, keeps what failed under its
 * cause, and takes the next: until nothing is free, the time is up, or it is interrupted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "contract/exit.h"
#include "contract/real_time.h"
#include "campaign.h"
#include "harness/formats/files/atomic_files.h"
#include "harness/runner/interrupt.h"

enum {
    /* A range takes about this long, by the rate so far: that much work a killed process loses, and
     * that often the file is locked and written, which takes milliseconds. */
    RANGE_S = 10,
    RANGE_FIRST = 64, /* schedules, before a rate is known */
    /* Of the minimiser, a tenth of what the command has: a cause is found while the campaign waits,
     * and "spillway minimise" can go on from what is kept. */
    CAUSE_BUDGET = 2000,
    SAMPLES_MAX = 64, /* failures that are waiting to be minimised; more are only counted */
};

struct sample {
    uint64_t seed;
};

struct campaign {
    struct sw_explore *explore;
    struct sw_campaign_plan plan;
    struct sw_search *search;
    struct sw_work_log *log;
    struct sw_hyperloglog sketch;
    struct sw_work_log_totals learned; /* what failed while it learned */
    struct sw_work_log_totals found; /* in the range under way */
    uint64_t killed; /* the lowest seed of it that was ended by a signal as from outside */
    struct sw_work_log_totals all; /* by this process */
    struct sample samples[SAMPLES_MAX];
    int sample_count;
    uint64_t schedules; /* by this process */
    int causes; /* that it was the first to keep */
    uint64_t unstable;
    double began, told;
    const char *ended; /* why it ended before the end */
    int is_open; /* the folder holds its plan */
};

/* ---- what comes of a schedule ---- */

static struct sw_work_log_kind kind_of(const struct sw_batch_result *one)
{
    char line[SW_END_LINE_MAX];
    struct sw_work_log_kind kind = {.count = 1, .seed = one->seed};

    sw_failure_dedup_normalise(sw_run_end_format(one->end, line, sizeof line), kind.text,
                               sizeof kind.text);
    kind.key = XXH3_64bits_withSeed(kind.text, strlen(kind.text), one->end->signature);
    return kind;
}

static uint64_t count_of(const struct sw_work_log_totals *totals, uint64_t key)
{
    for (int i = 0; i < totals->kind_count; i++)
        if (totals->kinds[i].key == key)
            return totals->kinds[i].count;
    return 0;
}

/* Of one kind the 1st, 2nd, 4th, 8th, ... are minimised: there may be several causes behind a kind,
 * and a million failures cost 20 minimisations. */
static void note_failure(struct campaign *campaign, const struct sw_batch_result *one)
{
    struct sw_work_log_kind kind = kind_of(one);

    campaign->found.failures++;
    sw_work_log_add_kind(&campaign->found, &kind);
    sw_work_log_add_kind(&campaign->all, &kind);
    uint64_t count = count_of(&campaign->all, kind.key);
    if ((count & (count - 1)) == 0 && campaign->sample_count < SAMPLES_MAX)
        campaign->samples[campaign->sample_count++] = (struct sample){one->seed};
}

/* If something was killed: was this process meant, too?  Its own signal may be about to come.  A
 * program that kills itself costs this wait, and is then judged like any other. */
static int was_interrupted(const struct campaign *campaign)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};

    /* A second, at most: Slurm signals all processes of a task at once, in no particular order. */
    for (int i = 0; i < 100 && campaign->killed != UINT64_MAX && !sw_interrupt_came(); i++)
        nanosleep(&pause, NULL);
    return sw_interrupt_came();
}

static void on_result(void *context, const struct sw_batch_result *one)
{
    struct campaign *campaign = context;

    sw_hyperloglog_add(&campaign->sketch, one->hash);
    if (!sw_run_end_is_failure(one->end))
        return;
    note_failure(campaign, one);
    /* Whoever interrupts this process may have sent the same to its children; Slurm does. */
    if (sw_run_end_is_kill(one->end) && one->seed < campaign->killed)
        campaign->killed = one->seed;
}

static int is_late(const struct campaign *campaign)
{
    int limit = campaign->explore->time_s;

    return limit > 0 && sw_real_time_s() - campaign->began >= limit;
}

static int on_progress(void *context, const struct sw_search_progress *progress)
{
    struct campaign *campaign = context;
    uint64_t size = sw_campaign_shard_size(&campaign->plan, campaign->explore->shard);
    struct sw_explore_progress told = {.schedules = campaign->schedules + progress->schedules,
                                       .wanted = size == UINT64_MAX ? 0 : size,
                                       .distinct = sw_hyperloglog_estimate(&campaign->sketch),
                                       .failures = campaign->all.failures + progress->failures,
                                       .causes = campaign->causes,
                                       .seconds = sw_real_time_s() - campaign->began,
                                       .limit_s = campaign->explore->time_s};

    sw_explore_report_progress(&told, &campaign->told);
    return sw_interrupt_came() || is_late(campaign);
}

/* ---- what failed ---- */

/* 0, or -1 with *e.  One that is not stable is counted and told, and no error. */
static int keep_sample(struct campaign *campaign, const char *folder, uint64_t seed,
                       struct sw_error *e)
{
    struct sw_failure_cause_order order = {
        .folder = folder, .trial = sw_search_trial(campaign->search, seed), .budget = CAUSE_BUDGET};
    struct sw_failure_cause cause;
    int unstable;

    order.trial.setting = &campaign->explore->setting;
    int status = sw_failure_dedup_keep(&order, &cause, &unstable, e);
    if (unstable || (status < 0 && sw_interrupt_came())) {
        sw_explore_report_end_progress();
        fprintf(stderr, "spillway explore: %s\n", e->text);
        campaign->unstable++;
        return 0;
    }
    campaign->causes += status > 0;
    return status < 0 ? -1 : 0;
}

static int keep_samples(struct campaign *campaign, struct sw_error *e)
{
    char folder[PATH_MAX];
    int status = 0;

    snprintf(folder, sizeof folder, "%s/failures", campaign->explore->campaign);
    for (int i = 0; i < campaign->sample_count && status == 0; i++)
        status = keep_sample(campaign, folder, campaign->samples[i].seed, e);
    campaign->sample_count = 0;
    return status;
}

/* ---- ranges ---- */

/* That of this process's number; another may have had it before.  Returns path. */
static const char *sketch_path(const struct campaign *campaign, char *path, size_t size)
{
    char behind[32];

    snprintf(behind, sizeof behind, "/%d.sketch", sw_work_log_number(campaign->log));
    return sw_campaign_path(campaign->explore->campaign, &campaign->plan, campaign->explore->shard,
                            behind, path, size);
}

static int write_sketch(const struct campaign *campaign, struct sw_error *e)
{
    char path[PATH_MAX];

    return sw_hyperloglog_write(&campaign->sketch, sketch_path(campaign, path, sizeof path), e);
}

static uint64_t range_size(const struct campaign *campaign, double seconds)
{
    uint64_t size = seconds > 0 && campaign->schedules > 0
                        ? (uint64_t)((double)campaign->schedules / seconds * RANGE_S)
                        : RANGE_FIRST;

    return size > (uint64_t)campaign->explore->search.jobs
               ? size
               : (uint64_t)campaign->explore->search.jobs;
}

/* Each process runs the learning seeds, but their failures are counted by one: that which has the
 * campaign's first schedule. */
static int is_first(const struct campaign *campaign, struct sw_range range)
{
    return campaign->explore->shard == 1 && range.first == 0;
}

/* Nothing is believed from there on, and no failure of the range: it is run again.  With several
 * failures it is not known which of them are before the kill, so all of the range is. */
static void forget_from(struct campaign *campaign, uint64_t position, uint64_t *ran)
{
    *ran = campaign->found.failures > 1 ? 0 : position;
    campaign->found = (struct sw_work_log_totals){0};
    campaign->sample_count = 0;
}

/* *seconds: of all ranges so far. */
static int run_range(struct campaign *campaign, struct sw_range range, double *seconds,
                     struct sw_error *e)
{
    uint64_t stride = campaign->plan.shards, count = range.last - range.first + 1;
    uint64_t first =
        sw_campaign_first_seed(&campaign->plan, campaign->explore->shard) + range.first * stride;
    struct sw_search_totals totals;

    campaign->found =
        is_first(campaign, range) ? campaign->learned : (struct sw_work_log_totals){0};
    campaign->killed = UINT64_MAX;
    int status = sw_search_run_range(campaign->search, first, stride, count, &totals, e);
    uint64_t ran = status == 0 ? (totals.last + stride - first) / stride : 0;
    if (status < 0 && sw_interrupt_came()) {
        /* What was to begin was killed together with this process, whose initial thread (this one)
         * has been given its signal by now, since that was sent before. */
        forget_from(campaign, 0, &ran);
        status = 0;
    } else if (was_interrupted(campaign) && campaign->killed < totals.last + stride)
        forget_from(campaign, (campaign->killed - first) / stride, &ran);
    *seconds += totals.seconds;
    campaign->all.failures += campaign->found.failures;
    campaign->schedules += ran;
    if (totals.skipped)
        campaign->ended = "the test says that it is to be skipped";
    if (totals.uncontrolled.count > 0)
        campaign->ended = "something is not under control: spillway explore without --campaign "
                          "says what";
    if (status < 0 || write_sketch(campaign, e) < 0)
        return -1;
    return sw_work_log_did(campaign->log, range, ran, (uint64_t)(totals.seconds * 1000),
                           &campaign->found, e);
}

static int run_ranges(struct campaign *campaign, struct sw_error *e)
{
    uint64_t size = sw_campaign_shard_size(&campaign->plan, campaign->explore->shard);
    struct sw_range range;
    double seconds = 0;
    int status;

    while ((status = keep_samples(campaign, e)) == 0 && campaign->ended == NULL) {
        if (sw_interrupt_came())
            campaign->ended = "it was interrupted";
        else if (is_late(campaign))
            campaign->ended = "the time was up";
        else if ((status = sw_work_log_take(campaign->log, range_size(campaign, seconds), size,
                                            &range, e)) <= 0)
            break;
        else if ((status = run_range(campaign, range, &seconds, e)) < 0)
            break;
    }
    return status < 0 ? -1 : 0;
}

/* ---- the whole ---- */

static int open_folder(struct campaign *campaign, struct sw_error *e)
{
    const struct sw_explore *explore = campaign->explore;
    char path[PATH_MAX];

    if (sw_campaign_plan(explore, sw_search_profile_hash(campaign->search), &campaign->plan, e) <
            0 ||
        sw_campaign_begin(explore->campaign, &campaign->plan, explore->resumes, e) < 0)
        return -1;
    snprintf(path, sizeof path, "%s/failures", explore->campaign);
    int status = sw_atomic_files_make_folder(path, e);
    if (status == 0)
        status =
            sw_atomic_files_make_folder(sw_campaign_path(explore->campaign, &campaign->plan,
                                                         explore->shard, "", path, sizeof path),
                                        e);
    if (status == 0)
        campaign->log =
            sw_work_log_open(sw_campaign_path(explore->campaign, &campaign->plan, explore->shard,
                                              "/ledger", path, sizeof path),
                             e);
    if (status < 0 || campaign->log == NULL ||
        (access(sketch_path(campaign, path, sizeof path), F_OK) == 0 &&
         sw_hyperloglog_read(&campaign->sketch, path, e) < 0))
        return -1;
    campaign->is_open = 1;
    return 0;
}

/* 0 if it is none, but a reason to end. */
static int judge_error(struct campaign *campaign, const struct sw_search_totals *learned,
                       const struct sw_error *e)
{
    struct sw_explore_result result = {.totals = *learned};

    sw_explore_judge_error(campaign->search, e, &result);
    free(result.trial.story);
    if (result.end == SW_EXPLORE_NOTHING)
        campaign->ended = "the test says that it is to be skipped";
    else if (result.end == SW_EXPLORE_INCONCLUSIVE)
        campaign->ended = strdup(result.why);
    return campaign->ended != NULL ? 0 : -1;
}

static int run(struct campaign *campaign, struct sw_error *e)
{
    struct sw_search_totals learned;

    if (campaign->search == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    campaign->killed = UINT64_MAX;
    int status = sw_search_learn(campaign->search, &learned, e);
    if (status < 0 && !sw_interrupt_came())
        return judge_error(campaign, &learned, e);
    if (was_interrupted(campaign)) { /* then it may have learned anything */
        campaign->ended = "it was interrupted";
        return 0;
    }
    if (open_folder(campaign, e) < 0)
        return -1;
    campaign->learned = campaign->found;
    if (learned.skipped)
        campaign->ended = "the test says that it is to be skipped";
    status = run_ranges(campaign, e);
    sw_explore_report_end_progress();
    return status;
}

/* Nothing found is believed only of an interpreter that is under control. */
static int judge(struct campaign *campaign, const struct sw_campaign_summary *summary)
{
    int status = sw_campaign_print_status(summary, campaign->explore->shard);
    struct sw_explore_result result = {0};

    if (summary->totals.failures > 0)
        return status;
    sw_explore_judge_nothing(campaign->explore, &result);
    if (result.end == SW_EXPLORE_NOTHING)
        return campaign->ended != NULL && !is_late(campaign) ? SW_EXIT_UNSURE : status;
    campaign->ended = strdup(result.why);
    return result.end == SW_EXPLORE_ERROR ? SW_EXIT_ERROR : SW_EXIT_UNSURE;
}

static int read_folder(struct campaign *campaign, struct sw_campaign_summary *summary,
                       struct sw_error *e)
{
    if (campaign->is_open)
        return sw_campaign_read(&campaign->explore->campaign, 1, summary, e);
    return sw_campaign_plan(campaign->explore, 0, &summary->plan, e);
}

static int tell(struct campaign *campaign, struct sw_error *e)
{
    struct sw_explore *explore = campaign->explore;
    struct sw_campaign_summary *summary = calloc(1, sizeof *summary);

    sw_work_log_close(campaign->log); /* so that this process is not alive any more */
    campaign->log = NULL;
    if (summary == NULL || read_folder(campaign, summary, e) < 0) {
        free(summary);
        return -1;
    }
    int status = judge(campaign, summary);
    struct sw_campaign_report report = {explore->target, summary, status, campaign->ended};
    sw_campaign_print(stdout, &report);
    if (explore->json != NULL && sw_campaign_print_json(explore->json, &report, e) < 0)
        status = -1;
    free(summary);
    return status;
}

int sw_campaign_explore(struct sw_explore *explore)
{
    struct campaign *campaign = calloc(1, sizeof *campaign);
    struct sw_error e = {0};
    int status = SW_EXIT_ERROR;

    if (campaign == NULL)
        return status;
    campaign->explore = explore;
    campaign->began = sw_real_time_s();
    explore->search.goes_on = 1;
    explore->search.seconds = 0; /* on_progress() looks at the clock */
    explore->search.on_result = on_result;
    explore->search.on_progress = on_progress;
    explore->search.context = campaign;
    campaign->search = sw_search_new(&explore->search);
    if (run(campaign, &e) < 0 || (status = tell(campaign, &e)) < 0) {
        sw_explore_report_end_progress();
        sw_error_print(&e);
        status = SW_EXIT_ERROR;
    }
    sw_work_log_close(campaign->log);
    sw_search_free(campaign->search);
    free(campaign);
    return status;
}
