/* SPDX-License-Identifier: MIT
 *
 * score_program.h - a program of Python under control, with a fault switched on.
 *
 * For the faults that no spec can show, because the harness's own thread is one
 * that could still help: a program has none.  Each run is a process of its own,
 * silent, under the default schedule; so it is the same in every run.
 */
#ifndef SW_SCORE_PROGRAM_H
#define SW_SCORE_PROGRAM_H

#include "judge.h"

/* interp is slpython-lab; fault is -1 for none.  The verdict: as expected if it exits with 0; failed
 * by the invariant that it told, by "deadlock", "livelock" or "exit"; crashed; a
 * harness error, with why in its text. */
void sw_score_program(const char *interp, const char *program, int fault, int watchdog_s,
                      struct sw_verdict *verdict);

#endif
