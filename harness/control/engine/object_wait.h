/* SPDX-License-Identifier: MIT
 *
 * object_wait.h - clauses of who waits at an object that has an ordinal (sync_objects.h).
 *
 * What they share: the object is found by the wait's address, it has a name, and whoever took it
 * last could end the wait.
 */
#ifndef SW_OBJECT_WAIT_H
#define SW_OBJECT_WAIT_H

#include "wait.h"

/* Until somebody calls sw_engine_wake() with its address. */
extern const struct sw_clause sw_object_wait_woken;

/* "waits for lock#3, held by T2"; the second with another word than "held". */
void sw_object_wait_describe(const struct sw_thread *thread, char *buf, size_t size);
void sw_object_wait_describe_as(const struct sw_thread *thread, const char *held, char *buf,
                                size_t size);
/* Who took it last. */
uint32_t sw_object_wait_holder(const struct sw_wait *wait);

#endif
