/* SPDX-License-Identifier: MIT
 *
 * onlooker.h - looks at two threads of a controlled process, where it stands still.
 *
 * The board says where that is to be (board.h, "shows").  The process prints its Python stacks
 * itself, on its stderr; the C stacks are taken from outside, by a thread of the runner.
 */
#ifndef SW_ONLOOKER_H
#define SW_ONLOOKER_H

#include "controlled.h"

struct sw_onlooker_seen {
    int halted; /* it came there */
    char *python[SW_SHOWN_THREADS]; /* a line a frame, innermost first; owned; "" if there is none */
    char *c[SW_SHOWN_THREADS];      /* likewise, numbered; or one line: why there are none */
};

/* As sw_controlled_run(), silent, with a board that shows.  0, or -1 with *e. */
int sw_onlooker_run(struct sw_controlled *run, const struct sw_controlled_order *order,
                    struct sw_onlooker_seen *seen, struct sw_error *e);
void sw_onlooker_free(struct sw_onlooker_seen *seen);

#endif
