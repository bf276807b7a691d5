/* SPDX-License-Identifier: MIT
 *
 * sched_paths.h - where the files are that a schedule names.
 *
 * A schedule is recorded with the names that the user gave, and they are looked up from the current
 * folder.  A schedule that is kept beside its program (fuzz/explore/promote.h) names it without a
 * folder: what is not found from the current folder is looked for beside the schedule.  Then the
 * program runs in that folder, so that its name stays the same wherever both are moved.  The
 * interpreters and the starter of tests that come with spillway are named without a folder, too;
 * they are those of the spillway that runs, wherever it is installed.
 */
#ifndef SW_SCHED_PATHS_H
#define SW_SCHED_PATHS_H

#include "sched.h"

/* Fills in sched->folder, and sched->program and sched->interp if they are ours.  path: the
 * schedule's.  0, or -1 with *e: a file is nowhere. */
int sw_sched_paths(const char *path, struct sw_sched *sched, struct sw_error *e);
/* "FOLDER/NAME", or the name alone: of a file that the program of that schedule would find by that
 * name.  The caller's to free; NULL: no memory. */
char *sw_sched_paths_file(const struct sw_sched *sched, const char *name);
/* As such a schedule names it: without its folder, if it is ours.  Points into path. */
const char *sw_sched_paths_name(const char *path);

#endif
