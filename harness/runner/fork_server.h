/* SPDX-License-Identifier: MIT
 *
 * fork_server.h - interpreters that are started once, and forked for each schedule of a spec.
 *
 * For one that starts slowly: under memcheck it takes two seconds, and a schedule a tenth of one.
 * There is one for each way to start it, so that a fork has the environment that its schedule would
 * have had.  A fork begins before anything of its schedule is known to it, and is a child of the
 * runner as any other (contract/fork_order.h), which must be one that adopts (subreaper.h).
 *
 * The runner waits for the answer to an order, and so for the first start, as long as its watchdog
 * does.
 */
#ifndef SW_FORK_SERVER_H
#define SW_FORK_SERVER_H

#include "contract/error.h"
#include "spec_process.h"

struct sw_fork_server;

/* All zero: there are none yet. */
struct sw_fork_servers {
    struct sw_fork_server *first;
};

/* As sw_spec_process_start(), of a spec in an interpreter with an agent. */
int sw_fork_server_start(struct sw_fork_servers *servers, struct sw_spec_process *child,
                         const struct sw_spec_process_order *order, int watchdog_s,
                         struct sw_error *e);
/* Ends them all. */
void sw_fork_server_end_all(struct sw_fork_servers *servers);

#endif
