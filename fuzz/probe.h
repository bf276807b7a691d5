/* SPDX-License-Identifier: MIT
 *
 * probe.h - a recorded failure, and whether other schedules fail in the same way.
 *
 * The same way: the same kind of end (exit, crash, deadlock, ...) and, of a test that fails, the
 * same exception raised at the same line.  A test has its schedules in one warm process, a program
 * a process for each (harness/session.h).
 */
#ifndef SW_PROBE_H
#define SW_PROBE_H

#include "../harness/sched.h"
#include "../harness/session.h"
#include "guided.h"

enum { SW_PROBE_KIND_MAX = 32 };

/* How a schedule ends. */
struct sw_probe_end {
    char kind[SW_PROBE_KIND_MAX]; /* "exit 1", "crashed", "deadlock", "failed"; "" for a pass */
    uint32_t signature;
};

struct sw_probe {
    const struct sw_sched *sched; /* borrowed */
    struct sw_session_order order;
    struct sw_session *session;  /* owned */
    struct sw_probe_end wanted;  /* valid after sw_probe_begin() */
    struct sw_probe_end end;     /* of the last run */
    const struct sw_board *board; /* of the last run, until the next; its log is whole */
    struct sw_board_list *list;  /* what sw_probe_run_list() runs next; owned, the caller fills it in */
    uint64_t runs;
    /* of the run under way */
    const struct sw_guided *guided;
    const unsigned char *left_out;
};

/* sched: borrowed until the close.  0, or -1 with *e; close it either way. */
int sw_probe_open(struct sw_probe *probe, const struct sw_sched *sched, struct sw_error *e);
void sw_probe_close(struct sw_probe *probe);

/* These return 1 if the run failed in the wanted way, 0 if not, -1 with *e if nothing could be
 * run.  begin: the recorded run again; what it ends with is wanted from then on, whatever it is. */
int sw_probe_begin(struct sw_probe *probe, struct sw_error *e);
/* By each thread's own time, without those whose bytes in left_out are 1 (NULL: with all). */
int sw_probe_run(struct sw_probe *probe, const struct sw_guided *guided,
                 const unsigned char *left_out, struct sw_error *e);
/* To the letter. */
int sw_probe_run_list(struct sw_probe *probe, struct sw_error *e);
/* Is that result of the wanted way? */
int sw_probe_is_wanted(const struct sw_probe *probe, const struct sw_warm_result *result);

#endif
