/* SPDX-License-Identifier: MIT */
#include "inside.h"

#include <stddef.h>

#include "engine.h"
#include "start.h"

void sw_inside_claim(void)
{
    sw_start_claim();
}

int sw_inside_controls(void)
{
    return sw_engine_self() != NULL;
}

int sw_inside_decides_points(void)
{
    return sw_engine_self() != NULL && sw_engine_board()->points;
}

uint64_t sw_inside_steps(void)
{
    return sw_inside_decides_points() ? sw_engine_board()->steps : 0;
}

int sw_inside_may_fail(void)
{
    return sw_engine_self() != NULL && sw_engine_may_fail();
}

void sw_inside_wait(const void *address, unsigned place)
{
    sw_engine_block(&(struct sw_wait){.kind = SW_WAIT_WAKE, .place = place, .address = address});
}

void sw_inside_wake(const void *address)
{
    sw_engine_wake(address, SW_AT_REST, 0, 1);
}

void sw_inside_rest(void)
{
    sw_engine_rest();
}

int sw_inside_act(unsigned place, enum sw_action action)
{
    return sw_engine_self() != NULL && sw_engine_act(place, action);
}

uint32_t sw_inside_move(const uint32_t *moves, uint32_t count)
{
    return sw_engine_move(moves, count);
}

void sw_inside_set_script(struct sw_driver *driver)
{
    if (sw_engine_board()->strategy == SW_STRATEGY_DEFAULT)
        sw_engine_set_driver(driver);
}
