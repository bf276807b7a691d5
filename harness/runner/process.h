/* SPDX-License-Identifier: MIT
 *
 * process.h - one process with all of its threads under control.
 *
 *      sw_process_open()           the control memory
 *      sw_schedule_order_fill()    which schedule: schedule_order.h
 *      sw_process_run()            start, and wait for the end
 *      run.end, run.shm            how it ended, and what was decided
 *      sw_process_close()
 *
 * The process is an unmodified interpreter with libspillway.so in front of its C library
 * (harness/control).  Its environment is fixed, its addresses are the same in every run, and its
 * standard files are the runner's own.  Its temporary files have a folder of their own
 * (temp_folder.h); what it leaves there goes with it if it is silent, one of many.
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
#include "temp_folder.h"

/* Owns all of it from sw_process_open() to sw_process_close(). */
struct sw_process {
    struct sw_control_shm *shm; /* NULL: there was no memory */
    int shm_fd;
    char *library; /* the path of libspillway.so */
    struct sw_spec_run spec; /* if the program is a spec; else all zero */
    pid_t pid;         /* 0 or less: it has not been started */
    pid_t supervisor;  /* its parent: supervisor.h */
    struct sw_end end; /* valid after sw_process_run(), if that has started it */
    int tool_status;   /* as waitpid() has it, of what it ran under; valid if tool is */
    const char *tool;  /* what it ran under, borrowed from the order; NULL: nothing */
    int unseen;        /* the tool has ended, and did not tell how the program did */
    int interrupted;   /* the runner was, and so it was killed (interrupt.h) */
    struct sw_temp_folder temp; /* for its temporary files; of a spec there is none */
    int clears_temp;            /* what it leaves in it goes when it is closed */
};

/* Borrows all. */
struct sw_process_order {
    const char *interp;
    const char *program; /* a program, or a .spec */
    char *const *args;   /* NULL-terminated; of a spec: the schedule's name, if it has several */
    const struct sw_settings *setting; /* NULL: nothing in particular */
    const struct sw_sched *recorded; /* what it finds is as it was then: recorded_world.h; or NULL */
    const char *folder; /* that it runs in; NULL: the runner's */
    int stdout_is_ours; /* what it prints goes to stderr, since a report is on stdout */
    /* The words of a command to run the interpreter under, like "valgrind" "-q", NULL-terminated; or
     * NULL.  People work in it: a Ctrl-C is the command's, and it has no watchdog of its own. */
    char *const *under;
    int watchdog_s;     /* 0: SW_WATCHDOG_S; under a command none */
    int explains;       /* events with all that is known of each are wanted: event_shm.h */
    int silent;         /* its standard files are /dev/null, and it has a group of its own */
    int output, errors; /* its stdout, and its stderr: descriptors; 0: the runner's, of a silent one
                         * /dev/null */
};

/* A recorded run: its interpreter, program, arguments, setting and folder. */
struct sw_process_order sw_process_order_of(const struct sw_sched *sched);

/* Nothing is open: closing it does nothing. */
void sw_process_init(struct sw_process *run);
/* Makes the control memory, fresh and zero, and finds the library: ../lib from the runner's own
 * folder.  0, or -1 with *e; to be closed either way. */
int sw_process_open(struct sw_process *run, struct sw_error *e);
/* Starts "under... interp program args..." and waits for its end.  The control memory holds the
 * order already.  0; or -1 with *e: nothing ran, or it was not under control, or was interrupted. */
int sw_process_run(struct sw_process *run, const struct sw_process_order *order,
                   struct sw_error *e);
/* The calling process becomes the program, without a supervisor, a watchdog or a death signal: for a
 * debugger that has started it.  The control memory is the program's alone then, and nobody judges.
 * Returns only if that cannot be: -1 with *e. */
int sw_process_become(struct sw_process *run, const struct sw_process_order *order,
                      struct sw_error *e);
/* "cpython 3.11.2": which interpreter it was; NULL: none that is known. */
const char *sw_process_interp_version(const struct sw_process *run);
void sw_process_close(struct sw_process *run);

/* The two halves of starting it, for spec_process.h.  prepare: before the fork, writes to the
 * control memory which file is meant, and the setting; 0, or -1 with *e.  set_environment: between
 * fork and exec, makes the environment of what the program will see and what control needs. */
int sw_process_prepare(struct sw_process *run, const char *interp,
                       const struct sw_settings *setting, struct sw_error *e);
void sw_process_set_environment(const struct sw_process *run, const struct sw_settings *setting);

/* Does the program begin its schedules itself, and so may have many in one process? */
int sw_process_begins(const struct sw_process_order *order);
/* What people call it: a test is called after its file, which is the first argument. */
const char *sw_process_name(const struct sw_process_order *order);

/* A schedule has ended in which values were to be watched: if the interpreter could not, that is
 * among what nobody controlled, and a pass shows nothing. */
void sw_process_note_unwatched(struct sw_control_shm *shm);

/* Says on stderr what went wrong with the control itself, if anything did.  SW_EXIT_ERROR, or
 * SW_EXIT_UNSURE if the run cannot be repeated, or SW_EXIT_OK. */
int sw_process_check(const struct sw_process *run);
/* Says on stderr, a line each, what ran that nobody controlled.  Returns how many lines; what they
 * mean for a verdict is the caller's business. */
uint32_t sw_process_warn(const struct sw_process *run);

/* What was decided, in the form of a file.  The deviations and the pool are borrowed from the
 * control memory, and are valid indices only, whatever the child wrote. */
void sw_process_fill(const struct sw_process *run, struct sw_sched *sched);

#endif
