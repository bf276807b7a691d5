/* SPDX-License-Identifier: MIT
 *
 * datastack.h - the interpreter's data stack, for tasklets: where their Python frames are.
 *
 * A data stack is a list of chunks that 3.11 maps and unmaps, 16 KiB each, and
 * whose first, the root, it never frees.  For the few frames of a tasklet that
 * waits that would be a page at least, and several microseconds a life.  So, under
 * most policies (frames.h):
 *   - a tasklet's root is small, from malloc(); what does not fit goes to chunks
 *     of the usual size
 *   - roots and chunks that are given back are kept for the next: else a tasklet
 *     whose calls cross the end of its root would map and unmap a chunk at each of
 *     them.  The evaluation loop's own chunks are, too: the first call here puts an
 *     arena allocator in front of the interpreter's (PyObject_SetArenaAllocator).
 *
 *     root      +----------+----------+------+------+----------------- - - -
 *               | previous | size top | MARK | HOME | frames
 *               +----------+----------+------+------+----------------- - - -
 *
 * The mark says that it is a tasklet's.  A small root has the code object's home
 * there, too (frames_zombie.h), or NULL; in one of 16 KiB that slot is the first
 * frame's.  All calls need the GIL, and so do the interpreter's to the arena
 * allocator.
 */
#ifndef SLP_DATASTACK_H
#define SLP_DATASTACK_H

#include "cpython.h"

struct slp_frames_piece;

enum {
    /* The chunk's header and its slots take 40 bytes; what is left has room for three frames of
     * 72 bytes with nine variables and stack entries each, or four with four.  A tasklet that
     * waits seldom has more.  8 more than a multiple of 16: what malloc() hands out without a
     * gap. */
    SLP_DATASTACK_ROOT_BYTES = 472,
};

/* Begins a new tasklet's data stack in tstate, which has none; func is what the tasklet will
 * call.  Without memory it has no root, and the interpreter makes its own at the first frame. */
void slp_datastack_begin(PyThreadState *tstate, PyObject *func);
/* Gives tstate, which has no data stack, a root that is the interpreter's from now on: it frees
 * it with the thread's state.  0, or -1 without memory. */
int slp_datastack_begin_for_interpreter(PyThreadState *tstate);
/* What the unused first slot of a root chunk holds that is a tasklet's: what the
 * evaluation loop has made for others, a greenlet for one, has a 0 there. */
#define SLP_DATASTACK_HOME ((PyObject *)(uintptr_t)0x51ac6c)
/* Marks the root chunk behind this one; of main's, since slp_datastack_begin() does. */
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
/* This one, or NULL (the interpreter has it), will not come back: its tasklet never came to
 * its end, and frame objects may still point there.  It is kept for ever. */
void slp_datastack_forsake(slp_cpython_chunk *chunk);
/* Takes a chunk back, with all that are behind it. */
void slp_datastack_give(slp_cpython_chunk *chunk);
/* Of frames.h: frees a root or chunk that nobody uses. */
void slp_datastack_free(struct slp_frames_piece *piece);

#endif
