/* SPDX-License-Identifier: MIT
 *
 * runner_wire.h - a wire filled by hand, as the runner finds it when its child
 * has ended, for tests of what reads it.
 */
#ifndef SW_TESTS_RUNNER_WIRE_H
#define SW_TESTS_RUNNER_WIRE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "harness/mend.h"
#include "harness/wire.h"

static struct sw_wire *wire;

static inline void wire_setup(void)
{
    wire = calloc(1, sizeof *wire);
    ck_assert_ptr_nonnull(wire);
    wire->text_used = 1;
    wire->attached = SW_WIRE_MAGIC;
}

static inline void wire_teardown(void)
{
    free(wire);
}

static inline sw_text text(const char *s)
{
    return sw_wire_text_add(wire, s, (uint32_t)strlen(s));
}

/* Returns the event, so that more can be filled in. */
static inline struct sw_event *append(unsigned kind, unsigned move, const char *who)
{
    struct sw_event *event = &wire->events[wire->event_count];

    *event = (struct sw_event){
        .index = wire->event_count++, .kind = (uint16_t)kind, .move = move, .who = text(who)};
    return event;
}

#endif
