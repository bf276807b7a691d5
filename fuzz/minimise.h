/* SPDX-License-Identifier: MIT
 *
 * minimise.h - the command "minimise": the smallest schedule that fails in the same way.
 *
 *   1. what fails is run again, and its deviations are named by each thread's own
 *      time (fuzz/strategies/guide.c), so that any set of them is a schedule
 *   2. fewest deviations: sets of them are left out, larger ones first (ddmin)
 *   3. fewest preemptions: all schedules with fewer than it has by now are run
 *      (bounded.h), as far as the budget goes.  The first that fails has the
 *      least there can be; if none fails, and all were run, what it has is the least
 *   4. where it turns: each preemption is moved by one of its thread's decisions,
 *      there and back, until the test passes
 *
 * The same way: the same kind of end (exit, crash, deadlock, ...) and, of a test
 * that fails, the same exception raised at the same line.  All that is believed is
 * what a process of its own shows, and that is what is written.
 */
#ifndef SW_MINIMISE_H
#define SW_MINIMISE_H

/* argv[0] is "minimise".  Exit status: 0 there is a smaller one, or none, and what
 * is written fails in the same way; 1 it does not fail, or not in the same way
 * again; 2 a usage or harness error. */
int sw_minimise(int argc, char **argv);

#endif
