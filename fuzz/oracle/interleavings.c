/* SPDX-License-Identifier: MIT */
#include "interleavings.h"

#include <stdlib.h>
#include <string.h>

#include "trace_class.h"

enum { THREADS_MAX = 32, EVENTS_MAX = 4096 };

/* One operation of the path: who could have done it, and who has. */
struct step {
    uint32_t candidates[THREADS_MAX];
    uint32_t count;
    uint32_t at; /* of the candidates: those before it have been explored */
    uint32_t preemptions; /* up to this operation, and with it */
    /* For classes only: threads whose operation has been explored here, or higher up with nothing
     * since that depends on it. */
    uint32_t sleeping[THREADS_MAX];
    uint32_t sleeping_count;
};

struct walk {
    const struct sw_interleavings_order *order;
    struct step steps[EVENTS_MAX];
    uint32_t count;
    uint32_t prefix[EVENTS_MAX], sleepers[2 * THREADS_MAX];
    int is_cut; /* something was left out for the bound */
};

static uint32_t chosen(const struct step *step)
{
    return step->candidates[step->at];
}

static int has(const struct step *step, uint32_t thread)
{
    for (uint32_t i = 0; i < step->count; i++)
        if (step->candidates[i] == thread)
            return 1;
    return 0;
}

/* Is a thread left that could go on? */
static uint32_t count_preemptions(const struct walk *walk, uint32_t i)
{
    const struct step *step = &walk->steps[i];
    const struct step *before = i > 0 ? &walk->steps[i - 1] : NULL;

    if (before == NULL)
        return 0;
    return before->preemptions + (chosen(before) != chosen(step) && has(step, chosen(before)));
}

/* To the next interleaving: the last operation that somebody else could do is done by the next one.
 * 0: there is none. */
static int advance(struct walk *walk)
{
    while (walk->count > 0) {
        struct step *step = &walk->steps[walk->count - 1];
        while (++step->at < step->count) {
            step->preemptions = count_preemptions(walk, walk->count - 1);
            if (step->preemptions <= walk->order->preemptions_max)
                return 1;
            walk->is_cut = 1;
        }
        walk->count--;
    }
    return 0;
}

/* ---- one of each class ---- */

static int sleeps(const struct step *step, uint32_t thread)
{
    for (uint32_t i = 0; i < step->sleeping_count; i++)
        if (step->sleeping[i] == thread)
            return 1;
    return 0;
}

/* Of the step before: who sleeps there, or has been explored there, goes on sleeping if it could
 * have run, and what it would have done has nothing to do with what was done. */
static void pass_sleepers(const struct step *before, const struct sw_trace *trace, uint32_t i,
                          struct step *step)
{
    const struct sw_trace_event *did = &trace->events[i - 1];

    for (uint32_t k = 0; k < did->count; k++) {
        const struct sw_trace_candidate *one = &trace->pool[did->first + k];
        int is_explored = sleeps(before, one->thread);
        for (uint32_t n = 0; n < before->at && n < before->count; n++)
            is_explored |= before->candidates[n] == one->thread;
        if (is_explored && one->thread != did->thread &&
            !sw_trace_class_orders(one->pending, did->did))
            step->sleeping[step->sleeping_count++] = one->thread;
    }
}

/* Who sleeps is no candidate.  0: the run went on with a sleeper, and is not to be followed. */
static int leave_sleepers(struct step *step, uint32_t chosen)
{
    uint32_t count = 0;

    for (uint32_t k = 0; k < step->count; k++)
        if (!sleeps(step, step->candidates[k]))
            step->candidates[count++] = step->candidates[k];
    step->count = count;
    return !sleeps(step, chosen);
}

/* ---- steps ---- */

/* Where nobody says otherwise the thread goes on that ran, and so the run behind a prefix costs no
 * preemption; who it was comes first, and all others are still to be tried. */
static const char *add_step(struct walk *walk, const struct sw_trace *trace, uint32_t i, int *ends)
{
    const struct sw_trace_event *event = &trace->events[i];
    struct step *step = &walk->steps[i];

    if (event->count > THREADS_MAX || event->first > trace->pool_used ||
        event->count > trace->pool_used - event->first)
        return "too many threads";
    *step = (struct step){.candidates = {event->thread}, .count = 1};
    for (uint32_t k = 0; k < event->count; k++)
        if (trace->pool[event->first + k].thread != event->thread)
            step->candidates[step->count++] = trace->pool[event->first + k].thread;
    walk->count = i + 1;
    if (walk->order->by_class && i > 0) {
        pass_sleepers(&walk->steps[i - 1], trace, i, step);
        *ends = !leave_sleepers(step, event->thread);
        if (*ends) {
            step->at = UINT32_MAX; /* the first that does not sleep is next */
            return NULL;
        }
    }
    step->preemptions = count_preemptions(walk, i);
    return NULL;
}

/* NULL, or why the walk cannot go on. */
static const char *follow(struct walk *walk, const struct sw_trace *trace, int *differs)
{
    const char *why = NULL;
    int ends = 0;

    if (trace->lost || trace->count > EVENTS_MAX)
        return "too many operations";
    *differs = 1;
    if (trace->count < walk->count)
        return "a schedule ended before its prefix";
    for (uint32_t i = 0; i < walk->count; i++)
        if (trace->events[i].thread != chosen(&walk->steps[i]))
            return "a schedule did not follow its prefix";
    *differs = 0;
    for (uint32_t i = walk->count; i < trace->count && why == NULL && !ends; i++)
        why = add_step(walk, trace, i, &ends);
    return why;
}

/* Behind the prefix the child keeps to those who do not sleep, as long as there are any. */
static void order_schedule(struct walk *walk, struct sw_schedule_order *schedule)
{
    const struct step *last = walk->count > 0 ? &walk->steps[walk->count - 1] : NULL;
    uint32_t count = 0;

    for (uint32_t i = 0; i < walk->count; i++)
        walk->prefix[i] = chosen(&walk->steps[i]);
    schedule->prefix.threads = walk->prefix;
    schedule->prefix.count = walk->count;
    if (!walk->order->by_class || last == NULL)
        return;
    for (uint32_t i = 0; i < last->sleeping_count; i++)
        walk->sleepers[count++] = last->sleeping[i];
    for (uint32_t i = 0; i < last->at; i++)
        walk->sleepers[count++] = last->candidates[i];
    schedule->prefix.sleeping = walk->sleepers;
    schedule->prefix.sleeping_count = count;
    schedule->prefix.sleeping_at = walk->count - 1;
}

/* 1: go on; 0: it ended, *why says so if too early; -1: *e. */
static int step(struct walk *walk, struct sw_interleavings *result, struct sw_error *e)
{
    struct sw_schedule_order schedule = {.strategy = SW_STRATEGY_NAMED, .name = "prefix"};
    struct sw_batch_result one;
    const struct sw_control_shm *shm;

    order_schedule(walk, &schedule);
    if (sw_session_run(walk->order->session, &schedule, &one, &shm, e) < 0)
        return -1;
    result->schedules++;
    if (one.end->kind == SW_ENDED_ENGINE_ERROR || one.end->kind == SW_ENDED_LIVELOCK ||
        one.end->kind == SW_ENDED_WATCHDOG)
        result->why_not = "a schedule did not end by itself";
    if (result->why_not == NULL)
        result->why_not = follow(walk, &shm->trace, &result->differs);
    if (result->why_not != NULL)
        return 0;
    walk->order->on_run(walk->order->context, &one, shm);
    return advance(walk);
}

int sw_interleavings_run(const struct sw_interleavings_order *order,
                         struct sw_interleavings *result, struct sw_error *e)
{
    struct walk *walk = calloc(1, sizeof *walk);
    int status = 1;

    *result = (struct sw_interleavings){0};
    if (walk == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    walk->order = order;
    while (status == 1) {
        if (result->schedules == order->schedules_max) {
            result->why_not = "there are more";
            break;
        }
        status = step(walk, result, e);
    }
    result->complete = status == 0 && result->why_not == NULL;
    result->whole = result->complete && !walk->is_cut;
    free(walk);
    return status < 0 ? -1 : 0;
}
