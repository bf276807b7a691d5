/* SPDX-License-Identifier: MIT
 *
 * access_explain.h - for the tracer: what it has seen goes into the log of a run that is to be
 * explained (contract/explain_log.h).
 */
#ifndef SW_ACCESS_EXPLAIN_H
#define SW_ACCESS_EXPLAIN_H

#include <stdint.h>

#include "contract/explain_log.h"
#include "contract/timeline_kind.h"

/* Texts may be NULL, and are copied. */
struct spillway_note {
    enum sw_timeline_kind kind;
    const void *address; /* of the object, with part as in access.h; NULL: there is none */
    uint64_t part;
    const char *name; /* what the object is called whoever touches it: "Account.balance" */
    const char *text; /* what of it: "dict['x']" */
    const char *before, *after;
    const char *file, *function;
    uint32_t line, column, column_end; /* bytes, from 0; equal: not known */
};

/* Is this run to be explained with accesses?  Then the tracer is wanted. */
int spillway_wants_notes(void);
/* Has another thread been made in the schedule under way, which is to be explained? */
int spillway_explains(void);
/* Are these accesses only noted, at grain "call"?  Then the tracer sees to it that the interpreter
 * does not ask where it would not have asked. */
int spillway_only_notes(void);
/* What the calling thread's next check of its eval breaker is, until the next call. */
void spillway_next_check(enum sw_next_check check);
void spillway_note(const struct spillway_note *note);

#endif
