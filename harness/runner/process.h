/* SPDX-License-Identifier: MIT
 *
 * process.h - one process whose every thread is under control, and what came of it.
 *
 * The process is an unmodified interpreter with libspillway.so in front of its
 * C library (harness/control).  Its environment is fixed, its addresses are not
 * random, and its standard files are the runner's own.  A struct sw_process
 * owns its control memory from sw_process_open() to sw_process_close().
 */
#ifndef SW_PROCESS_H
#define SW_PROCESS_H

#include <sys/types.h>

#include "contract/control_shm.h"
#include "contract/error.h"
#include "harness/formats/sched/sched.h"
#include "harness/formats/sched/settings.h"
#include "run_end.h"
#include "spec_run.h"

struct sw_process {
    struct sw_control_shm *shm;
    int shm_fd;
    char *library; /* libspillway.so; owned */
    struct sw_spec_run spec; /* when the program is one; else all zero */
    pid_t pid;
    struct sw_end end; /* valid after sw_process_run(), if that has started it */
};

struct sw_process_order {
    const char *interp;
    const char *program;
    char *const *args; /* NULL-terminated */
    const struct sw_settings *setting; /* NULL: nothing in particular */
    const char *folder; /* that it runs in; NULL: the runner's */
    int stdout_is_ours; /* what it prints goes to stderr */
    const char *under; /* a command to run the interpreter under, like "valgrind -q"; or NULL */
    int watchdog_s; /* 0: SW_WATCHDOG_S */
    int silent; /* its standard files are /dev/null */
    int errors; /* but its stderr is this descriptor; 0: /dev/null, too */
};

/* Of a recorded run: its interpreter, program, arguments, setting and folder. */
struct sw_process_order sw_process_order_of(const struct sw_sched *sched);

/* Makes the control memory, fresh and zero, and finds the library: ../lib from the
 * runner's own folder.  0, or -1 with *e. */
int sw_process_open(struct sw_process *run, struct sw_error *e);
/* For whoever starts the process in another way (spec_process.h).  prepare: which file
 * is meant, and the setting, to the control memory; 0, or -1 with *e.  set_environment:
 * between fork and exec, all that the program will see and what control needs. */
int sw_process_prepare(struct sw_process *run, const char *interp,
                          const struct sw_settings *setting, struct sw_error *e);
void sw_process_set_environment(const struct sw_process *run,
                                   const struct sw_settings *setting);
/* Starts "under... interp program args..." and waits for its end.  The control memory
 * holds the strategy already.  0, or -1 with *e: then nothing ran, or not under
 * control. */
int sw_process_run(struct sw_process *run, const struct sw_process_order *order,
                      struct sw_error *e);
void sw_process_close(struct sw_process *run);

/* Does the program begin its schedules itself, and so may have many in one process? */
int sw_process_begins(const struct sw_process_order *order);
/* What people call it: of a test its file, which is the first argument. */
const char *sw_process_name(const struct sw_process_order *order);

/* Says on stderr what went wrong with the control itself, if anything did:
 * SW_EXIT_ERROR or SW_EXIT_UNSURE, else SW_EXIT_OK. */
int sw_process_check(const struct sw_process *run);
/* Says on stderr, a line each, what ran that nobody controlled.  Returns how many
 * lines: what they mean for a verdict is the caller's business. */
uint32_t sw_process_warn(const struct sw_process *run);

/* What was decided, in the form of a file: deviations and pool are borrowed
 * from the control memory, and are valid indices only, whatever the child wrote. */
void sw_process_fill(const struct sw_process *run, struct sw_sched *sched);

#endif
