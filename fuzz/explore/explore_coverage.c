/* SPDX-License-Identifier: MIT
 *
 * explore_coverage.c - "explore" with strategy coverage: schedules that have shown something new
 * are changed.
 *
 * Each schedule is a fresh one (a random one, or of pos, pct or surw), or a change of one that was
 * kept (schedule_mutate.h).  It is kept if it has a feature that none before had (coverage.h).
 * Those whose rarest feature few schedules have had are changed more often.
 *
 * With one job all follows from the seed; several share what they have seen, and then it depends on
 * which is first.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "corpus.h"
#include "coverage.h"
#include "explore.h"
#include "schedule_mutate.h"
#include "profile_measure.h"

enum {
    SEEDS_MAX = 1 << 14,
    FRESH_EACH = 3, /* one of so many is a fresh schedule */
    LEARNING = 2, /* the first so many are, by pos, and make the profile */
    TOURNAMENT = 4, /* the rarest of so many is changed */
    LOOK_EACH = 500, /* schedules, for what others have put into the corpus */
};

struct kept {
    struct sw_seed *seed;
    uint64_t feature; /* the rarest, when it was kept */
    uint32_t tried;
};

struct cover {
    struct sw_explore *explore;
    struct sw_explore_result *result;
    struct sw_session_order session;
    struct sw_corpus *corpus; /* NULL: none on disk */
    pthread_mutex_t lock; /* of all below */
    struct sw_coverage_map map;
    struct kept *kept;
    uint32_t kept_count;
    struct sw_thread_profile profile;
    uint64_t begun, done, failures, processes;
    int stop, late, skipped, failed; /* failed: error is set */
    struct sw_error error;
    struct timespec began;
    double seconds, told;
    struct sw_control_shm_list *failing; /* of the first failure; owned */
    char found[128], text[256];
    struct sw_uncontrolled_most uncontrolled;
};

struct job {
    struct cover *cover;
    pthread_t thread;
    struct sw_session *session;
    struct sw_coverage *coverage;
    struct sw_relative_schedule plan;
    /* of the schedule under way */
    uint64_t number, random;
    int is_fresh;
    struct sw_thread_profile profile;
};

static double seconds_since(const struct timespec *began)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) / 1e9;
}

static void fail(struct cover *cover, const struct sw_error *e)
{
    if (!cover->failed)
        cover->error = *e;
    cover->failed = cover->stop = 1;
}

/* ---- which schedule is next ---- */

static struct kept *choose_kept(struct cover *cover, uint64_t *random)
{
    struct kept *best = NULL;
    uint64_t least = 0;

    for (int i = 0; i < TOURNAMENT; i++) {
        struct kept *one = &cover->kept[sw_decision_random(random) % cover->kept_count];
        uint64_t weight = (uint64_t)sw_coverage_count(&cover->map, one->feature) + one->tried;
        if (best == NULL || weight < least) {
            best = one;
            least = weight;
        }
    }
    best->tried++;
    return best;
}

static void change_kept(struct job *job)
{
    const struct kept *one = choose_kept(job->cover, &job->random);
    const struct kept *other = choose_kept(job->cover, &job->random);

    if (sw_schedule_mutate(one->seed, other->seed, &job->plan, &job->random) < 0)
        job->is_fresh = 1;
}

/* A plan that another process has kept is run as it is. */
static int take_foreign(struct job *job)
{
    struct cover *cover = job->cover;
    struct sw_error e;

    if (cover->corpus == NULL || (job->number % LOOK_EACH != 0 && job->number > LEARNING + 64))
        return 0;
    sw_relative_schedule_free(&job->plan);
    int status = sw_corpus_next(cover->corpus, &job->plan, &e);
    if (status < 0)
        fail(cover, &e);
    return status > 0;
}

/* 0: there is none any more. */
static int choose(struct job *job)
{
    struct cover *cover = job->cover;
    const struct sw_trial_order *trial = &cover->explore->search.trial;

    pthread_mutex_lock(&cover->lock);
    int more = !cover->stop && cover->begun < trial->schedules;
    if (more) {
        job->number = ++cover->begun;
        job->random = trial->schedule.seed * 0x9e3779b97f4a7c15u + job->number;
        job->is_fresh = job->number <= LEARNING || cover->kept_count == 0 ||
                        sw_decision_random(&job->random) % FRESH_EACH == 0;
        job->profile = cover->profile;
        if (job->number > LEARNING && take_foreign(job))
            job->is_fresh = 0;
        else if (!job->is_fresh)
            change_kept(job);
    }
    pthread_mutex_unlock(&cover->lock);
    return more;
}

static struct sw_schedule_order order_fresh(const struct job *job)
{
    static const char *const names[] = {"pos", "pct", "surw", "random"};
    const char *name = job->number <= LEARNING ? "pos" : names[job->number % 4];

    return (struct sw_schedule_order){
        .strategy = strcmp(name, "random") == 0 ? SW_STRATEGY_RANDOM : SW_STRATEGY_NAMED,
        .name = name,
        .profile = &job->profile,
        .seed = job->cover->explore->search.trial.schedule.seed + job->number};
}

static struct sw_schedule_order order_of(const struct job *job)
{
    struct sw_schedule_order order =
        job->is_fresh ? order_fresh(job) : sw_relative_schedule_order(&job->plan, NULL);

    order.log_wanted = 1;
    return order;
}

/* ---- what came of it ---- */

static void learn(struct cover *cover, const struct sw_control_shm *shm)
{
    static struct sw_thread_profile fresh; /* under the lock */
    struct sw_profile_measure_source source = {&shm->trace, shm->chosen, shm->made_by};

    if (sw_profile_measure(&source, &fresh) == 0 && fresh.steps > cover->profile.steps)
        cover->profile = fresh;
}

static void keep(struct cover *cover, struct job *job, const struct sw_control_shm *shm)
{
    struct sw_seed *seed = calloc(1, sizeof *seed);
    struct sw_error e;

    if (seed == NULL || cover->kept_count == SEEDS_MAX ||
        sw_schedule_mutate_take(seed, shm, &job->random) < 0) {
        if (seed != NULL)
            sw_schedule_mutate_free(seed);
        free(seed);
        return;
    }
    struct kept *kept = &cover->kept[cover->kept_count++];
    *kept = (struct kept){.seed = seed};
    sw_coverage_rarest(&cover->map, job->coverage, &kept->feature);
    if (cover->corpus != NULL && sw_corpus_save(cover->corpus, &seed->plan, &e) < 0)
        fail(cover, &e);
}

static void note_failure(struct cover *cover, const struct job *job,
                         const struct sw_batch_result *one, const struct sw_control_shm *shm)
{
    char text[SW_END_LINE_MAX];

    sw_run_end_format(one->end, text, sizeof text);
    sw_explore_add_failure(cover->result, job->number, text);
    if (cover->failures++ > 0)
        return;
    sw_run_end_format(one->end, cover->text, sizeof cover->text);
    snprintf(cover->found, sizeof cover->found, "coverage seed %llu, number %llu",
             (unsigned long long)cover->explore->search.trial.schedule.seed,
             (unsigned long long)job->number);
    cover->failing = malloc(sizeof *cover->failing);
    if (cover->failing != NULL)
        sw_control_shm_copy_list(cover->failing, &shm->taken);
    cover->stop |= !cover->explore->goes_on;
}

static void tell(struct cover *cover)
{
    const struct sw_explore *explore = cover->explore;
    int ends = explore->count_given || explore->time_s == 0;
    struct sw_explore_progress told = {.schedules = cover->done,
                                       .wanted = ends ? explore->search.trial.schedules : 0,
                                       .failures = cover->failures,
                                       .features = cover->map.count,
                                       .seconds = cover->seconds,
                                       .limit_s = explore->time_s};

    sw_explore_report_progress(&told, &cover->told);
}

static void digest(struct job *job, const struct sw_batch_result *one,
                   const struct sw_control_shm *shm)
{
    struct cover *cover = job->cover;

    sw_coverage_take(job->coverage, shm);
    pthread_mutex_lock(&cover->lock);
    cover->done++;
    cover->seconds = seconds_since(&cover->began);
    cover->skipped |= one->end->kind == SW_ENDED_SKIPPED;
    cover->late |= cover->explore->time_s > 0 && cover->seconds > cover->explore->time_s;
    cover->stop |= cover->late | cover->skipped;
    if (job->number <= LEARNING)
        learn(cover, shm);
    sw_control_shm_keep_most(&cover->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
    if (sw_coverage_add(&cover->map, job->coverage) > 0)
        keep(cover, job, shm);
    if (sw_run_end_is_failure(one->end))
        note_failure(cover, job, one, shm);
    tell(cover);
    pthread_mutex_unlock(&cover->lock);
}

/* ---- the threads ---- */

static void *run_job(void *argument)
{
    struct job *job = argument;
    struct cover *cover = job->cover;
    struct sw_batch_result one;
    const struct sw_control_shm *shm;
    struct sw_error e = {0};

    while (choose(job)) {
        const struct sw_schedule_order schedule = order_of(job);
        if (sw_session_run(job->session, &schedule, &one, &shm, &e) < 0) {
            pthread_mutex_lock(&cover->lock);
            fail(cover, &e);
            pthread_mutex_unlock(&cover->lock);
            break;
        }
        digest(job, &one, shm);
    }
    return NULL;
}

static int start_job(struct job *job)
{
    struct cover *cover = job->cover;
    struct sw_error e = {0};

    job->coverage = malloc(sizeof *job->coverage);
    job->session = sw_session_open(&cover->session, &e);
    if (job->coverage == NULL || job->session == NULL ||
        pthread_create(&job->thread, NULL, run_job, job) != 0) {
        sw_error_set(&e, NULL, 0, 0, "cannot start a thread");
        pthread_mutex_lock(&cover->lock);
        fail(cover, &e);
        pthread_mutex_unlock(&cover->lock);
        return -1;
    }
    return 0;
}

static void run_jobs(struct cover *cover)
{
    static struct job jobs[SW_SEARCH_JOBS_MAX];
    int up = 0;

    for (; up < cover->explore->search.jobs; up++) {
        jobs[up] = (struct job){.cover = cover};
        if (start_job(&jobs[up]) < 0)
            break;
    }
    for (int i = 0; i < up; i++)
        pthread_join(jobs[i].thread, NULL);
    for (int i = 0; i < cover->explore->search.jobs; i++) {
        if (jobs[i].session != NULL)
            cover->processes += sw_session_processes(jobs[i].session);
        sw_session_close(jobs[i].session);
        sw_relative_schedule_free(&jobs[i].plan);
        free(jobs[i].coverage);
    }
}

/* ---- the whole ---- */

/* What a plan is of. */
static int hash_all(const struct sw_explore *explore, uint64_t *of, struct sw_error *e)
{
    const struct sw_trial_order *trial = &explore->search.trial;
    char hash[33], *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL || sw_sched_hash_file(trial->file, hash, e) < 0) {
        if (out != NULL)
            fclose(out);
        free(text);
        return -1;
    }
    fprintf(out, "%s\n%s\n", hash, trial->test != NULL ? trial->test : "");
    for (char **arg = trial->args; trial->test == NULL && arg != NULL && *arg != NULL; arg++)
        fprintf(out, "%s\n", *arg);
    sw_sched_write_setting(out, &explore->setting);
    fclose(out);
    *of = XXH3_64bits(text, size);
    free(text);
    return 0;
}

static int open_corpus(struct cover *cover)
{
    struct sw_error e = {0};
    uint64_t of;

    if (cover->explore->corpus == NULL)
        return 0;
    if (hash_all(cover->explore, &of, &e) == 0)
        cover->corpus = sw_corpus_open(cover->explore->corpus, of, &e);
    if (cover->corpus == NULL)
        fail(cover, &e);
    return cover->corpus != NULL ? 0 : -1;
}

static void fill_result(const struct cover *cover)
{
    struct sw_explore_result *result = cover->result;
    const struct sw_explore *explore = cover->explore;

    result->totals = (struct sw_search_totals){.schedules = cover->done,
                                               .last = cover->done,
                                               .processes = cover->processes,
                                               .failed = cover->failures > 0,
                                               .stopped = cover->late,
                                               .skipped = cover->skipped,
                                               .seconds = cover->seconds,
                                               .uncontrolled = cover->uncontrolled};
    result->features = cover->map.count;
    snprintf(result->claim, sizeof result->claim,
             "%llu schedule%s of coverage, seed %llu, %d job%s, grain %s, %zu features, something "
             "new in "
             "%u, %.1f s",
             (unsigned long long)cover->done, cover->done == 1 ? "" : "s",
             (unsigned long long)explore->search.trial.schedule.seed, explore->search.jobs,
             explore->search.jobs == 1 ? "" : "s",
             explore->setting.grain == SW_GRAIN_ACCESS ? "access" : "call", cover->map.count,
             cover->kept_count, cover->seconds);
}

static void decide(struct cover *cover)
{
    struct sw_explore_result *result = cover->result;
    struct sw_trial_order trial = cover->explore->search.trial;

    if (cover->failed) {
        sw_explore_decide(result, SW_EXPLORE_ERROR, "%s%s%s",
                          cover->error.path != NULL ? cover->error.path : "",
                          cover->error.path != NULL ? ": " : "", cover->error.text);
    } else if (cover->failures > 0) {
        sw_explore_confirm_list(&trial, cover->failing, cover->text, cover->found, result);
    } else {
        sw_explore_judge_nothing(cover->explore, result);
    }
}

void sw_explore_coverage(struct sw_explore *explore, struct sw_explore_result *result)
{
    struct cover *cover = calloc(1, sizeof *cover);
    char *args[3];

    if (cover == NULL || (cover->kept = calloc(SEEDS_MAX, sizeof *cover->kept)) == NULL) {
        free(cover);
        sw_explore_decide(result, SW_EXPLORE_ERROR, "out of memory");
        return;
    }
    cover->explore = explore;
    cover->result = result;
    cover->session = sw_explore_exhaustive_session(explore, args);
    pthread_mutex_init(&cover->lock, NULL);
    clock_gettime(CLOCK_MONOTONIC, &cover->began);
    if (open_corpus(cover) == 0)
        run_jobs(cover);
    sw_explore_report_end_progress();
    fill_result(cover);
    decide(cover);
    for (uint32_t i = 0; i < cover->kept_count; i++) {
        sw_schedule_mutate_free(cover->kept[i].seed);
        free(cover->kept[i].seed);
    }
    sw_coverage_free(&cover->map);
    sw_corpus_close(cover->corpus);
    pthread_mutex_destroy(&cover->lock);
    free(cover->failing);
    free(cover->kept);
    free(cover);
}
