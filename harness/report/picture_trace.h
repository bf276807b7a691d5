/* SPDX-License-Identifier: MIT
 *
 * picture_trace.h - a picture in the JSON of Chrome's trace events, which Perfetto, speedscope and
 * chrome://tracing load.
 *
 * A step is a millisecond (1,000 us); what happens within one follows in steps of 10 us, so that
 * all times are whole microseconds and rise.  What their importers want is kept to:
 *
 *      - slices (X) of a track are strictly nested: a thread's run contains its marks, and each
 *        mark lasts until the next one;
 *      - a flow's ends (s, f) lie inside the slices of its marks, and it has a number as its id;
 *      - names and the order of tracks are metadata (M), and no thread has a process's number;
 *      - what a thread waits for is a thread state (T), and a slice of the same name.
 *
 * Locks and channels are processes of their own, with a track each: who holds a lock, and what goes
 * through a channel.  Variables have no tracks; they stand in the marks' arguments.
 */
#ifndef SW_PICTURE_TRACE_H
#define SW_PICTURE_TRACE_H

#include <stdio.h>

#include "picture.h"

/* picture: laid out.  0, or -1 without memory; what `out` says is the caller's to look at. */
int sw_picture_trace_write(FILE *out, const struct sw_picture *picture);

#endif
