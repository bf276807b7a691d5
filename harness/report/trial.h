/* SPDX-License-Identifier: MIT
 *
 * trial.h - one test of a Python file under control: under one schedule, or under many until it
 * fails.
 *
 *      one    a process of its own: interp lib/spillway_starter.py FILE TEST
 *      many   the same, again and again in one process (batch.h), silent; the
 *             seed that fails is then run as one, and only that is believed
 *
 * A failing schedule is written to the current folder, as sched_file.h says; if it cannot be, it is
 * printed on stderr.  A whole program is one test, in a process of its own for each schedule.
 */
#ifndef SW_TRIAL_H
#define SW_TRIAL_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/runner/process.h"
#include "harness/runner/schedule_order.h"
#include "explained.h"
#include "judge.h"
#include "harness/formats/sched/settings.h"

enum {
    SW_TRIAL_SCHEDULES_MAX = 10000000,
    SW_TRIAL_ARGS = SW_SCHED_ARGS_MAX + 1, /* FILE TEST ARG... for the starter, and a NULL */
};

/* Borrows all. */
struct sw_trial_order {
    const char *interp;
    const char *starter; /* the path of spillway_starter.py */
    const char *file;    /* as the user named it */
    const char *test;    /* test_name, TestClass::test_name; NULL: the file is a program */
    char **args; /* the program's, and of a test its own; NULL-terminated; may be NULL */
    const char *folder;  /* where it runs, and the file is found; NULL: where we are */
    /* The first; of DEFAULT and REPLAY there is one only.  decisions_max is SW_DECISIONS_MAX. */
    struct sw_schedule_order schedule;
    /* What that strategy decided under that seed, which is followed instead of asking it again;
     * NULL: it is asked. */
    const struct sw_schedule_wanted *decisions;
    const char *found; /* REPLAY: how its decisions were found: "dpor trace 3" */
    /* One schedule: how it has to fail; else it is inconclusive, and not written.  NULL: anyhow. */
    const struct sw_end *alike;
    const struct sw_settings *setting; /* NULL: nothing in particular */
    const char *output; /* where a failing schedule goes, a file or FOLDER/; NULL: sched_file.h */
    uint64_t schedules; /* at least 1 */
    int watchdog_s;     /* 0: SW_WATCHDOG_S */
    int stdout_is_ours; /* what the test prints goes to stderr */
    int silent;         /* what it prints goes nowhere */
    int keeps_errors;   /* what it writes to its standard error is kept, and shown when it ends */
    int holds_output;   /* so is all that it prints; of much the begin and the end (held_output.h) */
    int explains;       /* a failure is explained, in its story (explained.h) ... */
    enum sw_explanation_how how; /* ... so */
};

struct sw_trial {
    struct sw_verdict verdict; /* text: also of a pass, and then what has been shown */
    int skipped;
    char unkept[1200]; /* it failed, and why its schedule is in no file; "" if it is in one */
    struct sw_explained explained; /* but for its text, which is in the story */
    char *story; /* more lines, or NULL; owned by who called sw_trial_run() */
    char
        *errors; /* its standard error, if that was to be kept, or NULL; owned by the caller, too */
    char path[PATH_MAX]; /* of the schedule that was written; "": none was */
};

/* Its process; args is room for the starter's.  What does not fit into a .sched is left out: the
 * command line refuses that. */
struct sw_process_order sw_trial_process(const struct sw_trial_order *order,
                                         char *args[SW_TRIAL_ARGS]);
void sw_trial_run(const struct sw_trial_order *order, struct sw_trial *trial);
/* A schedule that was run elsewhere, with these decisions, that many in all, and this hash. */
struct sw_trial_schedule {
    struct sw_schedule_wanted decisions;
    uint64_t decision_count, hash;
    const char *outcome; /* "exit 1", as a .sched has it */
};

/* "the random walk of seed 3".  Returns buf. */
char *sw_trial_describe(const struct sw_trial_order *order, char *buf, size_t size);
/* "1 thread lives on ...", what a test has left behind that passed.  Returns buf. */
char *sw_trial_format_lives_on(uint32_t threads, char *buf, size_t size);

#endif
