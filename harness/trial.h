/* SPDX-License-Identifier: MIT
 *
 * trial.h - one test of a Python file under control: under one schedule, or under many until it
 * fails.
 *
 *      one    a process of its own: interp lib/spillway_starter.py FILE TEST
 *      many   the same, again and again in one process (warm.h), silent; the
 *             seed that fails is then run as one, and only that is believed
 *
 * A failing schedule is written to the current folder, as FILE-TEST.sched.
 */
#ifndef SW_TRIAL_H
#define SW_TRIAL_H

#include <stdint.h>

#include "control/board.h"
#include "judge.h"

enum { SW_TRIAL_SCHEDULES_MAX = 10000000 };

/* Borrows all. */
struct sw_trial_order {
    const char *interp;
    const char *starter; /* the path of spillway_starter.py */
    const char *file;    /* as the user named it */
    const char *test;    /* test_name, TestClass::test_name */
    enum sw_board_strategy strategy; /* DEFAULT: one schedule only */
    enum sw_board_engine engine;
    uint64_t seed;      /* of the first */
    uint64_t schedules; /* at least 1 */
    int watchdog_s;
    int stdout_is_ours; /* what the test prints goes to stderr */
};

struct sw_trial {
    struct sw_verdict verdict; /* text: also of a pass, and then what has been shown */
    int skipped;
    char *story; /* more lines, or NULL; owned by who called sw_trial_run() */
};

void sw_trial_run(const struct sw_trial_order *order, struct sw_trial *trial);

#endif
