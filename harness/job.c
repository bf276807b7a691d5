/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "plan.h"
#include "story.h"

enum { WATCHDOG_SPEC_S = 30, WATCHDOG_PROGRAM_S = 600, POOL_MAX = 64 };

struct slot {
    struct sw_child child;
    struct sw_job *job; /* NULL: free */
};

struct pool {
    struct slot slots[POOL_MAX];
    int slot_count;
    struct sw_job *jobs;
    int count;
    int next;     /* to start */
    int reported; /* in order */
    int done;
    const struct sw_options *options;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_interrupt}; /* no SA_RESTART: poll() must return */

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* ---- one job ---- */

static int start(struct slot *slot, struct sw_job *job, const struct sw_options *options)
{
    struct sw_error e;
    char faults[1024];
    int watchdog_s = job->spec != NULL ? WATCHDOG_SPEC_S : WATCHDOG_PROGRAM_S;
    struct sw_child_order order = {
        .interp = options->interp,
        .program = job->program,
        .faults = sw_fault_set_format((struct sw_fault_set){job->faults}, ',', faults,
                                      sizeof faults),
        .spill = options->spill != NULL ? options->spill
                 : job->spec != NULL    ? job->spec->spill
                                        : NULL,
    };

    if (sw_child_make_wire(&slot->child, &e) < 0) {
        sw_error_print(&e);
        return -1;
    }
    if (job->spec == NULL) {
        sw_plan_write_empty(slot->child.wire);
    } else if (sw_plan_write(slot->child.wire, job->spec, job->schedule) < 0) {
        fprintf(stderr, "%s: too much text for one run\n", job->spec->path);
        return -1;
    }
    slot->job = job;
    if (sw_child_start(&slot->child, &order, options->watchdog_s ? options->watchdog_s : watchdog_s,
                       &e) < 0) {
        sw_error_print(&e);
        return -1;
    }
    return 0;
}

static char *write_section(const struct sw_job *job, const struct sw_wire *wire)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    sw_transcript_write(out, wire, job->spec, job->schedule);
    fclose(out);
    return text;
}

/* Sets the verdict when the transcript is not the expected one. */
static char *compare(struct sw_job *job)
{
    char *diff = NULL;
    struct sw_verdict *verdict = &job->verdict;

    if (job->expected == NULL || verdict->kind != SW_AS_EXPECTED || job->section == NULL)
        return NULL;
    const char *why = "the transcript is not the expected one";
    if (job->expected->text == NULL)
        why = "there is no expected transcript; run with --accept";
    else if (job->expected->stale)
        why = "the expected transcript is of another version of the spec; run with --accept";
    else if (sw_expected_compare(job->expected, job->schedule->name, job->section, &diff) == 0)
        return NULL;
    verdict->kind = SW_FAILED;
    snprintf(verdict->oracle, sizeof verdict->oracle, "transcript");
    snprintf(verdict->text, sizeof verdict->text, "%s", why);
    return diff;
}

static void finish(struct slot *slot, const struct sw_options *options)
{
    struct sw_job *job = slot->job;
    char *diff = NULL;

    sw_judge(&slot->child, job->spec, job->schedule, &job->verdict);
    if (job->spec != NULL) {
        job->section = write_section(job, slot->child.wire);
        if (job->section != NULL)
            job->hash = XXH3_64bits(job->section, strlen(job->section));
        diff = compare(job);
    }
    if (job->verdict.kind != SW_AS_EXPECTED || options->verbose)
        job->story = sw_story_write(job, &slot->child, options, diff);
    free(diff);
    job->done = 1;
    sw_child_end(&slot->child);
    slot->job = NULL;
}

void sw_job_free(struct sw_job *job)
{
    free(job->section);
    free(job->story);
    job->section = job->story = NULL;
}

/* ---- the pool ---- */

static int start_some(struct pool *pool)
{
    for (int i = 0; i < pool->slot_count && pool->next < pool->count; i++) {
        if (pool->slots[i].job != NULL)
            continue;
        if (start(&pool->slots[i], &pool->jobs[pool->next], pool->options) < 0)
            return -1;
        pool->next++;
    }
    return 0;
}

/* Until a child ends, a signal comes, or the next watchdog is due. */
static void wait_for_one(struct pool *pool, struct pollfd *fds)
{
    int64_t now = sw_child_now_ms(), left = 60000;

    for (int i = 0; i < pool->slot_count; i++) {
        const struct slot *slot = &pool->slots[i];
        fds[i] = (struct pollfd){.fd = slot->job != NULL ? slot->child.pidfd : -1,
                                 .events = POLLIN};
        if (slot->job != NULL && slot->child.deadline_ms - now < left)
            left = slot->child.deadline_ms - now;
    }
    if (poll(fds, (nfds_t)pool->slot_count, left > 0 ? (int)left : 0) < 0)
        for (int i = 0; i < pool->slot_count; i++)
            fds[i].revents = 0;
}

static void collect(struct pool *pool, const struct pollfd *fds)
{
    int64_t now = sw_child_now_ms();

    for (int i = 0; i < pool->slot_count; i++) {
        struct slot *slot = &pool->slots[i];
        if (slot->job == NULL)
            continue;
        int ended = (fds[i].revents & (POLLIN | POLLHUP)) != 0;
        if (!ended && now < slot->child.deadline_ms)
            continue;
        if (!ended) {
            slot->child.timed_out = 1;
            sw_child_kill(&slot->child);
        }
        sw_child_reap(&slot->child);
        finish(slot, pool->options);
        pool->done++;
    }
}

static void report_in_order(struct pool *pool, void (*report)(struct sw_job *, void *),
                            void *context)
{
    while (pool->reported < pool->count && pool->jobs[pool->reported].done)
        report(&pool->jobs[pool->reported++], context);
}

int sw_job_run_all(struct sw_job *jobs, int count, const struct sw_options *options,
                   void (*report)(struct sw_job *job, void *context), void *context)
{
    struct pool *pool = calloc(1, sizeof *pool);
    struct pollfd fds[POOL_MAX];
    int failed = 0;

    if (pool == NULL)
        return -1;
    *pool = (struct pool){.jobs = jobs, .count = count, .options = options};
    pool->slot_count = options->jobs < POOL_MAX ? options->jobs : POOL_MAX;
    for (int i = 0; i < pool->slot_count; i++)
        pool->slots[i].child.pidfd = pool->slots[i].child.output = pool->slots[i].child.wire_fd =
            -1;
    catch_interrupts();
    while (!interrupted && !failed && pool->done < count) {
        failed = start_some(pool);
        if (failed)
            break;
        wait_for_one(pool, fds);
        if (!interrupted)
            collect(pool, fds);
        report_in_order(pool, report, context);
    }
    for (int i = 0; i < pool->slot_count; i++)
        sw_child_end(&pool->slots[i].child);
    int done = pool->reported;
    free(pool);
    return failed ? -1 : done;
}
