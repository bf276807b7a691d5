/* SPDX-License-Identifier: MIT
 *
 * recorded_files.h - what a schedule was recorded with, and what is there now.
 *
 * Each returns 0: it is the same; 1 with *e: it is another, and which; -1 with *e: it cannot be
 * read.  path: the schedule's, for messages.
 */
#ifndef SW_RECORDED_FILES_H
#define SW_RECORDED_FILES_H

#include "contract/error.h"
#include "harness/formats/sched/sched.h"

/* The program; of a test its file, since what starts it comes with spillway. */
int sw_recorded_files_program(const char *path, const struct sw_sched *sched, struct sw_error *e);
/* An interpreter that is known by its hash; one that comes with spillway, or is known by its
 * version, is always the same here. */
int sw_recorded_files_interp(const char *path, const struct sw_sched *sched, struct sw_error *e);

#endif
