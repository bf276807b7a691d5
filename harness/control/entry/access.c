/* SPDX-License-Identifier: MIT */
#include "access.h"

#include <string.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/posix/sem.h"
#include "harness/control/engine/outcome.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"

/* Half of the table at most is used, for short probe chains. 32,768 variables that threads share in
 * one schedule are more than any test has; it is an error and no silent loss. */
enum { TABLE_SIZE = 1 << 16, SEEN_MAX = TABLE_SIZE / 2 };

/* Open addressing; an entry of an earlier schedule is a free one. */
static struct {
    const void *address;
    uint64_t part;
    uint64_t schedule;
    uint32_t ordinal;
} table[TABLE_SIZE];

static uint64_t schedule;
static uint32_t seen;
static struct sw_trace *trace;

static uint32_t ordinal_of(const void *address, uint64_t part)
{
    /* Address and part are mixed by two odd multipliers (the golden ratio's, and murmur's
     * finalizer); the well-mixed bits of a product are its high ones. */
    uint64_t hash = ((uintptr_t)address ^ part * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    uint32_t i = (uint32_t)(hash >> 40) & (TABLE_SIZE - 1);

    /* An entry of an earlier schedule counts as empty: nothing is ever cleared between schedules,
     * which come by the ten thousand. */
    while (table[i].schedule == schedule && (table[i].address != address || table[i].part != part))
        i = (i + 1) & (TABLE_SIZE - 1);
    if (table[i].schedule == schedule)
        return table[i].ordinal;
    if (seen == SEEN_MAX)
        sw_outcome_end(SW_END_ERROR, "more than %d variables in a schedule", SEEN_MAX);
    table[i].address = address;
    table[i].part = part;
    table[i].schedule = schedule;
    return table[i].ordinal = ++seen;
}

/* ---- the trace ---- */

/* The candidates of all events lie in one pool, one after the other.  Where it ends the trace is
 * lost, and says so: dpor proves nothing by half of one. */
static uint32_t add_candidate(const struct sw_thread *thread)
{
    if (trace->pool_used == SW_TRACE_POOL_MAX) {
        trace->lost = 1;
        return 0;
    }
    trace->pool[trace->pool_used++] =
        (struct sw_trace_candidate){.thread = thread->ordinal, .pending = thread->pending};
    return 1;
}

static void record(struct sw_thread *const *candidates, uint32_t count,
                   const struct sw_thread *next)
{
    if (trace->count == SW_TRACE_EVENTS_MAX) {
        trace->lost = 1;
        return;
    }
    struct sw_trace_event *event = &trace->events[trace->count++];
    *event = (struct sw_trace_event){.thread = next->ordinal,
                                     .did = next->pending,
                                     .after = next->after,
                                     .first = trace->pool_used,
                                     .objects = seen};
    for (uint32_t i = 0; i < count; i++)
        event->count += add_candidate(candidates[i]);
}

static void record_blocked(void)
{
    trace->blocked_first = trace->pool_used;
    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        if (sw_engine.live[i]->announced)
            trace->blocked_count += add_candidate(sw_engine.live[i]);
}

static uint32_t count_events(void)
{
    return trace->count;
}

/* ---- who goes on ---- */

static struct sw_thread *moving(const struct sw_thread *self, struct sw_thread *const *candidates,
                                uint32_t count)
{
    struct sw_thread *oldest = NULL;

    for (uint32_t i = 0; i < count; i++) {
        struct sw_thread *thread = candidates[i];
        /* It stands before an operation: about it somebody is asked. */
        if (thread->announced)
            continue;
        /* Who runs already runs on: a switch between two operations changes nothing that others
         * see. */
        if (thread == self && self->wait.clause == NULL)
            return thread;
        /* Among several that move the order is of no interest, as long as it is always the same. */
        if (oldest == NULL || thread->since < oldest->since)
            oldest = thread;
    }
    /* It was woken by what others did: that comes before all that it does from now on.  The GIL
     * comes to everybody in turn, and orders nothing. */
    if (oldest != NULL && oldest->wait.clause != NULL && !oldest->wait.clause->orders_nothing)
        oldest->after = trace->count;
    return oldest;
}

/* ---- begin and end ---- */

static const struct sw_grain grain = {
    .moving = moving,
    .record = record,
    .record_blocked = record_blocked,
    .count_events = count_events,
};

void sw_access_begin(struct sw_control_shm *shm)
{
    sw_engine.grain = shm->grain == SW_GRAIN_ACCESS ? &grain : NULL;
    schedule++;
    seen = 0;
    trace = &shm->trace;
    trace->count = trace->pool_used = 0;
    trace->blocked_first = trace->blocked_count = 0;
    trace->lost = 0;
}

void sw_access_end(void)
{
    sw_engine.grain = NULL;
}

/* ---- announcing ---- */

SW_EXPORT int spillway_wants_accesses(void)
{
    return sw_engine.shm != NULL && sw_engine.shm->grain == SW_GRAIN_ACCESS;
}

SW_EXPORT int spillway_access_matters(void)
{
    const struct sw_thread *self = sw_engine_self();

    return sw_engine.grain == &grain && self != NULL && sw_engine.live_count > 1 &&
           self->pinned == 0;
}

SW_EXPORT void spillway_access(unsigned op, const void *address, uint64_t part,
                               const void *semaphore)
{
    struct sw_thread *self = sw_engine_self();

    if (!spillway_access_matters())
        return;
    /* From here until it is chosen it stands before the operation, and is a candidate. */
    self->pending.op = op;
    self->pending.object = address != NULL ? ordinal_of(address, part) : 0;
    self->announced = 1;
    /* A lock that is held lets the thread be no candidate: what cannot be done is not chosen, so
     * that no schedule is spent on waiting. */
    if (op == SW_OP_ACQUIRE)
        sw_engine_block(
            &(struct sw_wait){.clause = &sw_sem_clause,
                              .place = SW_AT_ACCESS,
                              .address = semaphore,
                              .object = sw_sync_objects_get(SW_OBJECT_SEM, semaphore)->ordinal});
    else
        sw_engine_point(SW_AT_ACCESS, self->pending.object);
    /* It has been chosen: the operation is done by whoever called, right behind this. */
    self->announced = 0;
    self->after = 0;
    self->pending = (struct sw_pending){.op = SW_OP_UNKNOWN};
}
