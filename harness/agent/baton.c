/* SPDX-License-Identifier: MIT */
#include "baton.h"

#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <string.h>

struct runner {
    sem_t grant;
    sem_t arrival;
    enum sw_baton_state state;
    uint64_t id;
    int woken; /* its wait is over before it has begun */
    int left; /* it goes on without the baton, see sw_baton_leave() */
};

static struct runner runners[SW_THREADS_MAX + 1];
static int ready[SW_THREADS_MAX]; /* a queue; a thread is in it at most once */
static int ready_count;

/* The state changes behind the compiler's back while a thread waits here. */
static __attribute__((noipa)) void wait_for(sem_t *sem)
{
    while (sem_wait(sem) != 0)
        assert(errno == EINTR);
}

static __attribute__((noipa)) void post(sem_t *sem)
{
    int failed = sem_post(sem);
    assert(!failed);
    (void)failed;
}

static int is_thread(int thread)
{
    return thread >= 0 && thread < SW_THREADS_MAX;
}

void sw_baton_start(void)
{
    memset(runners, 0, sizeof runners);
    ready_count = 0;
    for (int i = 0; i <= SW_THREADS_MAX; i++) {
        sem_init(&runners[i].grant, 0, 0);
        sem_init(&runners[i].arrival, 0, 0);
    }
    runners[0].state = SW_BATON_RUNNING;
}

void sw_baton_identify(int thread, uint64_t id)
{
    assert(thread >= 0 && thread <= SW_BATON_CONDUCTOR && id != 0);
    runners[thread].id = id;
}

int sw_baton_find(uint64_t id)
{
    for (int i = 0; i < SW_THREADS_MAX && id != 0; i++) {
        if (runners[i].id == id)
            return i;
    }
    return -1;
}

enum sw_baton_state sw_baton_state_of(int thread)
{
    assert(thread >= 0 && thread <= SW_BATON_CONDUCTOR);
    return runners[thread].state;
}

void sw_baton_enter(int thread)
{
    struct runner *me = &runners[thread];

    assert(me->state == SW_BATON_ABSENT);
    me->state = SW_BATON_GATED;
    post(&me->arrival);
    wait_for(&me->grant);
    me->state = SW_BATON_RUNNING;
}

void sw_baton_expect(int thread)
{
    wait_for(&runners[thread].arrival);
}

void sw_baton_begin(void)
{
    assert(runners[0].state == SW_BATON_RUNNING);
    assert(runners[SW_BATON_CONDUCTOR].state == SW_BATON_GATED);
    runners[0].state = SW_BATON_GATED;
    post(&runners[SW_BATON_CONDUCTOR].grant);
    wait_for(&runners[0].grant);
}

void sw_baton_ready(int thread)
{
    enum sw_baton_state state = runners[thread].state;

    assert(is_thread(thread) && ready_count < SW_THREADS_MAX);
    assert(state == SW_BATON_WAITING || state == SW_BATON_PARKED || state == SW_BATON_GATED ||
           state == SW_BATON_IDLE);
    (void)state;
    runners[thread].state = SW_BATON_READY;
    ready[ready_count++] = thread;
}

void sw_baton_wake(int thread)
{
    assert(is_thread(thread));
    if (runners[thread].state == SW_BATON_WAITING)
        sw_baton_ready(thread);
    else
        runners[thread].woken = 1;
}

int sw_baton_run_next(void)
{
    if (ready_count == 0)
        return 0;
    int thread = ready[0];
    ready_count--;
    memmove(ready, ready + 1, sizeof *ready * (unsigned)ready_count);
    assert(runners[thread].state == SW_BATON_READY);
    runners[thread].state = SW_BATON_RUNNING;
    runners[SW_BATON_CONDUCTOR].state = SW_BATON_GATED;
    post(&runners[thread].grant);
    wait_for(&runners[SW_BATON_CONDUCTOR].grant);
    runners[SW_BATON_CONDUCTOR].state = SW_BATON_RUNNING;
    return 1;
}

static void give_back(int thread, enum sw_baton_state state)
{
    assert(is_thread(thread) && runners[thread].state == SW_BATON_RUNNING);
    runners[thread].state = state;
    post(&runners[SW_BATON_CONDUCTOR].grant);
}

void sw_baton_yield(int thread, enum sw_baton_state state)
{
    assert(state == SW_BATON_PARKED || state == SW_BATON_GATED || state == SW_BATON_IDLE);
    give_back(thread, state);
    wait_for(&runners[thread].grant);
}

int sw_baton_leave(int thread, enum sw_baton_state state)
{
    assert(state == SW_BATON_WAITING || state == SW_BATON_ENDED);
    if (state == SW_BATON_WAITING && runners[thread].woken) {
        runners[thread].woken = 0;
        return 0;
    }
    runners[thread].left = 1;
    give_back(thread, state);
    return 1;
}

void sw_baton_regain(int thread)
{
    if (!runners[thread].left)
        return;
    wait_for(&runners[thread].grant);
    runners[thread].left = 0;
}
