/* SPDX-License-Identifier: MIT
 *
 * why_hop_text.h - an event as one hop of a path, in words.
 */
#ifndef SW_WHY_HOP_TEXT_H
#define SW_WHY_HOP_TEXT_H

#include <stddef.h>

#include "contract/event_shm.h"

/* Returns 0, and an empty text, if there is nothing to say of it. */
int sw_why_hop_text_write(const struct sw_event_shm *event_shm, const struct sw_event *event,
                          char *buf, size_t size);
/* A point that says nothing by itself: another event of the same operation says it. */
int sw_why_hop_text_is_dull(const struct sw_event_shm *event_shm, const struct sw_event *event);

#endif
