/* SPDX-License-Identifier: MIT
 *
 * sched_paths.h - where the files are that a schedule names, and how it names them.
 *
 * A schedule is to be good on another machine, and where its project has been moved to:
 *
 *      program, input  as the user named them, from the folder in which the program ran.  An
 *                      absolute name becomes a relative one if it is in the folder's project
 *                      (project.h)
 *      folder          where that folder is from the schedule's own, if it is another; absolute if
 *                      the schedule is not of its project
 *      our own files   the starter of tests, slpython, slpython-lab: without a folder.  They are
 *                      those of the spillway that runs, wherever it is installed
 *      interpreters    by kind and version; the path is where it was.  If it is there no more, the
 *                      first file of that name in PATH is taken
 *
 * A program that is not in its folder is looked for in the current folder, and then beside the
 * schedule.  Schedules of version 2 have no folder, and absolute paths of our own files; their
 * programs are looked for in the current folder first.
 */
#ifndef SW_SCHED_PATHS_H
#define SW_SCHED_PATHS_H

#include "sched.h"

/* Of a schedule that was read: program, interp and folder become what can be run from where we
 * are; interp_missing says so if it is another than the recorded one.  path: the schedule's.  0, or
 * -1 with *e: the program, or the interpreter, is nowhere. */
int sw_sched_paths(const char *path, struct sw_sched *sched, struct sw_error *e);
/* The same, in this interpreter; NULL: the recorded one. */
int sw_sched_paths_with(const char *path, struct sw_sched *sched, const char *interp,
                        struct sw_error *e);
/* The other way: file becomes what is to be written to that path of a schedule that can be run.
 * It has the same settings, decisions and hashes, which it borrows, and own texts:
 * sw_sched_paths_free().  0, or -1 with *e. */
int sw_sched_paths_portable(const char *path, const struct sw_sched *run, struct sw_sched *file,
                            struct sw_error *e);
void sw_sched_paths_free(struct sw_sched *file);
/* Writes it so.  0, or -1 with *e. */
int sw_sched_paths_write(const char *path, const struct sw_sched *run, struct sw_error *e);
/* Of a schedule that goes from one file to another as it is: its folder.  0, or -1 with *e. */
int sw_sched_paths_move(const char *from, const char *to, struct sw_sched *sched,
                        struct sw_error *e);

/* "FOLDER/NAME", or the name alone: of a file that the program of that schedule would find by that
 * name.  The caller's to free; NULL: no memory. */
char *sw_sched_paths_file(const struct sw_sched *sched, const char *name);
/* Does the file come with this spillway? */
int sw_sched_paths_is_ours(const char *path);

#endif
