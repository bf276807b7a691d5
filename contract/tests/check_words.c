/* SPDX-License-Identifier: MIT
 *
 * check_words.c - numbers and names as a person writes them.
 */
#include <stdlib.h>
#include <string.h>

#include "contract/tests/suite_main.h"
#include "contract/words.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct {
    const char *text;
    uint64_t least, most;
    int is_good;
    uint64_t number; /* valid if it is */
} numbers[] = {
    {"0", 0, 3, 1, 0},
    {"3", 0, 3, 1, 3},
    {"007", 0, 9, 1, 7},
    {"18446744073709551615", 0, UINT64_MAX, 1, UINT64_MAX},
    {"18446744073709551616", 0, UINT64_MAX, 0, 0},
    {"4", 0, 3, 0, 0},
    {"0", 1, 3, 0, 0},
    {"", 0, 3, 0, 0},
    {"-1", 0, UINT64_MAX, 0, 0},
    {"+1", 0, 3, 0, 0},
    {" 1", 0, 3, 0, 0},
    {"1 ", 0, 3, 0, 0},
    {"0x1", 0, 3, 0, 0},
    {"1e0", 0, 3, 0, 0},
    {"many", 0, 3, 0, 0},
};

START_TEST(test_number)
{
    struct sw_error e = {0};
    uint64_t number;
    int status =
        sw_words_number(numbers[_i].text, numbers[_i].least, numbers[_i].most, &number, &e);

    ck_assert_int_eq(status, numbers[_i].is_good ? 0 : -1);
    if (numbers[_i].is_good)
        ck_assert_uint_eq(number, numbers[_i].number);
    else
        ck_assert_msg(strstr(e.text, "' is not a number from ") != NULL, "%s", e.text);
}
END_TEST

static const char *const engines[] = {"threads", "fibers", "pool", NULL};

START_TEST(test_one_of_some)
{
    struct sw_error e = {0};

    for (int i = 0; engines[i] != NULL; i++)
        ck_assert_int_eq(sw_words_choose(engines, engines[i], &e), i);
    ck_assert_int_eq(sw_words_choose(engines, "thread", &e), -1);
    ck_assert_str_eq(e.text, "'thread' is none of threads, fibers and pool");
    ck_assert_int_eq(sw_words_choose(engines, "", &e), -1);
}
END_TEST

START_TEST(test_bytes_of_a_line)
{
    ck_assert_int_eq(sw_words_find(engines, "pooled", 4), 2);
    ck_assert_int_eq(sw_words_find(engines, "pooled", 5), -1);
    ck_assert_int_eq(sw_words_find(engines, "pooled", 0), -1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *words = tcase_create("words");

    tcase_add_loop_test(words, test_number, 0, COUNT_OF(numbers));
    tcase_add_test(words, test_one_of_some);
    tcase_add_test(words, test_bytes_of_a_line);
    suite_add_tcase(suite, words);
}
