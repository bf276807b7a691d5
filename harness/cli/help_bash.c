/* SPDX-License-Identifier: MIT
 *
 * help_bash.c - completion for bash, which needs nothing beside the shell.
 *
 * bash takes "--engine=fi" for three words, so the script looks one word back over a "=".
 */
#include "help_forms.h"

/* Each option with a value ends with "=", as one without "=" needs a second word. */
static void print_options(FILE *out, const struct sw_command *command)
{
    struct sw_option all[SW_OPTIONS_MAX + 1];

    fprintf(out, "    %s) words='--help", command->name);
    sw_options_expand(command->options, all);
    for (const struct sw_option *option = all; option->help != NULL; option++)
        if (option->kind != SW_OPTION_IS_HEADING)
            fprintf(out, " --%s%s", option->name, option->argument != NULL ? "=" : "");
    fputs("' ;;\n", out);
}

static void print_values(FILE *out, const struct sw_command *command)
{
    struct sw_option all[SW_OPTIONS_MAX + 1];
    char words[SW_HELP_FORMS_WORDS];

    sw_options_expand(command->options, all);
    for (const struct sw_option *option = all; option->help != NULL; option++) {
        sw_help_words_list(option, words, sizeof words);
        if (*words == '\0')
            continue;
        fprintf(out, "    %s:--%s", command->name, option->name);
        if (option->letter != 0)
            fprintf(out, "|%s:-%c", command->name, option->letter);
        fprintf(out, ") words='%s' ;;\n", words);
    }
}

static void print_names(FILE *out)
{
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next)
        fprintf(out, "%s%s", at == sw_command_first() ? "" : " ", at->name);
}

void sw_help_bash_print(FILE *out)
{
    fputs(
        "# shellcheck shell=bash\n"
        "# Written by spillway help --as bash\n"
        "_spillway() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=\n"
        "    local commands='",
        out);
    print_names(out);
    fputs("'\n"
          "    if [ \"$current\" = = ]; then\n"
          "        current=\n"
          "    elif [ \"$before\" = = ]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    fi\n"
          "    case $COMP_CWORD:${COMP_WORDS[1]}:$before in\n"
          "    1:* | 2:help:*) words=$commands ;;\n"
          "    esac\n"
          "    case ${COMP_WORDS[1]}:$before in\n",
          out);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next)
        print_values(out, at);
    fputs("    esac\n"
          "    [[ $current == -* ]] && case ${COMP_WORDS[1]} in\n",
          out);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next)
        print_options(out, at);
    fputs("    esac\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
          "    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
          "    return 0\n"
          "}\n"
          "complete -o bashdefault -o default -F _spillway spillway\n",
          out);
}
