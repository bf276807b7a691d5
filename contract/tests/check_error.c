/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/error.h"
#include "contract/tests/suite_main.h"

/* ---- nearest ---- */

static const char *const words[] = {"spill.save", "spill.restore", "switch.release", "done", "gc"};

static const char *nearest(const char *word)
{
    return sw_error_nearest(word, words, sizeof words / sizeof *words);
}

START_TEST(test_nearest_finds_each_kind_of_slip)
{
    ck_assert_str_eq(nearest("spil.save"), "spill.save"); /* one missing */
    ck_assert_str_eq(nearest("spilll.save"), "spill.save"); /* one too many */
    ck_assert_str_eq(nearest("spill.sane"), "spill.save"); /* another one */
    ck_assert_str_eq(nearest("spill.svae"), "spill.save"); /* two swapped: one slip */
    ck_assert_str_eq(nearest("pill.restroe"), "spill.restore");
    ck_assert_str_eq(nearest("spill.save"), "spill.save");
}
END_TEST

START_TEST(test_nearest_counts_a_swap_as_one)
{
    ck_assert_str_eq(nearest("doen"), "done"); /* distance 1, allowed 4 / 3 = 1 */
    ck_assert_ptr_null(nearest("deon")); /* 2: not neighbours */
}
END_TEST

START_TEST(test_nearest_allows_a_third_and_at_least_one)
{
    ck_assert_str_eq(nearest("g"), "gc");
    ck_assert_str_eq(nearest("xc"), "gc");
    ck_assert_ptr_null(nearest("xy"));
    ck_assert_str_eq(nearest("spill.xxxe"), "spill.save"); /* 10 / 3 = 3 */
    ck_assert_ptr_null(nearest("spill.xxxx"));
}
END_TEST

START_TEST(test_nearest_prefers_the_nearer_then_the_first)
{
    static const char *const twins[] = {"abcx", "abcd", "abce"};

    ck_assert_str_eq(sw_error_nearest("abcd", twins, 3), "abcd");
    ck_assert_str_eq(sw_error_nearest("abcz", twins, 3), "abcx");
}
END_TEST

START_TEST(test_nearest_knows_when_to_be_silent)
{
    char word[5000];

    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    ck_assert_ptr_null(nearest(word));
    ck_assert_ptr_null(nearest(""));
    ck_assert_ptr_null(nearest("something.else"));
    ck_assert_ptr_null(sw_error_nearest("done", words, 0));
    ck_assert_ptr_null(sw_error_nearest("done", (const char *const[]){word}, 1));
}
END_TEST

/* ---- set and print ---- */

START_TEST(test_set_fills_everything)
{
    char path[] = "a.spec";
    struct sw_error e;

    ck_assert_int_eq(sw_error_set(&e, path, 3, 7, "unknown step '%s'", "x"), -1);
    path[0] = '?'; /* it may be gone before the error is */
    ck_assert_str_eq(e.path, "a.spec");
    ck_assert_uint_eq(e.line, 3);
    ck_assert_uint_eq(e.column, 7);
    ck_assert_str_eq(e.text, "unknown step 'x'");
}
END_TEST

/* _i: how many bytes stand before the characters of three bytes. */
START_TEST(test_set_cuts_between_characters)
{
    struct sw_error e;
    char text[2000] = "";

    memset(text, 'a', (size_t)_i);
    for (int at = _i; at + 3 < (int)sizeof text; at += 3)
        memcpy(text + at, "\xe2\x82\xac", 3);
    sw_error_set(&e, NULL, 0, 0, "%s", text);
    ck_assert_uint_le(strlen(e.text), sizeof e.text - 1);
    ck_assert_uint_ge(strlen(e.text), sizeof e.text - 4);
    ck_assert_uint_eq((strlen(e.text) - (size_t)_i) % 3, 0);
    ck_assert_mem_eq(e.text, text, strlen(e.text));
}
END_TEST

/* What an error quotes may be anything. */
START_TEST(test_set_is_one_line_of_valid_utf8)
{
    struct sw_error e;
    char text[2000];

    sw_error_set(&e, NULL, 0, 0, "'%s' is none", "a\n\x1b[1m\xc3\xa9\xc3\xff\xef\xbf\xbf");
    ck_assert_str_eq(e.text, "'a\\x0a\\x1b[1m\xc3\xa9\\xc3\\xff\\xef\\xbf\\xbf' is none");
    memset(text, '\xff', sizeof text);
    text[sizeof text - 1] = '\0';
    sw_error_set(&e, NULL, 0, 0, "%s", text);
    ck_assert_uint_eq(strlen(e.text), (sizeof e.text - 1) / 4 * 4);
    ck_assert_uint_eq(strspn(e.text, "\\xf"), strlen(e.text));
}
END_TEST

/* What sw_error_print() writes on stderr. */
static const char *printed(const struct sw_error *e, char *buf, size_t size)
{
    int saved = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    size_t length;

    ck_assert_ptr_nonnull(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    sw_error_print(e);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    length = fread(buf, 1, size - 1, file);
    buf[length] = '\0';
    fclose(file);
    return buf;
}

START_TEST(test_print_says_what_is_known)
{
    struct sw_error e;
    char buf[600];

    sw_error_set(&e, "a.spec", 3, 7, "no %d%%", 5);
    ck_assert_str_eq(printed(&e, buf, sizeof buf), "a.spec:3:7: no 5%\n");
    sw_error_set(&e, "a.spec", 3, 0, "no");
    ck_assert_str_eq(printed(&e, buf, sizeof buf), "a.spec:3: no\n");
    sw_error_set(&e, "a.spec", 0, 0, "no");
    ck_assert_str_eq(printed(&e, buf, sizeof buf), "a.spec: no\n");
    sw_error_set(&e, NULL, 0, 0, "no");
    ck_assert_str_eq(printed(&e, buf, sizeof buf), "no\n");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *names = tcase_create("nearest");
    TCase *texts = tcase_create("texts");

    tcase_add_test(names, test_nearest_finds_each_kind_of_slip);
    tcase_add_test(names, test_nearest_counts_a_swap_as_one);
    tcase_add_test(names, test_nearest_allows_a_third_and_at_least_one);
    tcase_add_test(names, test_nearest_prefers_the_nearer_then_the_first);
    tcase_add_test(names, test_nearest_knows_when_to_be_silent);
    suite_add_tcase(suite, names);
    tcase_add_test(texts, test_set_fills_everything);
    tcase_add_loop_test(texts, test_set_cuts_between_characters, 0, 3);
    tcase_add_test(texts, test_set_is_one_line_of_valid_utf8);
    tcase_add_test(texts, test_print_says_what_is_known);
    suite_add_tcase(suite, texts);
}
