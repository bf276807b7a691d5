/* SPDX-License-Identifier: MIT
 *
 * datastack.h - the interpreter's data stack, for tasklets: where their Python frames are.
 *
 * A data stack is a list of chunks that 3.11 maps and unmaps, 16 KiB each, and
 * whose first, the root, it never frees.  For the few frames of a tasklet that
 * waits that would be a page at least, and several microseconds a life.  So:
 *   - a tasklet's root is small, from malloc(); what does not fit goes to chunks
 *     of the usual size
 *   - roots and chunks that are given back are kept for the next, up to a fixed
 *     number whatever the number of tasklets was: else a tasklet whose calls
 *     cross the end of its root would map and unmap a chunk at each of them.
 *     The evaluation loop's own chunks are, too: the first call here puts an
 *     arena allocator in front of the interpreter's (PyObject_SetArenaAllocator).
 * All calls need the GIL, and so do the interpreter's to the arena allocator.
 */
#ifndef SLP_DATASTACK_H
#define SLP_DATASTACK_H

#include "cpython.h"

enum {
    /* The chunk's header and its empty slot take 32 bytes; what is left has room for four
     * frames of 72 bytes with 14 variables and stack entries each.  A tasklet that waits
     * seldom has more. */
    SLP_DATASTACK_ROOT_BYTES = 768,
    SLP_DATASTACK_ROOTS_MAX = 1024, /* 768 KiB */
    SLP_DATASTACK_CHUNKS_MAX = 64,  /* 1 MiB */
};

/* An empty root chunk (previous == NULL), or NULL: then the interpreter makes
 * its own at the first frame. */
slp_cpython_chunk *slp_datastack_take(void);
/* What the unused first slot of a root chunk holds that is a tasklet's: what the
 * evaluation loop has made for others, a greenlet for one, has a 0 there. */
#define SLP_DATASTACK_HOME ((PyObject *)(uintptr_t)0x51ac6c)
/* Marks the root chunk behind this one; of main's, since slp_datastack_take() does. */
void slp_datastack_mark_home(slp_cpython_chunk *chunk);
/* Whether the data stack whose newest chunk this is belongs to a tasklet. */
static inline int slp_datastack_is_home(const slp_cpython_chunk *chunk)
{
    if (__builtin_expect(chunk == NULL, 0))
        return 0;
    return *slp_cpython_chunk_slot(slp_cpython_chunk_root(chunk)) == SLP_DATASTACK_HOME;
}

/* How many are with tasklets now. */
long slp_datastack_lent(void);
/* One will not come back: the interpreter owns it now. */
void slp_datastack_cede(void);
/* Nor will this one, or NULL (the interpreter has it): its tasklet never came to its
 * end, and frame objects may still point there.  It is kept for ever. */
void slp_datastack_forsake(slp_cpython_chunk *chunk);
/* Takes a chunk back, with all that are behind it. */
void slp_datastack_give(slp_cpython_chunk *chunk);

#endif
