/* SPDX-License-Identifier: MIT
 *
 * record.h - runs a program, or a test, under control, and keeps its schedule.
 *
 * A test's first schedule is recorded, passed or not, in the form in which a search keeps one that
 * failed: a later failure is compared with it (spillway diff).
 */
#ifndef SW_RECORD_H
#define SW_RECORD_H

#include "harness/formats/sched/settings.h"
#include "harness/runner/schedule_order.h"

/* Texts are borrowed. */
struct sw_record_order {
    char **program; /* and its arguments; of a test: its file alone; NULL-terminated */
    const char *test; /* NAME of FILE.py::NAME; NULL: a program */
    const char *interp;
    const char *output; /* a .sched, or a .schedz to which it is added; NULL: PROGRAM.sched */
    char *const *under; /* as in a replay */
    struct sw_schedule_order schedule; /* RANDOM or DEFAULT */
    int watchdog_s; /* 0: SW_WATCHDOG_S */
    int quiet; /* say nothing if the program ended with 0 */
    struct sw_settings setting;
};

/* Returns the exit status: 0 the program ended with 0, 1 it failed, crashed or came to a deadlock,
 * 2 a harness error, 3 inconclusive. */
int sw_record_run(const struct sw_record_order *record);

#endif
