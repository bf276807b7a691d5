/* SPDX-License-Identifier: MIT
 *
 * check_help_forms.c - manual pages and completion say of each command all that --help says.
 *
 * Commands and options are asked of whatever is registered, so that a new one is tested without
 * being named here.
 */
#include "harness/tests/runner_fixture.h"

#include "harness/cli/command.h"
#include "harness/cli/help_forms.h"

static const struct sw_command *command_of(int number)
{
    const struct sw_command *command = sw_command_first();

    while (number-- > 0)
        command = command->next;
    return command;
}

static int count_commands(void)
{
    int count = 0;

    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next)
        count++;
    return count;
}

#define COMMAND (command_of(_i))

static char *man, *bash, *zsh;

static char *print(void (*form)(FILE *), const struct sw_command *command)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(stream);
    if (form != NULL)
        form(stream);
    else
        sw_help_man_print(stream, command);
    fclose(stream);
    return text;
}

static void print_forms(const struct sw_command *command)
{
    man = print(NULL, command);
    bash = print(sw_help_bash_print, NULL);
    zsh = print(sw_help_zsh_print, NULL);
}

static void free_forms(void)
{
    free(man);
    free(bash);
    free(zsh);
}

/* What of a script is about this command: from a line that begins so to the end of it, or to the
 * ";;" behind it. */
static char *part_of(const char *script, const char *name, const char *behind, const char *end)
{
    char head[64];

    snprintf(head, sizeof head, "\n    %s%s", name, behind);
    const char *at = strstr(script, head);
    ck_assert_msg(at != NULL, "%s: not completed", name);
    return strndup(at + 1, (size_t)(strstr(at + 1, end) - at - 1));
}

/* As roff has it: each hyphen is a minus. */
static void roff_name(char *buf, size_t size, const char *name)
{
    size_t used = (size_t)snprintf(buf, size, "\\fB\\-\\-");

    for (; *name != '\0' && used + 3 < size; name++)
        used += (size_t)snprintf(buf + used, size - used, "%s%c", *name == '-' ? "\\" : "", *name);
    snprintf(buf + used, size - used, "\\fR");
}

START_TEST(test_all_forms_have_every_option)
{
    struct sw_option options[SW_OPTIONS_MAX + 1];
    char row[200];

    print_forms(COMMAND);
    char *in_bash = part_of(bash, COMMAND->name, ") words='--help", "\n");
    char *in_zsh = part_of(zsh, COMMAND->name, ")\n        _arguments", "\n        ;;");
    sw_options_expand(COMMAND->options, options);
    for (const struct sw_option *at = options; at->help != NULL; at++) {
        if (at->kind == SW_OPTION_IS_HEADING)
            continue;
        roff_name(row, sizeof row, at->name);
        has(man, row);
        snprintf(row, sizeof row, " --%s%s", at->name, at->argument != NULL ? "=" : "");
        has(in_bash, row);
        snprintf(row, sizeof row, "--%s%s[", at->name, at->argument != NULL ? "=" : "");
        has(in_zsh, row);
        snprintf(row, sizeof row, "-%c%s[", at->letter, at->argument != NULL ? "+" : "");
        if (at->letter != 0)
            has(in_zsh, row);
    }
    free(in_bash);
    free(in_zsh);
    free_forms();
}
END_TEST

START_TEST(test_a_page_has_its_sections_and_every_status)
{
    static const char *const sections[] = {"\n.SH NAME\nspillway", "\n.SH SYNOPSIS\n",
                                           "\n.SH DESCRIPTION\n",  "\n.SH OPTIONS\n",
                                           "\n.SH EXIT STATUS\n",  "\n.SH SEE ALSO\n"};
    char row[40];

    man = print(NULL, COMMAND);
    for (int i = 0; i < COUNT_OF(sections); i++)
        has(man, sections[i]);
    for (const char *const *at = COMMAND->exits; *at != NULL; at++) {
        snprintf(row, sizeof row, "\n.TP\n\\fB%.*s\\fR\n", (int)strcspn(*at, " "), *at);
        has(man, row);
    }
    free(man);
}
END_TEST

/* Else roff would leave out the line, and mandoc complain of it. */
START_TEST(test_no_line_of_a_page_is_too_long_or_a_request_by_chance)
{
    static const char *const requests[] = {".\\\"", ".TH ", ".SH ", ".SS ", ".TP", ".PP", ".BR "};

    man = print(NULL, COMMAND);
    for (char *line = strtok(man, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        int known = *line != '.' && *line != '\'';
        for (int i = 0; i < COUNT_OF(requests); i++)
            known |= strncmp(line, requests[i], strlen(requests[i])) == 0;
        ck_assert_msg(known, "'%s'", line);
        ck_assert_msg(strlen(line) <= 90 && line[strlen(line) - 1] != ' ', "'%s'", line);
    }
    free(man);
}
END_TEST

START_TEST(test_the_first_page_and_the_shells_name_every_command)
{
    char row[64];

    print_forms(NULL);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next) {
        snprintf(row, sizeof row, "\n.BR spillway\\-%s (1)\n", at->name);
        has(man, row);
        snprintf(row, sizeof row, "\n        '%s:", at->name);
        has(zsh, row);
    }
    free_forms();
}
END_TEST

/* ---- bash ---- */

/* The words of a command line, of which the last is to be completed, and what must be among the
 * answers; "!" before it: what must not. */
static const struct {
    const char *words, *wanted;
} completions[] = {
    {"ex", "explore"},
    {"ex", "!run"},
    {"help rep", "replay"},
    {"explore --sched", "--schedules="},
    {"explore --c", "--cold"},
    {"explore --c", "!--schedules="},
    {"run --engine = fi", "fibers"},
    {"run --engine =", "pool"},
    {"run --fault release", "release-eats-mailbox"},
};

START_TEST(test_bash_completes)
{
    const char *wanted = completions[_i].wanted;
    int unwanted = *wanted == '!';

    ck_assert_int_eq(spillway("help --as bash"), 0);
    shell("mv out script; bash -euc 'compopt() { :; }; source ./script; "
          "COMP_WORDS=(spillway %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _spillway; "
          "printf \"%%s\\n\" \"${COMPREPLY[@]}\"' >answers",
          completions[_i].words);
    shell("%s grep -qxF -e '%s' answers", unwanted ? "!" : "", wanted + unwanted);
}
END_TEST

/* ---- the command ---- */

START_TEST(test_a_shell_completes_all_commands)
{
    ck_assert_int_eq(spillway("help --as zsh explore"), 2);
    has(err, "spillway help: a shell completes all commands: no COMMAND\n");
    ck_assert_int_eq(spillway("help --as manual"), 2);
    has(err, "'manual' is none of text, man, bash and zsh");
}
END_TEST

/* A test has no arguments of its own, so what stands behind it is explore's. */
static const struct {
    const char *arguments, *says;
} behind[] = {
    {"explore p.py::test_it --schedlues 3", "unknown option --schedlues; did you mean --sched"},
    {"explore p.py::test_it --schedules 0", "--schedules: '0' is not a number"},
    {"explore --seed 3 p.py::test_it --strategy pso", "'pso' is none of portfolio"},
    {"explore p.py::test_it --seed 3 more", "a test takes no arguments"},
    {"explore p.py::__main__ --schedules x", "p.py: No such file or directory"},
    {"explore p.py --schedules x", "p.py: No such file or directory"},
};

START_TEST(test_options_may_stand_behind_a_test)
{
    ck_assert_int_eq(spillway(behind[_i].arguments), 2);
    has(err, behind[_i].says);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *each = tcase_create("each"), *all = tcase_create("all"),
          *program = tcase_create("program");

    tcase_set_tags(each, "no-memcheck"); /* of the same code as "all" */
    tcase_add_loop_test(each, test_all_forms_have_every_option, 0, count_commands());
    tcase_add_loop_test(each, test_a_page_has_its_sections_and_every_status, 0, count_commands());
    tcase_add_loop_test(each, test_no_line_of_a_page_is_too_long_or_a_request_by_chance, 0,
                        count_commands());
    suite_add_tcase(suite, each);
    tcase_add_test(all, test_the_first_page_and_the_shells_name_every_command);
    suite_add_tcase(suite, all);
    tcase_add_checked_fixture(program, setup, teardown);
    tcase_set_tags(program, "no-memcheck"); /* they look at other processes only */
    tcase_set_timeout(program, 60);
    tcase_add_loop_test(program, test_bash_completes, 0, COUNT_OF(completions));
    tcase_add_test(program, test_a_shell_completes_all_commands);
    tcase_add_loop_test(program, test_options_may_stand_behind_a_test, 0, COUNT_OF(behind));
    suite_add_tcase(suite, program);
}
