/* SPDX-License-Identifier: MIT
 *
 * help_command.c - "spillway help [COMMAND]"
 */
#include "command.h"
#include "command_help.h"
#include "contract/exit.h"

static int run(const struct sw_command_arguments *arguments)
{
    if (arguments->count == 0) {
        sw_command_help_all(stdout);
        return SW_EXIT_OK;
    }
    const struct sw_command *command = sw_command_find(arguments->list[0]);
    if (command == NULL)
        return SW_EXIT_ERROR;
    sw_command_help_one(stdout, command);
    return SW_EXIT_OK;
}

SW_COMMAND(help) = {
    .name = "help",
    .also = {"--help", "-h"},
    .summary = "list the commands, or describe one",
    .group = SW_COMMAND_ABOUT,
    .usage = "[COMMAND]",
    .argument = "COMMAND",
    .most = 1,
    .about = "Lists all commands; or describes one of them, as COMMAND --help does.",
    .exits = {"0 success", "2 there is no such command"},
    .options = sw_command_no_options,
    .run = run,
};
