/* SPDX-License-Identifier: MIT
 *
 * thread_gates.h - where the threads of a plan sit while they have nothing to do.
 *
 * The threads are T0..T15 and the conductor, which runs the plan.  Which of
 * them runs is for the engine to say (harness/control/engine/engine.h).  Here they
 * wait for what only the plan can give.
 *
 * States.  ABSENT: not there yet.  UP: it runs, or waits for something of its
 * own.  GATED: waits for a step.  IDLE: waits until something is runnable on
 * it.  PARKED: held at a point by a directive; stands still until it is let go.
 *
 * Needs no Python.  All of it is called by the engine's current thread, which
 * releases the GIL around sw_thread_gates_sit() and sw_thread_gates_expect().
 */
#ifndef SW_AGENT_THREAD_GATES_H
#define SW_AGENT_THREAD_GATES_H

#include <stddef.h>
#include <stdint.h>

#include "contract/event_shm.h"

enum sw_seat_state { SW_SEAT_ABSENT, SW_SEAT_UP, SW_SEAT_GATED, SW_SEAT_IDLE, SW_SEAT_PARKED };

enum { SW_THREAD_GATES_CONDUCTOR = SW_THREADS_MAX };

/* Forgets everything; the calling thread is T0, and UP. */
void sw_thread_gates_start(void);

/* The calling thread.  id: what the interpreter calls it (PyThreadState.id). */
void sw_thread_gates_identify(int thread, uint64_t id);
/* What it waits for of its own, where it is UP: "waits for lock#3, held by T1"; else an empty text.
 * Who holds it is left out where the engine counts threads in another way than the plan. */
void sw_thread_gates_describe(int thread, char *buf, size_t size);
/* The thread of that id, or -1. */
int sw_thread_gates_find(uint64_t id);
enum sw_seat_state sw_thread_gates_state_of(int thread);

/* The calling thread waits, in that state, until it is called.  place: where it
 * waits, as decision.h has it. */
void sw_thread_gates_sit(int thread, enum sw_seat_state state, unsigned place);
/* It goes on; it is GATED, IDLE or PARKED. */
void sw_thread_gates_call(int thread);
/* Waits until the thread has sat down for the first time. */
void sw_thread_gates_expect(int thread);

#endif
