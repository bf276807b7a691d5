/* SPDX-License-Identifier: MIT
 *
 * check_options.c - how a command line is read into a struct, and what is said of one that is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/tests/suite_main.h"
#include "harness/cli/options.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

enum { WORDS_MAX = 8 };

struct target {
    int flag, word, small;
    uint64_t large;
    const char *text;
    char parsed[16];
    struct sw_settings setting;
};

static const char *const words[] = {"zero", "one", "two", NULL};

static int parse(void *member, const char *text, struct sw_error *e)
{
    if (strlen(text) >= sizeof((struct target *)0)->parsed)
        return sw_error_set(e, NULL, 0, 0, "'%s' is too long", text);
    strcpy(member, text);
    return 0;
}

static const struct sw_option table[] = {
    SW_OPTION_HEADING("Some"),
    SW_OPTION_FLAG("flag", 'f', struct target, flag, "A flag"),
    SW_OPTION_WORD("word", 0, "NAME", struct target, word, words, "A word"),
    SW_OPTION_NUMBER("small", 's', "N", struct target, small, 1, 64, "An int"),
    SW_OPTION_NUMBER("large", 0, "N", struct target, large, 0, UINT64_MAX, "A uint64_t"),
    SW_OPTION_HEADING("More"),
    SW_OPTION_TEXT("text", 't', "TEXT", struct target, text, "A text"),
    SW_OPTION_TEXT("texture", 0, "TEXT", struct target, text, "The same"),
    SW_OPTION_PARSED("parsed", 0, "TEXT", struct target, parsed, parse, "A short text"),
    SW_OPTIONS_SETTINGS(struct target, setting, SW_SETTINGS_EXPLORE),
    {0},
};

static struct target target;
static struct sw_error e;
static char *argv[WORDS_MAX + 2]; /* "it", and the words of the line; moved by the reader */
static int argc, next;

/* line: words between blanks. */
static enum sw_options_end read_line(enum sw_options_order order, const char *line)
{
    static char copy[200];
    struct sw_option options[SW_OPTIONS_MAX + 1];

    target = (struct target){.word = -1};
    snprintf(copy, sizeof copy, "it %s", line);
    argc = 0;
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    sw_options_expand(table, options);
    return sw_options_read(options, order, argc, argv, &target, &next, &e);
}

static void must_read(const char *line)
{
    enum sw_options_end end = read_line(SW_OPTIONS_ANYWHERE, line);

    ck_assert_msg(end == SW_OPTIONS_READ, "%s: %s", line, e.text);
}

/* ---- values ---- */

START_TEST(test_each_kind_sets_its_member)
{
    must_read("--flag --word two --small 64 --large 18446744073709551615 --text x");
    ck_assert_int_eq(target.flag, 1);
    ck_assert_int_eq(target.word, 2);
    ck_assert_int_eq(target.small, 64);
    ck_assert_uint_eq(target.large, UINT64_MAX);
    ck_assert_str_eq(target.text, "x");
    must_read("--parsed short --points");
    ck_assert_str_eq(target.parsed, "short");
    ck_assert_int_eq((int)target.setting.points, 1);
}
END_TEST

START_TEST(test_every_way_to_write_one)
{
    static const char *const lines[] = {"--small=7", "--small 7", "-s7",     "-s 7",
                                        "--sm 7",    "-fs7",      "x -s 7 y"};

    for (int i = 0; i < COUNT_OF(lines); i++) {
        must_read(lines[i]);
        ck_assert_int_eq(target.small, 7);
    }
    must_read("--text=a=b");
    ck_assert_str_eq(target.text, "a=b");
    must_read("--text --flag"); /* what is required is the next word, whatever it is */
    ck_assert_str_eq(target.text, "--flag");
    ck_assert_int_eq(target.flag, 0);
    must_read("-s 7 -s 8"); /* the last counts */
    ck_assert_int_eq(target.small, 8);
}
END_TEST

/* ---- where they stand ---- */

START_TEST(test_options_may_follow_arguments)
{
    must_read("a --flag b -s 3 -- --text c");
    ck_assert_int_eq(target.small, 3);
    ck_assert_int_eq(argc - next, 4);
    ck_assert_str_eq(argv[next], "a");
    ck_assert_str_eq(argv[next + 1], "b");
    ck_assert_str_eq(argv[next + 2], "--text");
    ck_assert_str_eq(argv[next + 3], "c");
}
END_TEST

START_TEST(test_what_follows_a_program_is_the_programs)
{
    static const char *const lines[] = {"-s 3 prog --flag -x", "-s 3 -- prog --flag -x"};

    ck_assert_int_eq(read_line(SW_OPTIONS_FIRST, lines[_i]), SW_OPTIONS_READ);
    ck_assert_int_eq(target.small, 3);
    ck_assert_int_eq(target.flag, 0);
    ck_assert_int_eq(argc - next, 3);
    ck_assert_str_eq(argv[next], "prog");
    ck_assert_str_eq(argv[next + 2], "-x");
}
END_TEST

/* ---- what is wrong ---- */

static const struct {
    const char *line, *says;
} mistakes[] = {
    {"--flog", "unknown option --flog; did you mean --flag?"},
    {"--flog=3", "unknown option --flog; did you mean --flag?"},
    {"--xyzzyxyzzy", "unknown option --xyzzyxyzzy"},
    {"-x", "unknown option -x"},
    {"-fx", "unknown option -x"},
    {"--flag=3", "--flag takes no argument"},
    {"--help=3", "--help takes no argument"},
    {"--te x", "--te could be each of --text, --texture"},
    {"--small", "--small requires an argument, N"},
    {"-s", "--small requires an argument, N"},
    {"--sm", "--small requires an argument, N"},
    {"--small 0", "--small: '0' is not a number from 1 to 64"},
    {"--small 65", "--small: '65' is not a number from 1 to 64"},
    {"--small 4294967297", "--small: '4294967297' is not a number from 1 to 64"},
    {"--large -1", "--large: '-1' is not a number from 0 to 18446744073709551615"},
    {"--word three", "--word: 'three' is none of zero, one and two"},
    {"--word tw", "--word: 'tw' is none of zero, one and two"},
    {"--parsed much-longer-than-that", "--parsed: 'much-longer-than-that' is too long"},
    {"--fail many", "--fail: 'many' is not a number from 0 to 4294967295"},
    {"-f --env nothing", "--env: 'nothing' is not NAME=VALUE"},
};

START_TEST(test_a_mistake_is_said)
{
    ck_assert_int_eq(read_line(SW_OPTIONS_ANYWHERE, mistakes[_i].line), SW_OPTIONS_BAD);
    ck_assert_str_eq(e.text, mistakes[_i].says);
    ck_assert_int_eq(target.small, 0);
}
END_TEST

START_TEST(test_the_first_mistake_is_the_one_that_is_said)
{
    ck_assert_int_eq(read_line(SW_OPTIONS_ANYWHERE, "-s 3 --flog --small 0"), SW_OPTIONS_BAD);
    ck_assert_str_eq(e.text, "unknown option --flog; did you mean --flag?");
    ck_assert_int_eq(read_line(SW_OPTIONS_ANYWHERE, "--flog --help"), SW_OPTIONS_BAD);
    ck_assert_int_eq(read_line(SW_OPTIONS_ANYWHERE, "--help --flog"), SW_OPTIONS_HELP);
    ck_assert_int_eq(read_line(SW_OPTIONS_ANYWHERE, "-s 3 -h"), SW_OPTIONS_HELP);
    ck_assert_int_eq(read_line(SW_OPTIONS_FIRST, "prog --help"), SW_OPTIONS_READ);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *values = tcase_create("values"), *places = tcase_create("places"),
          *wrong = tcase_create("wrong");

    tcase_add_test(values, test_each_kind_sets_its_member);
    tcase_add_test(values, test_every_way_to_write_one);
    suite_add_tcase(suite, values);
    tcase_add_test(places, test_options_may_follow_arguments);
    tcase_add_loop_test(places, test_what_follows_a_program_is_the_programs, 0, 2);
    suite_add_tcase(suite, places);
    tcase_add_loop_test(wrong, test_a_mistake_is_said, 0, COUNT_OF(mistakes));
    tcase_add_test(wrong, test_the_first_mistake_is_the_one_that_is_said);
    suite_add_tcase(suite, wrong);
}
