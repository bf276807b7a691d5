/* SPDX-License-Identifier: MIT */
#include "watchdog_dump.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "deadlock.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"
#include "harness/control/engine/thread_table.h"
#include "python_stacks.h"

/* A crash in here is an end too, since the engine's state may be in the middle of a change. */
static void answer(int number)
{
    const struct sw_thread *current = sw_engine.current;

    (void)number;
    sw_engine.on = 0;
    dprintf(STDERR_FILENO, "watchdog: T%u runs since decision %llu\n",
            current != NULL ? current->ordinal : 0,
            (unsigned long long)sw_engine.shm->decision_count);
    sw_deadlock_print_threads();
    sw_python_stacks_print(sw_deadlock_describe);
    SW_REAL(kill)(SW_REAL(getpid)(), SIGKILL);
}

void sw_watchdog_dump_start(void)
{
    struct sigaction action = {.sa_handler = answer, .sa_flags = SA_RESTART | SA_RESETHAND};

    sigfillset(&action.sa_mask);
    sigaction(SW_ALARM_SIGNAL, &action, NULL);
}
