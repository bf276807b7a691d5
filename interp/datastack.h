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
/* Takes a chunk back, with all that are behind it. */
/* How many are with tasklets now. */
long slp_datastack_lent(void);
void slp_datastack_give(_PyStackChunk *chunk);
PyObject **slp_datastack_limit(_PyStackChunk *chunk);

#endif
