/* SPDX-License-Identifier: MIT
 *
 * help_man.c - help as manual pages, in the macros of man(7).
 */
#include <ctype.h>
#include <string.h>

#include "contract/version.h"
#include "help_forms.h"

enum { LINE_MAX_WANTED = 76 }; /* of the page's source: a longer one draws a complaint of mandoc */

/* ---- text ---- */

/* A hyphen of ours is a minus, as whoever copies an option wants it.  Returns the columns. */
static int print_escaped(FILE *out, const char *text, size_t length)
{
    int columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += text[i] == '\\'  ? fprintf(out, "\\e")
                   : text[i] == '-' ? fprintf(out, "\\-")
                                    : fprintf(out, "%c", text[i]);
    return columns;
}

/* A word at the beginning of a line is no request of roff's. */
static int print_word(FILE *out, const char *word, size_t length, int column)
{
    if (column == 0 && (*word == '.' || *word == '\''))
        column += fprintf(out, "\\&");
    return column + print_escaped(out, word, length);
}

/* In lines as roff wants them: each sentence begins one, and where the text has a newline, so does a
 * paragraph. */
static void print_text(FILE *out, const char *text)
{
    int column = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, " \n");
        if (column > 0 && column + (int)length > LINE_MAX_WANTED)
            column = fprintf(out, "\n") - 1;
        if (column > 0)
            column += fprintf(out, " ");
        column = print_word(out, text, length, column);
        text += length;
        if (*text == '\n' || strncmp(text, "  ", 2) == 0) {
            fputs(*text == '\n' ? "\n.PP\n" : "\n", out);
            column = 0;
        }
        text += strspn(text, " \n");
    }
    fputs(column > 0 ? "\n" : "", out);
}

/* name NULL: the page of spillway itself. */
static void print_head(FILE *out, const char *name, const char *summary)
{
    fputs(".\\\" SPDX-License-Identifier: MIT\n.\\\" Written by spillway help --as man\n", out);
    fputs(".TH SPILLWAY", out);
    for (const char *at = name; at != NULL && *at != '\0'; at++)
        fprintf(out, "%s%c", at == name ? "\\-" : "", toupper((unsigned char)*at));
    fprintf(out, " 1 \"%s\" \"Spillway %s\" \"Spillway\"\n.SH NAME\n", SW_VERSION_DATE, SW_VERSION);
    fprintf(out, "spillway%s%s \\-\n", name != NULL ? "\\-" : "", name != NULL ? name : "");
    print_text(out, summary);
}

/* ---- one command ---- */

static void print_option(FILE *out, const struct sw_option *option)
{
    if (option->kind == SW_OPTION_IS_HEADING) {
        fputs(".SS ", out);
        print_text(out, option->help);
        return;
    }
    fputs(".TP\n", out);
    if (option->letter != 0)
        fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", out);
    print_escaped(out, option->name, strlen(option->name));
    fputs("\\fR", out);
    if (option->argument != NULL) {
        fputs("=\\fI", out);
        print_escaped(out, option->argument, strlen(option->argument));
        fputs("\\fR", out);
    }
    fputc('\n', out);
    print_text(out, option->help);
}

static void print_options(FILE *out, const struct sw_command *command)
{
    struct sw_option all[SW_OPTIONS_MAX + 1];

    fputs(".SH OPTIONS\n", out);
    sw_options_expand(command->options, all);
    for (const struct sw_option *option = all; option->help != NULL; option++)
        print_option(out, option);
    fputs(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nPrint a short help\n", out);
}

static void print_exits(FILE *out, const char *const *exits)
{
    fputs(".SH EXIT STATUS\n", out);
    for (; *exits != NULL; exits++) {
        int length = (int)strcspn(*exits, " ");
        fprintf(out, ".TP\n\\fB%.*s\\fR\n", length, *exits);
        print_text(out, *exits + length + 1);
    }
}

static void print_one(FILE *out, const struct sw_command *command)
{
    print_head(out, command->name, command->summary);
    fprintf(out, ".SH SYNOPSIS\n\\fBspillway %s\\fR [\\fIOPTION\\fR...]\\&\n", command->name);
    print_text(out, command->usage);
    fputs(".SH DESCRIPTION\n", out);
    print_text(out, command->about);
    if (command->details != NULL) {
        fputs(".PP\n", out);
        print_text(out, command->details);
    }
    print_options(out, command);
    print_exits(out, command->exits);
    fputs(".SH SEE ALSO\n.BR spillway (1),\n.BR spillway (7)\n", out);
}

/* ---- all ---- */

static void print_all(FILE *out)
{
    static const char *const headings[SW_COMMAND_GROUP_COUNT] = {
#define HEADING(id, heading) heading,
        SW_COMMAND_GROUPS(HEADING)
#undef HEADING
    };
    enum sw_command_group group = SW_COMMAND_GROUP_COUNT;

    print_head(out, NULL,
               "find the schedule under which a threaded Python test fails, replay and explain it");
    fputs(".SH SYNOPSIS\n\\fBspillway\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] "
          "[\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n",
          out);
    print_text(out, "Each command has a page of its own.  \"spillway help COMMAND\" prints it in "
                    "short.");
    fputs(".SH COMMANDS\n", out);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next) {
        if (at->group != group)
            fprintf(out, ".SS %s\n", headings[at->group]);
        group = at->group;
        fprintf(out, ".TP\n.BR spillway\\-%s (1)\n", at->name);
        print_text(out, at->summary);
    }
    fputs(".SH SEE ALSO\n.BR spillway (7),\n.BR spillway\\-spec (5),\n.BR spillway\\-sched (5),\n"
          ".BR slpython (1)\n",
          out);
}

void sw_help_man_print(FILE *out, const struct sw_command *command)
{
    if (command == NULL)
        print_all(out);
    else
        print_one(out, command);
}
