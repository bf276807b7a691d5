/* SPDX-License-Identifier: MIT
 *
 * help_command.c - "spillway help [COMMAND]"
 */
#include "command.h"
#include "command_help.h"
#include "contract/exit.h"
#include "help_forms.h"

static const char *const forms[] = {"text", "man", "bash", "zsh", NULL};
enum { TEXT, MAN, BASH, ZSH };

static struct help {
    int form;
} help;

static void print(const struct sw_command *command)
{
    if (help.form == MAN)
        sw_help_man_print(stdout, command);
    else if (help.form == BASH)
        sw_help_bash_print(stdout);
    else if (help.form == ZSH)
        sw_help_zsh_print(stdout);
    else if (command != NULL)
        sw_command_help_one(stdout, command);
    else
        sw_command_help_all(stdout);
}

static int run(const struct sw_command_arguments *arguments)
{
    const struct sw_command *command = NULL;

    if (arguments->count > 0 && (help.form == BASH || help.form == ZSH))
        return sw_command_refuse("help", "a shell completes all commands: no COMMAND");
    if (arguments->count > 0 && (command = sw_command_find(arguments->list[0])) == NULL)
        return SW_EXIT_ERROR;
    print(command);
    return SW_EXIT_OK;
}

static const struct sw_option options[] = {
    SW_OPTION_WORD("as", 0, "FORM", struct help, form, forms,
                   "text, man for a manual page, or bash or zsh for what completes the words of a "
                   "command line (default: text)"),
    {0},
};

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
    .options = options,
    .target = &help,
    .run = run,
};
