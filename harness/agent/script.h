/* SPDX-License-Identifier: MIT
 *
 * script.h - the schedule under way: its moves, its steps, its directives.
 *
 * Rest states.  A step is in one state at a time; the last change counts.  When
 * a move has come to rest (no thread can run), one event is appended for each
 * step whose state changed during the move, however often it changed: first for
 * the step that was moved, then for the others in the order of their last
 * change.
 *   DONE, RAISED   the step's code has ended
 *   BLOCKS         its tasklet is in a channel's queue
 *   PAUSES         its tasklet left its ring by itself
 *   PARKED         a directive holds its thread.  The step is that of the
 *                  tasklet that runs there (at thread.idle, wait, woken and
 *                  resume: that ran there last), which need not be the one that
 *                  was moved: a send can park its receiver in switch.release.
 *                  If that has none under way, and at those four points on the
 *                  moved step's own thread, it is the step that was moved, even
 *                  if it has ended already.  When the thread is let go, the
 *                  step is again in the state that it was parked in, and that
 *                  counts as a change.
 *   UNFINISHED     none of these: it is runnable and nothing runs it.  Also for
 *                  a move that could not be made (note = why): a step whose
 *                  actor is not idle, the resumption of one that is not parked.
 *                  The schedule goes on after it.
 * That a blocked or paused step has been made runnable is no change as long as
 * it has not run: while any thread is parked, that is for a later move to show
 * (a sender parked after the hand-over, say); else it is UNFINISHED.
 *
 * Points.  visit() counts, from the first move on, over all threads T0..  What
 * the harness does itself is not reported to it, so that it does not count: the
 * conductor's visits, an actor's pausing between two steps, the switch and the
 * end of a wait by which it starts a step.  A directive fires if its visit comes
 * during its own move.
 *
 * To decide and to record are two things.  Which move is next, and what is done at
 * a visit, the engine's driver says; sw_script_driver() is the one that follows the
 * plan.  All else here is the same whoever decides: a replay, or a strategy that
 * makes the plan's moves in another order.
 *
 * Needs no Python.  Called by the engine's current thread.
 */
#ifndef SW_AGENT_SCRIPT_H
#define SW_AGENT_SCRIPT_H

#include "contract/decision.h"
#include "contract/event_shm.h"

/* plan: borrowed for the life of the process. */
void sw_script_start(const struct sw_plan *plan);

/* The moves that can be next, ascending: the first that has not been made,
 * whether it can be or not, and those that can.  0: all have been made. */
uint32_t sw_script_moves(uint32_t moves[SW_MOVES_MAX]);
/* Follows the plan. */
struct sw_driver *sw_script_driver(void);
/* Begins the move: counts as the one under way, appends MOVE.  Returns the
 * actor that is to be given the step now (sw_script_assign), -1 for a resumed
 * one, -2 when the move cannot be made.  For a resumed one *thread is the
 * thread to let go. */
int sw_script_move(uint32_t move, int *thread);
/* The move has come to rest: appends the rest states, writes the visits so far. */
void sw_script_settle(void);

/* The actor is there and idle, or is no more. */
void sw_script_actor_ready(int actor);
void sw_script_actor_ended(int actor);
/* Is it between two steps: has it none, or one that has not begun? */
int sw_script_actor_idle(int actor);

/* The moved step becomes its actor's. */
void sw_script_assign(void);
/* The step that the actor was given, -1 when there is none. */
int sw_script_claim(int actor);
/* The actor's step has ended.  type == 0: well; else with that exception.
 * Returns 1 if it was the actor's last in this schedule. */
int sw_script_end_step(int actor, sw_text type, sw_text note);

/* What happens to the tasklet of an actor (-1: of none); ignored for one without
 * a step under way.  wakes: it was made runnable. */
void sw_script_blocks(int actor, sw_text channel, int receive);
void sw_script_pauses(int actor);
void sw_script_wakes(int actor);

/* A visit of a point: *nth is its number.  0: the schedule has not begun, and it
 * does not count. */
int sw_script_visit(unsigned point, uint32_t *nth);
/* The thread is held at this visit while the actor (-1: none) runs there, and
 * is let go again. */
void sw_script_park(int thread, int actor, unsigned point, uint32_t nth);
void sw_script_unpark(int thread);

#endif
