/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK = 64 << 10 };

struct thread {
    ucontext_t context;
    struct sw_pending pending;
    int lock; /* 1 + the lock that it is about to acquire; 0: none */
    int done;
};

static struct {
    const struct model_program *program;
    ucontext_t engine;
    int current;
    int values[MODEL_OBJECTS], held[MODEL_OBJECTS];
    int failed, blind;
    struct thread threads[MODEL_THREADS];
    uint64_t decisions, hash;
    struct sw_trace *trace;
} model;

static char stacks[MODEL_THREADS][STACK] __attribute__((aligned(16)));
uint32_t model_chosen[1024], model_made_by[1024];

/* ---- for the threads ---- */

static void announce(enum sw_op op, int object, int lock)
{
    struct thread *self = &model.threads[model.current];

    self->pending = (struct sw_pending){op, (uint32_t)object + 1};
    self->lock = lock;
    swapcontext(&self->context, &model.engine);
    self->lock = 0;
}

int model_read(int variable)
{
    announce(SW_OP_READ, variable, 0);
    return model.values[variable];
}

void model_write(int variable, int value)
{
    announce(SW_OP_WRITE, variable, 0);
    model.values[variable] = value;
}

int model_add(int variable, int value)
{
    announce(SW_OP_WRITE, variable, 0);
    return model.values[variable] += value;
}

void model_acquire(int lock)
{
    announce(SW_OP_ACQUIRE, lock, lock + 1);
    assert(!model.held[lock]);
    model.held[lock] = 1;
}

void model_release(int lock)
{
    announce(SW_OP_RELEASE, lock, 0);
    model.held[lock] = 0;
}

void model_assert(int holds)
{
    model.failed |= !holds;
}

/* ---- the engine ---- */

static void enter(int thread)
{
    model.program->body(thread);
    model.threads[thread].done = 1;
    swapcontext(&model.threads[thread].context, &model.engine);
}

static void resume(int thread)
{
    model.current = thread;
    swapcontext(&model.engine, &model.threads[thread].context);
}

static void make(int t)
{
    struct thread *thread = &model.threads[t];

    *thread = (struct thread){0};
    getcontext(&thread->context);
    thread->context.uc_stack.ss_sp = stacks[t];
    thread->context.uc_stack.ss_size = STACK;
    makecontext(&thread->context, (void (*)(void))enter, 1, t);
}

static void start(void)
{
    for (int t = 0; t < model.program->threads; t++) {
        make(t);
        resume(t); /* to its first operation */
    }
}

static int can_run(const struct thread *thread)
{
    return !thread->done && (thread->lock == 0 || !model.held[thread->lock - 1]);
}

static uint32_t ask(struct sw_driver *driver, const uint32_t *candidates,
                    const struct sw_pending *pending, uint32_t count)
{
    struct sw_decision decision = {.index = model.decisions,
                                   .kind = SW_DECIDE_RUN,
                                   .place = SW_AT_SEM_WAIT,
                                   .thread = (uint32_t)model.current + 1,
                                   .count = count,
                                   .candidates = candidates,
                                   .pending = pending};

    if (count == 1)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        if (candidates[i] == decision.thread)
            decision.fallback = i;
    int choice = driver->choose(driver, &decision);
    assert(choice >= 0 && (uint32_t)choice < count);
    model.hash = sw_decision_hash(model.hash, &decision, (uint32_t)choice);
    model.decisions++;
    model_chosen[candidates[choice]]++;
    for (uint32_t i = 0; i < count; i++)
        model_made_by[candidates[i]] = 1; /* T0, which is not there */
    return (uint32_t)choice;
}

static void record(const uint32_t *candidates, const struct sw_pending *pending, uint32_t choice)
{
    if (model.blind)
        return;
    model.trace->events[model.trace->count++] =
        (struct sw_trace_event){.thread = candidates[choice], .did = pending[choice]};
}

enum model_end model_run(const struct model_program *program, struct sw_driver *driver, int blind,
                         struct sw_trace *trace, uint64_t *hash)
{
    uint32_t candidates[MODEL_THREADS];
    struct sw_pending pending[MODEL_THREADS];
    int alive = 1;

    memset(&model, 0, sizeof model);
    memset(model_chosen, 0, sizeof model_chosen);
    memset(model_made_by, 0, sizeof model_made_by);
    memcpy(model.values, program->start, sizeof model.values);
    model.program = program;
    model.blind = blind;
    model.trace = trace;
    model.hash = SW_DECISION_SEED;
    trace->count = 0;
    start();
    while (!model.failed) {
        uint32_t count = 0;
        alive = 0;
        for (int t = 0; t < program->threads; t++) {
            alive |= !model.threads[t].done;
            if (!can_run(&model.threads[t]))
                continue;
            candidates[count] = (uint32_t)t + 1;
            pending[count++] = blind ? (struct sw_pending){0} : model.threads[t].pending;
        }
        if (count == 0)
            break;
        uint32_t choice = ask(driver, candidates, pending, count);
        record(candidates, pending, choice);
        resume((int)candidates[choice] - 1);
    }
    *hash = model.hash;
    return model.failed ? MODEL_FAILED : alive ? MODEL_DEADLOCK : MODEL_ENDED;
}
