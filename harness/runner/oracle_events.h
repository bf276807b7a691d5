/* SPDX-License-Identifier: MIT
 *
 * oracle_events.h - which of a run's events says that something went wrong with a value, and in
 * which words.
 *
 * All functions here want a sanitized event memory (event_shm_sanitize.h).
 */
#ifndef SW_ORACLE_EVENTS_H
#define SW_ORACLE_EVENTS_H

#include <stddef.h>

#include "contract/event_shm.h"

enum { SW_ORACLE_EVENTS_NAME_MAX = 32, SW_ORACLE_EVENTS_TEXT_MAX = 1024 };

/* The first broken invariant of the core, or NULL.  It explains whatever came of it. */
const struct sw_event *sw_oracle_events_invariant(const struct sw_event_shm *event_shm);
/* The first event of an oracle, or NULL.  What happened to values weighs more than a condition that
 * a spec's author wrote, and so a condition is the answer only if there is nothing else. */
const struct sw_event *sw_oracle_events_first(const struct sw_event_shm *event_shm);

/* "value-lost", "I22 wake-up": borrowed from the event memory. */
const char *sw_oracle_events_name(const struct sw_event_shm *event_shm,
                                  const struct sw_event *event);
/* "ch: sent v1 by sender, for receiver: ...".  Returns buf. */
char *sw_oracle_events_describe(const struct sw_event_shm *event_shm, const struct sw_event *event,
                                char buf[SW_ORACLE_EVENTS_TEXT_MAX]);

#endif
