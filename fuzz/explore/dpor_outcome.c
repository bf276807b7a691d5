/* SPDX-License-Identifier: MIT */
#include "dpor_outcome.h"

#include <stdlib.h>
#include <string.h>

/* The parts of variable size stand behind it, in the order of PARTS, each aligned to 8. */
struct sw_dpor_outcome {
    size_t size;
    uint32_t prefix_count, sleeping_count, sleeping_at;
    uint64_t seed, decision_count, hash;
    enum sw_end_kind end_kind;
    int end_code, end_signal;
    uint32_t end_signature, follows, lives_on, beside_count, uncontrolled_count;
    uint32_t trace_count, pool_used, blocked_first, blocked_count, lost; /* as they were */
    uint32_t event_count, candidate_count; /* that are kept */
    uint32_t taken_count, taken_pool_used;
    struct sw_recent beside;
    size_t refused_length, end_length; /* of texts, with their NUL */
};

struct parts {
    uint32_t *prefix, *sleeping;
    struct sw_trace_event *events;
    struct sw_trace_candidate *candidates;
    struct sw_uncontrolled *uncontrolled;
    struct sw_deviation *taken;
    uint32_t *taken_pool;
    char *refused, *end;
};

static void *place(unsigned char *base, size_t *used, size_t count, size_t size)
{
    void *part = base != NULL ? base + *used : NULL;

    *used += (count * size + 7) & ~(size_t)7;
    return part;
}

/* base: of an outcome, or NULL: only to know its size.  Returns that. */
static size_t lay_out(const struct sw_dpor_outcome *o, unsigned char *base, struct parts *parts)
{
    size_t used = (sizeof *o + 7) & ~(size_t)7;

    parts->prefix = place(base, &used, o->prefix_count, sizeof *parts->prefix);
    parts->sleeping = place(base, &used, o->sleeping_count, sizeof *parts->sleeping);
    parts->events = place(base, &used, o->event_count, sizeof *parts->events);
    parts->candidates = place(base, &used, o->candidate_count, sizeof *parts->candidates);
    parts->uncontrolled = place(base, &used, o->uncontrolled_count, sizeof *parts->uncontrolled);
    parts->taken = place(base, &used, o->taken_count, sizeof *parts->taken);
    parts->taken_pool = place(base, &used, o->taken_pool_used, sizeof *parts->taken_pool);
    parts->refused = place(base, &used, o->refused_length, 1);
    parts->end = place(base, &used, o->end_length, 1);
    return used;
}

static struct parts parts_of(const struct sw_dpor_outcome *outcome)
{
    struct parts parts;

    lay_out(outcome, (unsigned char *)(uintptr_t)outcome, &parts);
    return parts;
}

static uint32_t at_most(uint32_t count, uint32_t most)
{
    return count < most ? count : most;
}

/* The process may have crashed while it wrote: of more than there is room for, nothing is read, and
 * the search is told the count as it was, which it refuses. */
static struct sw_dpor_outcome measure(const struct sw_dpor_run *run,
                                      const struct sw_batch_result *result,
                                      const struct sw_control_shm *shm)
{
    const struct sw_trace *trace = &shm->trace;
    int failed = sw_run_end_is_failure(result->end);

    return (struct sw_dpor_outcome){
        .prefix_count = run->prefix_count,
        .sleeping_count = run->sleeping_count,
        .sleeping_at = run->sleeping_at,
        .seed = result->seed,
        .decision_count = result->decision_count,
        .hash = result->hash,
        .end_kind = result->end->kind,
        .end_code = result->end->code,
        .end_signal = result->end->signal,
        .end_signature = result->end->signature,
        .lives_on = shm->lives_on,
        .follows = shm->follows | shm->followed,
        .beside_count = shm->beside_count,
        .beside = shm->beside,
        .uncontrolled_count =
            shm->uncontrolled_count <= SW_UNCONTROLLED_MAX ? shm->uncontrolled_count : 0,
        .trace_count = trace->count,
        .pool_used = trace->pool_used,
        .blocked_first = trace->blocked_first,
        .blocked_count = trace->blocked_count,
        .lost = trace->lost,
        .event_count = at_most(trace->count, SW_TRACE_EVENTS_MAX),
        .candidate_count = at_most(trace->pool_used, SW_TRACE_POOL_MAX),
        .taken_count = failed ? at_most(shm->taken.count, SW_DEVIATIONS_MAX) : 0,
        .taken_pool_used = failed ? at_most(shm->taken.pool_used, SW_POOL_MAX) : 0,
        .refused_length = strnlen(trace->refused, SW_TRACE_REFUSED - 1) + 1,
        .end_length = strnlen(result->end->text, SW_REPORT_MAX - 1) + 1};
}

struct sw_dpor_outcome *sw_dpor_outcome_new(const struct sw_dpor_run *run,
                                            const struct sw_batch_result *result,
                                            const struct sw_control_shm *shm)
{
    struct sw_dpor_outcome measured = measure(run, result, shm);
    struct parts parts;

    measured.size = lay_out(&measured, NULL, &parts);
    struct sw_dpor_outcome *outcome = calloc(1, measured.size);
    if (outcome == NULL)
        return NULL;
    *outcome = measured;
    parts = parts_of(outcome);
    memcpy(parts.events, shm->trace.events, measured.event_count * sizeof *parts.events);
    memcpy(parts.candidates, shm->trace.pool, measured.candidate_count * sizeof *parts.candidates);
    memcpy(parts.uncontrolled, shm->uncontrolled,
           measured.uncontrolled_count * sizeof *parts.uncontrolled);
    memcpy(parts.taken, shm->taken.deviations, measured.taken_count * sizeof *parts.taken);
    memcpy(parts.taken_pool, shm->taken.pool, measured.taken_pool_used * sizeof *parts.taken_pool);
    memcpy(parts.refused, shm->trace.refused, measured.refused_length - 1);
    memcpy(parts.end, result->end->text, measured.end_length - 1);
    if (run->prefix_count > 0)
        memcpy(parts.prefix, run->prefix, run->prefix_count * sizeof *parts.prefix);
    if (run->sleeping_count > 0)
        memcpy(parts.sleeping, run->sleeping, run->sleeping_count * sizeof *parts.sleeping);
    return outcome;
}

void sw_dpor_outcome_free(struct sw_dpor_outcome *outcome)
{
    free(outcome);
}

size_t sw_dpor_outcome_size(const struct sw_dpor_outcome *outcome)
{
    return outcome->size;
}

const uint32_t *sw_dpor_outcome_branch(const struct sw_dpor_outcome *outcome, uint32_t *count)
{
    *count = outcome->prefix_count > 0 ? outcome->sleeping_at + 1 : 0;
    return parts_of(outcome).prefix;
}

static int is_in(const uint32_t *list, uint32_t count, uint32_t one)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == one)
            return 1;
    return 0;
}

/* Both are sets: nothing is in one of them twice. */
int sw_dpor_outcome_is_of(const struct sw_dpor_outcome *outcome, const struct sw_dpor_run *run)
{
    const struct parts parts = parts_of(outcome);

    if (outcome->prefix_count > run->prefix_count || outcome->sleeping_at != run->sleeping_at ||
        outcome->sleeping_count != run->sleeping_count)
        return 0;
    for (uint32_t i = 0; i < run->sleeping_count; i++)
        if (!is_in(parts.sleeping, outcome->sleeping_count, run->sleeping[i]))
            return 0;
    for (uint32_t i = 0; i < run->prefix_count; i++) {
        uint32_t did = i < outcome->event_count ? parts.events[i].thread : UINT32_MAX;
        /* What it was told to follow, and could not, the search has to see for itself. */
        if (i < outcome->prefix_count ? parts.prefix[i] != run->prefix[i] : did != run->prefix[i])
            return 0;
    }
    return 1;
}

void sw_dpor_outcome_restore(const struct sw_dpor_outcome *outcome, struct sw_control_shm *shm,
                             struct sw_end *end, struct sw_batch_result *result)
{
    const struct parts parts = parts_of(outcome);
    struct sw_trace *trace = &shm->trace;

    trace->count = outcome->trace_count;
    trace->pool_used = outcome->pool_used;
    trace->blocked_first = outcome->blocked_first;
    trace->blocked_count = outcome->blocked_count;
    trace->lost = outcome->lost;
    memcpy(trace->events, parts.events, outcome->event_count * sizeof *trace->events);
    memcpy(trace->pool, parts.candidates, outcome->candidate_count * sizeof *trace->pool);
    memcpy(trace->refused, parts.refused, outcome->refused_length);
    shm->uncontrolled_count = outcome->uncontrolled_count;
    memcpy(shm->uncontrolled, parts.uncontrolled,
           outcome->uncontrolled_count * sizeof *shm->uncontrolled);
    shm->lives_on = outcome->lives_on;
    shm->follows = outcome->follows;
    shm->followed = 0;
    shm->beside_count = outcome->beside_count;
    shm->beside = outcome->beside;
    shm->taken.count = outcome->taken_count;
    shm->taken.pool_used = outcome->taken_pool_used;
    memcpy(shm->taken.deviations, parts.taken, outcome->taken_count * sizeof *parts.taken);
    memcpy(shm->taken.pool, parts.taken_pool, outcome->taken_pool_used * sizeof *parts.taken_pool);
    end->kind = outcome->end_kind;
    end->code = outcome->end_code;
    end->signal = outcome->end_signal;
    end->signature = outcome->end_signature;
    memcpy(end->text, parts.end, outcome->end_length);
    *result = (struct sw_batch_result){.seed = outcome->seed,
                                       .decision_count = outcome->decision_count,
                                       .hash = outcome->hash,
                                       .end = end,
                                       .shm = shm};
}
