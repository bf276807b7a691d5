/* SPDX-License-Identifier: MIT
 *
 * exit_calls.c - exit(), _exit() and _Exit().
 *
 * What a program asks to be done at its end, and libraries' destructors, are part of its schedule:
 * so exit() does all of that, and the last that it calls is the function that was handed to it
 * first.
 */
#include "exit_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "contract/valgrind_shared.h"
#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/debug_stop.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "harness/control/io/owed.h"

static pid_t meant; /* not a child that it forked */

/* The runner sees the end of a debugger, say, and wants to know of the program's. */
static void tell(int status)
{
    struct sw_control_shm *shm = sw_engine_shm();

    if (shm == NULL || SW_REAL(getpid)() != meant)
        return;
    sw_owed_settle();
    shm->exited_with = status & 0xff;
    shm->exited = 1;
    sw_debug_stop_at_end(shm);
}

/* It would be written behind us; or it is lost, where the schedule only is over. */
static void at_end(int status, void *unused)
{
    (void)unused;
    fflush(NULL);
    tell(status);
    sw_checkpoint_end(status);
}

void sw_exit_calls_start(void)
{
    meant = SW_REAL(getpid)();
    on_exit(at_end, NULL);
}

SW_EXPORT void _exit(int status)
{
    struct sw_control_shm *shm = sw_engine_shm();

    tell(status);
    sw_checkpoint_end(status);
    if (shm != NULL && SW_REAL(getpid)() == meant)
        SW_VALGRIND_SHARED_DONE(shm, sizeof *shm);
    SW_REAL(_exit)(status);
    __builtin_unreachable();
}

SW_EXPORT void _Exit(int status)
{
    _exit(status);
}
