/* SPDX-License-Identifier: MIT */
#include "dpor_trace.h"

#include <stdlib.h>
#include <string.h>

#include "contract/search_faults.h"

/* ---- happens before ---- */

static uint32_t *clock_of(uint32_t *clocks, const struct sw_dpor_trace *view, uint32_t event)
{
    return clocks + (size_t)event * view->threads;
}

static void join(uint32_t *clock, const uint32_t *other, uint32_t threads)
{
    for (uint32_t i = 0; i < threads; i++)
        if (other[i] > clock[i])
            clock[i] = other[i];
}

/* Does event a happen before the one whose clock that is?  Those of one thread happen in their
 * order, so it is enough to know how many. */
static int is_in(const struct sw_dpor_trace *view, uint32_t a, const uint32_t *clock)
{
    return clock[view->events[a].thread] >= view->numbers[a];
}

int sw_dpor_trace_is_before(const struct sw_dpor_trace *view, uint32_t a, uint32_t b)
{
    return is_in(view, a, clock_of(view->clocks, view, b));
}

int sw_dpor_trace_is_cause(const struct sw_dpor_trace *view, uint32_t a, uint32_t b)
{
    const struct sw_trace_event *event = &view->events[b];

    if (event->after == 0)
        return 0;
    return event->timed
               ? a < event->after
               : a == event->after - 1 || sw_dpor_trace_is_before(view, a, event->after - 1);
}

/* ---- locks ---- */

static int takes(struct sw_pending did)
{
    return did.op == SW_OP_ACQUIRE || did.op == SW_OP_TAKE;
}

/* One whose time was up had first to be one that came too late. */
static int is_acquisition(const struct sw_dpor_trace *view, uint32_t j)
{
    return view->events[j].did.op == SW_OP_ACQUIRE || view->events[j].timed == 2;
}

/* Backwards from the acquisition j: the release, and the taking before that.  A lock that was held
 * when the first operations came has none; one that somebody waits for at a deadlock has no
 * release. */
static void find_hold(struct sw_dpor_trace *view, uint32_t j)
{
    struct sw_pending wanted = view->events[j].did;
    /* To the end, whoever waits or has waited as long as it could. */
    int is_blocked = j >= view->trace->count || wanted.op == SW_OP_MISS;

    view->taken[j] = 0;
    view->given[j] = is_blocked ? j : 0;
    if (!is_acquisition(view, j))
        return;
    for (uint32_t k = j < view->trace->count ? j : view->trace->count; k-- > 0;) {
        struct sw_pending did = view->events[k].did;
        if (did.object != wanted.object || (!takes(did) && did.op != SW_OP_RELEASE))
            continue;
        if (did.op == SW_OP_RELEASE && view->given[j] > 0)
            return;
        if (takes(did)) {
            view->taken[j] = k + 1;
            /* Nobody is seen to give it back: then it was no hold. */
            if (view->given[j] == 0)
                view->given[j] = k + 1;
            return;
        }
        view->given[j] = k + 1;
    }
}

/* Was i done while the lock that j acquires was held, or before that? */
static int is_within_hold(const struct sw_dpor_trace *view, uint32_t i, uint32_t j)
{
    return is_acquisition(view, j) && i < view->given[j];
}

/* Event j's clocks begin with those of its thread's last event, and of what made it possible. */
static void begin_clocks(struct sw_dpor_trace *view, uint32_t j, uint32_t last)
{
    const struct sw_trace_event *event = &view->events[j];
    uint32_t *pre = clock_of(view->pre_clocks, view, j);
    size_t size = view->threads * sizeof *pre;

    if (last > 0 && !SW_SEARCH_FAULT(NO_THREAD_CLOCK))
        memcpy(pre, clock_of(view->clocks, view, last - 1), size);
    else
        memset(pre, 0, size);
    if (event->after > 0 && event->timed != 2)
        join(pre, clock_of(view->clocks, view, event->after - 1), view->threads);
    for (uint32_t i = event->timed == 1 ? event->after : 0; i-- > 0;)
        if (!is_in(view, i, pre))
            join(pre, clock_of(view->clocks, view, i), view->threads);
    view->numbers[j] = last > 0 ? view->numbers[last - 1] + 1 : 1;
    memcpy(clock_of(view->clocks, view, j), pre, size);
    /* That time was up is as the lock that was held: without it nobody would have waited. */
    for (uint32_t i = event->timed == 2 ? event->after : 0; i-- > 0;)
        if (!is_in(view, i, clock_of(view->clocks, view, j)))
            join(clock_of(view->clocks, view, j), clock_of(view->clocks, view, i), view->threads);
}

static void fill_clocks(struct sw_dpor_trace *view)
{
    uint32_t last[SW_DPOR_THREADS_MAX] = {0}; /* 1 + the thread's last event */

    for (uint32_t j = 0; j < view->count; j++) {
        const struct sw_trace_event *event = &view->events[j];
        uint32_t *pre = clock_of(view->pre_clocks, view, j),
                 *clock = clock_of(view->clocks, view, j);
        begin_clocks(view, j, last[event->thread]);
        find_hold(view, j);
        last[event->thread] = j + 1;
        /* From the latest to the earliest: what happens before a joined event is in its clock
         * already, so most of the earlier ones are skipped. */
        for (uint32_t i = j; i-- > 0;) {
            if ((is_in(view, i, clock) && event->timed != 2) ||
                !sw_decision_depends(view->events[i].did, event->did))
                continue;
            if (!SW_SEARCH_FAULT(NO_JOIN))
                join(clock, clock_of(view->clocks, view, i), view->threads);
            if (!is_within_hold(view, i, j) || SW_SEARCH_FAULT(NO_PRE_CLOCK))
                join(pre, clock_of(view->clocks, view, i), view->threads);
            if (SW_SEARCH_FAULT(JOIN_ONE))
                break;
        }
        clock[event->thread] = view->numbers[j];
    }
}

/* ---- races ---- */

/* Is i what the lock was last taken by, and nothing but the lock orders the two?  The others that took
 * it follow from the traces that this leads to. */
static int is_lock_race(const struct sw_dpor_trace *view, uint32_t i, uint32_t j)
{
    return (i + 1 == view->taken[j] || SW_SEARCH_FAULT(FAR_HOLDER)) &&
           !is_in(view, i, clock_of(view->pre_clocks, view, j)) && !SW_SEARCH_FAULT(NO_LOCK_RACES);
}

int sw_dpor_trace_is_race(const struct sw_dpor_trace *view, uint32_t i, uint32_t j)
{
    const struct sw_trace_event *a = &view->events[i], *b = &view->events[j];
    const uint32_t *limit = clock_of(view->clocks, view, j);

    if (a->thread == b->thread || !sw_decision_depends(a->did, b->did))
        return 0;
    if (is_within_hold(view, i, j) && !SW_SEARCH_FAULT(RACE_PAST_RELEASE) &&
        (b->timed != 2 || i + 1 == view->taken[j]))
        return is_lock_race(view, i, j);
    if (SW_SEARCH_FAULT(ADJACENT_RACES_ONLY) && j > i + 1)
        return 0;
    /* With a k in between, i before k before j, the two cannot be made adjacent. */
    for (uint32_t k = i + 1; k < j; k++)
        if (sw_dpor_trace_is_before(view, i, k) && is_in(view, k, limit) &&
            !SW_SEARCH_FAULT(RACE_BETWEEN))
            return 0;
    if (SW_SEARCH_FAULT(FIRST_RACE_ONLY) && i > 0 && j > 2)
        return 0;
    return !sw_dpor_trace_is_cause(view, i, j);
}

/* ---- taking a trace ---- */

const struct sw_pending *sw_dpor_trace_pending(const struct sw_trace *trace, uint32_t at,
                                               uint32_t thread)
{
    const struct sw_trace_event *event = &trace->events[at];

    for (uint32_t i = 0; i < event->count; i++)
        if (trace->pool[event->first + i].thread == thread)
            return &trace->pool[event->first + i].pending;
    return NULL;
}

static const char *count_threads(uint32_t thread, uint32_t *threads)
{
    if (thread >= SW_DPOR_THREADS_MAX)
        return "too many threads in a schedule";
    if (thread >= *threads)
        *threads = thread + 1;
    return NULL;
}

/* The trace was written by the program's process, which may have crashed while it did: all of its
 * numbers are checked before one is used.  NULL, or what is wrong. */
static const char *check(const struct sw_trace *trace, uint32_t *threads)
{
    const char *why = NULL;

    *threads = 1;
    if (trace->lost || trace->count > SW_TRACE_EVENTS_MAX || trace->pool_used > SW_TRACE_POOL_MAX ||
        trace->blocked_first > trace->pool_used ||
        trace->blocked_count > trace->pool_used - trace->blocked_first)
        return "the trace did not fit: too many operations in a schedule";
    for (uint32_t i = 0; i < trace->count && why == NULL; i++) {
        const struct sw_trace_event *event = &trace->events[i];
        if (event->first > trace->pool_used || event->count > trace->pool_used - event->first)
            return "the trace is damaged";
        why = count_threads(event->thread, threads);
    }
    for (uint32_t i = 0; i < trace->blocked_count && why == NULL; i++)
        why = count_threads(trace->pool[trace->blocked_first + i].thread, threads);
    return why;
}

void sw_dpor_trace_free(struct sw_dpor_trace *view)
{
    free(view->events);
    free(view->clocks);
    free(view->pre_clocks);
    free(view->numbers);
    free(view->taken);
    free(view->given);
    *view = (struct sw_dpor_trace){0};
}

static int make_room(struct sw_dpor_trace *view, uint32_t count, uint32_t threads)
{
    size_t cells = (size_t)count * threads;

    if (cells > view->room || view->events == NULL) {
        size_t room = 2 * cells + 1024; /* traces of one program are about equally long */
        sw_dpor_trace_free(view);
        *view = (struct sw_dpor_trace){.events = malloc(room * sizeof *view->events),
                                       .clocks = malloc(room * sizeof *view->clocks),
                                       .pre_clocks = malloc(room * sizeof *view->pre_clocks),
                                       .numbers = malloc(room * sizeof *view->numbers),
                                       .taken = malloc(room * sizeof *view->taken),
                                       .given = malloc(room * sizeof *view->given),
                                       .room = room};
    }
    view->threads = threads;
    view->count = count;
    if (view->events != NULL && view->clocks != NULL && view->pre_clocks != NULL &&
        view->numbers != NULL && view->taken != NULL && view->given != NULL)
        return 0;
    sw_dpor_trace_free(view);
    return -1;
}

const char *sw_dpor_trace_take(struct sw_dpor_trace *view, const struct sw_trace *trace)
{
    uint32_t threads;
    const char *why = check(trace, &threads);

    if (why == NULL && make_room(view, trace->count + trace->blocked_count, threads) < 0)
        why = "out of memory";
    if (why != NULL)
        return why;
    view->trace = trace;
    memcpy(view->events, trace->events, trace->count * sizeof *view->events);
    for (uint32_t i = 0; i < trace->count; i++)
        if (view->events[i].after > i) /* nothing follows from what comes later */
            view->events[i].after = view->events[i].timed = 0;
    for (uint32_t i = 0; i < trace->blocked_count; i++) {
        const struct sw_trace_candidate *blocked = &trace->pool[trace->blocked_first + i];
        view->events[trace->count + i] =
            (struct sw_trace_event){.thread = blocked->thread, .did = blocked->pending};
    }
    fill_clocks(view);
    return NULL;
}
