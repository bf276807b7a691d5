/* SPDX-License-Identifier: MIT
 *
 * agent_self.h - what the agent does in this process, and what it knows of the calling thread.
 *
 * For the three files of the hook alone: agent.c calls agent_observe.c and then agent_control.c at
 * each visit of a point.
 */
#ifndef SW_AGENT_SELF_H
#define SW_AGENT_SELF_H

#include "contract/points.h"
#include "tasklet_names.h"

/* Set when the process starts, and not again. */
extern struct sw_agent_does {
    int controls; /* there is a plan */
    int observes; /* there is an event memory */
    int explains; /* it wants to know more: every_point.h */
    int explains_program; /* and nothing may be where it was not when nobody observed */
    int decides_points; /* a program's: sw_agent_control_decide() */
} sw_agent_does;

extern __thread struct sw_agent_self {
    int known;
    int slot; /* 0.. for T0.., SW_THREAD_GATES_CONDUCTOR, or -1 */
    int has_main; /* its main tasklet was seen: the first that it makes */
    int hides_release; /* the release under way is of the agent's making */
    int hid_release; /* so was the one that has just ended */
    unsigned long arrivals; /* how often something began to run again here */
    unsigned long rested; /* arrivals at the last sw_agent_stirred() */
    enum slp_point entered; /* where it entered evaluation last: a spill's place */
    int ends; /* the schedule has said so */
    int asks_spill; /* at that place the schedule wants one, and it has not begun */
    struct sw_tasklet *current;
} sw_agent_self;

extern const char *const sw_agent_self_point_names[];
extern const unsigned char sw_agent_self_point_flags[]; /* enum slp_point_flags */

#endif
