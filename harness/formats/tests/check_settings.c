/* SPDX-License-Identifier: MIT
 *
 * check_settings.c - each row of the table of settings does all that a row promises.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "contract/tests/suite_main.h"
#include "harness/cli/options.h"
#include "harness/formats/sched/sched.h"
#include "harness/formats/sched/settings_table.h"

#define ROW (&sw_settings_table[_i])

/* Of each type a value that is not the default, as an option has it. */
static const char *argument_of(const struct sw_settings_row *row)
{
    static const char *const arguments[] = {[SW_SETTINGS_ENVIRONMENT] = "B=two words",
                                            [SW_SETTINGS_SPILL] = "16384,segment",
                                            [SW_SETTINGS_FAULTS] =
                                                "release-eats-mailbox+spill-entry-eats-mailbox",
                                            [SW_SETTINGS_NUMBER] = "3"};

    return row->type == SW_SETTINGS_WORD ? row->words[1] : arguments[row->type];
}

static void give(struct sw_settings *setting, const struct sw_settings_row *row)
{
    struct sw_error e = {0};
    int failed = sw_settings_table_give(setting, row, argument_of(row), &e);

    ck_assert_msg(failed == 0, "%s: %s", row->key, e.text);
}

static struct sw_settings all_of_them(void)
{
    struct sw_settings setting = {0};

    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++)
        give(&setting, &sw_settings_table[i]);
    return setting;
}

static char *lines_of(const struct sw_settings *setting)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    sw_sched_write_setting(out, setting);
    fclose(out);
    return text;
}

static int has_line(const char *lines, const char *key)
{
    for (; lines[0] != '\0'; lines = strchr(lines, '\n') + 1)
        if (strncmp(lines, key, strlen(key)) == 0)
            return 1;
    return 0;
}

/* Of a schedule that has these lines. */
static struct sw_sched *read_back(const char *lines, struct sw_error *e)
{
    struct sw_sched *sched;
    char *text = NULL;
    int size = asprintf(&text,
                        "spillway schedule 5\nwriter spillway 0\nprogram p xxh128 %032d\n"
                        "interp p xxh128 %032d\n%sfound f\noutcome o\n----\n----\n"
                        "decisions 0 hash %016d\ncheck none\n",
                        0, 0, lines, 0);

    *e = (struct sw_error){0};
    sw_sched_read("a.sched", text, (size_t)size, &sched, e);
    free(text);
    return sched;
}

/* ---- in files ---- */

START_TEST(test_what_is_written_is_read)
{
    struct sw_settings setting = {0};
    struct sw_error e;

    ck_assert_int_eq(sw_settings_table_is_set(&setting, ROW), 0);
    give(&setting, ROW);
    ck_assert_int_eq(sw_settings_table_is_set(&setting, ROW), 1);
    char *lines = lines_of(&setting);
    ck_assert_msg(has_line(lines, ROW->key), "%s", lines);
    struct sw_sched *sched = read_back(lines, &e);
    ck_assert_msg(sched != NULL, "%u:%u: %s", e.line, e.column, e.text);
    ck_assert(sw_settings_equal(&setting, &sched->setting));
    sw_sched_free(sched);
    free(lines);
    sw_settings_free(&setting);
}
END_TEST

START_TEST(test_what_is_not_set_has_no_line)
{
    struct sw_settings setting = {0};
    char *lines = lines_of(&setting);

    ck_assert_str_eq(lines, "");
    free(lines);
}
END_TEST

START_TEST(test_each_makes_another_setting)
{
    struct sw_settings plain = {0}, setting = {0};

    give(&setting, ROW);
    ck_assert(!sw_settings_equal(&plain, &setting));
    ck_assert(!sw_settings_equal(&setting, &plain));
    ck_assert(sw_settings_equal(&setting, &setting));
    sw_settings_free(&setting);
}
END_TEST

/* A line is refused out of its order, twice, without its word, and with one that is none. */
START_TEST(test_a_line_stands_where_it_stands)
{
    struct sw_settings setting = {0}, rest = all_of_them();
    struct sw_error e;
    char text[4096];

    give(&setting, ROW);
    if (ROW->wants_points)
        setting.points = 0;
    char *line = lines_of(&setting), *others = lines_of(&rest);
    snprintf(text, sizeof text, "%s%s", line, line);
    ck_assert_ptr_null(read_back(text, &e));
    ck_assert_uint_eq(e.line, 6);
    snprintf(text, sizeof text, "%s%s", others, line);
    ck_assert_ptr_null(read_back(text, &e));
    snprintf(text, sizeof text, "%-8s \"\"\n", ROW->key);
    ck_assert_ptr_null(read_back(text, &e));
    ck_assert_uint_eq(e.line, 5);
    snprintf(text, sizeof text, "%-8s no-such=word,\n", ROW->key);
    ck_assert(ROW->type == SW_SETTINGS_ENVIRONMENT || read_back(text, &e) == NULL);
    free(line);
    free(others);
    sw_settings_free(&setting);
    sw_settings_free(&rest);
}
END_TEST

/* Of before there was a table.  A campaign, a corpus and an archive are of these bytes: who changes
 * them takes away that those of before can be gone on with. */
START_TEST(test_the_lines_are_what_they_were)
{
    static char spill[] = "16384,segment", a[] = "A=1", b[] = "B=two words";
    struct sw_settings setting = {.spill = spill,
                                  .faults = {{5}},
                                  .variables = {a, b, NULL},
                                  .variable_count = 2,
                                  .points = 1,
                                  .steps = {{3}},
                                  .fail_max = 2,
                                  .early_max = 4,
                                  .real_network = 1,
                                  .grain = SW_GRAIN_ACCESS,
                                  .begins = 1};
    char *lines = lines_of(&setting);

    ck_assert_str_eq(lines, "env      A=1 \"B=two words\"\nspill    16384,segment\n"
                            "faults   release-eats-mailbox spill-entry-eats-mailbox\n"
                            "points   decide\n"
                            "steps    release-eats-mailbox idle-wake-release-eats-mailbox\n"
                            "fail     2\nearly    4\nnetwork  real\ngrain    access\n"
                            "begin    program\n");
    ck_assert_uint_eq(XXH3_64bits(lines, strlen(lines)), 0xb7db08789bdbca00u);
    free(lines);
}
END_TEST

/* ---- as options ---- */

struct input {
    struct sw_settings setting;
    enum sw_settings_command command;
};

/* 0, or -1 with *e. */
static int parse_words(struct input *input, const char *option, const char *argument,
                       struct sw_error *e)
{
    struct sw_option table[] = {SW_OPTIONS_SETTINGS(struct input, setting, input->command), {0}};
    struct sw_option options[SW_OPTIONS_MAX + 1];
    char *words[] = {strdup("spillway"), strdup(option), strdup(argument != NULL ? argument : ""),
                     NULL};
    int next, count = argument != NULL ? 3 : 2;

    sw_options_expand(table, options);
    enum sw_options_end end =
        sw_options_read(options, SW_OPTIONS_ANYWHERE, count, words, input, &next, e);
    for (int i = 0; i < 3; i++)
        free(words[i]);
    return end == SW_OPTIONS_READ ? 0 : -1;
}

static const enum sw_settings_command commands[] = {SW_SETTINGS_RECORD, SW_SETTINGS_EXPLORE,
                                                    SW_SETTINGS_RUN};

START_TEST(test_each_command_takes_what_is_its)
{
    struct sw_settings wanted = {0};
    char option[64], letter[3] = "-";

    if (ROW->option == NULL)
        return;
    give(&wanted, ROW);
    snprintf(option, sizeof option, "--%s", ROW->option);
    letter[1] = (char)ROW->letter;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct input input = {.command = commands[i]}, again = input;
        const char *argument = ROW->argument != NULL ? argument_of(ROW) : NULL;
        int takes = (ROW->commands & commands[i]) != 0;
        struct sw_error e;
        ck_assert_int_eq(parse_words(&input, option, argument, &e) == 0, takes);
        ck_assert_int_eq(sw_settings_equal(&input.setting, &wanted), takes);
        if (takes && ROW->letter != 0) {
            ck_assert_int_eq(parse_words(&again, letter, argument, &e), 0);
            ck_assert(sw_settings_equal(&again.setting, &wanted));
        }
        sw_settings_free(&input.setting);
        sw_settings_free(&again.setting);
    }
    sw_settings_free(&wanted);
}
END_TEST

START_TEST(test_an_option_says_what_it_would_take)
{
    struct input input = {.command = (enum sw_settings_command)ROW->commands};
    struct sw_error e = {0};
    char option[64];

    if (ROW->argument == NULL)
        return;
    snprintf(option, sizeof option, "--%s", ROW->option);
    ck_assert_int_eq(parse_words(&input, option, "no such", &e), -1);
    ck_assert_msg(strstr(e.text, "no such") != NULL, "%s", e.text);
    ck_assert(ROW->help[0] != '\0' && sw_settings_table_is_set(&input.setting, ROW) == 0);
    strcat(option, ": ");
    ck_assert_msg(strncmp(e.text, option, strlen(option)) == 0, "%s", e.text);
}
END_TEST

START_TEST(test_options_of_the_points_ask_for_points)
{
    struct sw_settings setting = {0};

    give(&setting, ROW);
    ck_assert_int_eq(setting.points != 0, ROW->wants_points || strcmp(ROW->key, "points") == 0);
    sw_settings_free(&setting);
}
END_TEST

/* ---- to the run ---- */

static int is_in_environment(const char *text)
{
    for (char **at = environ; at != NULL && *at != NULL; at++)
        if (strcmp(*at, text) == 0)
            return 1;
    return 0;
}

START_TEST(test_each_comes_to_the_run)
{
    struct sw_control_shm *without = calloc(1, sizeof *without), *with = calloc(1, sizeof *with);
    struct sw_settings setting = {0};
    char value[SW_FAULT_SET_TEXT_MAX], variable[SW_FAULT_SET_TEXT_MAX + 16];

    sw_settings_fill_shm(&setting, without);
    give(&setting, ROW);
    if (ROW->wants_points)
        setting.points = 0; /* what is seen is of this row alone */
    sw_settings_fill_shm(&setting, with);
    ck_assert_int_eq(memcmp(with, without, offsetof(struct sw_control_shm, started)) != 0,
                     ROW->shm != 0 || ROW->fill != NULL);
    clearenv();
    ck_assert_int_eq(sw_settings_set_environment(&setting), 0);
    if (ROW->variable != NULL) {
        sw_settings_table_format(&setting, ROW, ',', value, sizeof value);
        snprintf(variable, sizeof variable, "%s=%s", ROW->variable, value);
        ck_assert(is_in_environment(variable));
    }
    if (ROW->type == SW_SETTINGS_ENVIRONMENT)
        ck_assert(is_in_environment(argument_of(ROW)));
    /* "expect" is about the verdict, and no run is another one for it. */
    ck_assert(ROW->shm != 0 || ROW->fill != NULL || (environ != NULL && environ[0] != NULL) ||
              strcmp(ROW->key, "expect") == 0);
    clearenv(); /* which has the setting's own texts */
    sw_settings_free(&setting);
    free(without);
    free(with);
}
END_TEST

START_TEST(test_a_search_says_how_many_schedules_begin)
{
    struct sw_control_shm *shm = calloc(1, sizeof *shm);
    struct sw_settings setting = {.begins = 1};

    shm->loop_count = 20;
    sw_settings_fill_shm(&setting, shm);
    ck_assert_uint_eq(shm->loop_count, 20);
    free(shm);
}
END_TEST

START_TEST(test_an_interpreter_that_cannot_is_refused)
{
    struct sw_settings setting = {0};
    struct sw_error e = {0};

    give(&setting, ROW);
    if (ROW->wants_points)
        setting.points = 0;
    ck_assert_int_eq(sw_settings_check(&setting, "/proc/self/exe", &e),
                     ROW->symbol != NULL ? -1 : 0);
    if (ROW->symbol != NULL)
        ck_assert_str_eq(e.text, ROW->lacks);
    sw_settings_free(&setting);
}
END_TEST

/* ---- beside the table ---- */

/* What damages inputs knows the beginning of each line. */
START_TEST(test_the_words_of_the_fuzzer_have_each)
{
    FILE *file = fopen("fuzz/inputs/sched.dict", "r");
    char word[64], line[512];
    int has = 0;

    ck_assert_ptr_nonnull(file);
    snprintf(word, sizeof word, "\"%s ", ROW->key);
    while (fgets(line, sizeof line, file) != NULL)
        has |= strncmp(line, word, strlen(word)) == 0;
    fclose(file);
    ck_assert_msg(has, "no word begins with %s", word);
}
END_TEST

static void add_rows(TCase *tcase, const TTest *test)
{
    tcase_add_loop_test(tcase, test, 0, SW_SETTINGS_TABLE_COUNT);
}

CHECK_SUITE(suite)
{
    TCase *files = tcase_create("files"), *options = tcase_create("options"),
          *run = tcase_create("run");

    add_rows(files, test_what_is_written_is_read);
    add_rows(files, test_each_makes_another_setting);
    add_rows(files, test_a_line_stands_where_it_stands);
    tcase_add_test(files, test_what_is_not_set_has_no_line);
    tcase_add_test(files, test_the_lines_are_what_they_were);
    add_rows(files, test_the_words_of_the_fuzzer_have_each);
    suite_add_tcase(suite, files);
    add_rows(options, test_each_command_takes_what_is_its);
    add_rows(options, test_an_option_says_what_it_would_take);
    add_rows(options, test_options_of_the_points_ask_for_points);
    suite_add_tcase(suite, options);
    add_rows(run, test_each_comes_to_the_run);
    add_rows(run, test_an_interpreter_that_cannot_is_refused);
    tcase_add_test(run, test_a_search_says_how_many_schedules_begin);
    suite_add_tcase(suite, run);
}
