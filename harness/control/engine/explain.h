/* SPDX-License-Identifier: MIT
 *
 * explain.h - notes what happens, in a run that is to be explained (contract/explain_log.h).
 *
 * In every other run each of these is a comparison.  Nothing here decides, blocks, or touches the
 * program's heap.  Where a thread stands in Python is asked through the hooks (hooks.h, where).
 */
#ifndef SW_EXPLAIN_H
#define SW_EXPLAIN_H

#include "contract/control_shm.h"
#include "sync_objects.h"
#include "wait.h"

enum { SW_EXPLAIN_FILE = 512, SW_EXPLAIN_FUNCTION = 128 };

/* Where the calling thread stands, in its innermost frame that is not Python's own; line 0: nobody
 * knows. */
struct sw_explain_site {
    char file[SW_EXPLAIN_FILE], function[SW_EXPLAIN_FUNCTION];
    uint32_t line;
    uint16_t column, column_end; /* equal: not known */
};

int sw_explain_is_on(void);
/* A schedule begins. */
void sw_explain_begin(void);

/* The running thread has done that to another thread (SW_EXPLAIN_NOBODY: none), by way of what has
 * that ordinal (0: nothing). */
void sw_explain_note(enum sw_timeline_kind kind, enum sw_place place, uint32_t object,
                     uint32_t other);
/* It has done that to a lock. */
void sw_explain_note_lock(enum sw_timeline_kind kind, enum sw_place place,
                          struct sw_object *object);
/* What was noted as born has got its ordinal. */
void sw_explain_named(uint32_t born, uint32_t ordinal);
/* It waits from here on, or its wait has ended without what it waited for. */
void sw_explain_block(const struct sw_wait *wait);
void sw_explain_timeout(const struct sw_wait *wait);
/* The agent's event of that number, from 1. */
void sw_explain_event(uint32_t number);
/* A decision has been answered, and counted. */
void sw_explain_decision(const struct sw_decision *decision, uint32_t choice);

#endif
