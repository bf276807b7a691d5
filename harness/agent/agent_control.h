/* SPDX-License-Identifier: MIT
 *
 * agent_control.h - what a schedule has done at a point: the questions to the engine
 * (harness/control/entry/agent_api.h), and what becomes of a yes.
 */
#ifndef SW_AGENT_CONTROL_H
#define SW_AGENT_CONTROL_H

#include <stdint.h>

#include "contract/points.h"

/* Before the first visit: which faults a step may switch on. */
void sw_agent_control_start(void);

/* At a point of a plan's thread; returns enum slp_act. */
unsigned sw_agent_control_visit(const struct slp_point_info *info);
/* At one of a program, whose points are decisions; returns the same. */
unsigned sw_agent_control_decide(enum slp_point point);
/* The points that such a program has to stop at, 1 << point, or'ed: the others cost it nothing.  A
 * step ends at the next of them. */
uint64_t sw_agent_control_points(void);

/* The thread of that id is woken.  Whether that is part of the story is for its own visits to
 * tell. */
void sw_agent_control_wakes(uint64_t id);

#endif
