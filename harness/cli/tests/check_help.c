/* SPDX-License-Identifier: MIT
 *
 * check_help.c - commands register themselves, and say of themselves all that there is to say.
 *
 * This program links all commands of spillway, and has one more: what holds for each is asked of
 * whatever is registered, so that a new command is tested without being named here.
 */
#include "harness/tests/runner_fixture.h"

#include <ctype.h>

#include "contract/tests/suite_main.h"
#include "harness/cli/command.h"
#include "harness/cli/command_help.h"

enum { COLUMNS_MAX = 80 };

/* ---- one that is only here ---- */

static struct zebra {
    int stripes, wild;
    const char *name;
} zebra = {.stripes = 40};

static int run_zebra(const struct sw_command_arguments *arguments)
{
    ck_assert_int_eq(arguments->count, 1);
    ck_assert_str_eq(arguments->list[0], "grass");
    return zebra.stripes + zebra.wild;
}

static const struct sw_option zebra_options[] = {
    SW_OPTION_NUMBER("stripes", 's', "N", struct zebra, stripes, 1, 100,
                     "How many it has (default: 40)"),
    SW_OPTION_FLAG("wild", 0, struct zebra, wild, "It is not tame"),
    SW_OPTION_TEXT("name", 0, "NAME", struct zebra, name, "What it is called (default: nothing)"),
    {0},
};

SW_COMMAND(zebra) = {
    .name = "zebra",
    .summary = "eat grass",
    .group = SW_COMMAND_LOOK,
    .usage = "GRASS",
    .argument = "GRASS",
    .least = 1,
    .most = 1,
    .about = "Eats grass.",
    .exits = {"0 there was none", "2 a usage error"},
    .options = zebra_options,
    .target = &zebra,
    .run = run_zebra,
};

/* ---- the commands, and what they print ---- */

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

static struct sw_option options_of[SW_OPTIONS_MAX + 1];

/* All that the command takes, its settings among them. */
static const struct sw_option *expand(const struct sw_command *command)
{
    sw_options_expand(command->options, options_of);
    return options_of;
}

/* command NULL: of all. */
static char *help_of(const struct sw_command *command)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(stream);
    if (command == NULL)
        sw_command_help_all(stream);
    else
        sw_command_help_one(stream, command);
    fclose(stream);
    return text;
}

/* ---- registering ---- */

START_TEST(test_a_command_that_is_linked_is_there)
{
    char *words[] = {strdup("spillway"), strdup("zebra"),  strdup("-s"), strdup("7"),
                     strdup("grass"),    strdup("--wild"), NULL};
    char *text = help_of(NULL);

    has(text, "\n  zebra     eat grass\n");
    ck_assert_int_eq(sw_command_main(6, words), 8);
    for (int i = 0; i < 6; i++)
        free(words[i]);
    free(text);
}
END_TEST

/* Whatever the order in which they were linked. */
START_TEST(test_they_stand_in_groups)
{
    for (const struct sw_command *at = sw_command_first(); at->next != NULL; at = at->next) {
        ck_assert_int_le(at->group, at->next->group);
        if (at->group == at->next->group)
            ck_assert_int_le(at->rank, at->next->rank);
        if (at->group == at->next->group && at->rank == at->next->rank)
            ck_assert_int_lt(strcmp(at->name, at->next->name), 0);
    }
}
END_TEST

/* All in one process: what memcheck looks at, since a process for each takes it long. */
START_TEST(test_they_can_all_be_described)
{
    for (int i = 0; i < count_commands(); i++) {
        char *text = help_of(command_of(i));
        has(text, command_of(i)->name);
        free(text);
    }
}
END_TEST

/* ---- of each ---- */

START_TEST(test_its_file_says_what_a_file_is_to_say)
{
    const char *const *exits = COMMAND->exits;

    ck_assert_ptr_nonnull(COMMAND->summary);
    ck_assert_msg(COMMAND->summary[strlen(COMMAND->summary) - 1] != '.', "%s", COMMAND->summary);
    ck_assert_msg(COMMAND->about[strlen(COMMAND->about) - 1] == '.', "%s", COMMAND->about);
    for (int i = 0; exits[i] != NULL; i++)
        ck_assert_msg(isdigit((unsigned char)exits[i][0]), "%s", exits[i]);
    ck_assert(strncmp(exits[0], "0 ", 2) == 0);
    ck_assert_msg(exits[1] != NULL, "%s: a usage error has a status", COMMAND->name);
}
END_TEST

START_TEST(test_help_lists_every_option)
{
    char *text = help_of(COMMAND), row[80];

    for (const struct sw_option *at = expand(COMMAND); at->help != NULL; at++) {
        if (at->kind == SW_OPTION_IS_HEADING)
            continue;
        snprintf(row, sizeof row, "--%s%s%s", at->name, at->argument != NULL ? "=" : "",
                 at->argument != NULL ? at->argument : "");
        has(text, row);
        snprintf(row, sizeof row, "  -%c, --%s", at->letter, at->name);
        if (at->letter != 0)
            has(text, row);
    }
    has(text, "\n  -h, --help ");
    free(text);
}
END_TEST

START_TEST(test_help_states_every_default)
{
    for (const struct sw_option *at = expand(COMMAND); at->help != NULL; at++)
        if (at->argument != NULL)
            ck_assert_msg(strstr(at->help, "(default: ") != NULL ||
                              strstr(at->help, "may be repeated") != NULL ||
                              strstr(at->help, "it is needed") != NULL,
                          "%s --%s: %s", COMMAND->name, at->name, at->help);
}
END_TEST

START_TEST(test_help_has_every_status)
{
    char *text = help_of(COMMAND), row[32];
    const char *list = strstr(text, "\nExit status:\n");

    ck_assert_ptr_nonnull(list);
    for (const char *const *at = COMMAND->exits; *at != NULL; at++) {
        snprintf(row, sizeof row, "\n  %.*s ", (int)strcspn(*at, " "), *at);
        has(list, row);
    }
    free(text);
}
END_TEST

START_TEST(test_help_fits_a_terminal)
{
    char *text = help_of(COMMAND);

    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        ck_assert_msg(strlen(line) < COLUMNS_MAX && line[strlen(line) - 1] != ' ', "'%s'", line);
    free(text);
}
END_TEST

/* The program's; so it is asked of its commands only. */
START_TEST(test_help_of_it_is_its_help)
{
    char arguments[64], *wanted = help_of(COMMAND);

    if (COMMAND == &zebra_command)
        return;
    snprintf(arguments, sizeof arguments, "help %s", COMMAND->name);
    ck_assert_int_eq(spillway(arguments), 0);
    ck_assert_str_eq(out, wanted);
    snprintf(arguments, sizeof arguments, "%s --help", COMMAND->name);
    ck_assert_int_eq(spillway(arguments), 0);
    ck_assert_str_eq(out, wanted);
    ck_assert_str_eq(err, "");
    free(wanted);
}
END_TEST

/* Nothing is set before the mistake, so there need be nothing to set. */
static void must_say(const struct sw_option *options, const char *word, const char *says)
{
    char *words[] = {strdup("it"), strdup(word), NULL};
    struct sw_error e = {0};
    int next;

    ck_assert_int_eq(sw_options_read(options, SW_OPTIONS_ANYWHERE, 2, words, NULL, &next, &e),
                     SW_OPTIONS_BAD);
    ck_assert_str_eq(e.text, says);
    free(words[0]);
    free(words[1]);
}

START_TEST(test_a_misspelt_option_names_the_nearest)
{
    char word[80], says[200];

    for (const struct sw_option *at = expand(COMMAND); at->help != NULL; at++) {
        if (at->kind == SW_OPTION_IS_HEADING)
            continue;
        snprintf(word, sizeof word, "--%sq", at->name);
        snprintf(says, sizeof says, "unknown option %s; did you mean --%s?", word, at->name);
        must_say(options_of, word, says);
        snprintf(word, sizeof word, "--%s=x", at->name);
        snprintf(says, sizeof says, "--%s takes no argument", at->name);
        if (at->argument == NULL)
            must_say(options_of, word, says);
    }
    must_say(options_of, "--xyzzyxyzzy=3", "unknown option --xyzzyxyzzy");
    must_say(options_of, "--hlep", "unknown option --hlep; did you mean --help?");
    must_say(options_of, "-Z", "unknown option -Z");
}
END_TEST

START_TEST(test_no_two_options_have_one_name)
{
    const struct sw_option *all = expand(COMMAND);

    for (const struct sw_option *at = all; at->help != NULL; at++) {
        if (at->kind == SW_OPTION_IS_HEADING)
            continue;
        ck_assert_str_ne(at->name, "help");
        ck_assert_int_ne(at->letter, 'h');
        for (const struct sw_option *other = all; other < at; other++) {
            if (other->kind == SW_OPTION_IS_HEADING)
                continue;
            ck_assert_str_ne(at->name, other->name);
            ck_assert(at->letter == 0 || at->letter != other->letter);
        }
    }
}
END_TEST

/* ---- of the program ---- */

START_TEST(test_the_version_comes_first)
{
    static const char *const ways[] = {"--version", "-V", "version"};
    int major, minor, patch, read = 0;

    ck_assert_int_eq(spillway(ways[_i]), 0);
    ck_assert_int_eq(sscanf(out, "spillway %d.%d.%d\n%n", &major, &minor, &patch, &read), 3);
    ck_assert(read > 0 && out[read - 1] == '\n');
    has(out, "\nMIT License");
    has(out, "\nInterpreter: CPython 3.");
    has(out, "\nCompiler: ");
    has(out, "\nLibraries: ");
}
END_TEST

START_TEST(test_help_without_a_command_lists_all)
{
    static const char *const ways[] = {"help", "--help", "-h"};

    ck_assert_int_eq(spillway(ways[_i]), 0);
    for (const struct sw_command *at = sw_command_first(); at != NULL; at = at->next) {
        char row[32];
        snprintf(row, sizeof row, "\n  %-9s ", at->name);
        if (at != &zebra_command)
            has(out, row);
    }
}
END_TEST

START_TEST(test_a_report_that_cannot_be_written_is_an_error)
{
    shell("%s/spillway run --help >/dev/full 2>err; test $? -eq 2", binaries);
    read_file("err", &err);
    has(err, "spillway: cannot write the report: ");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *registry = tcase_create("registry"), *each = tcase_create("each"),
          *program = tcase_create("program");
    const TTest *const of_each[] = {test_its_file_says_what_a_file_is_to_say,
                                    test_help_lists_every_option,
                                    test_help_states_every_default,
                                    test_help_has_every_status,
                                    test_help_fits_a_terminal,
                                    test_a_misspelt_option_names_the_nearest,
                                    test_no_two_options_have_one_name};

    tcase_add_test(registry, test_a_command_that_is_linked_is_there);
    tcase_add_test(registry, test_they_stand_in_groups);
    tcase_add_test(registry, test_they_can_all_be_described);
    suite_add_tcase(suite, registry);
    tcase_set_tags(each, "no-memcheck");
    for (int i = 0; i < COUNT_OF(of_each); i++)
        tcase_add_loop_test(each, of_each[i], 0, count_commands());
    suite_add_tcase(suite, each);
    tcase_add_checked_fixture(program, setup, teardown);
    tcase_set_tags(program, "no-memcheck"); /* they look at other processes only */
    tcase_set_timeout(program, 60);
    tcase_add_loop_test(program, test_help_of_it_is_its_help, 0, count_commands());
    tcase_add_loop_test(program, test_the_version_comes_first, 0, 3);
    tcase_add_loop_test(program, test_help_without_a_command_lists_all, 0, 3);
    tcase_add_test(program, test_a_report_that_cannot_be_written_is_an_error);
    suite_add_tcase(suite, program);
}
