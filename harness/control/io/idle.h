/* SPDX-License-Identifier: MIT
 *
 * idle.h - what happens between two threads' turns: descriptors become ready, timers go off, and
 * when nobody can run, time goes on.
 *
 * The engine calls both through its hooks (hooks.h).  What a look outside is, and how it is
 * recorded and replayed, readiness.h says.
 */
#ifndef SW_IDLE_H
#define SW_IDLE_H

/* Before each choice of who runs: fires timers, and marks those who wait for descriptors that are
 * ready now. */
void sw_idle_look(void);
/* Nothing can run: something outside, or time, must go on.  0 if nothing is left. */
int sw_idle_go_on(void);

#endif
