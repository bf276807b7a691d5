/* SPDX-License-Identifier: MIT
 *
 * agent_wire.h - a wire of one's own, for tests of the agent's modules that
 * need no interpreter.  The agent is not linked into the harness's tests, so
 * they take its sources in.
 */
#ifndef SW_TESTS_AGENT_WIRE_H
#define SW_TESTS_AGENT_WIRE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../agent/record.c"

static inline struct sw_wire *agent_wire_new(void)
{
    struct sw_wire *fresh = calloc(1, sizeof *fresh);

    ck_assert_ptr_nonnull(fresh);
    fresh->magic = SW_WIRE_MAGIC;
    fresh->version = SW_WIRE_VERSION;
    fresh->text_used = 1;
    return fresh;
}

static inline const struct sw_event *agent_wire_last(void)
{
    ck_assert_uint_gt(wire->event_count, 0);
    return &wire->events[wire->event_count - 1];
}

/* The kinds of all events, in words. */
static inline const char *agent_wire_story(void)
{
    static char story[4096];

    story[0] = '\0';
    for (uint32_t i = 0; i < wire->event_count; i++) {
        strcat(story, i ? " " : "");
        strcat(story, sw_event_name(wire->events[i].kind));
    }
    return story;
}

static inline int agent_wire_count(enum sw_event_kind kind)
{
    int count = 0;

    for (uint32_t i = 0; i < wire->event_count; i++)
        count += wire->events[i].kind == kind;
    return count;
}

#endif
