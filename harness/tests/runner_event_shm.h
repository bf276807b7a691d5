/* SPDX-License-Identifier: MIT
 *
 * runner_event_shm.h - an event memory filled by hand, as the runner finds it when its child
 * has ended, for tests of what reads it.
 */
#ifndef SW_TESTS_RUNNER_EVENT_SHM_H
#define SW_TESTS_RUNNER_EVENT_SHM_H

#include <stdlib.h>
#include <string.h>

#include "harness/runner/event_shm_sanitize.h"
#include "contract/event_shm.h"
#include "contract/tests/suite_main.h"

static struct sw_event_shm *event_shm;

static inline void event_shm_setup(void)
{
    event_shm = calloc(1, sizeof *event_shm);
    ck_assert_ptr_nonnull(event_shm);
    event_shm->text_used = 1;
    event_shm->attached = SW_EVENT_SHM_MAGIC;
}

static inline void event_shm_teardown(void)
{
    free(event_shm);
}

static inline sw_text text(const char *s)
{
    return sw_event_shm_text_add(event_shm, s, (uint32_t)strlen(s));
}

/* Returns the event, so that more can be filled in. */
static inline struct sw_event *append(unsigned kind, unsigned move, const char *who)
{
    struct sw_event *event = &event_shm->events[event_shm->event_count];

    *event = (struct sw_event){
        .index = event_shm->event_count++, .kind = (uint16_t)kind, .move = move, .who = text(who)};
    return event;
}

#endif
