/* SPDX-License-Identifier: MIT
 *
 * board.h - the memory that the runner and the engine in a controlled process share.
 *
 *      runner                           child: any interpreter + libspillway.so
 *      writes order, starts child ----> maps it from SPILLWAY_CONTROL_FD, obeys
 *      reads after the child is gone <- appends deviations, counts, a verdict
 *
 * Its size is the same in every run, so that no mapping moves with the length
 * of a schedule.  Until the child has ended only the child writes below the
 * line; the runner checks what it reads there, since a crashing interpreter may
 * have scribbled on it.
 */
#ifndef SW_BOARD_H
#define SW_BOARD_H

#include <stdint.h>

#include "decision.h"

#define SW_BOARD_MAGIC 0x53505742u /* "SPWB" */
#define SW_BOARD_VERSION 1u
#define SW_BOARD_ENV "SPILLWAY_CONTROL_FD"

enum {
    SW_DEVIATIONS_MAX = 1 << 20,
    SW_POOL_MAX = 1 << 23, /* candidates of all deviations */
    SW_REPORT_MAX = 1 << 14,
};

enum sw_board_strategy { SW_STRATEGY_DEFAULT, SW_STRATEGY_RANDOM, SW_STRATEGY_REPLAY };

/* How the engine ended the process; NONE: it did not, the program ended by itself. */
enum sw_board_end {
    SW_END_NONE,
    SW_END_DEADLOCK,
    SW_END_DIVERGED,
    SW_END_BUDGET, /* more decisions than the order allows */
    SW_END_ERROR,  /* of the engine itself */
    SW_END_COUNT
};

/* A list of deviations: the one to follow, or the one that was taken. */
struct sw_board_list {
    uint32_t count;
    uint32_t pool_used;
    struct sw_deviation deviations[SW_DEVIATIONS_MAX];
    uint32_t pool[SW_POOL_MAX];
};

struct sw_board {
    uint32_t magic;
    uint32_t version;
    /* The executable that is meant: not valgrind, a debugger or a shell on the
     * way to it.  The first process that runs it takes the board. */
    uint64_t interp_device;
    uint64_t interp_inode;
    uint64_t strategy; /* enum sw_board_strategy */
    uint64_t seed;
    uint64_t decisions_max; /* 0: no limit */
    struct sw_board_list wanted;
    /* ---- below this line the child writes ---- */
    uint32_t started; /* 1: the engine is in charge of a process */
    uint32_t end;     /* enum sw_board_end */
    uint64_t decision_count;
    uint64_t hash;
    uint64_t switch_count; /* of the baton; for the curious */
    uint32_t lost;         /* deviations that did not fit: the answer is "inconclusive" */
    uint32_t fork_count;   /* processes that it made, which nobody controls */
    uint32_t gil;          /* 1: a CPython GIL was recognised; 2: its checks are decisions too */
    char report[SW_REPORT_MAX]; /* one line: why the engine ended it; NUL-terminated */
    struct sw_board_list taken;
};

#endif
