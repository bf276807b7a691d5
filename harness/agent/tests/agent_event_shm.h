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

#endif
