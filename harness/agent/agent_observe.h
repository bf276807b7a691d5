/* SPDX-License-Identifier: MIT
 *
 * agent_observe.h - what a visit of a point means for the story: events, and whom the script has to
 * know of.
 */
#ifndef SW_AGENT_OBSERVE_H
#define SW_AGENT_OBSERVE_H

#include "contract/points.h"
#include "tasklet_names.h"

/* With the GIL. */
void sw_agent_observe_visit(const struct slp_point_info *info);
/* There was no memory for the spill that a visit has told of: the stack stays where it is.  address:
 * of the tasklet. */
void sw_agent_observe_spill_fails(void *address);

/* The agent pauses actors between two steps; that is not part of the story. */
int sw_agent_observe_is_between_steps(const struct sw_tasklet *t);
/* Nor is that a thread waits because of it, or because it has no actors. */
int sw_agent_observe_rests_for_us(const struct sw_tasklet *t);

#endif
