/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <xxhash.h>

#include "harness/runner/memcheck.h"
#include "harness/runner/agentless.h"
#include "harness/runner/event_shm_sanitize.h"
#include "harness/runner/fork_server.h"
#include "harness/formats/spec/plan.h"
#include "story.h"
#include "harness/runner/subreaper.h"
#include "harness/runner/watchdog.h"

/* poll() takes an int; whoever waits longer looks at the watchdogs once more in between. */
enum { WAIT_MS_MAX = 60000 };

struct slot {
    struct sw_spec_process child;
    struct sw_job *job; /* NULL: free */
    int run; /* number of the job's run */
};

struct pool {
    struct slot slots[SW_JOB_OPTIONS_JOBS_MAX];
    int slot_count;
    struct sw_job *jobs;
    int count;
    int next; /* to start */
    int next_run; /* of that job */
    int reported; /* in order */
    int signals; /* a signalfd: readable when somebody wants us to stop */
    const struct sw_job_options *options;
    int forks; /* a schedule's process is forked from one that has started already */
    struct sw_fork_servers servers;
    void (*report)(struct sw_job *job, void *context);
    void *context;
};

/* ---- one run ---- */

static struct sw_spec_process_order
order_of(const struct sw_job *job, const struct sw_job_options *options, char *faults, size_t size)
{
    const char *spill = job->spec != NULL ? job->spec->spill : NULL;

    sw_fault_set_format(job->faults, ',', faults, size);
    return (struct sw_spec_process_order){.interp = options->interp,
                                          .under = options->memcheck ? sw_memcheck_words() : NULL,
                                          .program = job->program,
                                          .faults = faults,
                                          .spill = options->spill != NULL ? options->spill : spill,
                                          .variables = options->variables,
                                          .foreign = job->foreign,
                                          .needs = job->foreign ? sw_agentless_needs(job->spec) : 0,
                                          .stdout_is_ours = options->tap};
}

static int start_child(struct pool *pool, struct sw_spec_process *child, const struct sw_job *job,
                       struct sw_error *e)
{
    const struct sw_job_options *options = pool->options;
    char faults[SW_FAULT_SET_TEXT_MAX];
    const struct sw_spec_process_order order = order_of(job, options, faults, sizeof faults);
    /* A spec is small; a program may be anybody's. */
    int watchdog_s = (job->spec != NULL ? SW_WATCHDOG_SPEC_S : SW_WATCHDOG_S) *
                     (options->memcheck ? SW_MEMCHECK_SLOWER : 1);

    if (options->watchdog_s)
        watchdog_s = options->watchdog_s;
    if (sw_spec_process_make_event_shm(child, e) < 0)
        return -1;
    if (job->spec == NULL)
        sw_plan_write_empty(child->event_shm);
    else if (sw_plan_write(child->event_shm, job->spec, job->schedule) < 0)
        return sw_error_set(e, job->spec->path, 0, 0, "too much text for one run");
    if (pool->forks && job->spec != NULL && !job->foreign)
        return sw_fork_server_start(&pool->servers, child, &order, watchdog_s, e);
    return sw_spec_process_start(child, &order, watchdog_s, e);
}

static char *write_section(const struct sw_job *job, const struct sw_event_shm *event_shm)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    sw_transcript_write(out, event_shm, job->spec, job->schedule);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- judging it ---- */

static void fail_transcript(struct sw_verdict *verdict, const char *oracle, const char *why)
{
    sw_judge_decide(verdict, SW_FAILED, oracle, 0, 0, "%s", why);
}

/* With the .out file.  Returns the difference, or NULL. */
static char *compare_with_expected(const struct sw_job *job, const char *section,
                                   struct sw_verdict *verdict)
{
    char *diff = NULL;

    /* An interpreter without an agent tells of rest states only, and its transcript would lack the
     * rest. */
    if (job->expected == NULL || job->foreign)
        return NULL;
    if (job->expected->text == NULL)
        fail_transcript(verdict, "transcript",
                        "there is no transcript to compare with yet: if what follows is as it must "
                        "be, spillway run --accept writes it to the .out beside the spec");
    else if (job->expected->stale)
        fail_transcript(
            verdict, "transcript",
            "the expected transcript is of another version of the spec; run with --accept");
    else if (sw_golden_compare(job->expected, job->schedule->name, section, &diff) < 0)
        fail_transcript(verdict, "transcript", "the transcript is not the expected one");
    return diff;
}

/* With the run of this job that ended first. */
static char *compare_with_first(const struct sw_job *job, const char *section,
                                struct sw_verdict *verdict)
{
    if (job->section == NULL || strcmp(job->section, section) == 0)
        return NULL;
    fail_transcript(verdict, "repeat", "the transcript is not that of another run");
    return sw_golden_difference(job->section, section);
}

/* Sets the verdict when the transcript is not the one that it should be. */
static char *compare(const struct sw_job *job, const char *section, struct sw_verdict *verdict)
{
    char *diff = NULL;

    if (verdict->kind == SW_AS_EXPECTED)
        diff = compare_with_expected(job, section, verdict);
    if (verdict->kind == SW_AS_EXPECTED)
        diff = compare_with_first(job, section, verdict);
    return diff;
}

static void count_transcript(struct sw_job *job, const char *section)
{
    /* The hashes only: a thousand transcripts of a long run would fill the memory. */
    uint64_t hash = XXH3_64bits(section, strlen(section));

    for (int i = 0; i < job->distinct; i++)
        if (job->hashes[i] == hash)
            return;
    if (job->distinct < SW_JOB_DISTINCT_MAX)
        job->hashes[job->distinct++] = hash;
}

/* Is this run to be shown, rather than the one that is so far? */
/* A bad run is shown rather than a good one, and of two alike the one that began first: then a
 * report does not depend on which process was faster. */
static int is_shown(const struct sw_job *job, int run, const struct sw_verdict *verdict)
{
    int bad = !sw_judge_is_good(verdict->kind), was_bad = !sw_judge_is_good(job->verdict.kind);

    if (job->runs == 0)
        return 1;
    return bad != was_bad ? bad : run < job->shown;
}

static int wants_story(const struct sw_job *job, const struct sw_verdict *verdict,
                       const struct sw_job_options *options)
{
    if (sw_judge_is_good(verdict->kind))
        return options->verbose;
    return !job->silent || verdict->kind == SW_HARNESS_ERROR;
}

static void take_result(struct slot *slot, const struct sw_job_options *options)
{
    struct sw_job *job = slot->job;
    struct sw_verdict verdict;
    char *section = NULL, *diff = NULL;

    /* Before anybody reads it: the judge, the transcript and the story all believe what is
     * there. */
    sw_event_shm_sanitize(slot->child.event_shm);
    sw_judge(&slot->child, job->spec, job->schedule, &verdict);
    if (job->spec != NULL)
        section = write_section(job, slot->child.event_shm);
    if (section != NULL) {
        diff = compare(job, section, &verdict);
        count_transcript(job, section);
    } else if (job->spec != NULL) {
        sw_judge_decide(&verdict, SW_HARNESS_ERROR, "harness", 0, 0, "out of memory");
    }
    if (is_shown(job, slot->run, &verdict)) {
        job->verdict = verdict;
        job->shown = slot->run;
        free(job->story);
        job->story = NULL;
        if (wants_story(job, &verdict, options))
            job->story = sw_story_write(job, &slot->child, options, diff);
    }
    free(diff);
    /* The first stays, for the others to be compared with. */
    if (job->section == NULL)
        job->section = section;
    else
        free(section);
    job->verdicts[verdict.kind]++;
    job->runs++;
}

void sw_job_free(struct sw_job *job)
{
    free(job->section);
    free(job->story);
    free(job->errors);
    job->section = job->story = job->errors = NULL;
}

/* ---- the pool ---- */

/* All runs of a job that this interpreter cannot run. */
static int skip(struct sw_job *job, const struct sw_job_options *options)
{
    job->foreign = job->spec != NULL && options->agentless;
    const char *lacks =
        job->foreign ? sw_agentless_lacks(job->spec, job->schedule, &job->faults) : NULL;
    if (lacks == NULL)
        return 0;
    sw_judge_decide(&job->verdict, SW_SKIPPED, "skipped", 0, 0, "needs %s", lacks);
    job->runs = job->repeat;
    /* All of its runs at once: what is lacking is lacking each time. */
    job->verdicts[SW_SKIPPED] += job->repeat;
    return 1;
}

static int start(struct pool *pool, struct slot *slot)
{
    struct sw_error e;
    struct sw_job *job = &pool->jobs[pool->next];

    if (start_child(pool, &slot->child, job, &e) < 0) {
        sw_error_print(&e);
        return -1;
    }
    slot->job = job;
    slot->run = pool->next_run++;
    /* All runs of a job begin before the next job's, so that the reports come in order and soon. */
    if (pool->next_run == job->repeat) {
        pool->next++;
        pool->next_run = 0;
    }
    return 0;
}

static void skip_some(struct pool *pool)
{
    while (pool->next < pool->count && pool->next_run == 0 &&
           skip(&pool->jobs[pool->next], pool->options))
        pool->next++;
}

static int start_some(struct pool *pool)
{
    for (int i = 0; i < pool->slot_count; i++) {
        if (pool->slots[i].job != NULL)
            continue;
        skip_some(pool);
        if (pool->next == pool->count)
            return 0;
        if (start(pool, &pool->slots[i]) < 0)
            return -1;
    }
    return 0;
}

/* Until a child ends, somebody wants us to stop, or the next watchdog is due.
 * Returns 1 if we are to stop.  ended: one a slot. */
static int wait_for_one(const struct pool *pool, unsigned char *ended)
{
    struct pollfd fds[SW_JOB_OPTIONS_JOBS_MAX + 1];
    /* A descriptor of -1 is one that poll() passes over: free slots need no compaction. */
    int64_t now = sw_spec_process_now_ms(), left = WAIT_MS_MAX;

    for (int i = 0; i < pool->slot_count; i++) {
        const struct slot *slot = &pool->slots[i];
        fds[i] =
            (struct pollfd){.fd = slot->job != NULL ? slot->child.pidfd : -1, .events = POLLIN};
        if (slot->job != NULL && slot->child.deadline_ms - now < left)
            left = slot->child.deadline_ms - now;
    }
    fds[pool->slot_count] = (struct pollfd){.fd = pool->signals, .events = POLLIN};
    if (poll(fds, (nfds_t)pool->slot_count + 1, left > 0 ? (int)left : 0) < 0)
        /* Those go by; anything else would come again at once, and the loop would never end. */
        return errno != EINTR && errno != EAGAIN && errno != ENOMEM;
    for (int i = 0; i < pool->slot_count; i++)
        ended[i] = fds[i].revents != 0;
    return fds[pool->slot_count].revents != 0;
}

static void collect(struct pool *pool, const unsigned char *ended)
{
    int64_t now = sw_spec_process_now_ms();

    for (int i = 0; i < pool->slot_count; i++) {
        struct slot *slot = &pool->slots[i];
        if (slot->job == NULL || (!ended[i] && now < slot->child.deadline_ms))
            continue;
        /* It may have ended between the poll and now. Then the watchdog counts all the same: its
         * time was up when we looked. */
        if (!ended[i]) {
            slot->child.timed_out = 1;
            sw_spec_process_kill(&slot->child);
        }
        sw_spec_process_reap(&slot->child);
        take_result(slot, pool->options);
        sw_spec_process_end(&slot->child);
        slot->job = NULL;
    }
}

static int is_done(const struct pool *pool)
{
    return pool->reported == pool->count;
}

static void report_in_order(struct pool *pool)
{
    while (!is_done(pool) && pool->jobs[pool->reported].runs == pool->jobs[pool->reported].repeat)
        pool->report(&pool->jobs[pool->reported++], pool->context);
}

static void report_the_rest(struct pool *pool)
{
    for (; !is_done(pool); pool->reported++)
        if (pool->jobs[pool->reported].runs > 0)
            pool->report(&pool->jobs[pool->reported], pool->context);
}

static enum sw_job_end run_pool(struct pool *pool)
{
    while (!is_done(pool)) {
        unsigned char ended[SW_JOB_OPTIONS_JOBS_MAX] = {0};
        if (start_some(pool) < 0)
            return SW_JOB_END_ERROR;
        report_in_order(pool); /* those that were skipped */
        if (is_done(pool))
            break;
        if (wait_for_one(pool, ended))
            return SW_JOB_END_INTERRUPTED;
        collect(pool, ended);
        report_in_order(pool);
    }
    return SW_JOB_END_DONE;
}

/* As a descriptor a signal cannot come between a look and a wait. */
static int open_signals(sigset_t *before)
{
    struct sigaction hangup;
    sigset_t ours;

    signal(SIGCHLD, SIG_DFL); /* an inherited SIG_IGN would swallow exit statuses */
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) /* not for nohup */
        sigaddset(&ours, SIGHUP);
    /* A blocked signal stays pending, and so is not lost however busy the loop is. Children have
     * their signals back: launch.h. */
    sigprocmask(SIG_BLOCK, &ours, before);
    return signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* What has come has been obeyed, and must not end us when it is let through. */
static void close_signals(int signals, const sigset_t *before)
{
    struct signalfd_siginfo info;

    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
        continue;
    close(signals);
    sigprocmask(SIG_SETMASK, before, NULL);
}

static enum sw_job_end run_with_signals(struct pool *pool)
{
    sigset_t before;
    int adopts = sw_subreaper_adopt();

    pool->forks = pool->options->warm && adopts;
    pool->signals = open_signals(&before);
    if (pool->signals < 0)
        perror("spillway: cannot watch for signals");
    enum sw_job_end end = pool->signals < 0 ? SW_JOB_END_ERROR : run_pool(pool);
    /* Whatever the reason to stop: a child must not outlive the runner, nor what it has started. */
    for (int i = 0; i < pool->slot_count; i++)
        sw_spec_process_end(&pool->slots[i].child);
    sw_fork_server_end_all(&pool->servers);
    if (adopts)
        sw_subreaper_end();
    if (end == SW_JOB_END_INTERRUPTED)
        report_the_rest(pool);
    close_signals(pool->signals, &before);
    return end;
}

enum sw_job_end sw_job_run_all(struct sw_job *jobs, int count, const struct sw_job_options *options,
                               void (*report)(struct sw_job *job, void *context), void *context)
{
    struct pool *pool = calloc(1, sizeof *pool);

    assert(options->jobs >= 1 && options->jobs <= SW_JOB_OPTIONS_JOBS_MAX);
    if (pool == NULL) {
        fputs("spillway: out of memory\n", stderr);
        return SW_JOB_END_ERROR;
    }
    *pool = (struct pool){.jobs = jobs,
                          .count = count,
                          .slot_count = options->jobs,
                          .options = options,
                          .report = report,
                          .context = context};
    for (int i = 0; i < pool->slot_count; i++)
        sw_spec_process_init(&pool->slots[i].child);
    enum sw_job_end end = run_with_signals(pool);
    free(pool);
    return end;
}
