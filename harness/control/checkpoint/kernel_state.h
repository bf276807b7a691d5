/* SPDX-License-Identifier: MIT
 *
 * kernel_state.h - what the kernel keeps of a process beside its memory: put back, too.
 *
 *      descriptors           those that are open, with their offsets and flags; others are closed;
 *                            for an epoll set that is empty a new one
 *      children              killed, with all that they have started, and reaped
 *      signals               dispositions, the mask, the alternate stack
 *      the break, the folder, the umask, the limits
 *      the priority          where it may be raised again; else the process ends
 *
 * A pipe, a socket or anything else that has a content in the kernel cannot be put back: where
 * there is one, there can be no checkpoint.
 *
 * Not looked at: what a program does to files.
 */
#ifndef SW_KERNEL_STATE_H
#define SW_KERNEL_STATE_H

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { SW_KERNEL_STATE_FILES_MAX = 128, SW_KERNEL_STATE_OWN_MAX = 4 };

struct sw_kernel_file {
    int fd, keeper; /* a copy of it, out of the program's way */
    int fd_flags, status_flags;
    int has_offset;
    off_t offset;
    int is_set; /* of descriptors (epoll), and there is none in it */
};

struct sw_kernel_state {
    struct sw_kernel_file files[SW_KERNEL_STATE_FILES_MAX]; /* ascending */
    int file_count;
    int own[SW_KERNEL_STATE_OWN_MAX]; /* that stay open, and are none of the program's; ascending */
    int own_count;
    int folder; /* one of them */
    mode_t umask;
    void *brk;
    stack_t alternate;
    uint64_t blocked;
    struct sigaction actions[65];
    struct rlimit limits[RLIM_NLIMITS];
    long priority;
};

/* What is open now is the runner's, like the standard files, and is kept whatever it is. */
void sw_kernel_state_start(void);
/* 0; or -1 and in why, which has room for size bytes, what it cannot keep: "a pipe is open". */
int sw_kernel_state_take(struct sw_kernel_state *state, char *why, size_t size);
/* Moves this descriptor out of the program's way, where it stays open.  The new one, or -1. */
int sw_kernel_state_keep(struct sw_kernel_state *state, int fd);
/* Closes the copies, and what was moved. */
void sw_kernel_state_drop(const struct sw_kernel_state *state);
/* 0; -1: it cannot be, as the program has closed the copies, or lowered what it cannot raise.
 * changed: the signals whose dispositions may be others, bit number - 1.  After it no descriptor but those is open. */
int sw_kernel_state_restore(const struct sw_kernel_state *state, uint64_t changed);

#endif
