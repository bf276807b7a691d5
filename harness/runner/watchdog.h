/* SPDX-License-Identifier: MIT
 *
 * watchdog.h - waiting for the end of a controlled process, with a watchdog.
 *
 * Real time is for the watchdog alone, and its verdict is a harness error: the
 * program computed for longer than it was given, or it waits in a way that the
 * engine does not see.
 */
#ifndef SW_WATCHDOG_H
#define SW_WATCHDOG_H

#include <sys/types.h>

#include "contract/control_shm.h"

/* Waits until the process has ended; *status as waitpid() has it.  Returns 1 if
 * the watchdog ended it: then the process has been asked for its stacks, and a
 * line on stderr says when it decided last. */
int sw_watchdog_wait(pid_t pid, int watchdog_s, const struct sw_control_shm *shm, int *status);

#endif
