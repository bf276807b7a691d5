/* SPDX-License-Identifier: MIT
 *
 * check_picture.c - a run laid out to be drawn, and what it is drawn as: a page, a trace, text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "contract/bytes.h"
#include "contract/tests/suite_main.h"
#include "contract/utf8.h"
#include "harness/report/columns.h"
#include "harness/report/picture_html.h"
#include "harness/report/picture_text.h"
#include "harness/report/picture_trace.h"
#include "picture_sample.h"

static struct sw_picture *picture;
static char *text;
static size_t size;

static void make(uint32_t count, int hostile)
{
    struct sample *sample = sample_make(count, hostile);

    picture = sample_picture(sample);
    sample_free(sample);
    ck_assert_ptr_nonnull(picture);
}

static void setup(void)
{
    make(400, 0);
}

static void teardown(void)
{
    sw_picture_free(picture);
    free(text);
    picture = NULL;
    text = NULL;
}

static void draw(int (*write)(FILE *out, const struct sw_picture *picture))
{
    FILE *out = open_memstream(&text, &size);

    ck_assert_int_eq(write(out, picture), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static void draw_text(struct sw_picture_text_order order)
{
    FILE *out = open_memstream(&text, &size);

    ck_assert_int_eq(sw_picture_text_write(out, picture, &order), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static void assert_utf8(void)
{
    for (const char *at = text; at < text + size;) {
        size_t length = sw_utf8_length(at, text + size);
        ck_assert_msg(length > 0, "at byte %zu", (size_t)(at - text));
        at += length;
    }
}

/* ---- the layout ---- */

static struct sw_picture_mark *mark(enum sw_timeline_kind kind, uint32_t lane, uint32_t object)
{
    struct sw_picture_mark *it = sw_picture_add_mark(picture);

    it->kind = (uint16_t)kind;
    it->lane = lane;
    it->object = object;
    it->step = picture->mark_count;
    return it;
}

/* Two threads, one with a tasklet, a lock and a variable. */
static void make_lanes(void)
{
    sw_picture_free(picture);
    picture = sw_picture_new();
    sw_picture_add_lane(picture, SW_PICTURE_LANE_LOCK, "lock", 0);
    sw_picture_add_lane(picture, SW_PICTURE_LANE_THREAD, "T0", 0);
    sw_picture_add_lane(picture, SW_PICTURE_LANE_THREAD, "T1", 0);
    sw_picture_add_lane(picture, SW_PICTURE_LANE_TASKLET, "reader", 2);
    sw_picture_add_lane(picture, SW_PICTURE_LANE_OBJECT, "counter", 0);
}

static void assert_span(uint32_t number, enum sw_picture_span_kind kind, uint32_t lane, uint32_t by,
                        uint32_t from, uint32_t to)
{
    const struct sw_picture_span *span = &picture->spans[number];

    ck_assert_uint_lt(number, picture->span_count);
    ck_assert_int_eq(span->kind, kind);
    ck_assert_uint_eq(span->lane, lane);
    ck_assert_uint_eq(span->by, by);
    ck_assert_uint_eq(span->from, from);
    ck_assert_uint_eq(span->to, to);
}

START_TEST(test_threads_run_locks_are_held_and_waits_end)
{
    make_lanes();
    mark(SW_TIMELINE_LOCK, 1, 1);
    mark(SW_TIMELINE_BLOCK, 2, 1);
    mark(SW_TIMELINE_RUN, 2, 0);
    mark(SW_TIMELINE_UNLOCK, 3, 1);
    mark(SW_TIMELINE_LOCK, 2, 1);
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    ck_assert_uint_eq(picture->span_count, 7);
    assert_span(0, SW_PICTURE_SPAN_RUNS, 1, 2, 0, 1);
    assert_span(1, SW_PICTURE_SPAN_HELD, 0, 2, 0, 3);
    assert_span(2, SW_PICTURE_SPAN_RUNS, 2, 3, 1, 3);
    assert_span(3, SW_PICTURE_SPAN_WAITS, 2, 1, 1, 4);
    assert_span(4, SW_PICTURE_SPAN_RUNS, 1, 4, 3, 4); /* the tasklet, in its thread */
    assert_span(6, SW_PICTURE_SPAN_HELD, 0, 3, 4, 5); /* for ever */
}
END_TEST

START_TEST(test_tasklets_stand_below_their_thread)
{
    static const uint32_t wanted[] = {1, 3, 2, 0, 4};

    make_lanes();
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    ck_assert_mem_eq(picture->order, wanted, sizeof wanted);
    ck_assert_uint_eq(sw_picture_thread_of(picture, 3), 1);
}
END_TEST

START_TEST(test_an_object_of_one_thread_is_dull_unless_it_is_on_the_path)
{
    make_lanes();
    mark(SW_TIMELINE_LOCK, 1, 1);
    mark(SW_TIMELINE_LOCK, 2, 1);
    mark(SW_TIMELINE_READ, 1, 5);
    mark(SW_TIMELINE_READ, 3, 5);
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    ck_assert_uint_eq(picture->lanes[0].is_dull, 0);
    ck_assert_uint_eq(picture->lanes[4].is_dull, 1);
    picture->marks[2].flags = SW_PICTURE_ON_PATH;
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    ck_assert_uint_eq(picture->lanes[4].is_dull, 0);
}
END_TEST

START_TEST(test_a_lock_that_is_released_at_once_is_dull)
{
    make_lanes();
    mark(SW_TIMELINE_LOCK, 2, 1);
    mark(SW_TIMELINE_UNLOCK, 2, 1);
    mark(SW_TIMELINE_LOCK, 1, 1)->partner = 2; /* somebody had it before */
    mark(SW_TIMELINE_UNLOCK, 1, 1);
    mark(SW_TIMELINE_LOCK, 1, 1);
    mark(SW_TIMELINE_BLOCK, 2, 1);
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    for (uint32_t i = 0; i < picture->mark_count; i++)
        ck_assert_int_eq(sw_picture_rank(&picture->marks[i]), i < 2 ? 0 : 1);
}
END_TEST

START_TEST(test_what_is_wrong_in_a_mark_is_left_out)
{
    make_lanes();
    mark(SW_TIMELINE_LOCK, 77, 99)->partner = 2; /* a later one */
    mark(SW_TIMELINE_KIND_COUNT, 1, 0)->partner = 2; /* itself */
    picture->failure = 3;
    picture->lanes[3].parent = 1; /* a lock */
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    ck_assert_uint_eq(picture->marks[0].lane, 0);
    ck_assert_uint_eq(picture->marks[0].object, 0);
    ck_assert_uint_eq(picture->marks[0].partner, 0);
    ck_assert_uint_eq(picture->marks[1].partner, 0);
    ck_assert_uint_eq(picture->marks[1].kind, SW_TIMELINE_EVENT);
    ck_assert_uint_eq(picture->failure, 0);
    ck_assert_uint_eq(picture->lanes[3].parent, 0);
}
END_TEST

START_TEST(test_without_lanes_there_is_a_picture_of_nothing)
{
    sw_picture_free(picture);
    picture = sw_picture_new();
    sw_picture_add_mark(picture);
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    ck_assert_uint_eq(picture->mark_count, 0);
    draw(sw_picture_html_write);
    free(text);
    draw(sw_picture_trace_write);
    free(text);
    draw_text((struct sw_picture_text_order){0});
}
END_TEST

/* ---- texts ---- */

static const char *kept(const char *what)
{
    return sw_picture_text_of(picture, sw_picture_text(picture, what));
}

START_TEST(test_texts_are_printable)
{
    ck_assert_str_eq(kept(NULL), "");
    ck_assert_str_eq(kept("\x1b[31m\n"), "\\x1b[31m\\x0a");
    ck_assert_str_eq(kept("\xc3\xa9\xff\xed\xa0\x80"), "\xc3\xa9\\xff\\xed\\xa0\\x80");
    ck_assert_str_eq(kept("\xe2\x80\xaex\xe2\x81\xa6\xe2\x80\xa8"),
                     "\\xe2\\x80\\xaex\\xe2\\x81\\xa6\\xe2\\x80\\xa8");
    ck_assert_str_eq(sw_picture_text_of(picture, sw_picture_text_lines(picture, "a\nb\t")),
                     "a\nb\\x09");
    ck_assert_uint_eq(sw_picture_text(picture, "same"), sw_picture_text(picture, "same"));
}
END_TEST

START_TEST(test_long_texts_are_cut)
{
    char bytes[SW_PICTURE_TEXT_MAX * 5 + 1];

    memset(bytes, '\xff', sizeof bytes - 1);
    bytes[sizeof bytes - 1] = '\0';
    size_t length = strlen(kept(bytes));
    ck_assert_uint_le(length, SW_PICTURE_TEXT_MAX + 3);
    ck_assert_str_eq(kept(bytes) + length - 3, "...");
    bytes[SW_PICTURE_TEXT_MAX] = '\0';
    memset(bytes, 'a', SW_PICTURE_TEXT_MAX);
    ck_assert_str_eq(kept(bytes), bytes);
}
END_TEST

START_TEST(test_each_kind_has_words_and_a_glyph)
{
    for (int kind = 0; kind < SW_TIMELINE_KIND_COUNT; kind++) {
        const struct sw_picture_look *look = &sw_picture_looks[kind];
        int columns;
        ck_assert_ptr_nonnull(look->group);
        ck_assert_uint_eq(sw_columns_fit(look->glyph, 9, &columns), strlen(look->glyph));
        ck_assert_int_eq(columns, 1);
        ck_assert_int_ge(look->ascii, ' ');
    }
    for (uint32_t i = 0; i < picture->mark_count; i++)
        ck_assert_uint_ne(picture->marks[i].text, 0);
}
END_TEST

/* ---- the page ---- */

/* What stands in the script of that id; its length in *length. */
static const char *find_script(const char *id, size_t *length)
{
    char tag[80];

    snprintf(tag, sizeof tag, "id=\"%s\">", id);
    const char *start = strstr(text, tag);
    ck_assert_ptr_nonnull(start);
    start += strlen(tag);
    *length = (size_t)(strstr(start, "</script>") - start);
    return start;
}

static struct json_object *find_json(const char *id)
{
    size_t length;
    const char *start = find_script(id, &length);
    char *copy = strndup(start, length);
    struct json_object *object = json_tokener_parse(copy);

    ck_assert_msg(object != NULL, "%s", id);
    free(copy);
    return object;
}

static struct sw_bytes decode(const char *id)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct sw_bytes bytes = {0};
    size_t length;
    const char *at = find_script(id, &length);
    unsigned bits = 0;

    ck_assert_uint_eq(length % 4, 0);
    for (size_t i = 0; i < length && at[i] != '='; i++) {
        bits = bits << 6 | (unsigned)(strchr(digits, at[i]) - digits);
        uint8_t byte = (uint8_t)(bits >> (6 - i % 4 * 2));
        if (i % 4 != 0)
            sw_bytes_add(&bytes, &byte, 1);
    }
    return bytes;
}

/* As page/model.js does it. */
static const char *read_text(struct sw_bytes_walk *walk, struct json_object *texts, size_t *next)
{
    uint64_t code = sw_bytes_number(walk, UINT32_MAX);
    size_t number = code == 0 ? 0 : code == 1 ? (*next)++ : *next + 1 - code;

    return json_object_get_string(json_object_array_get_idx(texts, number));
}

START_TEST(test_a_page_has_all_marks)
{
    draw(sw_picture_html_write);
    struct sw_bytes bytes = decode("marks0");
    struct sw_bytes_walk walk = {.at = bytes.start, .end = bytes.start + bytes.used};
    struct json_object *texts = find_json("texts0");
    uint64_t step = 0;
    size_t next = 1;

    for (uint32_t i = 0; i < picture->mark_count; i++) {
        const struct sw_picture_mark *it = &picture->marks[i];
        const uint32_t of[] = {it->text, it->place, it->source, it->before, it->after, it->stack};
        step += sw_bytes_number(&walk, UINT64_MAX);
        ck_assert_uint_eq(step, it->step);
        ck_assert_uint_eq(sw_bytes_number(&walk, UINT32_MAX), it->lane);
        ck_assert_uint_eq(sw_bytes_number(&walk, UINT32_MAX), it->object);
        ck_assert_uint_eq(sw_bytes_number(&walk, UINT32_MAX), it->kind);
        ck_assert_uint_eq(sw_bytes_number(&walk, UINT32_MAX), it->flags);
        uint64_t back = sw_bytes_number(&walk, UINT32_MAX);
        ck_assert_uint_eq(back == 0 ? 0 : i + 1 - back, it->partner);
        for (size_t j = 0; j < sizeof of / sizeof *of; j++)
            ck_assert_str_eq(read_text(&walk, texts, &next), sw_picture_text_of(picture, of[j]));
    }
    ck_assert_uint_eq(sw_bytes_left(&walk), 0);
    ck_assert_ptr_null(walk.wrong);
    json_object_put(texts);
    sw_bytes_free(&bytes);
}
END_TEST

START_TEST(test_a_page_has_all_lanes_and_spans)
{
    draw(sw_picture_html_write);
    struct json_object *head = find_json("head"), *runs, *run, *lanes, *name, *kinds;
    struct sw_bytes bytes = decode("spans0");
    struct sw_bytes_walk walk = {.at = bytes.start, .end = bytes.start + bytes.used};

    json_object_object_get_ex(head, "kinds", &kinds);
    ck_assert_uint_eq(json_object_array_length(kinds), SW_TIMELINE_KIND_COUNT);
    json_object_object_get_ex(head, "runs", &runs);
    run = json_object_array_get_idx(runs, 0);
    json_object_object_get_ex(run, "lanes", &lanes);
    ck_assert_uint_eq(json_object_array_length(lanes), picture->lane_count);
    for (uint32_t i = 0; i < picture->lane_count; i++) {
        json_object_object_get_ex(json_object_array_get_idx(lanes, i), "name", &name);
        ck_assert_str_eq(json_object_get_string(name),
                         sw_picture_text_of(picture, picture->lanes[i].name));
    }
    for (uint32_t i = 0; i < picture->span_count * 5; i++)
        sw_bytes_number(&walk, UINT32_MAX);
    ck_assert_uint_eq(sw_bytes_left(&walk), 0);
    ck_assert_ptr_null(walk.wrong);
    json_object_put(head);
    sw_bytes_free(&bytes);
}
END_TEST

static unsigned count_of(const char *what)
{
    unsigned count = 0;

    for (const char *at = text; (at = strcasestr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* Its texts would be seen as a sixth script, an image, an attribute. */
START_TEST(test_a_hostile_program_is_text)
{
    sw_picture_free(picture);
    make(300, 1);
    draw(sw_picture_html_write);
    assert_utf8();
    ck_assert_uint_eq(count_of("<script"), 5);
    ck_assert_uint_eq(count_of("</script"), 5);
    ck_assert_uint_eq(count_of("<img"), 0);
    ck_assert_uint_eq(count_of("<svg"), 0);
    ck_assert_uint_eq(count_of("<!--"), 0);
    ck_assert_uint_eq(count_of("http:"), 0);
    ck_assert_uint_eq(count_of("https:"), 0);
    ck_assert_ptr_null(memchr(text, '\x1b', size));
    ck_assert_uint_eq(strlen(text), size);
    json_object_put(find_json("head"));
    json_object_put(find_json("texts0"));
}
END_TEST

START_TEST(test_a_page_may_load_nothing)
{
    draw(sw_picture_html_write);
    ck_assert_ptr_nonnull(strstr(text, "default-src 'none'"));
    ck_assert_uint_eq(count_of("src="), 0);
    ck_assert_uint_eq(count_of("url("), 0);
    ck_assert_uint_eq(count_of("@import"), 0);
    ck_assert_uint_eq(count_of("innerHTML"), 0);
}
END_TEST

START_TEST(test_100000_marks_are_at_most_6_mb)
{
    sw_picture_free(picture);
    make(100000, 0);
    draw(sw_picture_html_write);
    ck_assert_uint_le(size, 6000000);
    ck_assert_ptr_null(strstr(text, "texts are cut"));
}
END_TEST

/* Each value is another one, and long. */
START_TEST(test_texts_are_cut_where_a_page_would_be_too_large)
{
    char value[SW_PICTURE_TEXT_MAX];

    sw_picture_free(picture);
    make(1000, 0);
    for (uint32_t i = 0; i < picture->mark_count * 3; i++) {
        memset(value, '<', sizeof value - 1);
        snprintf(value, sizeof value, "%u", i);
        value[strlen(value)] = '<';
        value[sizeof value - 1] = '\0';
        uint32_t number = sw_picture_text(picture, value);
        struct sw_picture_mark *it = &picture->marks[i % picture->mark_count];
        *(i % 3 == 0 ? &it->before : i % 3 == 1 ? &it->after : &it->stack) = number;
    }
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    draw(sw_picture_html_write);
    ck_assert_uint_le(size, 6000000);
    ck_assert_ptr_nonnull(strstr(text, "texts are cut to "));
    assert_utf8();
    json_object_put(find_json("texts0"));
}
END_TEST

START_TEST(test_a_run_that_passes_stands_beside)
{
    struct sw_picture *failing = picture;

    make(50, 0);
    failing->beside = picture;
    picture = failing;
    sw_picture_add_odds(picture,
                        (struct sw_picture_odds){.step = 7, .low = .1, .likely = .5, .high = .9});
    draw(sw_picture_html_write);
    struct json_object *head = find_json("head"), *runs;
    json_object_object_get_ex(head, "runs", &runs);
    ck_assert_uint_eq(json_object_array_length(runs), 2);
    ck_assert_ptr_nonnull(strstr(text, "\"odds\":[[7,0.1000,0.5000,0.9000]]"));
    json_object_put(find_json("texts1"));
    json_object_put(head);
}
END_TEST

/* ---- text ---- */

static void assert_lines_fit(int width)
{
    char *lines = strdup(text);

    for (char *rest = lines, *line; (line = strsep(&rest, "\n")) != NULL;) {
        int columns;
        sw_columns_fit(line, 10000, &columns);
        ck_assert_msg(columns <= width, "%d columns: %s", columns, line);
    }
    free(lines);
}

START_TEST(test_no_line_is_wider_than_the_terminal)
{
    static const int widths[] = {80, 100, 133, 400};

    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        draw_text((struct sw_picture_text_order){.width = widths[i]});
        assert_lines_fit(widths[i]);
        free(text);
    }
    sw_picture_free(picture);
    make(200, 1);
    draw_text((struct sw_picture_text_order){.width = 80, .all = 1});
    assert_utf8();
    assert_lines_fit(80);
    ck_assert_ptr_null(memchr(text, '\x1b', size));
}
END_TEST

START_TEST(test_what_is_dull_is_folded)
{
    draw_text((struct sw_picture_text_order){.width = 80});
    unsigned lines = count_of("\n");
    ck_assert_uint_lt(lines, 200);
    ck_assert_ptr_nonnull(strstr(text, " more, steps "));
    ck_assert_ptr_nonnull(strstr(text, "value lost"));
    free(text);
    draw_text((struct sw_picture_text_order){.width = 80, .all = 1});
    ck_assert_uint_gt(count_of("\n"), 400);
    ck_assert_ptr_null(strstr(text, " more, steps "));
}
END_TEST

START_TEST(test_a_part_is_shown_whole)
{
    draw_text((struct sw_picture_text_order){.width = 80, .from = 100, .to = 110});
    ck_assert_uint_eq(count_of(" more, steps "), 2);
    ck_assert_ptr_nonnull(strstr(text, "\n      10"));
    ck_assert_ptr_null(strstr(text, "\n      111  "));
}
END_TEST

START_TEST(test_threads_without_room_share_a_lane)
{
    sw_picture_free(picture);
    picture = sw_picture_new();
    for (unsigned i = 0; i < 60; i++) {
        char name[16];
        snprintf(name, sizeof name, "T%u worker", i);
        sw_picture_add_lane(picture, SW_PICTURE_LANE_THREAD, name, 0);
        mark(SW_TIMELINE_BEGIN, i, 0);
    }
    ck_assert_int_eq(sw_picture_lay_out(picture), 0);
    draw_text((struct sw_picture_text_order){.width = 80, .all = 1});
    assert_lines_fit(80);
    ck_assert_ptr_nonnull(strstr(text, "+ has its lane and those of 47 more"));
    ck_assert_ptr_nonnull(strstr(text, "T59 begin"));
}
END_TEST

START_TEST(test_letters_and_dashes)
{
    draw_text((struct sw_picture_text_order){.width = 100, .ascii = 1, .all = 1});
    for (size_t i = 0; i < size; i++)
        ck_assert_msg(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'), "%.20s", text + i);
    ck_assert_ptr_nonnull(strstr(text, "-->"));
}
END_TEST

START_TEST(test_colours_end_where_they_should)
{
    draw_text((struct sw_picture_text_order){.width = 100, .colour = 1});
    ck_assert_uint_eq(count_of("\x1b["), 2 * count_of("\x1b[0m"));
}
END_TEST

START_TEST(test_columns)
{
    int used;

    ck_assert_uint_eq(sw_columns_fit("abc", 2, &used), 2);
    ck_assert_int_eq(used, 2);
    ck_assert_uint_eq(sw_columns_fit("\xe4\xb8\xad\xe6\x96\x87", 3, &used), 3);
    ck_assert_int_eq(used, 2);
    ck_assert_uint_eq(sw_columns_fit("e\xcc\x81x", 1, &used), 3);
    ck_assert_int_eq(used, 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *layout = tcase_create("layout"), *texts = tcase_create("texts"),
          *page = tcase_create("page"), *terminal = tcase_create("terminal"),
          *large = tcase_create("large");

    tcase_add_checked_fixture(layout, setup, teardown);
    tcase_add_test(layout, test_threads_run_locks_are_held_and_waits_end);
    tcase_add_test(layout, test_tasklets_stand_below_their_thread);
    tcase_add_test(layout, test_an_object_of_one_thread_is_dull_unless_it_is_on_the_path);
    tcase_add_test(layout, test_a_lock_that_is_released_at_once_is_dull);
    tcase_add_test(layout, test_what_is_wrong_in_a_mark_is_left_out);
    tcase_add_test(layout, test_without_lanes_there_is_a_picture_of_nothing);
    suite_add_tcase(suite, layout);
    tcase_add_checked_fixture(texts, setup, teardown);
    tcase_add_test(texts, test_texts_are_printable);
    tcase_add_test(texts, test_long_texts_are_cut);
    tcase_add_test(texts, test_each_kind_has_words_and_a_glyph);
    suite_add_tcase(suite, texts);
    tcase_add_checked_fixture(page, setup, teardown);
    tcase_add_test(page, test_a_page_has_all_marks);
    tcase_add_test(page, test_a_page_has_all_lanes_and_spans);
    tcase_add_test(page, test_a_hostile_program_is_text);
    tcase_add_test(page, test_a_page_may_load_nothing);
    tcase_add_test(page, test_a_run_that_passes_stands_beside);
    suite_add_tcase(suite, page);
    tcase_add_checked_fixture(terminal, setup, teardown);
    tcase_add_test(terminal, test_no_line_is_wider_than_the_terminal);
    tcase_add_test(terminal, test_what_is_dull_is_folded);
    tcase_add_test(terminal, test_a_part_is_shown_whole);
    tcase_add_test(terminal, test_threads_without_room_share_a_lane);
    tcase_add_test(terminal, test_letters_and_dashes);
    tcase_add_test(terminal, test_colours_end_where_they_should);
    tcase_add_test(terminal, test_columns);
    suite_add_tcase(suite, terminal);
    tcase_add_checked_fixture(large, setup, teardown);
    tcase_set_timeout(large, 60);
    tcase_set_tags(large, "no-memcheck"); /* a minute, and nothing that the others do not do */
    tcase_add_test(large, test_100000_marks_are_at_most_6_mb);
    tcase_add_test(large, test_texts_are_cut_where_a_page_would_be_too_large);
    suite_add_tcase(suite, large);
}
