/* SPDX-License-Identifier: MIT */
#include "thread_gates.h"

#include <assert.h>
#include <string.h>

#include "harness/control/entry/agent_api.h"

struct seat {
    enum sw_seat_state state;
    uint64_t id;
    uint32_t ordinal; /* the engine's number of it; valid if it has an id */
    int expected; /* somebody waits for it to come */
};

static struct seat seats[SW_THREAD_GATES_CONDUCTOR + 1];

void sw_thread_gates_start(void)
{
    memset(seats, 0, sizeof seats);
    seats[0].state = SW_SEAT_UP;
}

void sw_thread_gates_identify(int thread, uint64_t id)
{
    assert(thread >= 0 && thread <= SW_THREAD_GATES_CONDUCTOR && id != 0);
    seats[thread].id = id;
    seats[thread].ordinal = sw_agent_api_ordinal();
}

static int is_counted_alike(void)
{
    for (int i = 0; i < SW_THREADS_MAX; i++)
        if (seats[i].id != 0 && seats[i].ordinal != (uint32_t)i)
            return 0;
    return 1;
}

void sw_thread_gates_describe(int thread, char *buf, size_t size)
{
    *buf = '\0';
    if (seats[thread].state == SW_SEAT_UP && seats[thread].id != 0)
        sw_agent_api_describe(seats[thread].ordinal, buf, size);
    char *holder = strchr(buf, ',');
    if (holder != NULL && !is_counted_alike())
        *holder = '\0';
}

int sw_thread_gates_find(uint64_t id)
{
    /* A thread that is not known yet has the id 0, as every seat that nobody took. */
    for (int i = 0; i < SW_THREADS_MAX && id != 0; i++) {
        if (seats[i].id == id)
            return i;
    }
    return -1;
}

enum sw_seat_state sw_thread_gates_state_of(int thread)
{
    assert(thread >= 0 && thread <= SW_THREAD_GATES_CONDUCTOR);
    return seats[thread].state;
}

void sw_thread_gates_sit(int thread, enum sw_seat_state state, unsigned place)
{
    struct seat *seat = &seats[thread];

    assert(state > SW_SEAT_UP && (seat->state == SW_SEAT_UP || seat->state == SW_SEAT_ABSENT));
    seat->state = state;
    /* Whoever has started this thread may go on: from here on nothing runs on it. */
    if (seat->expected)
        sw_agent_api_wake(&seat->expected);
    seat->expected = 0;
    /* Returns when sw_thread_gates_call() names this address; the state is set there, since the
     * one who calls must see at once that the seat is empty. */
    sw_agent_api_wait(seat, place);
    assert(seat->state == SW_SEAT_UP);
}

void sw_thread_gates_call(int thread)
{
    struct seat *seat = &seats[thread];

    assert(seat->state > SW_SEAT_UP);
    seat->state = SW_SEAT_UP;
    sw_agent_api_wake(seat);
}

void sw_thread_gates_expect(int thread)
{
    struct seat *seat = &seats[thread];

    /* It may have come already: to start a thread is a decision, and the new one may run first. */
    if (seat->state != SW_SEAT_ABSENT)
        return;
    seat->expected = 1;
    sw_agent_api_wait(&seat->expected, SW_AT_REST);
}
