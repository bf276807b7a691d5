/* SPDX-License-Identifier: MIT
 *
 * why_judge.h - what failed in an explaining run of slpython-lab: what an oracle has said first, what
 * the spec's own words say, or where its transcript is another one.
 */
#ifndef SW_WHY_JUDGE_H
#define SW_WHY_JUDGE_H

#include "harness/formats/sched/sched.h"
#include "harness/runner/process.h"
#include "judge.h"

/* Of a run that is still open, with events. */
void sw_why_judge(const struct sw_process *run, const struct sw_sched *sched,
                  struct sw_verdict *verdict);

#endif
