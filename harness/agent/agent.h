/* SPDX-License-Identifier: MIT
 *
 * agent.h - the part of the harness that lives in the interpreter's process.
 *
 * It is linked into slpython-lab.  It does nothing unless, when the process starts,
 * SPILLWAY_FD is in the environment, or there is a control memory that wants points to
 * be decisions; or unless it is a fork for a schedule (fork_module.h).  Then the interpreter's
 * points lead to one hook, which
 *
 *   observes   if there is an event memory: it tells of values (value_story.h), names
 *              tasklets and channels (tasklet_names.h), writes the events of the story
 *              (event_writer.h) and tells of crashes (own_cstack.h);
 *   controls   if there is a plan: it seats the threads (thread_gates.h) and keeps the
 *              schedule (script.h).  Which thread runs, which move is next and what is
 *              done at a point is decided by the engine
 *              (harness/control/entry/agent_api.h).  driver.py runs the plan, by means
 *              of the builtin module _spillway (spillway_module.c).
 *
 * The threads of a controlled process are
 *
 *   T0   the main thread: setup, then as the others
 *   Tk   with tasklet actors: its main tasklet sits in run(threadblock=True)
 *        with a thread actor: its main tasklet waits at the gate for steps
 *   the conductor   one more thread, which starts the steps.  It makes actors
 *        runnable from outside, so the interpreter counts it as a thread that can
 *        end another's wait: that every actor waits for its next step is no
 *        deadlock.  (If it were a bystander, see interp/thread.h, the last actor
 *        of Tk that is paused between two steps would raise one.)
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

/* Takes part, as the environment says.  Called when the process starts, and by a fork that begins as
 * one that was started (fork_module.h). */
void sw_agent_attach(void);

/* Is there a plan? */
int sw_agent_controls(void);
const struct sw_plan *sw_agent_plan(void);

/* The calling thread becomes Tk, or the conductor (SW_THREAD_GATES_CONDUCTOR). */
void sw_agent_enter(int thread);

/* Has any tasklet begun to run, or a wait ended, on the calling thread since the last call? */
int sw_agent_stirred(void);

/* Has the schedule ended the calling thread?  Its main tasklet gets a SystemExit. */
int sw_agent_ends(void);

#endif
