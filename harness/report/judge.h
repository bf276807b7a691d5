/* SPDX-License-Identifier: MIT
 *
 * judge.h - from what happened to a verdict.
 *
 * The first of these that applies decides:
 *   failed         an invariant of the core was broken (interp/lab/invariants.h),
 *                  whatever came of it
 *   harness error  the watchdog ended the child
 *   crashed        a deadly signal, and the engine had not ended the child
 *   skipped        a foreign interpreter has not what the spec needs (agentless.h)
 *   harness error  no agent has answered: not slpython-lab, or it did not start
 *   failed         an oracle's event, the first of what says that a value was lost,
 *                  or the like (contract/event.h), and setup-raised; else the
 *                  first condition; else a deadlock or a livelock, with which
 *                  the engine ended the child
 *   harness error  an error of the engine
 *   harness error  a spec's child that ended before its schedule, or not with 0
 *   failed         a program that did not exit with 0; a move whose outcome is
 *                  not the one that the spec states, or with a directive that
 *                  did not come to its visit; later the transcript (job.h)
 *   inconclusive   the stream has a gap
 *   as expected
 */
#ifndef SW_JUDGE_H
#define SW_JUDGE_H

#include "harness/runner/spec_process.h"
#include "harness/formats/spec/spec.h"

enum sw_verdict_kind {
    SW_AS_EXPECTED,
    SW_FAILED,
    SW_CRASHED,
    SW_INCONCLUSIVE,
    SW_HARNESS_ERROR,
    SW_SKIPPED, /* it needs something that this interpreter has not */
    SW_VERDICT_COUNT
};

struct sw_verdict {
    enum sw_verdict_kind kind;
    char oracle[32];      /* which one; "" when as expected */
    char text[1024];      /* one line that says what is wrong */
    unsigned line;        /* of the spec; 0: none in particular */
    uint32_t event;       /* 1 + index of the event that decided; 0: none */
    uint32_t move;        /* number of the move under way then; 0: none in particular */
};

const char *sw_judge_name(enum sw_verdict_kind kind);
/* As expected, or skipped. */
int sw_judge_is_good(enum sw_verdict_kind kind);

/* Fills in the verdict; the text is cut where there is no room. */
void sw_judge_decide(struct sw_verdict *verdict, enum sw_verdict_kind kind, const char *oracle,
                     unsigned line, uint32_t event, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Judges a child that has ended; its event memory is sanitized (event_shm_sanitize.h).  spec and
 * schedule NULL: a program. */
void sw_judge(const struct sw_spec_process *child, const struct sw_spec *spec,
              const struct sw_spec_schedule *schedule, struct sw_verdict *verdict);

/* Is this the rest state of a step, and not just something on the way? */
int sw_judge_is_rest(unsigned kind);
/* "done", "blocks ch.receive", ...: how a rest event is written in a spec. */
void sw_judge_format_rest(const struct sw_event_shm *event_shm, const struct sw_event *event,
                          char *buf, unsigned long size);

#endif
