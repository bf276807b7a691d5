/* SPDX-License-Identifier: MIT
 *
 * child.h - one process that runs one schedule, or one program.
 *
 * A struct sw_child owns its process, its wire and its captured output, from
 * sw_child_start() to sw_child_end().  The process is in a group of its own and
 * dies with the runner.
 */
#ifndef SW_CHILD_H
#define SW_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "error.h"
#include "wire.h"

struct sw_child_order {
    const char *interp;
    char *const *program; /* a program and its arguments; NULL: the driver runs the plan */
    const char *faults;   /* SLP_FAULTS */
    const char *spill;    /* SLP_SPILL; NULL: as the runner's own environment says */
};

struct sw_child {
    pid_t pid;  /* 0: none */
    int pidfd;  /* readable once the process has ended */
    int output; /* what it printed; -1: it went straight through */
    struct sw_wire *wire;
    int wire_fd;
    int64_t deadline_ms; /* of the monotonic clock; the watchdog's */
    int status;          /* as waitpid() has it; valid after sw_child_reap() */
    int timed_out;       /* the watchdog ended it */
};

/* Makes the wire, fresh and zero.  0, or -1 with *e. */
int sw_child_make_wire(struct sw_child *child, struct sw_error *e);
/* Starts the process; the wire holds its plan already.  0, or -1 with *e. */
int sw_child_start(struct sw_child *child, const struct sw_child_order *order, int watchdog_s,
                   struct sw_error *e);
/* Ends the process and what it has started, at once. */
void sw_child_kill(struct sw_child *child);
/* Waits for the end of a process that has ended, or was killed. */
void sw_child_reap(struct sw_child *child);
/* The first bytes of what it printed, at most size - 1, NUL-terminated. */
void sw_child_output(const struct sw_child *child, char *buf, unsigned long size);
void sw_child_end(struct sw_child *child);

int64_t sw_child_now_ms(void);

#endif
