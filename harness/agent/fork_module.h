/* SPDX-License-Identifier: MIT
 *
 * fork_module.h - the builtin module _spillway_forks, by which fork_server.py has one interpreter
 * forked for each schedule (contract/fork_order.h).
 *
 * Such an interpreter is not under control itself: each of its forks begins as a process that
 * was started for its schedule would, with sw_agent_attach().
 */
#ifndef SW_FORK_MODULE_H
#define SW_FORK_MODULE_H

/* Is this interpreter to be forked?  Then the module is there from now on.  Before Python starts. */
int sw_fork_module_start(void);

#endif
