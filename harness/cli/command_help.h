/* SPDX-License-Identifier: MIT
 *
 * command_help.h - what the commands say of themselves, in lines of at most 80 columns.
 */
#ifndef SW_COMMAND_HELP_H
#define SW_COMMAND_HELP_H

#include <stdio.h>

#include "command.h"

/* All commands, a line each. */
void sw_command_help_all(FILE *out);
/* One of them: its usage, what it does, every option, every exit status. */
void sw_command_help_one(FILE *out, const struct sw_command *command);

#endif
