/* SPDX-License-Identifier: MIT
 *
 * traced_entry.h - where a function begins that CPython 3.11 traces or profiles.
 *
 * Elsewhere the evaluation loop looks at its eval breaker once, does what it is asked
 * for, and goes on.  In front of a traced function's first instruction, RESUME, 3.11
 * looks, does it, and looks again, until nobody asks.  Only then are the trace and the
 * profile function told of the call; and then RESUME is run, which looks once more, as
 * it does in a function that is not traced.  Whoever asks again at each check never
 * lets the function begin.  3.10 and 3.12 look once.
 *
 * So the checks in front are no decisions, and nothing is asked for behind them: the
 * one of RESUME is the decision, as without a trace function.  Who asks for it?  In
 * between nothing of the C library is called.  But the trace function is, and where it
 * stands in the thread state something of ours stands for that one call (a stand-in):
 * it puts the function back, asks, and calls it.
 *
 * The fields of a thread state, a frame and its instructions are at fixed places in all
 * of 3.11, which Py_Version tells.
 */
#ifndef SW_TRACED_ENTRY_H
#define SW_TRACED_ENTRY_H

/* The calling thread, whose state that is, is about to give up the GIL.  1: at a check in
 * front of a traced function, which is no decision. */
int sw_traced_entry_is_ahead(const void *tstate);

/* It has taken the GIL; asked: its next check has something to do already.  1: behind such
 * a check, so that nobody is to ask now; sw_gil_arm() will be called. */
int sw_traced_entry_waits(void *tstate, int asked);

#endif
