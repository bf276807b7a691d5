/* SPDX-License-Identifier: MIT */
#include "dpor_trace.h"

#include <stdlib.h>
#include <string.h>

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

/* Was event i done before the event that made this one possible? */
static int is_before_cause(const struct sw_dpor_trace *view, uint32_t i,
                           const struct sw_trace_event *event)
{
    return event->after > 0 && sw_dpor_trace_is_before(view, i, event->after - 1);
}

/* A thread that holds the lock, and then lets it go, makes the next acquisition wait; that is no
 * race between a release and an acquisition, since the acquisition cannot come first. */
static int is_hand_over(struct sw_pending earlier, struct sw_pending later)
{
    return later.op == SW_OP_ACQUIRE && later.object == earlier.object &&
           (earlier.op == SW_OP_RELEASE || earlier.op == SW_OP_ACQUIRE);
}

/* Event j's clocks begin with those of its thread's last event, and of what made it possible. */
static void begin_clocks(struct sw_dpor_trace *view, uint32_t j, uint32_t last)
{
    const struct sw_trace_event *event = &view->events[j];
    uint32_t *pre = clock_of(view->pre_clocks, view, j);
    size_t size = view->threads * sizeof *pre;

    if (last > 0)
        memcpy(pre, clock_of(view->clocks, view, last - 1), size);
    else
        memset(pre, 0, size);
    if (event->after > 0)
        join(pre, clock_of(view->clocks, view, event->after - 1), view->threads);
    view->numbers[j] = last > 0 ? view->numbers[last - 1] + 1 : 1;
    memcpy(clock_of(view->clocks, view, j), pre, size);
}

static void fill_clocks(struct sw_dpor_trace *view)
{
    uint32_t last[SW_DPOR_THREADS_MAX] = {0}; /* 1 + the thread's last event */

    for (uint32_t j = 0; j < view->count; j++) {
        const struct sw_trace_event *event = &view->events[j];
        uint32_t *pre = clock_of(view->pre_clocks, view, j),
                 *clock = clock_of(view->clocks, view, j);
        begin_clocks(view, j, last[event->thread]);
        last[event->thread] = j + 1;
        /* From the latest to the earliest: what happens before a joined event is in its clock
         * already, so most of the earlier ones are skipped. */
        for (uint32_t i = j; i-- > 0;) {
            if (is_in(view, i, clock) || !sw_decision_depends(view->events[i].did, event->did))
                continue;
            join(clock, clock_of(view->clocks, view, i), view->threads);
            if (!is_hand_over(view->events[i].did, event->did))
                join(pre, clock_of(view->clocks, view, i), view->threads);
        }
        clock[event->thread] = view->numbers[j];
    }
}

/* ---- races ---- */

/* Does nobody else take j's lock between i and j?  Only two acquisitions in a row can be exchanged
 * at once; the others follow from the traces that this leads to.  Who still waits took nothing. */
static int is_last_holder(const struct sw_dpor_trace *view, uint32_t i, uint32_t j)
{
    struct sw_pending taken = view->events[j].did;

    for (uint32_t k = i + 1; k < j && k < view->trace->count; k++)
        if (view->events[k].did.op == taken.op && view->events[k].did.object == taken.object)
            return 0;
    return 1;
}

/* Can the dependent events i < j come in the other order, as far as locks decide? */
static int locks_allow(struct sw_pending earlier, struct sw_pending later)
{
    int is_held = earlier.op == SW_OP_ACQUIRE && later.op == SW_OP_RELEASE;
    int is_free = earlier.op == SW_OP_RELEASE && is_hand_over(earlier, later);

    return !is_held && !is_free;
}

int sw_dpor_trace_is_race(const struct sw_dpor_trace *view, uint32_t i, uint32_t j)
{
    const struct sw_trace_event *a = &view->events[i], *b = &view->events[j];

    if (a->thread == b->thread || !sw_decision_depends(a->did, b->did) ||
        !locks_allow(a->did, b->did))
        return 0;
    /* For an acquisition the order that the lock itself brings does not count: it is the one to be
     * reversed.  Two acquisitions race unless something else orders them. */
    const uint32_t *limit = b->did.op == SW_OP_ACQUIRE ? clock_of(view->pre_clocks, view, j)
                                                       : clock_of(view->clocks, view, j);
    if (is_hand_over(a->did, b->did))
        return is_last_holder(view, i, j) && !is_in(view, i, limit);
    /* With a k in between, i before k before j, the two cannot be made adjacent. */
    for (uint32_t k = i + 1; k < j; k++)
        if (sw_dpor_trace_is_before(view, i, k) && is_in(view, k, limit))
            return 0;
    return !is_before_cause(view, i, b);
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
                                       .room = room};
    }
    view->threads = threads;
    view->count = count;
    if (view->events != NULL && view->clocks != NULL && view->pre_clocks != NULL &&
        view->numbers != NULL)
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
            view->events[i].after = 0;
    for (uint32_t i = 0; i < trace->blocked_count; i++) {
        const struct sw_trace_candidate *blocked = &trace->pool[trace->blocked_first + i];
        view->events[trace->count + i] =
            (struct sw_trace_event){.thread = blocked->thread, .did = blocked->pending};
    }
    fill_clocks(view);
    return NULL;
}
