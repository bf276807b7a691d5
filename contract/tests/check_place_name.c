/* SPDX-License-Identifier: MIT
 *
 * check_place_name.c - the names that programs give, in one process and from one to another.
 */
#include <stdio.h>
#include <string.h>

#include "contract/decision.h"
#include "contract/place_name.h"
#include "contract/tests/suite_main.h"

static struct sw_place_names table, other;

START_TEST(test_a_name_is_one_word)
{
    static const char longest[] = "choice:1234567890123456789012345678901234567890";

    ck_assert(sw_place_name_is_valid("choice:dice"));
    ck_assert(sw_place_name_is_valid("choice:a.b/c[1]=2"));
    ck_assert(sw_place_name_is_valid(longest));
    ck_assert_uint_lt(strlen(longest), SW_PLACE_NAME_SIZE);
    ck_assert_int_le((int)SW_PLACE_NAME_SIZE, (int)SW_PLACE_TEXT);
    static const char *const bad[] = {"",
                                      "dice",
                                      "choice:",
                                      "choice: ",
                                      "choice:a b",
                                      "choice:\"a\"",
                                      "choice:\xc3\xa4",
                                      "choice:a\n",
                                      "choice:12345678901234567890123456789012345678901"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!sw_place_name_is_valid(bad[i]), "'%s'", bad[i]);
}
END_TEST

/* It is in the hash of a run, so that it may not change. */
START_TEST(test_a_number_is_of_the_name_alone)
{
    uint32_t number = sw_place_name_number("choice:dice");

    ck_assert_uint_eq(number, 0x79a75be3u);
    ck_assert_uint_eq(number & SW_PLACE_NAMED, SW_PLACE_NAMED);
    ck_assert_int_gt((int)number, 0);
    ck_assert_uint_ne(sw_place_name_number("choice:coin"), number);
    ck_assert_uint_eq(sw_place_name_put(&table, "choice:dice"), number);
    ck_assert_uint_eq(sw_place_name_keep("choice:dice"), number);
}
END_TEST

START_TEST(test_a_name_is_known_while_its_table_is_lent)
{
    uint32_t number = sw_place_name_put(&table, "choice:lent");

    ck_assert_ptr_null(sw_place_name_find(number));
    ck_assert_int_eq(sw_decision_is_place(number), 0);
    ck_assert_str_eq(sw_decision_place(number), "choice:?");
    sw_place_name_lend(&table);
    ck_assert_str_eq(sw_decision_place(number), "choice:lent");
    ck_assert_int_eq(sw_decision_is_place(number), 1);
    sw_place_name_take_back(&table);
    memset(&table, 0, sizeof table);
    ck_assert_str_eq(sw_decision_place(number), "choice:lent");
}
END_TEST

START_TEST(test_what_is_kept_goes_to_the_next_table)
{
    int number = sw_decision_find_place("choice:read");

    ck_assert_int_gt(number, 0);
    sw_place_name_lend(&other);
    ck_assert_uint_eq(other.count, 1);
    ck_assert_str_eq(other.names[0], "choice:read");
    ck_assert_uint_eq(sw_place_name_put(&other, "choice:read"), (uint32_t)number);
    ck_assert_uint_eq(other.count, 1);
    ck_assert_int_eq(sw_decision_find_place("choice:a b"), -1);
}
END_TEST

START_TEST(test_a_table_that_was_scribbled_on_is_of_no_use)
{
    uint32_t number = sw_place_name_put(&table, "choice:dice");

    sw_place_name_lend(&table);
    strcpy(table.names[0], "choice:coin");
    ck_assert_ptr_null(sw_place_name_find(number));
    memset(table.names[0], 'x', SW_PLACE_NAME_SIZE);
    table.count = UINT32_MAX;
    ck_assert_ptr_null(sw_place_name_find(number));
    ck_assert_uint_eq(sw_place_name_put(&table, "choice:more"), 0);
    sw_place_name_take_back(&table);
    ck_assert_ptr_null(sw_place_name_find(number));
}
END_TEST

START_TEST(test_a_full_table_says_so)
{
    char name[SW_PLACE_NAME_SIZE];

    for (int i = 0; i < SW_PLACE_NAMES_MAX; i++) {
        snprintf(name, sizeof name, "choice:%d", i);
        ck_assert_uint_ne(sw_place_name_put(&table, name), 0);
    }
    ck_assert_uint_eq(sw_place_name_put(&table, "choice:more"), 0);
    ck_assert_uint_ne(sw_place_name_put(&table, "choice:7"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("names");

    tcase_add_test(tcase, test_a_name_is_one_word);
    tcase_add_test(tcase, test_a_number_is_of_the_name_alone);
    tcase_add_test(tcase, test_a_name_is_known_while_its_table_is_lent);
    tcase_add_test(tcase, test_what_is_kept_goes_to_the_next_table);
    tcase_add_test(tcase, test_a_table_that_was_scribbled_on_is_of_no_use);
    tcase_add_test(tcase, test_a_full_table_says_so);
    suite_add_tcase(suite, tcase);
}
