/* SPDX-License-Identifier: MIT
 *
 * why_path.h - from the events of an explaining run to the hops that lead to its failure.
 *
 *      sent by, waits in the queue of, handed to, switched to, released, spilled   *** lost ***
 *
 * What is followed is the value that failed; or, where no value did, the tasklet or channel of which
 * the failure is told, or the step that came to rest as it should not.  A hop is an event about that,
 * and what was under way around the failure (a release, a spill).  Nothing is concluded that no
 * event says.
 */
#ifndef SW_WHY_PATH_H
#define SW_WHY_PATH_H

#include "judge.h"
#include "why_stack.h"

/* More nobody reads; what is in the middle is counted. */
enum { SW_WHY_HOPS_MAX = 40, SW_WHY_TEXT_MAX = 400 };

struct sw_why_hop {
    const struct sw_event *event; /* borrowed; the first of its copies */
    uint32_t copies; /* how many times the same came in a row */
    char text[SW_WHY_TEXT_MAX];
};

struct sw_why {
    const struct sw_event_shm *event_shm; /* borrowed */
    struct sw_verdict verdict;
    char followed[SW_WHY_TEXT_MAX]; /* "v1 ('chunk')", "tasklet worker", "step read" */
    uint32_t hop_count;
    struct sw_why_hop hops[SW_WHY_HOPS_MAX];
    uint32_t left_out; /* hops between the first half and the second */
    uint32_t failure; /* 1 + the hop in which it failed; 0: no event says when */
    const char *subject; /* a tasklet or channel: what is followed, or who had the value; "" */
    struct sw_why_stack stack; /* at the failure */
    const char *operation; /* of the interpreter, in which it went wrong: why_cause.h; or NULL */
    struct sw_why_frame where; /* the function of that; "" where only an event says so */
    const struct sw_event *by; /* the event that says so, if it is not the failure; else NULL */
};

/* Which value: its number, or a text that its repr, its tasklet's or its channel's name is.  number
 * 0 and text NULL: the one that failed. */
struct sw_why_wanted {
    uint32_t number;
    const char *text;
};

/* why->verdict is set, the event memory is sanitized.  0; or -1 with *e: nothing of what is wanted
 * is in this run. */
int sw_why_path_find(struct sw_why *why, const struct sw_event_shm *event_shm,
                     const struct sw_why_wanted *wanted, struct sw_error *e);

#endif
