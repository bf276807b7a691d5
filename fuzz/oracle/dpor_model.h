/* SPDX-License-Identifier: MIT
 *
 * dpor_model.h - for whoever tests the search: a program of a few instructions a thread, which leaves
 * a trace as a real one does.
 *
 * THREAD() adds a thread to the model, run_model() runs it as a struct sw_dpor_run says, and
 * model_classes() counts its classes, over all interleavings.
 */
#ifndef SW_DPOR_MODEL_H
#define SW_DPOR_MODEL_H

#include <stdlib.h>
#include <string.h>

#include "fuzz/explore/dpor.h"

/* ---- a model: threads of a few instructions ---- */

enum { THREADS = 12, VARIABLES = 40, LOCKS = 4, CODE = 40, LOCK_OBJECT = 1000 };

enum code {
    END,
    READ, /* a: variable; to the register */
    WRITE, /* a: variable; b */
    WRITE_SUM, /* a: variable; the register + b */
    ACQUIRE, /* a: lock */
    RELEASE,
    TRY, /* a: lock; the register: 1 if it was free */
    LOCKED, /* a: lock; the register: 1 if it is held */
    ACQUIRE_FOR, /* a: lock; the register: 1 if it was free before the time was up */
    ANYTHING, /* it depends on everything */
    UNLESS, /* the register is not a: go on b instructions further */
    FAIL_IF, /* the register is a: the program has failed */
};

struct instruction {
    enum code code;
    int a, b;
};

struct model {
    struct instruction code[THREADS][CODE];
    uint32_t threads;
    int held[LOCKS]; /* in the beginning */
    /* of a run */
    uint32_t at[THREADS];
    int registers[THREADS], variables[VARIABLES], holder[LOCKS];
    int failed, deadlocked;
    int late[THREADS]; /* the time is up for it */
    uint32_t then; /* events when that was */
    uint32_t names[LOCK_OBJECT + LOCKS + 1], sights; /* of objects, as they come into sight */
    /* of the search */
    uint64_t failures, deadlocks;
};

static struct model model;
static int names_by_sight; /* as in a program: 1, 2, ... in the order of a run */
static struct sw_trace *trace;

/* The local instructions in front of the next operation. */
static const struct instruction *next(uint32_t thread)
{
    for (;;) {
        const struct instruction *i = &model.code[thread][model.at[thread]];
        if (i->code == UNLESS)
            model.at[thread] += 1 + (uint32_t)(model.registers[thread] != i->a ? i->b : 0);
        else if (i->code == FAIL_IF)
            model.failed |= model.registers[thread] == i->a, model.at[thread]++;
        else
            return i;
    }
}

static struct sw_pending pending(uint32_t thread)
{
    const struct instruction *i = next(thread);
    static const unsigned ops[] = {
        [READ] = SW_OP_READ,       [WRITE] = SW_OP_WRITE,      [WRITE_SUM] = SW_OP_WRITE,
        [ACQUIRE] = SW_OP_ACQUIRE, [RELEASE] = SW_OP_RELEASE,  [TRY] = SW_OP_TAKE,
        [LOCKED] = SW_OP_READ,     [ANYTHING] = SW_OP_UNKNOWN, [ACQUIRE_FOR] = SW_OP_ACQUIRE};
    int is_lock = i->code >= ACQUIRE && i->code <= ACQUIRE_FOR;
    int held = is_lock && model.holder[i->a] != 0;
    unsigned op =
        (i->code == TRY && held) || (i->code == RELEASE && !held) ? SW_OP_MISS : ops[i->code];
    if (i->code == ACQUIRE_FOR && model.late[thread])
        op = held ? SW_OP_MISS : SW_OP_TAKE;

    return (struct sw_pending){op, (uint32_t)(1 + i->a + (is_lock ? LOCK_OBJECT : 0))};
}

static struct sw_pending announced(uint32_t thread)
{
    struct sw_pending is = pending(thread);

    if (names_by_sight) {
        if (model.names[is.object] == 0)
            model.names[is.object] = ++model.sights;
        is.object = model.names[is.object];
    }
    return is;
}

static int can_run(uint32_t thread)
{
    const struct instruction *i = next(thread);

    if (i->code == ACQUIRE || i->code == ACQUIRE_FOR)
        return model.holder[i->a] == 0 || model.late[thread];
    return i->code != END;
}

/* Nobody can run: is the time up for somebody?  All of them wait for as long. */
static int wait_for_time(uint32_t events)
{
    int any = 0;

    for (uint32_t t = 0; t < model.threads; t++)
        if (can_run(t))
            return 0;
    for (uint32_t t = 0; t < model.threads; t++)
        any |= model.late[t] = next(t)->code == ACQUIRE_FOR;
    model.then = events;
    return any;
}

static void execute(uint32_t thread)
{
    const struct instruction *i = next(thread);
    int *reg = &model.registers[thread];

    if (i->code == READ)
        *reg = model.variables[i->a];
    else if (i->code == WRITE)
        model.variables[i->a] = i->b;
    else if (i->code == WRITE_SUM)
        model.variables[i->a] = *reg + i->b;
    else if (i->code == RELEASE)
        model.holder[i->a] = 0;
    else if (i->code == TRY)
        *reg = model.holder[i->a] == 0;
    else if (i->code == ACQUIRE_FOR)
        *reg = model.holder[i->a] == 0;
    else if (i->code == LOCKED)
        *reg = model.holder[i->a] != 0;
    model.late[thread] = 0;
    if (i->code == ACQUIRE || ((i->code == TRY || i->code == ACQUIRE_FOR) && *reg))
        model.holder[i->a] = (int)thread + 1;
    model.at[thread]++;
    next(thread); /* what is local belongs to the event */
}

static void add_candidate(uint32_t thread)
{
    trace->pool[trace->pool_used++] = (struct sw_trace_candidate){thread, announced(thread)};
}

/* Who runs behind the prefix: who ran, or the lowest, of those that do not sleep. */
static uint32_t choose(const struct sw_dpor_run *run, const unsigned char *sleeps)
{
    uint32_t at = trace->count, awake = THREADS, any = THREADS;
    uint32_t last = at > 0 ? trace->events[at - 1].thread : THREADS;

    if (at < run->prefix_count && can_run(run->prefix[at]))
        return run->prefix[at];
    for (uint32_t t = model.threads; t-- > 0;) {
        if (!can_run(t))
            continue;
        any = t;
        if (!sleeps[t] && awake != last)
            awake = t;
    }
    return awake != THREADS ? awake : any;
}

static void record_blocked(void)
{
    trace->blocked_first = trace->pool_used;
    for (uint32_t t = 0; t < model.threads; t++)
        if (next(t)->code != END)
            add_candidate(t);
    trace->blocked_count = trace->pool_used - trace->blocked_first;
    model.deadlocked = trace->blocked_count > 0;
}

static void run_model(const struct sw_dpor_run *run)
{
    unsigned char sleeps[THREADS] = {0};

    memset(model.at, 0, sizeof model.at);
    memset(model.registers, 0, sizeof model.registers);
    memset(model.variables, 0, sizeof model.variables);
    memcpy(model.holder, model.held, sizeof model.holder);
    memset(model.late, 0, sizeof model.late);
    memset(model.names, 0, sizeof model.names);
    model.sights = 0;
    model.failed = model.deadlocked = 0;
    trace->count = trace->pool_used = trace->blocked_count = 0;
    for (;;) {
        struct sw_trace_event *event = &trace->events[trace->count];
        if (trace->count == run->sleeping_at)
            for (uint32_t i = 0; i < run->sleeping_count; i++)
                sleeps[run->sleeping[i]] = 1;
        wait_for_time(trace->count);
        uint32_t thread = choose(run, sleeps);
        if (thread == THREADS)
            break;
        *event = (struct sw_trace_event){.thread = thread, .first = trace->pool_used};
        for (uint32_t t = 0; t < model.threads; t++)
            if (can_run(t))
                add_candidate(t);
        event->did = announced(thread);
        if (model.late[thread])
            event->timed = 2, event->after = model.then;
        event->objects = names_by_sight ? model.sights : ~0u;
        event->count = trace->pool_used - event->first;
        for (uint32_t t = 0; t < model.threads; t++)
            if (sleeps[t] && (t == thread || sw_decision_depends(announced(t), event->did)))
                sleeps[t] = 0;
        trace->count++;
        execute(thread);
    }
    record_blocked();
}

static inline void setup(void)
{
    memset(&model, 0, sizeof model);
    names_by_sight = 0;
    trace = calloc(1, sizeof *trace);
}

static inline void teardown(void)
{
    free(trace);
}

static inline void thread(const struct instruction *code)
{
    for (int i = 0; code[i].code != END; i++)
        model.code[model.threads][i] = code[i];
    model.threads++;
}

#define THREAD(...) thread((const struct instruction[]){__VA_ARGS__, {END, 0, 0}})

/* ---- all interleavings ---- */

enum { CLASSES_MAX = 1 << 16, EVENTS_MAX = 24 };

static uint64_t *class_names;
static uint32_t class_count;
static int too_many; /* classes, or events */
static struct {
    uint32_t thread;
    struct sw_pending did;
} path[EVENTS_MAX];

/* Equal for equivalent schedules: of each event, whose how many-th it is, and how many of
 * each thread's events happen before it. */
static inline uint64_t name_of_class(uint32_t count)
{
    uint32_t clocks[EVENTS_MAX][THREADS] = {{0}}, done[THREADS] = {0};
    uint64_t name = count;

    for (uint32_t j = 0; j < count; j++) {
        for (uint32_t i = 0; i < j; i++)
            if (path[i].thread == path[j].thread || sw_decision_depends(path[i].did, path[j].did))
                for (uint32_t t = 0; t < model.threads; t++)
                    if (clocks[i][t] > clocks[j][t])
                        clocks[j][t] = clocks[i][t];
        clocks[j][path[j].thread] = ++done[path[j].thread];
        uint64_t event = path[j].thread + 1;
        for (uint32_t t = 0; t < model.threads; t++)
            event = (event ^ clocks[j][t]) * 0x9e3779b97f4a7c15u, event ^= event >> 31;
        name += event; /* in any order */
    }
    return name;
}

static inline void add_class(uint64_t name)
{
    for (uint32_t i = 0; i < class_count; i++)
        if (class_names[i] == name)
            return;
    if (class_count == CLASSES_MAX)
        too_many = 1;
    else
        class_names[class_count++] = name;
}

static inline void all_interleavings(uint32_t depth)
{
    struct model before = model;
    int any = 0;

    if (depth == EVENTS_MAX) {
        too_many = 1;
        return;
    }
    wait_for_time(depth);
    before = model;
    for (uint32_t t = 0; t < before.threads; t++) {
        if (!can_run(t))
            continue;
        any = 1;
        path[depth].thread = t;
        path[depth].did = pending(t);
        execute(t);
        all_interleavings(depth + 1);
        model = before;
    }
    if (!any)
        add_class(name_of_class(depth));
}

/* In class_count.  0; or -1: there are too many. */
static inline int model_classes(void)
{
    class_names = malloc(CLASSES_MAX * sizeof *class_names);
    class_count = 0;
    too_many = 0;
    memcpy(model.holder, model.held, sizeof model.holder);
    all_interleavings(0);
    free(class_names);
    return too_many ? -1 : 0;
}

/* ---- by chance ---- */

static uint32_t below(uint64_t *random, uint32_t limit)
{
    return (uint32_t)(sw_decision_random(random) >> 33) % limit;
}

/* Two to four threads, each of them perhaps with a lock around some of it. */
static inline void random_model(uint64_t *random, uint32_t variables)
{
    memset(&model, 0, sizeof model);
    model.threads = 2 + below(random, 3);
    for (uint32_t t = 0; t < model.threads; t++) {
        struct instruction *at = model.code[t];
        uint32_t kind = below(random, 4), count = 1 + below(random, model.threads == 4 ? 2 : 3);
        if (kind == 0)
            *at++ = (struct instruction){ACQUIRE, (int)below(random, 2), 0};
        for (uint32_t i = 0; i < count; i++) {
            int variable = (int)below(random, variables);
            if (below(random, 2))
                *at++ = (struct instruction){READ, variable, 0};
            else
                *at++ = (struct instruction){WRITE, variable, (int)t + 1};
            if (at[-1].code == READ && below(random, 3) == 0)
                *at++ = (struct instruction){UNLESS, (int)below(random, 2), 1};
        }
        if (at[-1].code == UNLESS)
            at--;
        if (kind == 0)
            *at++ = (struct instruction){RELEASE, model.code[t][0].a, 0};
    }
}

/* Two or three threads that take, try, ask and give back one lock or two, and look at variables. */
static inline void random_tries(uint64_t *random)
{
    static const enum code codes[] = {TRY,  TRY,   LOCKED,   RELEASE,     ACQUIRE,
                                      READ, WRITE, ANYTHING, ACQUIRE_FOR, ACQUIRE_FOR};

    memset(&model, 0, sizeof model);
    model.threads = 2 + below(random, 2);
    for (int i = 0; i < 2; i++)
        model.held[i] = below(random, 4) == 0;
    for (uint32_t t = 0; t < model.threads; t++) {
        struct instruction *at = model.code[t];
        uint32_t count = model.threads == 3 ? 2 : 3;
        for (uint32_t i = 0; i < count; i++) {
            enum code code = codes[below(random, sizeof codes / sizeof *codes)];
            int lock = (int)below(random, 2), holds = code == ACQUIRE && below(random, 4) != 0;
            if ((code == TRY || code == ACQUIRE_FOR) && below(random, 2))
                holds = 1;
            *at++ = (struct instruction){code, lock, (int)t + 1};
            if ((code == TRY || code == ACQUIRE_FOR) && holds)
                *at++ = (struct instruction){UNLESS, 1, 1};
            if (code == ACQUIRE && below(random, 2))
                *at++ = (struct instruction){below(random, 2) ? WRITE : ANYTHING, 0, 5};
            if (holds)
                *at++ = (struct instruction){RELEASE, lock, 0};
        }
    }
}

#endif
