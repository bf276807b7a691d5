/* SPDX-License-Identifier: MIT */
#include "agent_api.h"

#include <stddef.h>
#include <stdio.h>

#include "harness/control/engine/engine.h"
#include "attach.h"

void sw_agent_api_claim(void)
{
    sw_attach_claim();
}

int sw_agent_api_controls(void)
{
    return sw_engine_self() != NULL;
}

int sw_agent_api_decides_points(void)
{
    return sw_engine_self() != NULL && sw_engine_shm()->points;
}

uint64_t sw_agent_api_steps(void)
{
    return sw_agent_api_decides_points() ? sw_engine_shm()->steps : 0;
}

int sw_agent_api_may_fail(void)
{
    return sw_engine_self() != NULL && sw_engine_may_fail();
}

static void describe(const struct sw_thread *thread, char *buf, size_t size)
{
    (void)thread;
    snprintf(buf, size, "waits for its next step");
}

static const struct sw_clause at_gate = {.has_come = sw_engine_is_woken, .describe = describe};

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

void sw_agent_api_set_script(struct sw_driver *driver)
{
    if (sw_engine_shm()->strategy == SW_STRATEGY_DEFAULT)
        sw_engine_set_driver(driver);
}
