/* SPDX-License-Identifier: MIT
 *
 * explore_coverage.c - "explore" with strategy coverage: a fuzzer whose inputs are schedules.
 *
 *      1. choose   a fresh schedule (random, or of pos, pct or surw); or a plan that another
 *                  process has put into the corpus; or a change of one that was kept
 *                  (schedule_mutate.h): of those with a rare feature more often
 *      2. run it
 *      3. keep it  if it has a feature that none before had (coverage.h)
 *
 * With one job all follows from the seed.  Several jobs share what was kept, and then it depends on
 * which of them is faster.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "corpus.h"
#include "contract/real_time.h"
#include "coverage.h"
#include "explore.h"
#include "harness/runner/interrupt.h"
#include "schedule_mutate.h"
#include "profile_measure.h"

enum {
    /* Each has some 40 KiB of spots, so together they have at most 640 MiB. */
    SEEDS_MAX = 1 << 14,
    /* One of so many is a fresh schedule: changes alone stay near what was kept, and a bug that a
     * strategy finds by itself should not take much longer here.  Chosen freely. */
    FRESH_EACH = 3,
    LEARNING = 2, /* the first so many are fresh, by pos, and make the profile */
    TOURNAMENT = 4, /* see choose_kept() */
    /* How often the corpus is looked through for what others have put there, in schedules: reading
     * a folder takes as long as some schedules.  The first ones look each time, so that a corpus
     * that is there already is run at once. */
    LOOK_EACH = 500,
    LOOK_FIRST = 64,
};

struct kept {
    struct sw_seed *seed;
    uint64_t feature; /* the rarest, when it was kept */
    uint32_t tried;
};

struct coverage_search {
    struct sw_explore *explore;
    struct sw_explore_result *result;
    char note[SW_BATCH_NOTE];
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
    double began; /* seconds */
    double seconds, told;
    struct sw_control_shm_list *failing; /* of the first failure; owned */
    char found[128], text[256];
    struct sw_uncontrolled_most uncontrolled;
    int drew;
};

struct job {
    struct coverage_search *search;
    pthread_t thread;
    struct sw_session *session;
    struct sw_coverage *coverage;
    struct sw_relative_schedule plan;
    /* of the schedule under way */
    uint64_t number, random;
    int is_fresh;
    struct sw_thread_profile profile;
};

static void fail(struct coverage_search *search, const struct sw_error *e)
{
    if (!search->failed)
        search->error = *e;
    search->failed = search->stop = 1;
}

/* ---- which schedule is next ---- */

/* A tournament: of four at random, the one whose rarest feature has been had least, counting how
 * often it was tried itself.  So rare ones are preferred and none is left out, without sorting; two
 * would hardly prefer, sixteen would take the same few again and again. */
static struct kept *choose_kept(struct coverage_search *search, uint64_t *random)
{
    struct kept *best = NULL;
    uint64_t least = 0;

    for (int i = 0; i < TOURNAMENT; i++) {
        struct kept *one = &search->kept[sw_decision_random(random) % search->kept_count];
        uint64_t weight = (uint64_t)sw_coverage_count(&search->map, one->feature) + one->tried;
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
    const struct kept *one = choose_kept(job->search, &job->random);
    const struct kept *other = choose_kept(job->search, &job->random);

    if (sw_schedule_mutate(one->seed, other->seed, &job->plan, &job->random) < 0)
        job->is_fresh = 1;
}

/* A plan that another process has kept is run as it is: what it shows is new here. */
static int take_shared(struct job *job)
{
    struct coverage_search *search = job->search;
    struct sw_error e;

    if (search->corpus == NULL ||
        (job->number % LOOK_EACH != 0 && job->number > LEARNING + LOOK_FIRST))
        return 0;
    sw_relative_schedule_free(&job->plan);
    int status = sw_corpus_next(search->corpus, &job->plan, &e);
    if (status < 0)
        fail(search, &e);
    return status > 0;
}

/* All that a schedule is follows from the seed and its number, and from what was kept before: the
 * generator starts anew for each.  0: no more are to be run. */
static int choose(struct job *job)
{
    struct coverage_search *search = job->search;
    const struct sw_trial_order *trial = &search->explore->search.trial;

    pthread_mutex_lock(&search->lock);
    int more = !search->stop && search->begun < trial->schedules;
    if (more) {
        job->number = ++search->begun;
        job->random = trial->schedule.seed * 0x9e3779b97f4a7c15u + job->number;
        job->is_fresh = job->number <= LEARNING || search->kept_count == 0 ||
                        sw_decision_random(&job->random) % FRESH_EACH == 0;
        job->profile = search->profile;
        if (job->number > LEARNING && take_shared(job))
            job->is_fresh = 0;
        else if (!job->is_fresh)
            change_kept(job);
    }
    pthread_mutex_unlock(&search->lock);
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
        .seed = job->search->explore->search.trial.schedule.seed + job->number};
}

static struct sw_schedule_order order_of(const struct job *job)
{
    struct sw_schedule_order order =
        job->is_fresh ? order_fresh(job) : sw_relative_schedule_order(&job->plan, NULL);

    order.log_wanted = 1;
    return order;
}

/* ---- what came of it ---- */

static void learn(struct coverage_search *search, const struct sw_control_shm *shm)
{
    static struct sw_thread_profile fresh; /* under the lock */
    struct sw_profile_measure_source source = {&shm->trace, shm->chosen, shm->made_by};

    if (sw_profile_measure(&source, &fresh) == 0 && fresh.steps > search->profile.steps)
        search->profile = fresh;
}

static void keep(struct coverage_search *search, struct job *job, const struct sw_control_shm *shm)
{
    struct sw_seed *seed = calloc(1, sizeof *seed);
    struct sw_error e;

    if (seed == NULL || search->kept_count == SEEDS_MAX ||
        sw_schedule_mutate_take(seed, shm, &job->random) < 0) {
        if (seed != NULL)
            sw_schedule_mutate_free(seed);
        free(seed);
        return;
    }
    struct kept *kept = &search->kept[search->kept_count++];
    *kept = (struct kept){.seed = seed};
    sw_coverage_rarest(&search->map, job->coverage, &kept->feature);
    if (search->corpus != NULL && sw_corpus_save(search->corpus, &seed->plan, &e) < 0)
        fail(search, &e);
}

static void note_failure(struct coverage_search *search, const struct job *job,
                         const struct sw_batch_result *one, const struct sw_control_shm *shm)
{
    char text[SW_END_LINE_MAX];

    sw_run_end_format(one->end, text, sizeof text);
    sw_explore_add_failure(search->result, job->number, text);
    if (search->failures++ > 0)
        return;
    sw_run_end_format(one->end, search->text, sizeof search->text);
    snprintf(search->found, sizeof search->found, "coverage seed %llu, number %llu",
             (unsigned long long)search->explore->search.trial.schedule.seed,
             (unsigned long long)job->number);
    search->failing = malloc(sizeof *search->failing);
    if (search->failing != NULL)
        sw_control_shm_copy_list(search->failing, &shm->taken);
    search->stop |= !search->explore->goes_on;
}

static void tell(struct coverage_search *search)
{
    const struct sw_explore *explore = search->explore;
    int ends = explore->count_given || explore->time_s == 0;
    struct sw_explore_progress told = {.schedules = search->done,
                                       .wanted = ends ? explore->search.trial.schedules : 0,
                                       .failures = search->failures,
                                       .features = search->map.count,
                                       .seconds = search->seconds,
                                       .limit_s = explore->time_s};

    sw_explore_report_progress(&told, &search->told);
}

static void digest(struct job *job, const struct sw_batch_result *one,
                   const struct sw_control_shm *shm)
{
    struct coverage_search *search = job->search;

    sw_coverage_take(job->coverage, shm);
    pthread_mutex_lock(&search->lock);
    search->done++;
    search->seconds = sw_real_time_s() - search->began;
    search->skipped |= one->end->kind == SW_ENDED_SKIPPED;
    search->late |= (search->explore->time_s > 0 && search->seconds > search->explore->time_s) ||
                    sw_interrupt_came();
    search->stop |= search->late | search->skipped;
    if (job->number <= LEARNING)
        learn(search, shm);
    sw_control_shm_keep_most(&search->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
    search->drew |= shm->drew != 0;
    if (sw_coverage_add(&search->map, job->coverage) > 0)
        keep(search, job, shm);
    if (sw_run_end_is_failure(one->end))
        note_failure(search, job, one, shm);
    tell(search);
    pthread_mutex_unlock(&search->lock);
}

/* ---- the threads ---- */

static void *run_job(void *argument)
{
    struct job *job = argument;
    struct coverage_search *search = job->search;
    struct sw_batch_result one;
    const struct sw_control_shm *shm;
    struct sw_error e = {0};

    while (choose(job)) {
        const struct sw_schedule_order schedule = order_of(job);
        if (sw_session_run(job->session, &schedule, &one, &shm, &e) < 0) {
            pthread_mutex_lock(&search->lock);
            if (sw_interrupt_came())
                search->stop = search->late = 1;
            else
                fail(search, &e);
            pthread_mutex_unlock(&search->lock);
            break;
        }
        digest(job, &one, shm);
    }
    return NULL;
}

static int start_job(struct job *job)
{
    struct coverage_search *search = job->search;
    struct sw_error e = {0};

    job->coverage = malloc(sizeof *job->coverage);
    job->session = sw_session_open(&search->session, &e);
    if (job->coverage == NULL || job->session == NULL ||
        pthread_create(&job->thread, NULL, run_job, job) != 0) {
        sw_error_set(&e, NULL, 0, 0, "cannot start a thread");
        pthread_mutex_lock(&search->lock);
        fail(search, &e);
        pthread_mutex_unlock(&search->lock);
        return -1;
    }
    return 0;
}

static void run_jobs(struct coverage_search *search)
{
    static struct job jobs[SW_SEARCH_JOBS_MAX];
    int up = 0;

    for (; up < search->explore->search.jobs; up++) {
        jobs[up] = (struct job){.search = search};
        if (start_job(&jobs[up]) < 0)
            break;
    }
    for (int i = 0; i < up; i++)
        pthread_join(jobs[i].thread, NULL);
    for (int i = 0; i < search->explore->search.jobs; i++) {
        if (jobs[i].session != NULL)
            search->processes += sw_session_processes(jobs[i].session);
        sw_session_close(jobs[i].session);
        sw_relative_schedule_free(&jobs[i].plan);
        free(jobs[i].coverage);
    }
}

/* ---- the whole ---- */

/* A hash of the program and of all that changes its runs: only plans of the same are of use. */
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
    for (char **arg = trial->args; arg != NULL && *arg != NULL; arg++)
        fprintf(out, "%s\n", *arg);
    sw_sched_write_setting(out, &explore->setting);
    fclose(out);
    *of = XXH3_64bits(text, size);
    free(text);
    return 0;
}

static int open_corpus(struct coverage_search *search)
{
    struct sw_error e = {0};
    uint64_t of;

    if (search->explore->corpus == NULL)
        return 0;
    if (hash_all(search->explore, &of, &e) == 0)
        search->corpus = sw_corpus_open(search->explore->corpus, of, &e);
    if (search->corpus == NULL)
        fail(search, &e);
    return search->corpus != NULL ? 0 : -1;
}

static void fill_result(const struct coverage_search *search)
{
    struct sw_explore_result *result = search->result;
    const struct sw_explore *explore = search->explore;

    result->totals = (struct sw_search_totals){.schedules = search->done,
                                               .last = search->done,
                                               .processes = search->processes,
                                               .failed = search->failures > 0,
                                               .stopped = search->late,
                                               .skipped = search->skipped,
                                               .drew = search->drew,
                                               .seconds = search->seconds,
                                               .uncontrolled = search->uncontrolled};
    memcpy(result->totals.note, search->note, sizeof search->note);
    result->features = search->map.count;
    snprintf(result->claim, sizeof result->claim,
             "%llu schedule%s of coverage, seed %llu, %d job%s, grain %s, %zu features, something "
             "new in "
             "%u, %.1f s",
             (unsigned long long)search->done, search->done == 1 ? "" : "s",
             (unsigned long long)explore->search.trial.schedule.seed, explore->search.jobs,
             explore->search.jobs == 1 ? "" : "s",
             explore->setting.grain == SW_GRAIN_ACCESS ? "access" : "call", search->map.count,
             search->kept_count, search->seconds);
}

static void decide(struct coverage_search *search)
{
    struct sw_explore_result *result = search->result;
    struct sw_trial_order trial = search->explore->search.trial;

    if (search->failed) {
        sw_explore_decide(result, SW_EXPLORE_ERROR, "%s%s%s", search->error.path,
                          *search->error.path != '\0' ? ": " : "", search->error.text);
    } else if (search->failures > 0) {
        sw_explore_confirm_list(&trial, search->failing, search->text, search->found, result);
    } else if (sw_interrupt_came()) {
        sw_explore_decide(result, SW_EXPLORE_INCONCLUSIVE, "it was interrupted");
    } else {
        sw_explore_judge_nothing(search->explore, result);
    }
}

void sw_explore_coverage(struct sw_explore *explore, struct sw_explore_result *result)
{
    struct coverage_search *search = calloc(1, sizeof *search);
    char *args[SW_TRIAL_ARGS];

    if (search == NULL || (search->kept = calloc(SEEDS_MAX, sizeof *search->kept)) == NULL) {
        free(search);
        sw_explore_decide(result, SW_EXPLORE_ERROR, "out of memory");
        return;
    }
    search->explore = explore;
    search->result = result;
    search->session = sw_explore_exhaustive_session(explore, args);
    search->session.note = search->note;
    pthread_mutex_init(&search->lock, NULL);
    search->began = sw_real_time_s();
    if (open_corpus(search) == 0)
        run_jobs(search);
    sw_explore_report_end_progress();
    fill_result(search);
    decide(search);
    for (uint32_t i = 0; i < search->kept_count; i++) {
        sw_schedule_mutate_free(search->kept[i].seed);
        free(search->kept[i].seed);
    }
    sw_coverage_free(&search->map);
    sw_corpus_close(search->corpus);
    pthread_mutex_destroy(&search->lock);
    free(search->failing);
    free(search->kept);
    free(search);
}
