/* SPDX-License-Identifier: MIT
 *
 * agent.h - the part of the harness that lives in the interpreter's process.
 *
 * It is linked into slpython-lab and does nothing at all unless SPILLWAY_FD
 * is in the environment when the process starts, or a control memory that wants points
 * to be decisions.  Then the interpreter's points lead to one hook, which
 *
 *   observes   if there is an event memory: the ledger (value_oracle.h), the names
 *              (tasklet_names.h), the story's
 *              events, crashes (own_cstack.h);
 *   controls   when there is a plan: the seats (thread_gates.h) and the schedule
 *              (script.h); which thread runs, which move is next and what is
 *              done at a point is decided by the engine (harness/control/entry/agent_api.h).
 *              driver.py runs the plan by means of the builtin
 *              module _spillway (spillway_module.c).
 *
 * The threads of a controlled process:
 *
 *   T0   the main thread: setup, then as the others
 *   Tk   with tasklet actors: its main tasklet sits in run(threadblock=True)
 *        with a thread actor: its main tasklet waits at the gate for steps
 *   the conductor   a thread more.  It makes actors runnable from outside, and
 *        so it counts for the interpreter as a thread that can end another's
 *        wait: between two moves it is no deadlock that every actor waits for
 *        its next step.  (As a bystander, see interp/thread.h, it would make
 *        the last actor of Tk that is paused between two steps raise one.)
 *
 * A thread that a step starts by itself is controlled like any other; it has no
 * ordinal in the plan, and its events carry SW_THREAD_OTHER.
 *
 * A program without a plan runs as it would without us.  Its threads are
 * numbered in the order in which they first reach a point.  A forked child is
 * not observed.
 */
#ifndef SW_AGENT_H
#define SW_AGENT_H

#include "contract/event_shm.h"

/* Is there a plan? */
int sw_agent_controls(void);
const struct sw_plan *sw_agent_plan(void);

/* The calling thread becomes Tk, or the conductor (SW_THREAD_GATES_CONDUCTOR). */
void sw_agent_enter(int thread);

/* Has anything begun to run on the calling thread since the last call? */
int sw_agent_stirred(void);

/* Has the schedule ended the calling thread?  Its main tasklet gets a SystemExit. */
int sw_agent_ends(void);

#endif
