/* SPDX-License-Identifier: MIT
 *
 * guided.h - deviations by each thread's own time: see fuzz/strategies/guide.c.
 */
#ifndef SW_GUIDED_H
#define SW_GUIDED_H

#include "../harness/control/board.h"

/* In the order in which they come; index: how often that thread was asked for that kind before. */
struct sw_guided {
    uint32_t count, room;
    struct sw_deviation *list; /* owned; choice, thread, kind, place, index */
    unsigned char *preempts;   /* owned: does it stop a thread that could go on? */
    uint64_t *decisions;       /* owned: the decision's number among all, in the run it comes from */
};

void sw_guided_free(struct sw_guided *guided);
/* Room for one more.  0, or -1: no memory. */
int sw_guided_reserve(struct sw_guided *guided);
/* Those of a run whose log, from 0 on, and taken list are on the board.  0, or -1: no memory, or
 * the log is not whole. */
int sw_guided_take(struct sw_guided *guided, const struct sw_board *board);
/* Without those whose bytes in left_out are 1 (NULL: with all), to the board, as an order for the
 * strategy. */
void sw_guided_fill(const struct sw_guided *guided, const unsigned char *left_out,
                    struct sw_board *board);
uint32_t sw_guided_preemptions(const struct sw_guided *guided);

#endif
