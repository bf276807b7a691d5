/* SPDX-License-Identifier: MIT
 *
 * datastack.h - root chunks of the interpreter's data stack, for new tasklets.
 *
 * Python frames live in chunks that 3.11 maps and unmaps, 16 KiB at the least:
 * several microseconds a tasklet.  So the root chunks of tasklets that ended
 * are kept, at most SLP_DATASTACK_KEPT_MAX of them: 1 MiB, whatever the number
 * of tasklets was.  All calls need the GIL.
 */
#ifndef SLP_DATASTACK_H
#define SLP_DATASTACK_H

#include <Python.h>

enum { SLP_DATASTACK_KEPT_MAX = 64 };

/* An empty root chunk (previous == NULL), or NULL: then the interpreter makes
 * its own at the first frame. */
_PyStackChunk *slp_datastack_take(void);
/* What the unused first slot of a root chunk holds that is a tasklet's: what the
 * evaluation loop has made for others, a greenlet for one, has a 0 there. */
#define SLP_DATASTACK_HOME ((PyObject *)(uintptr_t)0x51ac6c)
/* Marks the root chunk behind this one; of main's, since slp_datastack_take() does. */
void slp_datastack_mark_home(_PyStackChunk *chunk);
/* Whether the data stack whose newest chunk this is belongs to a tasklet. */
static inline int slp_datastack_is_home(const _PyStackChunk *chunk)
{
    if (__builtin_expect(chunk == NULL, 0))
        return 0;
    while (__builtin_expect(chunk->previous != NULL, 0))
        chunk = chunk->previous;
    return chunk->data[0] == SLP_DATASTACK_HOME;
}

/* How many are with tasklets now. */
long slp_datastack_lent(void);
/* One will not come back: the interpreter owns it now, or its tasklet never came to its
 * end, and frames may still point there. */
void slp_datastack_forsake(void);
/* Takes a chunk back, with all that are behind it. */
void slp_datastack_give(_PyStackChunk *chunk);
PyObject **slp_datastack_limit(_PyStackChunk *chunk);

#endif
