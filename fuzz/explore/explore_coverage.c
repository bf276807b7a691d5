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
 * Several jobs share what was kept.  All follows from the seed, however many they are
 * (coverage_window.h); only the clock, and what others put into the corpus meanwhile, does not.
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
#include "coverage_window.h"
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
    struct sw_turns turns;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed; /* one has ended, or no more are to begin */
    struct sw_coverage_window window;
    struct sw_coverage_map map;
    struct kept *kept;
    uint32_t kept_count;
    /* What is known when so many have been learned from.  A session knows a profile by its address
     * (session.c): none of them changes. */
    struct sw_thread_profile profiles[LEARNING + 1];
    int learned;
    uint64_t begun, failures, processes;
    uint64_t done; /* all up to this number have ended, and count */
    uint64_t limit; /* no number above it counts */
    int stop, late, skipped, failed; /* failed: error is set */
    struct sw_error error;
    double began; /* seconds */
    double seconds, told;
    struct sw_control_shm_list *failing; /* of the first failure; owned */
    char found[128], text[256];
    struct sw_uncontrolled_most uncontrolled;
    uint32_t lives_on;
    uint32_t follows;
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
    const struct sw_thread_profile *profile;
};

static void fail(struct coverage_search *search, const struct sw_error *e)
{
    if (!search->failed)
        search->error = *e;
    search->failed = search->stop = 1;
    pthread_cond_broadcast(&search->changed);
}

/* ---- what counts ---- */

/* Owns the seed from now on. */
static void keep(struct coverage_search *search, struct sw_coverage_ended *ended)
{
    struct sw_error e;

    if (ended->seed == NULL || search->kept_count == SEEDS_MAX)
        return;
    struct kept *kept = &search->kept[search->kept_count++];
    *kept = (struct kept){.seed = ended->seed};
    ended->seed = NULL;
    sw_coverage_rarest(&search->map, ended->coverage, &kept->feature);
    if (search->corpus != NULL && sw_corpus_save(search->corpus, &kept->seed->plan, &e) < 0)
        fail(search, &e);
}

static void note_failure(struct coverage_search *search, struct sw_coverage_ended *ended)
{
    char text[SW_END_LINE_MAX];

    sw_run_end_format(&ended->end, text, sizeof text);
    sw_explore_add_failure(search->result, search->done, text);
    if (search->failures++ > 0)
        return;
    sw_run_end_format(&ended->end, search->text, sizeof search->text);
    snprintf(search->found, sizeof search->found, "coverage seed %llu, number %llu",
             (unsigned long long)search->explore->search.trial.schedule.seed,
             (unsigned long long)search->done);
    search->failing = ended->list;
    ended->list = NULL;
}

/* The longer schedule has shown more of the program. */
static void learn(struct coverage_search *search, const struct sw_thread_profile *profile)
{
    const struct sw_thread_profile *before = &search->profiles[search->learned];

    search->profiles[++search->learned] =
        profile != NULL && profile->steps > before->steps ? *profile : *before;
}

/* The next in the order of the numbers, which has ended. */
static void count_next(struct coverage_search *search)
{
    struct sw_coverage_ended *ended = sw_coverage_window_at(&search->window, ++search->done);

    search->skipped |= ended->end.kind == SW_ENDED_SKIPPED;
    if (search->done <= LEARNING)
        learn(search, ended->profile);
    if (ended->coverage != NULL && sw_coverage_add(&search->map, ended->coverage) > 0)
        keep(search, ended);
    if (sw_run_end_is_failure(&ended->end))
        note_failure(search, ended);
    sw_coverage_window_clear(ended);
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

/* Is there one more to begin? */
static int may_begin(const struct coverage_search *search)
{
    return !search->stop && search->begun < search->explore->search.trial.schedules &&
           search->begun < search->limit;
}

/* All that the next one has to know counts.  0: some of that has not ended. */
static int is_known(struct coverage_search *search)
{
    uint64_t known = sw_coverage_window_known(search->begun + 1);

    while (search->done < known &&
           sw_coverage_window_at(&search->window, search->done + 1)->has_ended)
        count_next(search);
    return search->done >= known;
}

/* All that a schedule is follows from the seed and its number, and from what counts by then: the
 * generator starts anew for each.  0: no more are to be run. */
static int choose(struct job *job)
{
    struct coverage_search *search = job->search;

    pthread_mutex_lock(&search->lock);
    while (may_begin(search) && !is_known(search))
        pthread_cond_wait(&search->changed, &search->lock);
    int more = may_begin(search);
    if (more) {
        job->number = ++search->begun;
        job->random =
            search->explore->search.trial.schedule.seed * 0x9e3779b97f4a7c15u + job->number;
        job->is_fresh = job->number <= LEARNING || search->kept_count == 0 ||
                        sw_decision_random(&job->random) % FRESH_EACH == 0;
        job->profile = &search->profiles[search->learned];
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
        .profile = job->profile,
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

static struct sw_thread_profile *measure(const struct sw_control_shm *shm)
{
    struct sw_profile_measure_source source = {&shm->trace, shm->chosen, shm->made_by};
    struct sw_thread_profile *profile = malloc(sizeof *profile);

    if (profile != NULL && sw_profile_measure(&source, profile) == 0)
        return profile;
    free(profile);
    return NULL;
}

static struct sw_seed *take_seed(struct job *job, const struct sw_control_shm *shm)
{
    struct sw_seed *seed = calloc(1, sizeof *seed);

    if (seed != NULL && sw_schedule_mutate_take(seed, shm, &job->random) == 0)
        return seed;
    if (seed != NULL)
        sw_schedule_mutate_free(seed);
    free(seed);
    return NULL;
}

/* What is not new now will not be when it counts.  After one that failed, or was skipped, no greater
 * number counts. */
static void fill_ended(struct job *job, const struct sw_batch_result *one,
                       const struct sw_control_shm *shm, struct sw_coverage_ended *ended)
{
    struct coverage_search *search = job->search;
    int fails = sw_run_end_is_failure(one->end);

    ended->end = *one->end;
    ended->coverage = sw_coverage_window_copy(job->coverage);
    if (sw_coverage_has_new(&search->map, job->coverage))
        ended->seed = take_seed(job, shm);
    if (job->number <= LEARNING)
        ended->profile = measure(shm);
    if (fails && (ended->list = malloc(sizeof *ended->list)) != NULL)
        sw_control_shm_copy_list(ended->list, &shm->taken);
    if (((fails && !search->explore->goes_on) || one->end->kind == SW_ENDED_SKIPPED) &&
        job->number < search->limit)
        search->limit = job->number;
    ended->has_ended = 1;
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
    search->seconds = sw_real_time_s() - search->began;
    search->late |= (search->explore->time_s > 0 && search->seconds > search->explore->time_s) ||
                    sw_interrupt_came();
    search->stop |= search->late;
    if (job->number <= search->limit)
        sw_control_shm_keep_greater(&search->lives_on, shm->lives_on);
    if (job->number <= search->limit)
        sw_control_shm_keep_most(&search->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
    search->follows |= shm->follows | shm->followed;
    fill_ended(job, one, shm, sw_coverage_window_at(&search->window, job->number));
    tell(search);
    pthread_cond_broadcast(&search->changed);
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
        int turn = sw_turns_take(&search->turns);
        int status = sw_session_run(job->session, &schedule, &one, &shm, &e);
        sw_turns_give(&search->turns, turn, status < 0 ? NULL : shm);
        if (status < 0) {
            pthread_mutex_lock(&search->lock);
            if (sw_interrupt_came())
                search->stop = search->late = 1;
            else
                fail(search, &e);
            pthread_cond_broadcast(&search->changed);
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

/* No more will end: what is left of them counts, up to the first that has not. */
static void count_rest(struct coverage_search *search)
{
    while (search->done < search->begun && search->done < search->limit &&
           sw_coverage_window_at(&search->window, search->done + 1)->has_ended)
        count_next(search);
}

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
                                               .lives_on = search->lives_on,
                                               .follows = search->follows,
                                               .seconds = search->seconds,
                                               .uncontrolled = search->uncontrolled};
    memcpy(result->totals.note, search->note, sizeof search->note);
    sw_search_tell_turns(&search->turns, explore->search.jobs, result->totals.in_turns,
                         sizeof result->totals.in_turns);
    result->features = search->map.count;
    snprintf(result->claim, sizeof result->claim,
             "%llu schedule%s of coverage, seed %llu, grain %s, %zu features, something new in %u, "
             "%.1f s",
             (unsigned long long)search->done, search->done == 1 ? "" : "s",
             (unsigned long long)explore->search.trial.schedule.seed,
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
    search->limit = UINT64_MAX;
    pthread_mutex_init(&search->lock, NULL);
    pthread_cond_init(&search->changed, NULL);
    sw_turns_init(&search->turns);
    search->began = sw_real_time_s();
    if (open_corpus(search) == 0)
        run_jobs(search);
    count_rest(search);
    sw_explore_report_end_progress();
    fill_result(search);
    decide(search);
    for (uint32_t i = 0; i < search->kept_count; i++) {
        sw_schedule_mutate_free(search->kept[i].seed);
        free(search->kept[i].seed);
    }
    sw_coverage_free(&search->map);
    sw_corpus_close(search->corpus);
    sw_coverage_window_free(&search->window);
    sw_turns_destroy(&search->turns);
    pthread_cond_destroy(&search->changed);
    pthread_mutex_destroy(&search->lock);
    free(search->failing);
    free(search->kept);
    free(search);
}
