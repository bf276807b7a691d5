/* SPDX-License-Identifier: MIT */
#include "value_end.h"

#include <stdio.h>
#include <unistd.h>

#include "deadlock.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/outcome.h"
#include "postmortem.h"
#include "python_stacks.h"

static char failure[SW_REPORT_MAX];

static void tell(void)
{
    dprintf(STDERR_FILENO, "%s\nthe threads, at that moment:\n", failure);
    sw_python_stacks_print(sw_deadlock_describe);
    sw_outcome_end(SW_END_VALUE, "%s", failure);
}

SW_EXPORT void spillway_watches_values(void)
{
    if (sw_engine_self() != NULL)
        sw_engine_shm()->watches_values = 1;
}

SW_EXPORT void spillway_value_fails(const char *line)
{
    if (sw_engine_self() == NULL)
        return; /* the interpreter tells of it */
    snprintf(failure, sizeof failure, "%s", line);
    sw_postmortem_ask(sw_python_stacks_ask, tell);
}
