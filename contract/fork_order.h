/* SPDX-License-Identifier: MIT
 *
 * fork_order.h - how a runner asks an interpreter that has started already for a fork of it.
 *
 * The interpreter finds the number of a socket in its environment.  A message there is an order:
 * one byte, and the descriptors below.  The answer is the number of the process that was forked, a
 * pid_t, whose parent is the runner.  It waits until nobody can write to its `go` any more.  The
 * interpreter ends when the socket does.
 */
#ifndef SW_FORK_ORDER_H
#define SW_FORK_ORDER_H

#define SW_FORK_ORDER_ENV "SPILLWAY_FORKS"

enum sw_fork_order_fd {
    SW_FORK_ORDER_EVENTS, /* the event memory, */
    SW_FORK_ORDER_CONTROL, /* and the control memory; the environment names their numbers */
    SW_FORK_ORDER_OUTPUT, /* its stdout and its stderr */
    SW_FORK_ORDER_GO, /* the end of a pipe that is read from */
    SW_FORK_ORDER_FDS
};

#endif
