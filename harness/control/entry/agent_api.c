/* SPDX-License-Identifier: MIT */
#include "agent_api.h"

#include <stddef.h>
#include <stdio.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/explain.h"
#include "attach.h"

void sw_agent_api_claim(void)
{
    sw_attach_claim();
}

void sw_agent_api_prepare(void)
{
    sw_attach_prepare();
}

int sw_agent_api_controls(void)
{
    return sw_engine_self() != NULL;
}

int sw_agent_api_decides_points(void)
{
    return sw_engine_self() != NULL && sw_engine_shm()->points;
}

struct sw_fault_set sw_agent_api_steps(void)
{
    return sw_agent_api_decides_points() ? sw_engine_shm()->steps : (struct sw_fault_set){{0}};
}

int sw_agent_api_may_fail(void)
{
    return sw_engine_self() != NULL && sw_engine_may_fail();
}

uint32_t sw_agent_api_events_fd(void)
{
    return sw_engine_self() != NULL ? sw_engine_shm()->events_fd : 0;
}

/* Also asked from threads that the engine does not know: there is one list of decisions. */
uint64_t sw_agent_api_decisions(void)
{
    return sw_engine_shm() != NULL ? sw_engine_shm()->decision_count : 0;
}

static void describe(const struct sw_thread *thread, char *buf, size_t size)
{
    (void)thread;
    snprintf(buf, size, "waits for its next step");
}

static const struct sw_clause at_gate = {.has_come = sw_engine_is_woken, .describe = describe};

uint32_t sw_agent_api_ordinal(void)
{
    return sw_engine_self()->ordinal;
}

void sw_agent_api_describe(uint32_t ordinal, char *buf, size_t size)
{
    const struct sw_thread *thread = sw_thread_table_find_ordinal(ordinal);

    *buf = '\0';
    if (thread != NULL && thread->wait.clause != NULL && thread->wait.clause->describe != NULL)
        thread->wait.clause->describe(thread, buf, size);
}

void sw_agent_api_wait(const void *address, unsigned place)
{
    sw_engine_block(&(struct sw_wait){.clause = &at_gate, .place = place, .address = address});
}

void sw_agent_api_wake(const void *address)
{
    sw_engine_wake(address, SW_AT_REST, 0, 1);
}

void sw_agent_api_rest(void)
{
    sw_engine_rest();
}

int sw_agent_api_act(unsigned place, enum sw_action action)
{
    return sw_engine_self() != NULL && sw_engine_act(place, action);
}

uint32_t sw_agent_api_move(const uint32_t *moves, uint32_t count)
{
    return sw_engine_move(moves, count);
}

void sw_agent_api_event(uint32_t number)
{
    if (sw_engine_self() != NULL)
        sw_explain_event(number);
}

void sw_agent_api_set_script(struct sw_driver *driver)
{
    if (sw_engine_shm()->strategy == SW_STRATEGY_DEFAULT)
        sw_engine_set_driver(driver);
}
