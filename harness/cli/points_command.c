/* SPDX-License-Identifier: MIT
 *
 * points_command.c - "spillway points"
 */
#include <stdio.h>

#include "command.h"
#include "contract/exit.h"
#include "contract/event_shm.h"
#include "contract/points.h"

/* Those that a spec can say at a point. */
static void print_directives(unsigned flags)
{
#define PRINT_DIRECTIVE(id, word, flag, why) \
    if (flags & (flag)) \
        printf(" %s", word);
    SW_DIRECTIVES(PRINT_DIRECTIVE)
#undef PRINT_DIRECTIVE
}

static int run(const struct sw_command_arguments *arguments)
{
    (void)arguments;
#define PRINT_POINT(id, name, flags, text) \
    printf("%-16s", name), print_directives(flags), printf("\n    %s\n", text);
    SLP_POINTS(PRINT_POINT)
#undef PRINT_POINT
    return SW_EXIT_OK;
}

SW_COMMAND(points) = {
    .name = "points",
    .summary = "list the places in the interpreter where a schedule can act",
    .group = SW_COMMAND_LOOK,
    .usage = "",
    .about = "Lists the points of slpython-lab: the name of each, the directives that a spec can "
             "give there, and where in the interpreter it is.",
    .exits = {"0 success", "2 a usage error"},
    .options = sw_command_no_options,
    .run = run,
};
