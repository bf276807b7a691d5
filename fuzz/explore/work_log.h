/* SPDX-License-Identifier: MIT
 *
 * work_log.h - who has run which schedules of a shard: one file, which only grows.
 *
 *      spillway ledger 1
 *      join 1
 *      take 0 41999 by 1
 *      did 0 41999 of 0 failed 2 ms 10250
 *      saw 9c01d2aa03bb4411 2 from 17: exit 1
 *      take 42000 83999 by 1
 *
 * The numbers are positions, from 0: which seeds they are is the campaign's business.  What has
 * been taken and not done by somebody who lives is not free; a process that lives holds a lock of
 * the file (F_OFD_SETLK) behind its end, at its own number, and the kernel lets that go when it
 * dies, however.  "of 0" names the take that is over with this line: what of it was not done is
 * free again.  "saw" belongs to the "did" above it.
 *
 * Lines are written whole while the file is locked.  A last line that has no end was written by
 * who died then, and is cut off.
 *
 * Several processes on one machine may share it, or on a file system with POSIX locks.
 */
#ifndef SW_VALUE_ORACLE_H
#define SW_VALUE_ORACLE_H

#include <stdint.h>

#include "contract/error.h"
#include "ranges.h"

enum { SW_WORK_LOG_TEXT = 160 };

struct sw_work_log; /* of one process */

/* One kind of failure, as it was seen: by its end, not by its cause. */
struct sw_work_log_kind {
    uint64_t key; /* a hash; the text's, and what else tells it from others */
    uint64_t count;
    uint64_t seed; /* the lowest */
    char text[SW_WORK_LOG_TEXT]; /* one line */
};

enum { SW_WORK_LOG_KINDS_MAX = 256 };

/* What is told beside the ranges; of one ledger or of several. */
struct sw_work_log_totals {
    uint64_t failures;
    uint64_t ms; /* the sum of all processes' */
    int alive;   /* processes that share it now, this one left out */
    int kind_count;
    struct sw_work_log_kind kinds[SW_WORK_LOG_KINDS_MAX];
};

/* Joins it; makes the file, if there is none.  NULL with *e. */
struct sw_work_log *sw_work_log_open(const char *path, struct sw_error *e);
/* Leaves it. */
void sw_work_log_close(struct sw_work_log *ledger);
/* From 1; no other live process has it. */
int sw_work_log_number(const struct sw_work_log *ledger);

/* The lowest free range, at most count positions, all below end.  1; 0: none is free; -1 with *e.
 * */
int sw_work_log_take(struct sw_work_log *ledger, uint64_t count, uint64_t end,
                   struct sw_range *range, struct sw_error *e);
/* The range that was taken is over: its first so many positions have been run, and of that is what
 * seen says (its failures and kinds).  0, or -1 with *e. */
int sw_work_log_did(struct sw_work_log *ledger, struct sw_range range, uint64_t count, uint64_t ms,
                  const struct sw_work_log_totals *seen, struct sw_error *e);

/* Adds what has been done to done, and the rest to totals, which may come from another ledger of
 * the same shard: a range that is done twice counts once, and its failures are those of who is read
 * first.  0, or -1 with *e (path:line). */
int sw_work_log_read(const char *path, struct sw_ranges *done, struct sw_work_log_totals *totals,
                   struct sw_error *e);
/* Adds one that has been seen. */
void sw_work_log_add_kind(struct sw_work_log_totals *totals, const struct sw_work_log_kind *kind);

#endif
