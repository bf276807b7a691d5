/* SPDX-License-Identifier: MIT
 *
 * agent_api.h - what the agent of slpython-lab, which is linked with this library, asks of the
 * engine.
 *
 * The agent knows what happens inside the interpreter; the engine decides.  There is one list of
 * decisions: so the agent asks the engine which move of a spec is next and what is done at a point,
 * and the agent's threads wait in the engine as they would for a lock.  Everything here is called
 * by the current thread only.  Without control only the first three and sw_agent_api_act() may
 * be called.
 */
#ifndef SW_AGENT_API_H
#define SW_AGENT_API_H

#include <stddef.h>
#include <stdint.h>

#include "contract/decision.h"
#include "contract/fault_set.h"
#include "harness/control/engine/real.h"

/* Takes control, if there is a control memory for an interpreter with an agent: one that
 * names no executable (control_shm.h).  Called before main(). */
SW_EXPORT void sw_agent_api_claim(void);
/* This process is not to be controlled, but forks of it are, each of which claims a control memory
 * of its own: if there is one, it has their environment, and their random bytes up to the fork. */
SW_EXPORT void sw_agent_api_prepare(void);
/* Is the calling thread the current one of the engine? */
SW_EXPORT int sw_agent_api_controls(void);
/* Are the interpreter's points to be decisions?  control_shm.h, points. */
SW_EXPORT int sw_agent_api_decides_points(void);

/* Which faults are to be asked for at them (control_shm.h, steps), and may one more fail? */
SW_EXPORT struct sw_fault_set sw_agent_api_steps(void);
SW_EXPORT int sw_agent_api_may_fail(void);

/* The descriptor of an event memory for a program (control_shm.h, events_fd); 0: there is none.
 * How many decisions have been taken; 0 without control. */
SW_EXPORT uint32_t sw_agent_api_events_fd(void);
SW_EXPORT uint64_t sw_agent_api_decisions(void);

/* The calling thread's ordinal. */
SW_EXPORT uint32_t sw_agent_api_ordinal(void);
/* What the thread of that ordinal waits for, "waits for lock#3, held by T2", where each T is an
 * ordinal; an empty text if it waits for nothing. */
SW_EXPORT void sw_agent_api_describe(uint32_t ordinal, char *buf, size_t size);

/* The calling thread waits until somebody wakes it at that address.  Without the GIL. */
SW_EXPORT void sw_agent_api_wait(const void *address, unsigned place);
SW_EXPORT void sw_agent_api_wake(const void *address);
/* Returns when no other thread can run.  Without the GIL. */
SW_EXPORT void sw_agent_api_rest(void);

/* Is that to be done at this point (SW_PLACE_POINTS + enum slp_point)?  Never
 * for a thread without control. */
SW_EXPORT int sw_agent_api_act(unsigned place, enum sw_action action);
/* Which of the moves, ascending indices, is next; the first by default. */
SW_EXPORT uint32_t sw_agent_api_move(const uint32_t *moves, uint32_t count);
/* The agent has written the event of that number, from 1, to its event memory: here it belongs. */
SW_EXPORT void sw_agent_api_event(uint32_t number);
/* Who answers from now on, unless the control memory has a schedule to be replayed or a
 * strategy.  Borrowed for the life of the process. */
SW_EXPORT void sw_agent_api_set_script(struct sw_driver *driver);

#endif
