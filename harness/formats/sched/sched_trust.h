/* SPDX-License-Identifier: MIT
 *
 * sched_trust.h - may what a schedule names be run?
 *
 * A schedule is data to look at, but what it names is run: a program with its arguments, in an
 * interpreter.  Whoever repeats the schedule of a stranger means a program of his own, or one that
 * came with it.  So it is refused, unless the user has said yes (--yes, SPILLWAY_YES), where
 *
 *      the schedule, the program or the interpreter belongs to another user, who could change it;
 *      the interpreter is a program of the system that is no Python;
 *      the program is a file of the system with arguments, since some of those run what they are told;
 *      its environment tells the loader what to load (LD_...), or leads to files of another user, or
 *      Python to a folder that all may write to.
 *
 * Root is trusted; and so is, for root, who has called sudo.
 *
 * Commands whose names promise a look (show, why, diff) run it as well, and say so where a person
 * reads it.
 */
#ifndef SW_SCHED_TRUST_H
#define SW_SCHED_TRUST_H

#include "sched.h"

/* From here on, all of them may. */
void sw_sched_trust_all(void);
/* path: the schedule's; its names are found already.  has_interp: the user has named the
 * interpreter.  0, or -1 with *e. */
int sw_sched_trust_check(const char *path, const struct sw_sched *sched, int has_interp,
                         struct sw_error *e);
/* Says on stderr, once in a process, that it is run.  Not where the user has said yes, nor where
 * nobody reads it: stderr is no terminal.  path, sched: as above. */
void sw_sched_trust_tell(const char *path, const struct sw_sched *sched);

#endif
