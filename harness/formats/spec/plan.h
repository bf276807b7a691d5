/* SPDX-License-Identifier: MIT
 *
 * plan.h - from a spec's schedule to what the agent is told.
 */
#ifndef SW_PLAN_H
#define SW_PLAN_H

#include "spec.h"
#include "contract/event_shm.h"

/* Makes the event memory fresh and writes the plan of the schedule into it.  0, or -1
 * when the texts do not fit. */
int sw_plan_write(struct sw_event_shm *event_shm, const struct sw_spec *spec,
                  const struct sw_spec_schedule *schedule);
/* The empty plan: the child runs a program by itself and is only observed. */
void sw_plan_write_empty(struct sw_event_shm *event_shm);

#endif
