/* SPDX-License-Identifier: MIT
 *
 * frames_zombie.h - what is kept by code objects, under the policy zombie.
 *
 * The root of a tasklet whose function is written in Python, and the record of a
 * spill for a call of one, stay with the code object when they are given back: one
 * of each, for as long as the code lives.  So a function that runs again finds them
 * without a search, and one that never runs again has them for nothing: how much is
 * kept depends on how many functions there ever were, and on nothing else.
 *
 * A home stands between the code object and what it keeps.  The code has it through
 * its co_extra, and it is never exchanged there: CPython calls the free function for
 * the old value when another one is set.  A root and a record know their home while
 * they are in use, and hold it: the code may go first.
 *
 * Who owns what: a home owns its root and its record.  It lives as long as its code
 * does, or something of it is in use (references).
 */
#ifndef SLP_FRAMES_ZOMBIE_H
#define SLP_FRAMES_ZOMBIE_H

#include "cpython.h"

#include "contract/faults.h"
#include "frames.h"

enum { SLP_FRAMES_ZOMBIE_ROOT, SLP_FRAMES_ZOMBIE_RECORD, SLP_FRAMES_ZOMBIE_PIECES };

struct slp_frames_zombie {
    struct slp_frames_piece *kept[SLP_FRAMES_ZOMBIE_PIECES]; /* NULL: nothing */
    PyCodeObject *code; /* borrowed; NULL: it has gone */
    long references;
    struct slp_frames_zombie *next; /* of all whose code lives */
    struct slp_frames_zombie **link;
};

/* The count is of code objects that keep something. */
extern struct slp_frames_amount slp_frames_zombie_amount;

/* Whether code objects keep what is given back now. */
static inline int slp_frames_zombie_is_on(void)
{
    return slp_frames_policy == SLP_FRAMES_ZOMBIE || SLP_FAULT(FRAMES_KEPT_BY_CODE);
}

/* The code of a function, or of a method's function; NULL: it has none. */
PyCodeObject *slp_frames_zombie_code_of(PyObject *callable);
/* The home of code (which may be NULL), made at first use: a new reference for whoever uses a
 * piece.  NULL: none, since the policy is another one, or without memory. */
struct slp_frames_zombie *slp_frames_zombie_home(PyCodeObject *code);
/* What is kept there; or NULL. */
void *slp_frames_zombie_take(struct slp_frames_zombie *home, int which);
/* Gives the reference back, with nothing to keep; home may be NULL. */
void slp_frames_zombie_release(struct slp_frames_zombie *home);
/* Whether it is kept there from now on.  Takes the reference either way; home may be NULL. */
int slp_frames_zombie_keep(struct slp_frames_zombie *home, int which,
                           struct slp_frames_piece *piece);

void slp_frames_zombie_drop_all(void);
/* Counted anew. */
size_t slp_frames_zombie_bytes(void);
/* All whose code lives, the newest first; NULL: there is none. */
const struct slp_frames_zombie *slp_frames_zombie_first(void);
size_t slp_frames_zombie_bytes_of(const struct slp_frames_zombie *home);

#endif
