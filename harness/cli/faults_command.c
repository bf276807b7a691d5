/* SPDX-License-Identifier: MIT
 *
 * faults_command.c - "spillway faults"
 */
#include <stdio.h>

#include "command.h"
#include "contract/exit.h"
#include "contract/faults.h"

static int run(const struct sw_command_arguments *arguments)
{
    (void)arguments;
#define PRINT_FAULT(id, name, source, text) printf("%s\n    %s\n    %s\n", name, text, source);
    SLP_FAULTS(PRINT_FAULT)
#undef PRINT_FAULT
    return SW_EXIT_OK;
}

SW_COMMAND(faults) = {
    .name = "faults",
    .summary = "list the historical faults that can be switched on",
    .group = SW_COMMAND_LOOK,
    .usage = "",
    .about = "Lists the historical faults that --fault can switch on in slpython-lab: the name of "
             "each, what it does, and where it comes from.",
    .exits = {"0 success", "2 a usage error"},
    .options = sw_command_no_options,
    .run = run,
};
