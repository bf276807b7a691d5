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

/* Seconds.  The longest run that anybody waits for without a word is about ten minutes; a limit of
 * decisions (schedule_order.h) ends what merely spins in a tenth of that, so that a watchdog that
 * comes means a program that computes, or hangs where nobody looks. */
enum {
    SW_WATCHDOG_S = 600,
    SW_WATCHDOG_SPEC_S = 30,   /* a spec of the suite takes less than 0.1 s; 3 under valgrind */
    SW_WATCHDOG_SCORE_S = 60,  /* a program of the score takes 1 s */
    SW_WATCHDOG_CANARY_S = 20, /* its programs take 0.1 s, and an interpreter up to 2 to start */
};

/* Waits until the process has ended; *status as waitpid() has it.  Returns 1 if
 * the watchdog ended it: then the process has been asked for its stacks, and a
 * line on stderr says when it decided last. */
int sw_watchdog_wait(pid_t pid, int watchdog_s, const struct sw_control_shm *shm, int *status);

#endif
