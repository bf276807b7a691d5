/* SPDX-License-Identifier: MIT
 *
 * judge.h - from what happened to a verdict.
 *
 * The first of these that applies decides:
 *   harness error  the watchdog, a child that ended before its schedule
 *   crashed        a deadly signal
 *   failed         an oracle's event: value-lost, value-wrong, value-phantom,
 *                  exception-misplaced, condition, setup-raised; then a move
 *                  whose outcome is not the one that the spec states; later the
 *                  transcript (transcript.h)
 *   inconclusive   the stream has a gap
 *   as expected
 */
#ifndef SW_JUDGE_H
#define SW_JUDGE_H

#include "child.h"
#include "spec.h"

enum sw_verdict_kind {
    SW_AS_EXPECTED,
    SW_FAILED,
    SW_CRASHED,
    SW_INCONCLUSIVE,
    SW_HARNESS_ERROR,
};

struct sw_verdict {
    enum sw_verdict_kind kind;
    char oracle[32];      /* which one; "" when as expected */
    char text[1024];      /* one line that says what is wrong */
    unsigned line;        /* of the spec; 0: none in particular */
    uint32_t event;       /* 1 + index of the event that decided; 0: none */
};

const char *sw_verdict_name(enum sw_verdict_kind kind);

/* The events of the wire, however many the child claims: valid indices only. */
uint32_t sw_judge_event_count(const struct sw_wire *wire);

/* Judges a child that has ended.  spec and schedule NULL: a program. */
void sw_judge(const struct sw_child *child, const struct sw_spec *spec,
              const struct sw_spec_schedule *schedule, struct sw_verdict *verdict);

/* Is this the rest state of a step, and not just something on the way? */
int sw_judge_is_rest(unsigned kind);
/* "done", "blocks ch.receive", ...: how a rest event is written in a spec. */
void sw_judge_format_rest(const struct sw_wire *wire, const struct sw_event *event, char *buf,
                          unsigned long size);

#endif
