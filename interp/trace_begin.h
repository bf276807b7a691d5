/* SPDX-License-Identifier: MIT
 *
 * trace_begin.h - a traced function begins, although each check is asked to drop the GIL.
 *
 * In front of such a function CPython 3.11 checks until nobody asks (entry_311.h), and
 * run(timeout) asks again at each check.  So there it does not: these checks are not
 * counted, and the one of the function's first instruction is, as in a function that is
 * not traced.  In between the trace function is called, and where it stands in the
 * thread state something of ours stands for that one call (a stand-in): it puts the
 * function back, asks, and calls it.
 */
#ifndef SLP_TRACE_BEGIN_H
#define SLP_TRACE_BEGIN_H

#include "thread.h"

/* Up to so many trace functions in C.  Of another one the time stands still from a begin
 * to the next time that somebody asks. */
enum { SLP_TRACE_BEGIN_FUNCTIONS_MAX = 16 };

/* At a check of the loop, on the running thread, before anybody has asked again.  1: it is
 * one in front of a traced function, so nobody is to ask; slp_preempt_again() is called
 * soon.  0: a check like others. */
int slp_trace_begin_waits(struct slp_thread *thread);

#endif
