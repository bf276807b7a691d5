/* SPDX-License-Identifier: MIT */
#include "profile_measure.h"

#include <stdlib.h>
#include <string.h>

/* The golden ratio as a fraction of 2 ** 64: Knuth's multiplicative hash. */
#define MIXER 0x9e3779b97f4a7c15u

/* Of an object that has been touched. */
struct object {
    uint32_t thread; /* 1 + who was the first */
    uint32_t writer; /* 1 + who alone writes; 0: nobody, or several */
    unsigned char shared, written, is_lock;
    uint32_t slot; /* 1 + index in the profile; 0: it has none */
    uint64_t lock; /* its bit, if it is one of the first 64 locks */
    uint64_t guards; /* locks that were held whenever another could have interfered */
};

/* What a thread has touched, open addressing; thread 0 is the process's first, so
 * that nth tells what is free. */
struct touch {
    uint32_t thread, object, nth;
};

struct reader {
    const struct sw_trace *trace;
    uint32_t count;
    uint32_t object_limit; /* ordinals are below it */
    struct object *objects; /* object_limit */
    struct touch *touches; /* touch_mask + 1 */
    uint32_t touch_mask;
    uint32_t distinct[SW_THREAD_PROFILE_THREADS];
    uint64_t doing[SW_THREAD_PROFILE_THREADS]; /* a hash over what each has done */
    uint64_t held[SW_THREAD_PROFILE_THREADS]; /* bits of locks */
    uint32_t lock_count;
    struct sw_thread_profile *profile;
};

static int is_on_object(const struct sw_trace_event *event)
{
    return event->did.object != 0 && event->did.op != SW_OP_NONE &&
           event->did.op != SW_OP_UNKNOWN && event->did.op < SW_OP_COUNT;
}

/* Which locks the thread holds while it does that.  The first 64 locks have a bit each; of others
 * nothing is known, and what they guard counts as fought for: too much is interesting, not too
 * little. */
static uint64_t guards_of(struct reader *reader, struct object *object,
                          const struct sw_trace_event *event)
{
    uint64_t none = 0, *held = event->thread < SW_THREAD_PROFILE_THREADS
                                   ? &reader->held[event->thread]
                                   : &none;

    if (event->did.op == SW_OP_ACQUIRE && object->lock == 0 && reader->lock_count < 64)
        object->lock = (uint64_t)1 << reader->lock_count++;
    if (event->did.op == SW_OP_RELEASE)
        *held &= ~object->lock;
    uint64_t guards = *held;
    if (event->did.op == SW_OP_ACQUIRE)
        *held |= object->lock;
    return guards;
}

static void note_touch(struct object *object, const struct sw_trace_event *event)
{
    uint32_t who = event->thread + 1;

    if (object->thread == 0) {
        object->thread = who;
        object->guards = UINT64_MAX;
    }
    object->shared |= object->thread != who;
    object->is_lock |= event->did.op == SW_OP_ACQUIRE;
    if (!sw_decision_op_writes(event->did.op))
        return;
    if (!object->written)
        object->writer = who;
    else if (object->writer != who)
        object->writer = 0;
    object->written = 1;
}

/* A lock guards an object if it is held at each access that could race.  A thread's reads of what
 * it alone writes cannot, so they may be without it. */
static void note_guards(struct reader *reader, struct object *object,
                        const struct sw_trace_event *event)
{
    uint64_t guards = guards_of(reader, object, event);

    if (sw_decision_op_writes(event->did.op) || object->writer != event->thread + 1)
        object->guards &= guards;
}

static struct object *object_of(struct reader *reader, const struct sw_trace_event *event)
{
    int is_one = is_on_object(event) && event->did.object < reader->object_limit;

    return is_one ? &reader->objects[event->did.object] : NULL;
}

/* Twice over the trace: who alone writes an object is known at its end, and decides which accesses
 * need a guard. */
static void find_shared(struct reader *reader)
{
    const struct sw_trace_event *events = reader->trace->events;
    struct object *object;

    for (uint32_t i = 0; i < reader->count; i++)
        if ((object = object_of(reader, &events[i])) != NULL)
            note_touch(object, &events[i]);
    for (uint32_t i = 0; i < reader->count; i++)
        if ((object = object_of(reader, &events[i])) != NULL)
            note_guards(reader, object, &events[i]);
}

/* Is the order of its operations decided by them alone?  Not if one lock is held at all of them
 * that matter: then the order in which the lock is taken decides. */
static int is_fought_for(const struct object *object)
{
    return object->shared && object->written && object->guards == 0;
}

static uint32_t slot_of(struct reader *reader, uint32_t ordinal)
{
    struct object *object = &reader->objects[ordinal];
    struct sw_thread_profile *profile = reader->profile;

    if (object->slot == 0 && is_fought_for(object) &&
        profile->object_count < SW_THREAD_PROFILE_OBJECTS) {
        object->slot = ++profile->object_count;
        profile->lock_count += object->is_lock;
    }
    return object->slot;
}

static uint32_t nth_of(struct reader *reader, uint32_t thread, uint32_t object)
{
    uint64_t hash = ((uint64_t)thread << 32 | object) * MIXER;
    uint32_t at = (uint32_t)(hash >> 32) & reader->touch_mask;

    while (reader->touches[at].nth != 0 &&
           (reader->touches[at].thread != thread || reader->touches[at].object != object))
        at = (at + 1) & reader->touch_mask;
    if (reader->touches[at].nth == 0)
        reader->touches[at] = (struct touch){thread, object, ++reader->distinct[thread]};
    return reader->touches[at].nth;
}

/* An event on the thread's nth object, which threads fight for.  A release counts as no event:
 * nobody else can do anything to the lock meanwhile, so it has no order of its own. */
static void count_on_object(struct reader *reader, uint32_t slot, uint32_t at, uint32_t nth)
{
    const struct sw_trace_event *event = &reader->trace->events[at];
    struct sw_thread_profile *profile = reader->profile;
    struct sw_thread_profile_object *object = &profile->objects[slot - 1];
    uint32_t thread = event->thread;

    object->nth[thread] = nth;
    object->events[thread] += event->did.op != SW_OP_RELEASE;
    if (profile->first[thread] == 0)
        profile->first[thread] = at + 1;
    if (nth <= 64)
        profile->fought[thread] |= (uint64_t)1 << (nth - 1);
    if (event->did.op != SW_OP_ACQUIRE)
        return;
    profile->takes[thread]++;
    if (nth <= 64)
        profile->locks[thread] |= (uint64_t)1 << (nth - 1);
}

static void count_event(struct reader *reader, uint32_t at)
{
    const struct sw_trace_event *event = &reader->trace->events[at];
    struct sw_thread_profile *profile = reader->profile;
    uint32_t thread = event->thread;

    if (thread >= SW_THREAD_PROFILE_THREADS)
        return;
    profile->events[thread]++;
    if (thread >= profile->thread_count)
        profile->thread_count = thread + 1;
    if (event->after > 0 && event->after <= reader->count && profile->parent[thread] == 0)
        profile->parent[thread] = reader->trace->events[event->after - 1].thread + 1;
    if (!is_on_object(event) || event->did.object >= reader->object_limit)
        return;
    profile->accesses += event->did.op == SW_OP_READ || event->did.op == SW_OP_WRITE;
    uint32_t nth = nth_of(reader, thread, event->did.object);
    /* A hash over the operations in their order, each on the thread's nth object: twins have the
     * same, though their objects are others. */
    reader->doing[thread] = (reader->doing[thread] + nth * SW_OP_COUNT + event->did.op + 1) * MIXER;
    if (!reader->objects[event->did.object].written && nth <= 64) {
        profile->constant[thread] |= (uint64_t)1 << (nth - 1);
        profile->constant_steps++;
    }
    uint32_t slot = slot_of(reader, event->did.object);
    if (slot != 0)
        count_on_object(reader, slot, at, nth);
}

static int are_twins(const struct reader *reader, uint32_t a, uint32_t b)
{
    const struct sw_thread_profile *profile = reader->profile;

    return reader->doing[a] == reader->doing[b] && profile->parent[a] == profile->parent[b] &&
           profile->events[a] == profile->events[b];
}

static void count_twins(struct reader *reader)
{
    struct sw_thread_profile *profile = reader->profile;

    for (uint32_t a = 0; a < profile->thread_count; a++) {
        for (uint32_t b = 0; b < profile->thread_count; b++)
            profile->twins[a] += are_twins(reader, a, b) != 0;
        if (profile->twins[a] > profile->most_twins)
            profile->most_twins = profile->twins[a];
    }
}

static int read_trace(struct reader *reader)
{
    uint32_t size = 64;

    while (size < 2 * reader->count) /* at most half full: one pair for each event */
        size *= 2;
    reader->touch_mask = size - 1;
    reader->object_limit = SW_TRACE_EVENTS_MAX + 1; /* each event brings one at most */
    reader->objects = calloc(reader->object_limit, sizeof *reader->objects);
    reader->touches = calloc(size, sizeof *reader->touches);
    int failed = reader->objects == NULL || reader->touches == NULL;
    if (!failed) {
        find_shared(reader);
        for (uint32_t i = 0; i < reader->count; i++)
            count_event(reader, i);
        count_twins(reader);
        reader->profile->steps = reader->count;
    }
    free(reader->objects);
    free(reader->touches);
    return failed ? -1 : 0;
}

/* Where only one thread could run there was no decision, and nothing was counted: each thread is
 * taken to have done half of the average more than what is known.  A guess, so that a thread which
 * was never chosen at a decision has a share at all. */
static void add_unseen(struct sw_thread_profile *profile)
{
    uint32_t active = 0;

    for (uint32_t t = 0; t < profile->thread_count; t++)
        active += profile->events[t] > 0 || profile->parent[t] > 0;
    uint32_t each = active > 0 ? (uint32_t)(profile->steps / (2 * active)) + 1 : 0;
    for (uint32_t t = 0; t < profile->thread_count; t++)
        if (profile->events[t] > 0 || profile->parent[t] > 0)
            profile->events[t] += each;
    profile->steps += (uint64_t)active * each;
}

static void read_counts(const struct sw_profile_measure_source *source,
                        struct sw_thread_profile *profile)
{
    for (uint32_t t = 0; t < SW_THREAD_PROFILE_THREADS; t++) {
        profile->events[t] = source->chosen[t] & INT32_MAX;
        profile->steps += profile->events[t];
        if (source->chosen[t] > 0 || source->made_by[t] > 0)
            profile->thread_count = t + 1;
        if (source->made_by[t] <= t) /* else it is nonsense: who makes is older */
            profile->parent[t] = source->made_by[t];
    }
    add_unseen(profile);
}

int sw_profile_measure(const struct sw_profile_measure_source *source,
                       struct sw_thread_profile *profile)
{
    struct reader reader = {.trace = source->trace, .profile = profile};

    memset(profile, 0, sizeof *profile);
    reader.count =
        source->trace->count <= SW_TRACE_EVENTS_MAX ? source->trace->count : SW_TRACE_EVENTS_MAX;
    if (reader.count > 0)
        return read_trace(&reader);
    read_counts(source, profile);
    return 0;
}
