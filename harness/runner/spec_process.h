/* SPDX-License-Identifier: MIT
 *
 * spec_process.h - one process that runs one schedule of a spec, or one program without control.
 *
 * Many of them run at once (harness/report/job.h), so that nothing here waits: whoever started a
 * process polls its pidfd, and ends it when its time is up.
 *
 * The process leads a group of its own, which ends with it, and it dies with the runner.  A spec's
 * process has an environment of its own and no standard input, can write 64 MiB to a file, and what
 * it prints is kept.  A program has what the runner has.
 */
#ifndef SW_SPEC_PROCESS_H
#define SW_SPEC_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "process.h"
#include "contract/error.h"
#include "contract/event_shm.h"

struct sw_spec_process_order {
    const char *interp;
    char *const *under; /* the words of a command to run it under; NULL: none */
    char *const *program; /* a program and its arguments; NULL: the driver runs the plan */
    const char *faults; /* SLP_FAULTS */
    const char *spill; /* SLP_SPILL; NULL: as the runner's own environment says */
    char *const *variables; /* NAME=VALUE, and a NULL; or NULL */
    int foreign; /* the interpreter has no agent: agentless.h */
    uint32_t needs; /* what it is asked for then: sw_agentless_needs() */
    int stdout_is_ours; /* a program prints on the standard error, since a report is on stdout */
    int orders; /* a socket: it is forked for each schedule (fork_server.h); 0: it runs the plan */
};

/* Owns its process, its event memory and its captured output, until sw_spec_process_end(). */
struct sw_spec_process {
    pid_t pid; /* 0: none */
    int pidfd; /* readable once the process has ended */
    int output; /* what it printed; -1: it went straight through */
    struct sw_event_shm *event_shm;
    int event_fd;
    struct sw_process control; /* its control memory; closed unless it runs a spec */
    int64_t deadline_ms; /* of the monotonic clock; the watchdog's */
    int timed_out; /* the watchdog is about to end it; set before sw_spec_process_reap() */
    struct sw_end end; /* valid after that */
};

/* No process, nothing owned: as it is before the first use and after each. */
void sw_spec_process_init(struct sw_spec_process *child);
/* Makes the event memory, fresh and zero.  0, or -1 with *e. */
int sw_spec_process_make_event_shm(struct sw_spec_process *child, struct sw_error *e);
/* Starts the process.  The event memory holds its plan already.  0, or -1 with *e; either way
 * sw_spec_process_end() ends what there is. */
int sw_spec_process_start(struct sw_spec_process *child, const struct sw_spec_process_order *order,
                          int watchdog_s, struct sw_error *e);
/* Its two halves beside the start itself: what the process will have; and what it takes to poll
 * it, once its number is there.  0, or -1 with *e. */
int sw_spec_process_prepare(struct sw_spec_process *child,
                            const struct sw_spec_process_order *order, int watchdog_s,
                            struct sw_error *e);
int sw_spec_process_watch(struct sw_spec_process *child, struct sw_error *e);
/* Ends the process and what it has started, at once. */
void sw_spec_process_kill(struct sw_spec_process *child);
/* Takes in a process that has ended or was killed: fills in how it ended, and ends its group. */
void sw_spec_process_reap(struct sw_spec_process *child);
/* The last bytes of what it printed, at most size of them.  Returns how many; *total is how many
 * there were. */
unsigned long sw_spec_process_output(const struct sw_spec_process *child, char *buf,
                                     unsigned long size, unsigned long *total);
/* Ends everything, at once. */
void sw_spec_process_end(struct sw_spec_process *child);

int64_t sw_spec_process_now_ms(void);

#endif
