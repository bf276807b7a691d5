/* SPDX-License-Identifier: MIT
 *
 * check_event_shm_sanitize.c - characters, and an event memory that nobody should believe.
 */
#include <stdio.h>

#include "contract/utf8.h"
#include "harness/tests/runner_event_shm.h"

/* ---- characters ---- */

static const struct {
    const char *bytes;
    size_t length, printable;
} characters[] = {
    {"a", 1, 1},
    {"\n", 1, 0},
    {"\x7f", 1, 0},
    {"\xc3\xa9", 2, 2},
    {"\xc2\x85", 2, 0},
    {"\xc2\xa0", 2, 2},
    {"\xe2\x82\xac", 3, 3},
    {"\xef\xbf\xbd", 3, 3},
    {"\xef\xbf\xbe", 3, 0},
    {"\xf0\x9f\x98\x80", 4, 4},
    {"\xf4\x8f\xbf\xbf", 4, 4},
    {"\x80", 0, 0},
    {"\xc1\x81", 0, 0}, /* too long a form */
    {"\xe0\x80\x80", 0, 0},
    {"\xed\xa0\x80", 0, 0}, /* a surrogate */
    {"\xf4\x90\x80\x80", 0, 0}, /* beyond the last */
    {"\xff", 0, 0},
    {"\xe2\x82", 0, 0}, /* incomplete */
    {"\xc3(", 0, 0},
};
enum { CHARACTER_COUNT = sizeof characters / sizeof *characters };

START_TEST(test_character)
{
    const char *bytes = characters[_i].bytes, *end = bytes + strlen(bytes);

    ck_assert_uint_eq(sw_utf8_length(bytes, end), characters[_i].length);
    ck_assert_uint_eq(sw_utf8_printable(bytes, end), characters[_i].printable);
}
END_TEST

static const char *trimmed(const char *text)
{
    static char buf[100];

    snprintf(buf, sizeof buf, "%s", text);
    sw_utf8_trim(buf);
    return buf;
}

START_TEST(test_trim)
{
    ck_assert_str_eq(trimmed(""), "");
    ck_assert_str_eq(trimmed("abc"), "abc");
    ck_assert_str_eq(trimmed("ab\xe2\x82\xac"), "ab\xe2\x82\xac");
    ck_assert_str_eq(trimmed("ab\xe2\x82"), "ab");
    ck_assert_str_eq(trimmed("ab\xe2"), "ab");
    ck_assert_str_eq(trimmed("\xf0\x9f\x98"), "");
}
END_TEST

START_TEST(test_write)
{
    char *text_written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text_written, &size);

    ck_assert_ptr_nonnull(out);
    sw_utf8_write(out, "a\0\x1b\xc3\xa9\xff", 6);
    fclose(out);
    ck_assert_str_eq(text_written, "a\\x00\\x1b\xc3\xa9\\xff");
    free(text_written);
}
END_TEST

/* ---- the event memory ---- */

static const char *mended(const char *bytes)
{
    append(SW_EVENT_SEND, 0, bytes);
    sw_event_shm_sanitize(event_shm);
    return sw_event_shm_text(event_shm, event_shm->events[event_shm->event_count - 1].who);
}

START_TEST(test_texts_become_single_clean_lines)
{
    ck_assert_str_eq(mended("plain \xe2\x82\xac"), "plain \xe2\x82\xac");
    ck_assert_str_eq(mended("two\nlines\tand \x1b[31m"), "two lines and ?[31m");
    ck_assert_str_eq(mended("\xff\xc3"), "??");
}
END_TEST

/* _i: how many bytes stand before the characters of two bytes. */
START_TEST(test_long_texts_are_cut)
{
    char long_text[3000] = "x";

    for (int i = _i; i + 2 < (int)sizeof long_text; i += 2)
        memcpy(long_text + i, "\xc3\xa9", 2);
    size_t length = strlen(mended(long_text));
    ck_assert_uint_le(length, SW_EVENT_SHM_SANITIZE_TEXT_MAX);
    ck_assert_uint_ge(length, SW_EVENT_SHM_SANITIZE_TEXT_MAX - 1);
}
END_TEST

START_TEST(test_texts_at_the_end_and_beyond)
{
    memset(event_shm->text + SW_TEXT_MAX - 10, 'y', 10);
    append(SW_EVENT_SEND, 0, "")->who = SW_TEXT_MAX - 5;
    append(SW_EVENT_SEND, 0, "")->who = SW_TEXT_MAX - 1;
    append(SW_EVENT_SEND, 0, "")->note = SW_TEXT_MAX;
    append(SW_EVENT_SEND, 0, "")->object = UINT32_MAX;
    sw_event_shm_sanitize(event_shm);
    ck_assert_uint_lt(strlen(sw_event_shm_text(event_shm, event_shm->events[0].who)), 5);
    ck_assert_str_eq(sw_event_shm_text(event_shm, event_shm->events[1].who), "");
    ck_assert_uint_eq(event_shm->events[2].note, 0);
    ck_assert_uint_eq(event_shm->events[3].object, 0);
}
END_TEST

START_TEST(test_texts_that_overlap)
{
    sw_text whole = text("a\xe2\x82\xac");

    append(SW_EVENT_SEND, 0, "")->who = whole;
    append(SW_EVENT_SEND, 0, "")->who = whole + 2;
    sw_event_shm_sanitize(event_shm);
    ck_assert_str_eq(sw_event_shm_text(event_shm, whole), "a???");
}
END_TEST

START_TEST(test_counts)
{
    event_shm->event_count = event_shm->stack_count = event_shm->maps_used = UINT32_MAX;
    for (int i = 0; i < SW_STACKS_MAX; i++)
        event_shm->stacks[i].frame_count = UINT32_MAX;
    event_shm->explains = 1;
    event_shm->text[0] = 'x';
    sw_event_shm_sanitize(event_shm);
    ck_assert_uint_eq(event_shm->event_count, SW_EVENTS_MAX);
    ck_assert_uint_eq(event_shm->stack_count, SW_STACKS_KEPT);
    ck_assert_uint_eq(event_shm->stacks[0].frame_count, SW_FRAMES_MAX);
    ck_assert_uint_eq(event_shm->stacks[SW_STACKS_MAX - 1].frame_count, SW_FRAMES_MAX);
    ck_assert_uint_eq(event_shm->maps_used, SW_MAPS_MAX);
    ck_assert_str_eq(sw_event_shm_text(event_shm, 0), "");
}
END_TEST

START_TEST(test_events)
{
    struct sw_event *event = append(SW_EVENT_LOST, 2, "a");

    event->stack = 2;
    event = append(SW_EVENT_COUNT, SW_MOVES_MAX + 1, "b");
    event->index = 77;
    event->stack = 3;
    event_shm->stack_count = 2;
    sw_event_shm_sanitize(event_shm);
    ck_assert_uint_eq(event_shm->events[0].kind, SW_EVENT_LOST);
    ck_assert_uint_eq(event_shm->events[0].move, 2);
    ck_assert_uint_eq(event_shm->events[0].stack, 2);
    ck_assert_uint_eq(event_shm->events[1].index, 1);
    ck_assert_uint_eq(event_shm->events[1].kind, SW_EVENT_NONE);
    ck_assert_uint_eq(event_shm->events[1].move, 0);
    ck_assert_uint_eq(event_shm->events[1].stack, 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *bytes = tcase_create("characters"), *event_shms = tcase_create("event_shm");

    suite_add_tcase(suite, bytes);
    tcase_add_loop_test(bytes, test_character, 0, CHARACTER_COUNT);
    tcase_add_test(bytes, test_trim);
    tcase_add_test(bytes, test_write);
    suite_add_tcase(suite, event_shms);
    tcase_add_checked_fixture(event_shms, event_shm_setup, event_shm_teardown);
    tcase_add_test(event_shms, test_texts_become_single_clean_lines);
    tcase_add_loop_test(event_shms, test_long_texts_are_cut, 0, 2);
    tcase_add_test(event_shms, test_texts_at_the_end_and_beyond);
    tcase_add_test(event_shms, test_texts_that_overlap);
    tcase_add_test(event_shms, test_counts);
    tcase_add_test(event_shms, test_events);
}
