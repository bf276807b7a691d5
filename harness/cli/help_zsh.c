/* SPDX-License-Identifier: MIT
 *
 * help_zsh.c - completion for zsh: a row of _arguments for each option.
 */
#include <string.h>

#include "help_forms.h"

/* The first sentence of a text, without what _arguments and the quotes around it would take for
 * their own. */
static void print_sentence(FILE *out, const char *text)
{
    const char *end = strstr(text, ".  ");
    size_t length = end != NULL ? (size_t)(end - text) : strlen(text);

    for (size_t i = 0; i < length; i++)
        if (strchr("[]:\\", text[i]) != NULL)
            fprintf(out, "\\%c", text[i]);
        else if (text[i] == '\'')
            fputs("'\\''", out);
        else
            fputc(text[i], out);
}

static void print_value(FILE *out, const struct sw_option *option)
{
    char words[SW_HELP_FORMS_WORDS];

    if (option->argument == NULL)
        return;
    sw_help_words_list(option, words, sizeof words);
    fputc(':', out);
    print_sentence(out, option->argument);
    if (*words != '\0')
        fprintf(out, ":(%s)", words);
    else
        fputs(strstr(option->argument, "DIR") != NULL    ? ":_files -/"
              : strstr(option->argument, "FILE") != NULL ? ":_files"
                                                         : ":",
              out);
}

static void print_row(FILE *out, const struct sw_option *option, const char *name)
{
    fprintf(out, "            '%s%s%s[", strstr(option->help, "repeated") != NULL ? "*" : "", name,
            option->argument == NULL ? ""
            : name[1] == '-'         ? "="
                                     : "+");
    print_sentence(out, option->help);
    fputc(']', out);
    print_value(out, option);
    fputs("' \\\n", out);
}

static void print_command(FILE *out, const struct sw_command *command)
{
    struct sw_option all[SW_OPTIONS_MAX + 1];
    char name[64];

    fprintf(out, "    %s)\n        _arguments -s \\\n", command->name);
    sw_options_expand(command->options, all);
    for (const struct sw_option *option = all; option->help != NULL; option++) {
        if (option->kind == SW_OPTION_IS_HEADING)
            continue;
        snprintf(name, sizeof name, "--%s", option->name);
        print_row(out, option, name);
        snprintf(name, sizeof name, "-%c", option->letter);
        if (option->letter != 0)
            print_row(out, option, name);
    }
    fputs("            '--help[Print a short help]' \\\n", out);
    fprintf(out, "            '*:%s:%s'\n        ;;\n",
            command->argument != NULL ? command->argument : "nothing",
            strcmp(command->name, "help") == 0 ? "($commands)"
            : command->argument == NULL        ? ""
                                               : "_files");
}

void sw_help_zsh_print(FILE *out)
{
    fputs("#compdef spillway\n"
          "# Written by spillway help --as zsh\n"
          "_spillway() {\n"
          "    local -a described commands\n"
          "    described=(\n",
          out);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next) {
        fprintf(out, "        '%s:", at->name);
        print_sentence(out, at->summary);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    commands=(${described%%:*})\n"
          "    if (( CURRENT == 2 )); then\n"
          "        _describe command described\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $words[1] in\n",
          out);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next)
        print_command(out, at);
    fputs("    esac\n"
          "}\n"
          "_spillway \"$@\"\n",
          out);
}
