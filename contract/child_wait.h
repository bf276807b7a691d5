/* SPDX-License-Identifier: MIT
 *
 * child_wait.h - what the children of a controlled process wait for, as they say it themselves.
 *
 * In the child of a fork nobody decides, and it has one thread.  When that is about to wait, without
 * a deadline, for what only another thread of the same process could release, it will wait for ever:
 * there is none.  So it says what it is and shows its stack here, in the memory that it shares with
 * its parent, who gives the verdict (children.h).
 *
 * Each has its own entry, which only it writes, but for `disturbed`: a signal may end the wait.
 */
#ifndef SW_CHILD_WAIT_H
#define SW_CHILD_WAIT_H

#include <stdint.h>

enum {
    SW_CHILD_WAITS_MAX = 64, /* more children are not looked at */
    SW_CHILD_WAIT_TEXT = 200,
    SW_CHILD_WAIT_STACK = 8192,
};

struct sw_child_wait {
    int32_t pid;
    uint32_t for_ever;       /* 1: it waits so */
    uint32_t has_children;   /* 1: it has started processes itself, which nobody looks at */
    uint32_t disturbed;      /* signals that its parent has sent it, and that have not arrived */
    uint32_t holder;         /* ordinal of its parent's thread that had it; SW_CHILD_WAIT_NOBODY */
    char text[SW_CHILD_WAIT_TEXT]; /* "waits for lock#3, which T1 held when it was forked" */
    char stack[SW_CHILD_WAIT_STACK];        /* of Python, as lines; "": none */
    char holder_stack[SW_CHILD_WAIT_STACK]; /* of the holder when it was forked; "": unknown */
};

#define SW_CHILD_WAIT_NOBODY 0xffffffffu

#endif
