/* SPDX-License-Identifier: MIT
 *
 * work_log.h - which schedules of a shard have been run, and by whom: a file that only grows,
 * called "ledger".
 *
 *      spillway ledger 1
 *      join 1
 *      take 0 41999 by 1
 *      did 0 41999 of 0 failed 2 ms 10250
 *      saw 9c01d2aa03bb4411 2 from 17: exit 1
 *      take 42000 83999 by 1
 *
 * The numbers are positions in the shard, from 0; which seeds they are is the campaign's business.
 *
 *      join   a process has the number 1 from now on
 *      take   it is going to run this range, which is then not free for others
 *      did    it has run so many of the range that began at 0; the rest of that range is free again
 *      saw    belongs to the "did" above it: a kind of failure, how often, and its lowest seed
 *
 * A process may be killed at any moment.  While it lives it holds a lock (F_OFD_SETLK) on one byte
 * behind the end of the file, at its own number; the kernel drops the lock when it dies, however it
 * dies, and what it had taken is free again.
 *
 * Lines are written whole, while the file is locked.  A last line without an end was written by a
 * process that died then, and is cut off.
 *
 * Several processes on one machine may share the file, or on a file system with POSIX locks.
 */
#ifndef SW_WORK_LOG_H
#define SW_WORK_LOG_H

#include <stdint.h>

#include "contract/error.h"
#include "ranges.h"

enum { SW_WORK_LOG_TEXT = 160 };

struct sw_work_log; /* of one process */

/* One kind of failure: those that end alike.  There may be several causes behind it. */
struct sw_work_log_kind {
    uint64_t key; /* a hash of the text, and of what else tells it from others */
    uint64_t count;
    uint64_t seed; /* the lowest */
    char text[SW_WORK_LOG_TEXT]; /* one line */
};

enum { SW_WORK_LOG_KINDS_MAX = 256 };

/* What the files of one shard, or of several, say beside the ranges. */
struct sw_work_log_totals {
    uint64_t failures;
    uint64_t ms; /* of all processes together */
    int alive;   /* processes that share a file now, this one left out */
    int kind_count;
    struct sw_work_log_kind kinds[SW_WORK_LOG_KINDS_MAX];
};

/* Joins: this process gets a number.  Makes the file, if there is none.  NULL with *e. */
struct sw_work_log *sw_work_log_open(const char *path, struct sw_error *e);
/* Leaves: what it has taken and not done is free again. */
void sw_work_log_close(struct sw_work_log *log);
/* From 1; no other live process has it. */
int sw_work_log_number(const struct sw_work_log *log);

/* Takes the lowest free range: at most count positions, all below end.  1; 0: none is free; -1 with
 * *e. */
int sw_work_log_take(struct sw_work_log *log, uint64_t count, uint64_t end,
                     struct sw_range *range, struct sw_error *e);
/* The range that was taken is over.  Its first count positions have been run, and found is what
 * came of them: only its failures and kinds are written.  0, or -1 with *e. */
int sw_work_log_did(struct sw_work_log *log, struct sw_range range, uint64_t count, uint64_t ms,
                    const struct sw_work_log_totals *found, struct sw_error *e);

/* Adds what has been run to done, and the rest to totals.  Both may hold what other files of the
 * same shard say: a range that was run twice counts once, with the failures of the file that was
 * read first.  0, or -1 with *e (path:line). */
int sw_work_log_read(const char *path, struct sw_ranges *done, struct sw_work_log_totals *totals,
                     struct sw_error *e);
/* Adds failures of one kind. */
void sw_work_log_add_kind(struct sw_work_log_totals *totals, const struct sw_work_log_kind *kind);

#endif
