/* SPDX-License-Identifier: MIT
 *
 * check_spill_setting.c - one text, six readers: what one of them takes as SLP_SPILL, all do.
 */
#include "harness/tests/control_fixture.h"

#include "contract/spill_setting.h"
#include "harness/formats/sched/settings_table.h"
#include "harness/formats/tests/spec_texts.h"

static const struct {
    const char *text;
    int is_good;
    int is_no_token; /* a spec, which is made of tokens, refuses the line in words of its own */
} settings[] = {
    {"1", 1, 0},
    {"16384", 1, 0},
    {"16384,copy", 1, 0},
    {"16384,segment", 1, 0},
    {"always", 1, 0},
    {"always,segment", 1, 0},
    {"never", 1, 0},
    {"never,copy", 1, 0},
    {"default", 1, 0},
    {"default,segment", 1, 0},
    {"4294967295", 1, 0},
    {"4294967296", 1, 0}, /* 2^32 */
    {"999999999999999999", 1, 0}, /* 18 digits */
    {"1000000000000000000", 1, 0}, /* 19 */
    {"9223372036854775807", 1, 0}, /* PTRDIFF_MAX */
    {"9223372036854775808", 0, 0},
    {"18446744073709551613", 0, 0}, /* SIZE_MAX - 2 */
    {"18446744073709551614", 0, 0}, /* the value of "default" */
    {"18446744073709551615", 0, 0}, /* and of "never" */
    {"18446744073709551617", 0, 0}, /* 1, if it wrapped */
    {"99999999999999999999999", 0, 0},
    {"0", 0, 0},
    {"00", 0, 0},
    {"007", 0, 0},
    {"010,copy", 0, 0},
    {"0x10", 0, 0},
    {"-1", 0, 0},
    {"+1", 0, 0},
    {"1.5", 0, 0},
    {"16K", 0, 0},
    {"1_000", 0, 0},
    {"Always", 0, 0},
    {"alway", 0, 0},
    {"alwayss", 0, 0},
    {"copy", 0, 0},
    {"1,Copy", 0, 0},
    {"1,cop", 0, 0},
    {"1,copyy", 0, 0},
    {"1,", 0, 1},
    {",copy", 0, 1},
    {",", 0, 1},
    {"1,,copy", 0, 1},
    {"1,copy,", 0, 1},
    {"1,segment,copy", 0, 1},
    {" 1", 0, 1},
    {"1 ", 0, 1},
    {"1 ,copy", 0, 1},
    {"1, copy", 0, 1},
    {"always never", 0, 1},
};

/* What a reader has said of a text must be what all say. */
static void must_answer(int row, int is_taken, const char *says)
{
    const char *text = settings[row].text;
    char refusal[256];

    ck_assert_msg(is_taken == settings[row].is_good, "'%s' is %s: %s", text,
                  is_taken ? "taken" : "refused", says);
    snprintf(refusal, sizeof refusal, "'%s' " SLP_SPILL_SETTING_REFUSED, text);
    if (!is_taken)
        ck_assert_msg(strstr(says, refusal) != NULL, "'%s': %s", text, says);
}

START_TEST(test_of_a_recorded_schedule)
{
    struct sw_settings setting = {0};
    struct sw_error e = {0};
    int is_taken = sw_settings_table_add(&setting, sw_settings_table_find("spill"),
                                         settings[_i].text, &e) == 0;

    must_answer(_i, is_taken, e.text);
    if (is_taken)
        ck_assert_str_eq(setting.spill, settings[_i].text);
    sw_settings_free(&setting);
}
END_TEST

START_TEST(test_of_a_spec)
{
    char bytes[256];
    struct sw_spec *spec;
    struct sw_error e;

    snprintf(bytes, sizeof bytes, "spill %s\n" LEAST, settings[_i].text);
    int is_taken = parse(bytes, strlen(bytes), &spec, &e) == 0;
    if (!settings[_i].is_no_token)
        must_answer(_i, is_taken, e.text);
    if (is_taken) /* blanks around its tokens are the spec's */
        ck_assert(slp_spill_setting_parse(spec->spill, &(struct slp_spill_setting){0}) == NULL);
    if (is_taken)
        sw_spec_free(spec);
}
END_TEST

START_TEST(test_of_a_command)
{
    ck_assert_int_eq(spillway("run --spill '%s' nothing", settings[_i].text), 2);
    const char *says = content("err");
    must_answer(_i, strstr(says, "nothing: No such file") != NULL, says);
}
END_TEST

START_TEST(test_of_the_interpreter)
{
    int status = shell("SLP_SPILL='%s' %s/slpython -c pass 2>err", settings[_i].text, binaries);

    must_answer(_i, status == 0, content("err"));
}
END_TEST

START_TEST(test_of_the_extension_module)
{
    int status = shell("SLP_SPILL='%s' PYTHONPATH=%s/../lib/python /usr/bin/python3.11 -c "
                       "'import stackless' 2>err",
                       settings[_i].text, binaries);

    must_answer(_i, status == 0, content("err"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *texts = tcase_create("texts");
    TCase *programs_of = tcase_create("programs");

    tcase_add_loop_test(texts, test_of_a_recorded_schedule, 0, COUNT_OF(settings));
    tcase_add_loop_test(texts, test_of_a_spec, 0, COUNT_OF(settings));
    suite_add_tcase(suite, texts);
    tcase_add_checked_fixture(programs_of, setup, teardown);
    tcase_set_timeout(programs_of, 60);
    tcase_set_tags(programs_of, "no-memcheck"); /* they look at other processes only */
    tcase_add_loop_test(programs_of, test_of_a_command, 0, COUNT_OF(settings));
    tcase_add_loop_test(programs_of, test_of_the_interpreter, 0, COUNT_OF(settings));
    tcase_add_loop_test(programs_of, test_of_the_extension_module, 0, COUNT_OF(settings));
    suite_add_tcase(suite, programs_of);
}
