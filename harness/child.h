/* SPDX-License-Identifier: MIT
 *
 * child.h - one process that runs one schedule, or one program.
 *
 * A struct sw_child owns its process, its wire and its captured output, until
 * sw_child_end().  The process leads a group of its own, which ends with it; it
 * dies with the runner.
 *
 * A spec's process has an environment of its own, no standard input, and can
 * write 64 MiB to a file; what it prints is kept.  A program has what the runner
 * has.
 */
#ifndef SW_CHILD_H
#define SW_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "controlled.h"
#include "error.h"
#include "wire.h"

struct sw_child_order {
    const char *interp;
    char *const *program; /* a program and its arguments; NULL: the driver runs the plan */
    const char *faults;   /* SLP_FAULTS */
    const char *spill;    /* SLP_SPILL; NULL: as the runner's own environment says */
    int foreign;          /* the interpreter has no agent: foreign.h */
    int stdout_is_ours;   /* a program prints on the standard error, since a report is on stdout */
};

struct sw_child {
    pid_t pid;  /* 0: none */
    int pidfd;  /* readable once the process has ended */
    int output; /* what it printed; -1: it went straight through */
    struct sw_wire *wire;
    int wire_fd;
    struct sw_controlled control; /* its board; closed unless it runs a spec */
    int64_t deadline_ms; /* of the monotonic clock; the watchdog's */
    int status;          /* as waitpid() has it; valid after sw_child_reap() */
    int timed_out;       /* the watchdog ended it */
};

/* No process, nothing owned: as it is before the first use and after each. */
void sw_child_init(struct sw_child *child);
/* Makes the wire, fresh and zero.  0, or -1 with *e. */
int sw_child_make_wire(struct sw_child *child, struct sw_error *e);
/* Starts the process; the wire holds its plan already.  0, or -1 with *e.  Either
 * way sw_child_end() ends what there is. */
int sw_child_start(struct sw_child *child, const struct sw_child_order *order, int watchdog_s,
                   struct sw_error *e);
/* Ends the process and what it has started, at once. */
void sw_child_kill(struct sw_child *child);
/* Waits for the end of a process that has ended, or was killed, and ends its
 * group. */
void sw_child_reap(struct sw_child *child);
/* The last bytes of what it printed, at most size: returns how many.  *total: of
 * how many. */
unsigned long sw_child_output(const struct sw_child *child, char *buf, unsigned long size,
                              unsigned long *total);
/* Ends everything, at once. */
void sw_child_end(struct sw_child *child);

int64_t sw_child_now_ms(void);

#endif
