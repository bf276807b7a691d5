/* SPDX-License-Identifier: MIT */
#include "coverage.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "harness/formats/spec/spec.h"
#include "contract/decision_kind.h"
#include "contract/points.h"

enum {
    THREADS = SW_LIVE_THREADS_MAX,
    /* Beyond that many objects two share a slot: some features are then of the wrong pair, which
     * costs a search some luck and nothing else. */
    OBJECTS = 1 << 16,
    SENDS = 1 << 12, /* that wait to be met; more are passed over */
    EXACT = 32, /* see about() */
};

/* What a feature is of; the same numbers of another kind are another feature. */
enum kind { KIND_READS_FROM, KIND_LOCK, KIND_SWITCH, KIND_PAIRING, KIND_DATA };

/* ---- features ---- */

/* 1, 2, ... 32, and from 33 on only how many bits the number has.  In a loop of a thousand rounds
 * each round would else have features of its own, every schedule would show something new, and
 * nothing would be rare.  That short programs are told exactly is what the 32 is for; chosen
 * freely. */
static uint32_t about(uint32_t number)
{
    return number <= EXACT ? number : EXACT + 32 - (uint32_t)__builtin_clz(number);
}

static void add(struct sw_coverage *coverage, enum kind kind, uint32_t a, uint32_t a_nth,
                uint32_t b, uint32_t b_nth)
{
    uint32_t parts[] = {kind, a, about(a_nth), b, about(b_nth)};

    if (coverage->count < SW_COVERAGE_FEATURES_MAX)
        coverage->features[coverage->count++] = XXH3_64bits(parts, sizeof parts) | 1;
}

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Sorted, and each once: a schedule that does something twice has shown it once. */
static void sort_out(struct sw_coverage *coverage)
{
    uint32_t kept = 0;

    qsort(coverage->features, coverage->count, sizeof *coverage->features, compare);
    for (uint32_t i = 0; i < coverage->count; i++)
        if (i == 0 || coverage->features[i] != coverage->features[i - 1])
            coverage->features[kept++] = coverage->features[i];
    coverage->count = kept;
}

/* ---- grain access ---- */

struct last {
    uint32_t thread, nth; /* nth 0: there was none */
};

struct tracing {
    uint32_t done[THREADS]; /* operations of each thread */
    struct last last[OBJECTS]; /* write, or release, of each object */
};

/* Which write each read and each write comes after, and which release each acquisition: together
 * these fix the class of equivalent schedules (dpor.h).  Each feature is one of these facts, so
 * that some hundred features stand for a great many classes. */
static void take_event(struct tracing *tracing, const struct sw_trace_event *event,
                       struct sw_coverage *coverage)
{
    uint32_t thread = event->thread % THREADS, nth = ++tracing->done[thread];
    struct last *last = &tracing->last[event->did.object % OBJECTS];

    if (event->did.object == 0)
        return;
    if (event->did.op == SW_OP_READ || event->did.op == SW_OP_WRITE)
        add(coverage, KIND_READS_FROM, last->thread, last->nth, thread, nth);
    else if (event->did.op == SW_OP_ACQUIRE)
        add(coverage, KIND_LOCK, last->thread, last->nth, thread, nth);
    if (event->did.op == SW_OP_WRITE || event->did.op == SW_OP_RELEASE)
        *last = (struct last){thread, nth};
}

static void take_trace(struct sw_coverage *coverage, const struct sw_trace *trace)
{
    struct tracing *tracing = calloc(1, sizeof *tracing);

    for (uint32_t i = 0; tracing != NULL && i < trace->count && i < SW_TRACE_EVENTS_MAX; i++)
        take_event(tracing, &trace->events[i], coverage);
    free(tracing);
}

/* ---- grain call ---- */

struct queue {
    struct last list[SENDS];
    uint32_t first, count;
};

struct logging {
    uint32_t asked[THREADS]; /* decisions of each thread */
    uint32_t place[THREADS]; /* where it was asked last */
    struct queue sends, receives;
};

/* As a channel does: a send meets the receive that waits longest, or waits itself.  The feature
 * names the send first, whichever came first. */
static void meet(struct queue *mine, struct queue *other, struct last one, int is_send,
                 struct sw_coverage *coverage)
{
    if (other->count > 0) {
        struct last met = other->list[other->first];
        other->first = (other->first + 1) % SENDS;
        other->count--;
        struct last a = is_send ? one : met, b = is_send ? met : one;
        add(coverage, KIND_PAIRING, a.thread, a.nth, b.thread, b.nth);
    } else if (mine->count < SENDS) {
        mine->list[(mine->first + mine->count++) % SENDS] = one;
    }
}

/* Of a switch: where the thread that is left was, and where the one that goes on was asked last. */
static void take_logged(struct logging *logging, const struct sw_logged *logged,
                        struct sw_coverage *coverage)
{
    uint32_t thread = logged->thread % THREADS, other = logged->choice & ~SW_EARLY;
    uint32_t nth = ++logging->asked[thread];

    logging->place[thread] = logged->place;
    if (sw_decision_kind(logged->kind)->is_schedule && other != logged->thread && other < THREADS)
        add(coverage, KIND_SWITCH, thread << 16 | logged->place, nth,
            other << 16 | logging->place[other], logging->asked[other] + 1);
    if (logged->place == SW_PLACE_POINTS + SLP_POINT_CHAN_SEND)
        meet(&logging->sends, &logging->receives, (struct last){thread, nth}, 1, coverage);
    else if (logged->place == SW_PLACE_POINTS + SLP_POINT_CHAN_RECEIVE)
        meet(&logging->receives, &logging->sends, (struct last){thread, nth}, 0, coverage);
}

static void take_log(struct sw_coverage *coverage, const struct sw_control_shm_log *log)
{
    struct logging *logging = calloc(1, sizeof *logging);

    for (uint32_t i = 0; logging != NULL && i < log->count && i < SW_LOG_MAX; i++)
        take_logged(logging, &log->decisions[i], coverage);
    free(logging);
}

/* At any grain: each choice of the program's own, under its name. */
static void take_data(struct sw_coverage *coverage, const struct sw_control_shm_log *log)
{
    for (uint32_t i = 0; i < log->count && i < SW_LOG_MAX; i++)
        if (sw_decision_kind(log->decisions[i].kind)->is_data)
            add(coverage, KIND_DATA, log->decisions[i].place, 0, log->decisions[i].choice, 0);
}

void sw_coverage_take(struct sw_coverage *coverage, const struct sw_control_shm *shm)
{
    coverage->count = 0;
    if (shm->grain == SW_GRAIN_ACCESS)
        take_trace(coverage, &shm->trace);
    else
        take_log(coverage, &shm->log);
    take_data(coverage, &shm->log);
    sort_out(coverage);
}

/* ---- the map ---- */

/* Of the feature, or the free slot where it would be. */
static size_t slot_of(const struct sw_coverage_map *map, uint64_t feature)
{
    /* Features end in a 1 bit (0 is a free slot), so the low bits are mixed with the others. */
    size_t slot = feature * 0x9e3779b97f4a7c15u >> 32 & (map->room - 1);

    while (map->keys[slot] != 0 && map->keys[slot] != feature)
        slot = (slot + 1) & (map->room - 1);
    return slot;
}

static int grow(struct sw_coverage_map *map)
{
    struct sw_coverage_map more = {.room = map->room > 0 ? 2 * map->room : 1024,
                                   .count = map->count};

    if (2 * map->count < map->room) /* linear probing stays short while it is half empty */
        return 0;
    more.keys = calloc(more.room, sizeof *more.keys);
    more.counts = calloc(more.room, sizeof *more.counts);
    if (more.keys == NULL || more.counts == NULL) {
        sw_coverage_free(&more);
        return -1;
    }
    for (size_t i = 0; i < map->room; i++)
        if (map->keys[i] != 0) {
            size_t slot = slot_of(&more, map->keys[i]);
            more.keys[slot] = map->keys[i];
            more.counts[slot] = map->counts[i];
        }
    sw_coverage_free(map);
    *map = more;
    return 0;
}

long sw_coverage_add(struct sw_coverage_map *map, const struct sw_coverage *coverage)
{
    long fresh = 0;

    for (uint32_t i = 0; i < coverage->count; i++) {
        if (grow(map) < 0)
            return -1;
        size_t slot = slot_of(map, coverage->features[i]);
        fresh += map->keys[slot] == 0;
        map->count += map->keys[slot] == 0;
        map->keys[slot] = coverage->features[i];
        map->counts[slot] += map->counts[slot] < UINT32_MAX;
    }
    return fresh;
}

uint32_t sw_coverage_count(const struct sw_coverage_map *map, uint64_t feature)
{
    return map->room > 0 ? map->counts[slot_of(map, feature)] : 0;
}

int sw_coverage_has_new(const struct sw_coverage_map *map, const struct sw_coverage *coverage)
{
    for (uint32_t i = 0; i < coverage->count; i++)
        if (sw_coverage_count(map, coverage->features[i]) == 0)
            return 1;
    return 0;
}

uint32_t sw_coverage_rarest(const struct sw_coverage_map *map, const struct sw_coverage *coverage,
                            uint64_t *feature)
{
    uint32_t least = 0;

    for (uint32_t i = 0; i < coverage->count; i++) {
        uint32_t count = sw_coverage_count(map, coverage->features[i]);
        if (i == 0 || count < least) {
            least = count;
            *feature = coverage->features[i];
        }
    }
    return least;
}

void sw_coverage_free(struct sw_coverage_map *map)
{
    free(map->keys);
    free(map->counts);
    *map = (struct sw_coverage_map){0};
}
