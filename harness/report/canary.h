/* SPDX-License-Identifier: MIT
 *
 * canary.h - does spillway control that interpreter at all, and how finely?
 *
 * Before "nothing was found" is believed, a race and a deadlock that are there
 * (canary.py) must be found on the same interpreter: with the default schedule
 * both programs end well; with one other decision, at a place that follows from
 * the default schedule's own decisions, they must not; and the same decisions
 * twice must give the same hash, and the same end.
 *
 * How fine the control is follows from what has to happen between the read and
 * the write of the race, so that a schedule can let another thread in there.
 */
#ifndef SW_CANARY_H
#define SW_CANARY_H

#include "contract/error.h"

/* X(ID, NAME, TEXT): from the finest to the coarsest; the name is canary.py's. */
#define SW_CANARY_GRAINS(X) \
    X(BYTECODE, "bytecode", "between two bytecodes") \
    X(CALL, "call", "at every check of the eval breaker, as at a call") \
    X(LOCK, "lock", "at every operation of a lock") \
    X(SYSCALL, "syscall", "only where a thread lets the interpreter's lock go by itself")

enum sw_canary_grain {
#define SW_CANARY_ENUM(id, name, text) SW_CANARY_##id,
    SW_CANARY_GRAINS(SW_CANARY_ENUM)
#undef SW_CANARY_ENUM
    SW_CANARY_COUNT
};

struct sw_canary {
    int controlled;
    char why_not[512];          /* one sentence; valid if it is not controlled */
    enum sw_canary_grain grain; /* the rest is valid if it is */
    int runs;                   /* of the interpreter, in all */
    int race_tries;             /* schedules until the race, and the deadlock, came about */
    int deadlock_tries;
};

/* Tries it; what came out is kept for the rest of this process, and found again
 * as long as the interpreter and libspillway.so are the same files.  0; or -1
 * with *e when nothing can be said of any interpreter (no library, no memory). */
int sw_canary_check(const char *interp, struct sw_canary *out, struct sw_error *e);

/* The same, but what another process has found is believed: canary_kept.h. */
int sw_canary_check_or_know(const char *interp, struct sw_canary *out, struct sw_error *e);

/* "another thread can be let in at every ..." */
const char *sw_canary_text(enum sw_canary_grain grain);

#endif
