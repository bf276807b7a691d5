/* SPDX-License-Identifier: MIT */
#include "command_help.h"

#include <string.h>

enum {
    WIDTH = 79, /* a terminal's 80, less the one where some terminals wrap */
    OPTION_TEXT = 27, /* the column where the text of an option begins */
    EXIT_TEXT = 7,
    USAGE_TEXT = 7,
    NAME_WIDTH = 9, /* of the longest command, and a blank */
};

/* ---- lines ---- */

static int break_line(FILE *out, int indent)
{
    fprintf(out, "\n%*s", indent, "");
    return indent;
}

/* Fills lines with words from the column indent on, where the first line stands already.  Blanks
 * between two words of a line are kept, so that a sentence may end with two. */
static void print_text(FILE *out, int indent, const char *text)
{
    int at = indent, blanks = 0;

    for (int length; *text != '\0'; text += length + (text[length] != '\0')) {
        length = (int)strcspn(text, " ");
        if (length > 0 && at > indent && at + blanks + length > WIDTH)
            at = break_line(out, indent);
        if (length > 0) {
            at += fprintf(out, "%*s%.*s", at > indent ? blanks : 0, "", length, text);
            blanks = 0;
        }
        blanks++;
    }
    fputc('\n', out);
}

/* What stands left of a text; then the text, on the next line if there is no room. */
static void print_row(FILE *out, const char *left, int indent, const char *text)
{
    int column = fprintf(out, "%s", left);

    /* Less than two blanks between a name and its text would look like one word. */
    if (column + 2 > indent) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", indent - column, "");
    print_text(out, indent, text);
}

/* ---- one command ---- */

static void print_option(FILE *out, const struct sw_option *option)
{
    char left[80], letter[8] = "    ";

    if (option->kind == SW_OPTION_IS_HEADING) {
        fprintf(out, "\n%s:\n", option->help);
        return;
    }
    if (option->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, option->name,
             option->argument != NULL ? "=" : "", option->argument != NULL ? option->argument : "");
    print_row(out, left, OPTION_TEXT, option->help);
}

static void print_options(FILE *out, const struct sw_option *options)
{
    struct sw_option all[SW_OPTIONS_MAX + 1];
    int has_headings = options->kind == SW_OPTION_IS_HEADING && options->help != NULL;

    if (!has_headings)
        fputs("\nOptions:\n", out);
    sw_options_expand(options, all);
    for (const struct sw_option *option = all; option->help != NULL; option++)
        print_option(out, option);
    if (has_headings)
        fputc('\n', out); /* it belongs below none of them */
    print_row(out, "  -h, --help", OPTION_TEXT, "Print this help");
}

static void print_exits(FILE *out, const char *const *exits)
{
    char left[16];

    fputs("\nExit status:\n", out);
    for (; *exits != NULL; exits++) {
        int length = (int)strcspn(*exits, " ");
        snprintf(left, sizeof left, "  %.*s", length, *exits);
        print_row(out, left, EXIT_TEXT, *exits + length + 1);
    }
}

void sw_command_help_one(FILE *out, const struct sw_command *command)
{
    char usage[200];

    snprintf(usage, sizeof usage, "spillway %s [OPTION...]%s%s", command->name,
             *command->usage != '\0' ? " " : "", command->usage);
    fputs("usage: ", out);
    print_text(out, USAGE_TEXT, usage);
    fputc('\n', out);
    print_text(out, 0, command->about);
    print_options(out, command->options);
    if (command->details != NULL) {
        fputc('\n', out);
        print_text(out, 0, command->details);
    }
    print_exits(out, command->exits);
}

/* ---- all ---- */

void sw_command_help_all(FILE *out)
{
    static const char *const headings[SW_COMMAND_GROUP_COUNT] = {
#define HEADING(id, heading) heading,
        SW_COMMAND_GROUPS(HEADING)
#undef HEADING
    };
    enum sw_command_group group = SW_COMMAND_GROUP_COUNT;

    fputs("usage: spillway COMMAND [OPTION...] [ARGUMENT...]\n", out);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next) {
        if (at->group != group)
            fprintf(out, "\n%s:\n", headings[at->group]);
        group = at->group;
        fprintf(out, "  %-*s %s\n", NAME_WIDTH, at->name, at->summary);
    }
    fputs("\nspillway help COMMAND, or spillway COMMAND --help, describes one.\n", out);
}
