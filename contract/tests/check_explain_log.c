/* SPDX-License-Identifier: MIT
 *
 * check_explain_log.c - texts are kept once, and what does not fit is counted.
 */
#include "suite_main.h"

#include <stdlib.h>

#include "contract/explain_log.h"

static struct sw_explain_log *log_of_test;

static void setup(void)
{
    log_of_test = malloc(sizeof *log_of_test);
    ck_assert_ptr_nonnull(log_of_test);
    sw_explain_log_begin(log_of_test);
}

static void teardown(void)
{
    free(log_of_test);
}

START_TEST(test_a_text_is_kept_once)
{
    uint32_t one = sw_explain_log_text(log_of_test, "one", 3);
    uint32_t other = sw_explain_log_text(log_of_test, "other", 5);

    ck_assert_uint_ne(one, other);
    ck_assert_uint_eq(sw_explain_log_text(log_of_test, "one or two", 3), one);
    ck_assert_str_eq(sw_explain_log_read(log_of_test, one), "one");
    ck_assert_str_eq(sw_explain_log_read(log_of_test, other), "other");
    ck_assert_uint_eq(sw_explain_log_text(log_of_test, "", 0), 0);
}
END_TEST

START_TEST(test_a_text_that_does_not_fit_is_counted)
{
    log_of_test->text_used = SW_EXPLAIN_TEXT_MAX - 4;
    ck_assert_uint_ne(sw_explain_log_text(log_of_test, "one", 3), 0);
    ck_assert_uint_eq(sw_explain_log_text(log_of_test, "other", 5), 0);
    ck_assert_uint_eq(log_of_test->text_lost, 1);
}
END_TEST

START_TEST(test_an_entry_that_does_not_fit_is_counted)
{
    struct sw_explain_entry entry = {.thread = 3};

    log_of_test->count = SW_EXPLAIN_ENTRIES_MAX - 1;
    ck_assert_ptr_nonnull(sw_explain_log_add(log_of_test, &entry));
    ck_assert_ptr_null(sw_explain_log_add(log_of_test, &entry));
    ck_assert_uint_eq(log_of_test->lost, 1);
    ck_assert_uint_eq(log_of_test->entries[SW_EXPLAIN_ENTRIES_MAX - 1].thread, 3);
}
END_TEST

START_TEST(test_an_offset_that_is_none_is_the_empty_text)
{
    ck_assert_str_eq(sw_explain_log_read(log_of_test, SW_EXPLAIN_TEXT_MAX + 5u), "");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tests = tcase_create("explain_log");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_a_text_is_kept_once);
    tcase_add_test(tests, test_a_text_that_does_not_fit_is_counted);
    tcase_add_test(tests, test_an_entry_that_does_not_fit_is_counted);
    tcase_add_test(tests, test_an_offset_that_is_none_is_the_empty_text);
    suite_add_tcase(suite, tests);
}
