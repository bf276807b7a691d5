/* SPDX-License-Identifier: MIT
 *
 * help_forms.h - the same help for other readers: manual pages, and the completion of two shells.
 *
 * All of it comes from the commands and their tables of options, as --help does, so that none of
 * the four can lack an option.  `make` writes the files with "spillway help --as FORM".
 */
#ifndef SW_HELP_FORMS_H
#define SW_HELP_FORMS_H

#include <stdio.h>

#include "command.h"

/* spillway-COMMAND(1), or spillway(1) if command is NULL; in man's macros of roff. */
void sw_help_man_print(FILE *out, const struct sw_command *command);
/* Of all commands: a script that the shell sources. */
void sw_help_bash_print(FILE *out);
void sw_help_zsh_print(FILE *out);

/* What can stand behind the option, with blanks in between, into buf; "" if that is not one of a
 * few words.  size: at least SW_HELP_FORMS_WORDS. */
enum { SW_HELP_FORMS_WORDS = 8192 };
void sw_help_words_list(const struct sw_option *option, char *buf, size_t size);

#endif
