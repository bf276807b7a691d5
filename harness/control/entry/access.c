/* SPDX-License-Identifier: MIT */
#include "access.h"

#include <errno.h>
#include <stdio.h>
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
struct variables {
    struct {
        const void *address;
        uint64_t part;
        uint64_t schedule;
        uint32_t ordinal;
    } table[TABLE_SIZE];
    uint32_t seen;
};

/* What is announced is in the hash of the decisions, by its ordinal; what is only noted must not
 * change that, and is counted apart. */
static struct variables announced, noted;

static uint64_t schedule;
static struct sw_trace *trace;
static uint32_t last_writes[SEEN_MAX + 1]; /* of each ordinal: 1 + the event; 0: none */

/* Ends of threads, by their ordinals, that T0 has come behind; and how many. */
static unsigned char joined[SEEN_MAX + 1];
static uint32_t joined_count;

/* Of that variable; a new one has the number that is the table's `seen` then. */
static uint32_t find_ordinal(struct variables *variables, const void *address, uint64_t part)
{
    /* Address and part are mixed by two odd multipliers (the golden ratio's, and murmur's
     * finalizer); the well-mixed bits of a product are its high ones. */
    uint64_t hash = ((uintptr_t)address ^ part * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    uint32_t i = (uint32_t)(hash >> 40) & (TABLE_SIZE - 1);

    /* An entry of an earlier schedule counts as empty: nothing is ever cleared between schedules,
     * which come by the ten thousand. */
    while (variables->table[i].schedule == schedule &&
           (variables->table[i].address != address || variables->table[i].part != part))
        i = (i + 1) & (TABLE_SIZE - 1);
    if (variables->table[i].schedule == schedule)
        return variables->table[i].ordinal;
    if (variables->seen == SEEN_MAX)
        return 0;
    variables->table[i].address = address;
    variables->table[i].part = part;
    variables->table[i].schedule = schedule;
    return variables->table[i].ordinal = ++variables->seen;
}

static uint32_t ordinal_of(const void *address, uint64_t part)
{
    uint32_t before = announced.seen, ordinal = find_ordinal(&announced, address, part);

    if (ordinal == 0)
        sw_outcome_end(SW_END_ERROR, "more than %d variables in a schedule", SEEN_MAX);
    if (announced.seen > before) {
        last_writes[ordinal] = 0;
        joined[ordinal] = 0;
    }
    return ordinal;
}

uint32_t sw_access_noted(const void *address, uint64_t part)
{
    return find_ordinal(&noted, address, part);
}

/* ---- time ---- */

/* Deadlines as near to each other as this are one: who began to wait a few looks at a clock earlier
 * does not wake earlier.  It is none of the numbers by which programs' own times differ. */
enum { WINDOW_NS = 370000 };

static uint32_t choices, events_then; /* since time jumped; events by then */
static uint64_t jumped_to, jumped_ns, began_ns; /* to where, how far in all, from where */

static int takes_time(void)
{
    return ++choices > SW_QUANTUM;
}

static void refuse(const char *text)
{
    if (trace->refused[0] == '\0')
        snprintf(trace->refused, sizeof trace->refused, "%s", text);
}

static uint64_t time_jumps(uint64_t deadline)
{
    uint64_t now = sw_engine.now_ns, to = deadline;
    uint64_t looks = now - began_ns - jumped_ns; /* what clocks have been looked at */

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        uint64_t other = sw_engine.live[i]->wait.deadline_ns;
        if (other < deadline)
            continue;
        uint64_t gap = other - deadline;
        if (gap <= WINDOW_NS && other > to)
            to = other;
        if (gap + looks >= WINDOW_NS && gap <= WINDOW_NS + looks)
            refuse("two waits end so near to each other that looks at a clock decide their order");
    }
    if (to > now)
        jumped_ns += to - now;
    jumped_to = to;
    choices = 0;
    events_then = trace->count;
    return to;
}

/* Somebody waits for a time.  Where a time-out may come early, it may in another order of what is
 * equivalent here: whoever claims all is to know. */
static void note_wait(uint64_t deadline_ns)
{
    struct sw_control_shm *shm = sw_engine.shm;

    if (deadline_ns != 0 && shm->early_max > 0 && shm->beside_count++ == 0)
        shm->beside = (struct sw_recent){.kind = SW_DECIDE_RUN, .place = SW_AT_ACCESS};
}

static int is_late_now(const struct sw_thread *thread)
{
    return thread->wait.deadline_ns != 0 && thread->wait.deadline_ns <= sw_engine.now_ns;
}

static void come_after_time(struct sw_thread *thread)
{
    if (thread->wait.deadline_ns > jumped_to)
        refuse("a wait ends while others can run, and no operation says when");
    thread->after = events_then;
    thread->timed = 1;
}

/* ---- locks ---- */

static int is_free(const void *semaphore)
{
    return sw_sem_clause.has_come(&(struct sw_wait){.address = semaphore});
}

/* What a try or a release comes to is known when it is done, and follows from what it stands
 * before: the one misses a lock that is held, and the other one that is free. */
static void look_at_lock(struct sw_thread *thread)
{
    if (thread->lock == NULL)
        return;
    /* For a time: then it is a try. */
    if (thread->asked == SW_OP_ACQUIRE) {
        int is_late = is_late_now(thread);
        thread->pending.op = !is_late                ? SW_OP_ACQUIRE
                             : is_free(thread->lock) ? SW_OP_TAKE
                                                     : SW_OP_MISS;
        if (is_late)
            come_after_time(thread);
        thread->timed *= 2;
        return;
    }
    if (is_free(thread->lock) == (thread->asked == SW_OP_TAKE))
        thread->pending.op = thread->asked;
    else
        thread->pending.op = SW_OP_MISS;
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
                                     .timed = (uint32_t)next->timed,
                                     .first = trace->pool_used,
                                     .objects = announced.seen};
    for (uint32_t i = 0; i < count; i++)
        event->count += add_candidate(candidates[i]);
    if (next->pending.op == SW_OP_WRITE)
        last_writes[next->pending.object] = trace->count;
}

/* Of those that stand before an operation: all, or those that could do it. */
static void record_last(int which_can)
{
    trace->blocked_first = trace->pool_used;
    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_thread *thread = sw_engine.live[i];
        look_at_lock(thread);
        const struct sw_clause *clause = thread->wait.clause;
        if (thread->announced && (!which_can || clause == NULL || clause->has_come(&thread->wait)))
            trace->blocked_count += add_candidate(thread);
    }
}

static void record_blocked(void)
{
    record_last(0);
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
    if (oldest != NULL && oldest->wait.clause != NULL && !oldest->wait.clause->orders_nothing) {
        oldest->after = trace->count;
        oldest->timed = 0;
        note_wait(oldest->wait.deadline_ns);
        if (is_late_now(oldest) && !oldest->wait.clause->has_come(&oldest->wait))
            come_after_time(oldest);
    }
    for (uint32_t i = 0; i < count && oldest == NULL; i++)
        look_at_lock(candidates[i]);
    return oldest;
}

/* ---- begin and end ---- */

static const struct sw_grain grain = {
    .moving = moving,
    .takes_time = takes_time,
    .time_jumps = time_jumps,
    .record = record,
    .record_blocked = record_blocked,
    .count_events = count_events,
};

void sw_access_begin(struct sw_control_shm *shm)
{
    sw_engine.grain = shm->grain == SW_GRAIN_ACCESS ? &grain : NULL;
    schedule++;
    announced.seen = noted.seen = joined_count = 0;
    trace = &shm->trace;
    choices = events_then = 0;
    jumped_to = jumped_ns = 0;
    began_ns = sw_engine.now_ns;
    trace->count = trace->pool_used = 0;
    trace->blocked_first = trace->blocked_count = 0;
    trace->lost = 0;
    trace->refused[0] = '\0';
}

void sw_access_finish(void)
{
    if (!spillway_access_matters())
        return;
    spillway_access(SW_OP_UNKNOWN, NULL, 0, NULL);
    record_last(1);
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

SW_EXPORT int spillway_wants_traces(void)
{
    return spillway_wants_accesses() && sw_engine.shm->strategy == SW_STRATEGY_NAMED &&
           strcmp(sw_engine.shm->strategy_name, "prefix") == 0;
}

SW_EXPORT uint64_t spillway_access_schedule(void)
{
    return schedule;
}

SW_EXPORT int spillway_access_matters(void)
{
    const struct sw_thread *self = sw_engine_self();

    /* T0 begins a schedule alone.  Once there was another thread, what it does alone counts, too:
     * in another schedule the other may not have ended by then; until it has joined them all. */
    return sw_engine.grain == &grain && self != NULL && self->pinned == 0 &&
           (sw_engine.live_count > 1 || sw_engine.next_ordinal > 1 + joined_count);
}

static int stand_before(enum sw_op op, uint32_t object, const void *semaphore, uint64_t deadline_ns)
{
    struct sw_thread *self = sw_engine_self();
    uint32_t before = trace->count;
    int is_late = 0;

    note_wait(deadline_ns);
    /* From here until it is chosen it stands before the operation, and is a candidate. */
    self->pending.op = op;
    self->pending.object = object;
    self->announced = 1;
    self->asked = op;
    self->lock = op == SW_OP_TAKE || op == SW_OP_RELEASE || deadline_ns != 0 ? semaphore : NULL;
    /* A lock that is held lets the thread be no candidate: what cannot be done is not chosen, so
     * that no schedule is spent on waiting. */
    if (op == SW_OP_ACQUIRE)
        is_late =
            sw_engine_block(&(struct sw_wait){
                .clause = &sw_sem_clause,
                .place = SW_AT_ACCESS,
                .address = semaphore,
                .object = sw_sync_objects_ordinal(sw_sync_objects_get(SW_OBJECT_SEM, semaphore)),
                .deadline_ns = deadline_ns}) == ETIMEDOUT;
    else if (sw_engine.live_count > 1)
        sw_engine_point(SW_AT_ACCESS, object);
    else { /* there is nobody to choose */
        look_at_lock(self);
        record((struct sw_thread *[]){self}, 1, self);
    }
    /* It has been chosen: the operation is done by whoever called, right behind this. */
    self->announced = 0;
    self->lock = NULL;
    self->late = is_late ? semaphore : NULL;
    self->after = 0;
    self->timed = 0;
    self->pending = (struct sw_pending){.op = SW_OP_UNKNOWN};
    return trace->count > before + 1; /* its own event is one */
}

SW_EXPORT int spillway_access(unsigned op, const void *address, uint64_t part,
                              const void *semaphore)
{
    if (!spillway_access_matters())
        return 0;
    return stand_before(op, address != NULL ? ordinal_of(address, part) : 0, semaphore, 0);
}

SW_EXPORT int spillway_access_for(const void *address, uint64_t part, const void *semaphore,
                                  uint64_t timeout_ns)
{
    if (!spillway_access_matters())
        return 0;
    return stand_before(SW_OP_ACQUIRE, ordinal_of(address, part), semaphore,
                        sw_engine_now() + timeout_ns);
}

SW_EXPORT int spillway_access_behind(const void *address, uint64_t part)
{
    struct sw_thread *self = sw_engine_self();

    if (!spillway_access_matters())
        return 1;
    uint32_t object = ordinal_of(address, part);
    int has_come = last_writes[object] != 0, was_late = self->timed;
    /* Who has waited until nobody could run comes after all that was before. */
    if (has_come && (!was_late || self->after < last_writes[object])) {
        self->after = last_writes[object];
        self->timed = 0;
    }
    if (has_come || was_late)
        spillway_access(SW_OP_NONE, NULL, 0, NULL);
    if (!has_come)
        return was_late;
    if (self->ordinal == 0 && !joined[object]) {
        joined[object] = 1;
        joined_count++;
    }
    return 1;
}

SW_EXPORT void spillway_access_refuse(const char *text)
{
    if (spillway_access_matters())
        refuse(text);
}
