/* SPDX-License-Identifier: MIT
 *
 * watchdog.h - waiting for the end of a controlled process, with a watchdog.
 *
 * Real time is for the watchdog alone, and its verdict is a harness error: the
 * program computed for longer than it was given, or it waits in a way that the
 * engine does not see.  Time in which other processes had the processors does not
 * count (starved.h).
 */
#ifndef SW_WATCHDOG_H
#define SW_WATCHDOG_H

#include <sys/types.h>

#include "contract/control_shm.h"

/* Seconds.  The longest run that anybody waits for without a word is about ten minutes; a limit of
 * decisions (schedule_order.h) ends what merely spins in a tenth of that, so that a watchdog that
 * comes means a program that computes, or hangs where nobody looks. */
enum {
    SW_WATCHDOG_NONE = -1, /* somebody sits before a debugger */
    SW_WATCHDOG_S = 600,
    SW_WATCHDOG_SPEC_S = 30, /* a spec of the suite takes less than 0.1 s; 3 under valgrind */
    SW_WATCHDOG_SCORE_S = 60, /* a program of the score takes 1 s */
    SW_WATCHDOG_CANARY_S = 20, /* its programs take 0.1 s, and an interpreter up to 2 to start */
};

/* The process has ended: by itself; because the watchdog came; because the runner was interrupted
 * (interrupt.h), and it did not come to the end of its schedule soon after. */
enum sw_watchdog { SW_WATCHDOG_ENDED, SW_WATCHDOG_TIMED_OUT, SW_WATCHDOG_INTERRUPTED };

/* Waits until the process, and all that it has left behind, has ended: its supervisor has
 * (supervisor.h).  *status as waitpid() has it.  TIMED_OUT: the process has been
 * asked for its stacks, and a line on stderr says when it decided last.  INTERRUPTED: it had two
 * seconds for the rest of its schedule. */
enum sw_watchdog sw_watchdog_wait(pid_t pid, pid_t supervisor, int watchdog_s,
                                  struct sw_control_shm *shm, int *status);

#endif
