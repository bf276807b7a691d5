/* SPDX-License-Identifier: MIT
 *
 * agent_event_shm.h - an event memory of one's own, for tests of the agent's modules that
 * need no interpreter.  The agent is not linked into the harness's tests, so
 * they take its sources in.
 */
#ifndef SW_TESTS_AGENT_EVENT_SHM_H
#define SW_TESTS_AGENT_EVENT_SHM_H

#include <stdlib.h>
#include <string.h>

#include "contract/tests/suite_main.h"
#include "harness/agent/event_writer.c"

static inline struct sw_event_shm *agent_event_shm_new(void)
{
    struct sw_event_shm *fresh = calloc(1, sizeof *fresh);

    ck_assert_ptr_nonnull(fresh);
    fresh->magic = SW_EVENT_SHM_MAGIC;
    fresh->version = SW_EVENT_SHM_VERSION;
    fresh->text_used = 1;
    return fresh;
}

static inline const struct sw_event *agent_event_shm_last(void)
{
    ck_assert_uint_gt(event_shm->event_count, 0);
    return &event_shm->events[event_shm->event_count - 1];
}

/* The kinds of all events, in words. */
static inline const char *agent_event_shm_story(void)
{
    static char story[4096];

    story[0] = '\0';
    for (uint32_t i = 0; i < event_shm->event_count; i++) {
        strcat(story, i ? " " : "");
        strcat(story, sw_event_name(event_shm->events[i].kind));
    }
    return story;
}

static inline int agent_event_shm_count(enum sw_event_kind kind)
{
    int count = 0;

    for (uint32_t i = 0; i < event_shm->event_count; i++)
        count += event_shm->events[i].kind == kind;
    return count;
}

#endif
