/* SPDX-License-Identifier: MIT
 *
 * picture_text.h - a picture for the terminal: a lane a thread, with its tasklets beside it, and a
 * row a mark.
 *
 *          step   T0  T1  T2
 *            12   │   ●   │    T1  writes Account.balance  100 → 30      bank.py:14 take
 *            40   │   ▲   │    T1  is stopped, and T2 runs               bank.py:15 take
 *            41   │   ╎ ┌─▶□   ...
 *                 ┊   ┊   ┊    ... 23 more
 *
 * An arrow comes from the lane of what a mark follows from: a receive's send, a lock's unlock.  A
 * lane is dashed while its thread waits.  What is dull is folded, and a row says how much.
 */
#ifndef SW_PICTURE_TEXT_H
#define SW_PICTURE_TEXT_H

#include <stdio.h>

#include "picture.h"

enum { SW_PICTURE_TEXT_WIDTH_LEAST = 80, SW_PICTURE_TEXT_WIDTH_MOST = 400 };

struct sw_picture_text_order {
    int width; /* columns; less than the least is the least */
    int colour; /* 1: with a terminal's colours */
    int ascii; /* 1: nothing but ASCII, but for what the program's own texts have */
    int all; /* 1: each mark has its row */
    uint64_t from, to; /* steps: only those, and then all; to == 0: no such limit */
};

/* picture: laid out.  0, or -1 without memory; what `out` says is the caller's to look at. */
int sw_picture_text_write(FILE *out, const struct sw_picture *picture,
                          const struct sw_picture_text_order *order);

#endif
