/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "contract/layout.h"
#include "contract/real_time.h"
#include "harness/runner/interrupt.h"
#include "profile_measure.h"

/* How soon the end of all jobs is seen; each second look is one for progress. */
enum { LOOK_MS = 50 };

/* A thread that runs a process, or one after the other.  The counters are under search->lock. */
struct job {
    struct sw_search *search;
    pthread_t thread;
    int is_up; /* the thread has been started, and is to be joined */
    int learns;
    uint64_t first, step, count; /* its seeds */
    uint64_t next; /* all of its seeds below this have been run */
    int done;
    int status; /* 0, or -1 with error */
    struct sw_error error;
};

struct sw_search {
    struct sw_search_order order;
    struct sw_thread_profile profile;
    /* Of the first schedule alone: what the second one that learns knows.  It is kept, since a seed
     * that is run again must know what it knew. */
    struct sw_thread_profile early;
    struct job jobs[SW_SEARCH_JOBS_MAX];
    struct sw_turns turns;
    pthread_mutex_t lock;
    enum sw_chance_how chance_how, layout_how; /* of all seeds but the first */
    uint32_t learned_follows; /* of those that learn */
    uint64_t limit; /* no seed above it matters */
    int may_be_only_one; /* all of the seeds are run, from the first */
    int stop; /* the clock, or the caller */
    double begun;
    uint64_t failures;
    struct sw_search_failure *failing; /* owned; NULL */
    struct sw_search_totals totals;
};

struct sw_search *sw_search_new(const struct sw_search_order *order)
{
    struct sw_search *search = calloc(1, sizeof *search);

    if (search == NULL)
        return NULL;
    search->order = *order;
    search->chance_how = order->trial.schedule.chance_how;
    search->layout_how = order->trial.schedule.layout_how;
    search->limit = UINT64_MAX;
    pthread_mutex_init(&search->lock, NULL);
    sw_turns_init(&search->turns);
    return search;
}

void sw_search_free(struct sw_search *search)
{
    if (search == NULL)
        return;
    pthread_mutex_destroy(&search->lock);
    sw_turns_destroy(&search->turns);
    free(search->failing);
    free(search);
}

static int is_learning(const struct sw_search *search, uint64_t seed)
{
    return search->order.learns && seed - search->order.trial.schedule.seed < SW_SEARCH_LEARNING;
}

struct sw_trial_order sw_search_trial(const struct sw_search *search, uint64_t seed)
{
    struct sw_trial_order trial = search->order.trial;

    trial.schedule.seed = seed;
    trial.schedules = 1;
    if (seed != search->order.trial.schedule.seed) {
        trial.schedule.chance_how = search->chance_how;
        trial.schedule.layout_how = search->layout_how;
    }
    if (is_learning(search, seed)) {
        trial.schedule.strategy = SW_STRATEGY_NAMED;
        trial.schedule.name = "pos";
        int is_first = seed == search->order.trial.schedule.seed;
        trial.schedule.argument = is_first ? 1 : 2; /* pos.c */
        trial.schedule.profile = is_first ? NULL : &search->early;
    } else if (search->order.learns) {
        trial.schedule.profile = &search->profile;
    }
    return trial;
}

/* ---- results ---- */

/* Its decisions are there only until the next order. */
static void keep_failing(struct sw_search *search, const struct sw_batch_result *result)
{
    if (search->failing != NULL && search->failing->seed <= result->seed)
        return;
    free(search->failing);
    search->failing = result->shm != NULL ? malloc(sizeof *search->failing) : NULL;
    if (search->failing == NULL)
        return;
    search->failing->seed = result->seed;
    search->failing->decision_count = result->decision_count;
    search->failing->hash = result->hash;
    search->failing->end = *result->end;
    sw_control_shm_copy_list(&search->failing->list, &result->shm->taken);
}

const struct sw_search_failure *sw_search_failing(const struct sw_search *search)
{
    const struct sw_search_failure *failing = search->failing;

    return failing != NULL && failing->seed == search->totals.failing_seed ? failing : NULL;
}

static void note_failure(struct sw_search *search, uint64_t seed)
{
    if (!search->totals.failed || seed < search->totals.failing_seed)
        search->totals.failing_seed = seed;
    search->totals.failed = 1;
    if (!search->order.goes_on && seed < search->limit)
        search->limit = seed;
}

/* The longer schedule has shown more of the program. */
static void learn(struct sw_search *search, const struct sw_control_shm *shm)
{
    static struct sw_thread_profile fresh; /* only the caller's thread learns */
    struct sw_profile_measure_source source = {&shm->trace, shm->chosen, shm->made_by};

    if (sw_profile_measure(&source, &fresh) < 0)
        return;
    if (shm->seed == search->order.trial.schedule.seed)
        search->early = fresh;
    if (fresh.steps > search->profile.steps)
        search->profile = fresh;
}

static int is_first(const struct sw_search *search, const struct sw_batch_result *result)
{
    return result->seed == search->order.trial.schedule.seed;
}

static uint32_t layout_count(const struct sw_search *search)
{
    const struct sw_settings *setting = search->order.trial.setting;

    return sw_layout_count(setting != NULL ? setting->layouts : 0);
}

/* Of a process whose checkpoint was refused it is not known when; the next has an earlier one. */
static int drew_before(const struct sw_control_shm *shm)
{
    return shm->drew_before || (shm->checkpoint_refused && shm->drew);
}

/* Each seed has a chance of its own where it costs no process, or where nothing else is varied; and a
 * layout where it may matter.  Only what is learned before all else may say so, so that it does not
 * depend on the jobs. */
static void learn_how(struct sw_search *search, const struct sw_batch_result *result)
{
    const struct sw_control_shm *shm = result->shm;

    if (search->chance_how == SW_CHANCE_SHARED && is_first(search, result) &&
        (shm->follows & SW_FOLLOWS_CHANCE) != 0 &&
        (!drew_before(shm) || result->decision_count == 0))
        search->chance_how = SW_CHANCE_OWN;
    /* To start a process for each chance, since imports have drawn, is for nothing where neither of
     * the two that learn has used that: then all have the first one, and what is said of them says so
     * if one of them does. */
    search->learned_follows |= shm->follows;
    if (search->chance_how == SW_CHANCE_SHARED && !is_first(search, result) && drew_before(shm) &&
        (search->learned_follows & SW_FOLLOWS_CHANCE) == 0)
        search->chance_how = SW_CHANCE_FIXED;
    if (search->order.may_vary_layout && layout_count(search) > 1 && is_first(search, result) &&
        (shm->follows & SW_FOLLOWS_LAYOUT) != 0)
        search->layout_how = SW_CHANCE_SHARED;
    if (search->layout_how == SW_CHANCE_SHARED && is_first(search, result) &&
        result->decision_count == 0)
        search->layout_how = SW_CHANCE_OWN;
}

/* May another chance or layout be another run, and will it be tried? */
static int varies_more(const struct sw_search *search, const struct sw_control_shm *shm)
{
    int varies_layout = (search->order.may_vary_layout && search->order.trial.test != NULL) ||
                        search->layout_how != SW_CHANCE_FIXED;

    return shm != NULL &&
           (((shm->follows & SW_FOLLOWS_CHANCE) != 0 &&
             search->order.trial.schedule.chance_how != SW_CHANCE_FIXED) ||
            ((shm->follows & SW_FOLLOWS_LAYOUT) != 0 && varies_layout && layout_count(search) > 1));
}

/* A strategy only answers at decisions.  So where the first schedule has none, nothing that is ever
 * chosen can change it; and one for each layout is enough, if it follows that and no chance. */
static void note_if_only_one(struct sw_search *search, const struct sw_batch_result *result)
{
    if (!search->may_be_only_one || result->decision_count > 0 || !is_first(search, result) ||
        result->end->kind == SW_ENDED_SKIPPED)
        return;
    if (!varies_more(search, result->shm)) {
        search->totals.only_one = 1;
        search->limit = result->seed;
    } else if (search->order.learns && result->shm->follows == SW_FOLLOWS_LAYOUT) {
        search->totals.only_layouts = 1;
        search->limit = result->seed + layout_count(search) - 1;
    }
}

/* A result above the lowest failing seed does not count: which of them there are depends on how
 * fast the jobs are.  Not 0: the job has no more to do. */
static int on_result(void *context, const struct sw_batch_result *result)
{
    struct job *job = context;
    struct sw_search *search = job->search;

    pthread_mutex_lock(&search->lock);
    if (result->seed <= search->limit) {
        search->totals.schedules++;
        search->totals.learning += (uint64_t)job->learns;
        if (sw_run_end_is_failure(result->end)) {
            search->failures++;
            note_failure(search, result->seed);
            keep_failing(search, result);
        }
        search->totals.skipped |= result->end->kind == SW_ENDED_SKIPPED;
        note_if_only_one(search, result);
        job->next = result->seed + job->step;
        search->order.on_result(search->order.context, result);
    }
    if (job->learns && result->shm != NULL) {
        learn(search, result->shm);
        learn_how(search, result);
    }
    int enough = search->stop || search->totals.skipped || job->next > search->limit;
    pthread_mutex_unlock(&search->lock);
    return enough;
}

/* ---- the processes ---- */

/* Of a test many in one process, of a program a process for each: batch.h. */
static int run_job(struct job *job)
{
    const struct sw_trial_order trial = sw_search_trial(job->search, job->first);
    char *args[SW_TRIAL_ARGS];
    struct sw_batch_totals totals;
    struct sw_batch_order batch = {.run = sw_trial_process(&trial, args),
                                   .schedule = trial.schedule,
                                   .start = job->search->order.start,
                                   .on_result = on_result,
                                   .context = job,
                                   .turns = &job->search->turns};

    batch.run.silent = 1;
    batch.schedule.loop_count = job->count;
    batch.schedule.loop_step = job->step;
    batch.schedule.decisions_max = SW_DECISIONS_MAX;
    int status = sw_batch_run(&batch, &totals, &job->error);

    pthread_mutex_lock(&job->search->lock);
    job->search->totals.processes += totals.processes;
    sw_control_shm_keep_greater(&job->search->totals.lives_on, totals.lives_on);
    job->search->totals.follows |= totals.follows;
    if (totals.interp_version[0] != '\0')
        memcpy(job->search->totals.interp_version, totals.interp_version,
               sizeof totals.interp_version);
    if (totals.note[0] != '\0')
        memcpy(job->search->totals.note, totals.note, sizeof totals.note);
    sw_control_shm_keep_most(&job->search->totals.uncontrolled, totals.uncontrolled.list,
                             totals.uncontrolled.count);
    pthread_mutex_unlock(&job->search->lock);
    return status;
}

/* ---- the threads ---- */

static void *job_thread(void *argument)
{
    struct job *job = argument;
    int status = run_job(job);

    pthread_mutex_lock(&job->search->lock);
    job->status = status;
    job->done = 1;
    if (status < 0)
        job->search->stop = 1;
    pthread_mutex_unlock(&job->search->lock);
    return NULL;
}

/* Are all jobs done? */
static int look(struct sw_search *search, struct sw_search_progress *progress)
{
    int done = 1;

    pthread_mutex_lock(&search->lock);
    *progress = (struct sw_search_progress){.schedules = search->totals.schedules,
                                            .failures = search->failures,
                                            .seconds = sw_real_time_s() - search->begun};
    if ((search->order.seconds > 0 && progress->seconds > search->order.seconds) ||
        sw_interrupt_came())
        search->stop = search->totals.stopped = 1;
    for (int j = 0; j < search->order.jobs; j++)
        done &= search->jobs[j].done;
    pthread_mutex_unlock(&search->lock);
    return done;
}

static void watch(struct sw_search *search)
{
    struct sw_search_progress progress;
    int looks = 0;

    while (!look(search, &progress)) {
        int wants = search->order.on_progress != NULL && ++looks % 2 == 0;
        if (wants && search->order.on_progress(search->order.context, &progress) != 0) {
            pthread_mutex_lock(&search->lock);
            search->stop = search->totals.stopped = 1;
            pthread_mutex_unlock(&search->lock);
        }
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}

static int start_jobs(struct sw_search *search, uint64_t first, uint64_t stride, uint64_t count,
                      struct sw_error *e)
{
    uint64_t jobs = (uint64_t)search->order.jobs;

    for (uint64_t j = 0; j < jobs; j++) {
        struct job *job = &search->jobs[j];
        *job = (struct job){.search = search,
                            .first = first + j * stride,
                            .next = first + j * stride,
                            .step = jobs * stride,
                            .count = count / jobs + (j < count % jobs)};
        job->done = job->count == 0;
        if (job->done)
            job->next = UINT64_MAX;
        else if (pthread_create(&job->thread, NULL, job_thread, job) == 0)
            job->is_up = 1;
        else
            return sw_error_set(e, NULL, 0, 0, "cannot start a thread");
    }
    return 0;
}

static int join_jobs(struct sw_search *search, struct sw_error *e)
{
    int status = 0;

    for (int j = 0; j < search->order.jobs; j++) {
        struct job *job = &search->jobs[j];
        if (job->is_up)
            pthread_join(job->thread, NULL);
        if (job->status < 0 && status == 0) {
            *e = job->error;
            status = -1;
        }
    }
    return status;
}

static int run_jobs(struct sw_search *search, uint64_t first, uint64_t stride, uint64_t count,
                    struct sw_error *e)
{
    uint64_t next = first + count * stride;

    if (start_jobs(search, first, stride, count, e) < 0) {
        search->stop = 1; /* nobody looks at those that run: they end when on_result() sees this */
        join_jobs(search, &(struct sw_error){0});
        return -1;
    }
    watch(search);
    if (join_jobs(search, e) < 0)
        return -1;
    /* Up to where all jobs have come: the job that has come least far decides. */
    for (int j = 0; j < search->order.jobs; j++)
        if (search->jobs[j].next < next)
            next = search->jobs[j].next;
    search->totals.last = next - stride;
    return 0;
}

/* ---- the whole ---- */

/* One after the other, since the second knows what the first has shown.  A failure here counts like
 * any other. */
static int run_learning(struct sw_search *search, uint64_t count, struct sw_error *e)
{
    struct job *job = &search->jobs[0];

    for (uint64_t i = 0; i < count; i++) {
        uint64_t seed = search->order.trial.schedule.seed + i;
        *job = (struct job){
            .search = search, .learns = 1, .first = seed, .next = seed, .step = 1, .count = 1};
        if (run_job(job) < 0) {
            *e = job->error;
            return -1;
        }
        search->totals.last = job->next - 1; /* it may have been interrupted */
        search->totals.stopped |= sw_interrupt_came() != 0;
        if (search->limit <= seed || search->totals.skipped || search->totals.stopped)
            break;
    }
    return 0;
}

static void begin(struct sw_search *search)
{
    search->begun = sw_real_time_s();
    search->limit = UINT64_MAX;
    search->stop = 0;
    search->failures = 0;
    free(search->failing);
    search->failing = NULL;
    search->totals = (struct sw_search_totals){0};
}

void sw_search_tell_turns(const struct sw_turns *turns, int jobs, char *text, size_t size)
{
    *text = '\0';
    if (jobs > 1 && turns->file[0] != '\0')
        snprintf(text, size, "the %d jobs took turns: it changes %s, which is no temporary file",
                 jobs, turns->file);
}

static int end(struct sw_search *search, int status, struct sw_search_totals *totals)
{
    search->totals.seconds = sw_real_time_s() - search->begun;
    if (search->totals.only_one) {
        /* What other jobs had begun meanwhile was the same. */
        search->totals.schedules = 1;
        search->totals.last = search->order.trial.schedule.seed;
    }
    sw_search_tell_turns(&search->turns, search->order.jobs, search->totals.in_turns,
                         sizeof search->totals.in_turns);
    search->totals.chance_how = search->chance_how;
    search->totals.layout_how = search->layout_how;
    *totals = search->totals;
    return status;
}

static uint64_t learning_seeds(const struct sw_search *search)
{
    uint64_t learning = search->order.learns ? SW_SEARCH_LEARNING : 0;

    return learning < search->order.trial.schedules ? learning : search->order.trial.schedules;
}

int sw_search_run(struct sw_search *search, struct sw_search_totals *totals, struct sw_error *e)
{
    uint64_t first = search->order.trial.schedule.seed, count = search->order.trial.schedules;
    uint64_t learning = learning_seeds(search);
    int status = 0;

    begin(search);
    search->may_be_only_one = 1;
    if (learning > 0)
        status = run_learning(search, learning, e);
    if (status == 0 && search->limit > search->totals.last && !search->totals.skipped &&
        !search->totals.stopped && learning < count)
        status = run_jobs(search, first + learning, 1, count - learning, e);
    search->may_be_only_one = 0;
    return end(search, status, totals);
}

int sw_search_learn(struct sw_search *search, struct sw_search_totals *totals, struct sw_error *e)
{
    begin(search);
    return end(search, run_learning(search, learning_seeds(search), e), totals);
}

int sw_search_run_range(struct sw_search *search, uint64_t first, uint64_t stride, uint64_t count,
                        struct sw_search_totals *totals, struct sw_error *e)
{
    begin(search);
    return end(search, run_jobs(search, first, stride, count, e), totals);
}

uint64_t sw_search_profile_hash(const struct sw_search *search)
{
    return search->profile.steps > 0 ? XXH3_64bits(&search->profile, sizeof search->profile) : 0;
}
