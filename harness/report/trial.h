/* SPDX-License-Identifier: MIT
 *
 * trial.h - one test of a Python file under control: under one schedule, or under many until it
 * fails.
 *
 *      one    a process of its own: interp lib/spillway_starter.py FILE TEST
 *      many   the same, again and again in one process (batch.h), silent; the
 *             seed that fails is then run as one, and only that is believed
 *
 * A failing schedule is written to the current folder, as FILE-TEST.sched.  A whole
 * program is one test, in a process of its own for each schedule: FILE.sched.
 */
#ifndef SW_TRIAL_H
#define SW_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "harness/runner/process.h"
#include "harness/runner/schedule_order.h"
#include "judge.h"
#include "harness/formats/sched/settings.h"

enum { SW_TRIAL_SCHEDULES_MAX = 10000000 };

/* Borrows all. */
struct sw_trial_order {
    const char *interp;
    const char *starter; /* the path of spillway_starter.py */
    const char *file;    /* as the user named it */
    const char *test;    /* test_name, TestClass::test_name; NULL: the file is a program */
    char **args;         /* the program's; NULL-terminated; may be NULL */
    const char *folder;  /* where it runs, and the file is found; NULL: where we are */
    /* The first; of DEFAULT and REPLAY there is one only.  decisions_max is SW_DECISIONS_MAX. */
    struct sw_schedule_order schedule;
    const char *found; /* REPLAY: how its decisions were found: "dpor trace 3" */
    const struct sw_settings *setting; /* NULL: nothing in particular */
    const char *output; /* where a failing schedule goes; NULL: sw_trial_sched_path() */
    uint64_t schedules; /* at least 1 */
    int watchdog_s;     /* 0: SW_WATCHDOG_S */
    int stdout_is_ours; /* what the test prints goes to stderr */
    int silent;         /* what it prints goes nowhere */
};

struct sw_trial {
    struct sw_verdict verdict; /* text: also of a pass, and then what has been shown */
    int skipped;
    char *story; /* more lines, or NULL; owned by who called sw_trial_run() */
};

/* Its process; args is room for the starter's. */
struct sw_process_order sw_trial_process(const struct sw_trial_order *order, char *args[3]);
/* Where its schedule goes: output, or FILE-TEST.sched or PROGRAM.sched in this folder. */
void sw_trial_sched_path(const struct sw_trial_order *order, char *path, size_t size);
void sw_trial_run(const struct sw_trial_order *order, struct sw_trial *trial);

/* "the random walk of seed 3".  Returns buf. */
char *sw_trial_describe(const struct sw_trial_order *order, char *buf, size_t size);
/* "12 300": three digits that count, and where the thousands are.  Returns buf. */
char *sw_trial_format_rate(char *buf, size_t size, double rate);
/* How many of the hashes are different; sorts them. */
uint64_t sw_trial_count_distinct(uint64_t *hashes, uint64_t count);

#endif
