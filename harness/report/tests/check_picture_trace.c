/* SPDX-License-Identifier: MIT
 *
 * check_picture_trace.c - a picture as trace events, held against what Perfetto's importer wants:
 * read back with a JSON parser, and each track, flow and name checked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "contract/tests/suite_main.h"
#include "harness/report/picture_trace.h"
#include "picture_sample.h"

enum { TRACKS_MAX = 200, DEPTH_MAX = 8, MARKS = 500 };

static struct sw_picture *picture;
static struct json_object *trace, *events;
static size_t event_count;

static void make(int hostile)
{
    struct sample *sample = sample_make(MARKS, hostile);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    picture = sample_picture(sample);
    sample_free(sample);
    sw_picture_add_odds(picture, (struct sw_picture_odds){.step = 5, .likely = .25});
    ck_assert_int_eq(sw_picture_trace_write(out, picture), 0);
    ck_assert_int_eq(fclose(out), 0);
    trace = json_tokener_parse(text);
    free(text);
    ck_assert_ptr_nonnull(trace);
    ck_assert(json_object_object_get_ex(trace, "traceEvents", &events));
    event_count = json_object_array_length(events);
}

static void setup(void)
{
    make(0);
}

static void teardown(void)
{
    json_object_put(trace);
    sw_picture_free(picture);
}

/* ---- an event's fields ---- */

static struct json_object *event(size_t number)
{
    return json_object_array_get_idx(events, number);
}

static struct json_object *field(struct json_object *of, const char *name)
{
    struct json_object *it = NULL;

    json_object_object_get_ex(of, name, &it);
    return it;
}

static int is_phase(struct json_object *of, char phase)
{
    return json_object_get_string(field(of, "ph"))[0] == phase;
}

static int64_t number(struct json_object *of, const char *name)
{
    struct json_object *it = field(of, name);

    ck_assert_msg(json_object_is_type(it, json_type_int), "%s of %s", name,
                  json_object_to_json_string(of));
    return json_object_get_int64(it);
}

static const char *string(struct json_object *of, const char *name)
{
    struct json_object *it = field(of, name);

    ck_assert_msg(json_object_is_type(it, json_type_string), "%s of %s", name,
                  json_object_to_json_string(of));
    return json_object_get_string(it);
}

/* ---- slices ---- */

struct slice {
    int64_t track, begin, end;
    size_t number;
};

static struct slice *slices;
static size_t slice_count;

/* As an importer reads them: by time, and in the file's order where that is the same. */
static int by_time(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;

    if (x->track != y->track)
        return x->track < y->track ? -1 : 1;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static void find_slices(void)
{
    slices = calloc(event_count, sizeof *slices);
    slice_count = 0;
    for (size_t i = 0; i < event_count; i++)
        if (is_phase(event(i), 'X')) {
            int64_t begin = number(event(i), "ts");
            slices[slice_count++] =
                (struct slice){number(event(i), "tid"), begin, begin + number(event(i), "dur"), i};
        }
    qsort(slices, slice_count, sizeof *slices, by_time);
}

START_TEST(test_slices_are_strictly_nested)
{
    int64_t open[DEPTH_MAX], track = -1;
    int depth = 0;

    find_slices();
    ck_assert_uint_ge(slice_count, MARKS);
    for (size_t i = 0; i < slice_count; i++) {
        const struct slice *slice = &slices[i];
        ck_assert_int_gt(slice->end, slice->begin);
        if (slice->track != track)
            depth = 0;
        track = slice->track;
        while (depth > 0 && open[depth - 1] <= slice->begin)
            depth--;
        /* Inside of what is open: not one microsecond longer. */
        ck_assert_msg(depth == 0 || slice->end < open[depth - 1], "%s",
                      json_object_to_json_string(event(slice->number)));
        ck_assert_int_lt(depth, 2);
        open[depth++] = slice->end;
    }
    free(slices);
}
END_TEST

static int is_inside_a_mark(int64_t track, int64_t at)
{
    for (size_t i = 0; i < slice_count; i++)
        if (slices[i].track == track && slices[i].begin < at && slices[i].end > at &&
            field(event(slices[i].number), "args") != NULL)
            return 1;
    return 0;
}

START_TEST(test_flows_have_two_ends_inside_of_marks)
{
    unsigned flows = 0, wanted = 0;

    find_slices();
    for (size_t i = 0; i < event_count; i++) {
        if (is_phase(event(i), 'f'))
            ck_assert_str_eq(string(event(i), "bp"), "e");
        if (!is_phase(event(i), 's'))
            continue;
        struct json_object *from = event(i), *to = event(i + 1);
        ck_assert(is_phase(to, 'f'));
        ck_assert_int_eq(number(from, "id"), number(to, "id"));
        ck_assert_str_eq(string(from, "cat"), string(to, "cat"));
        ck_assert_str_eq(string(from, "name"), string(to, "name"));
        ck_assert_int_lt(number(from, "ts"), number(to, "ts"));
        ck_assert(is_inside_a_mark(number(from, "tid"), number(from, "ts")));
        ck_assert(is_inside_a_mark(number(to, "tid"), number(to, "ts")));
        flows++;
    }
    for (uint32_t i = 0; i < picture->mark_count; i++)
        wanted += picture->marks[i].partner != 0;
    ck_assert_uint_gt(wanted, 20);
    ck_assert_uint_eq(flows, wanted);
    free(slices);
}
END_TEST

/* ---- tracks ---- */

START_TEST(test_tracks_have_names_and_an_order)
{
    unsigned named[TRACKS_MAX] = {0}, ordered[TRACKS_MAX] = {0};
    int64_t last = -1;

    for (size_t i = 0; i < event_count && is_phase(event(i), 'M'); i++) {
        const char *name = string(event(i), "name");
        int64_t track = number(event(i), "tid");
        if (strcmp(name, "thread_name") == 0)
            named[track]++;
        if (strcmp(name, "thread_sort_index") != 0)
            continue;
        ordered[track]++;
        ck_assert_int_gt(number(field(event(i), "args"), "sort_index"), last);
        last = number(field(event(i), "args"), "sort_index");
    }
    for (size_t i = 0; i < event_count; i++) {
        if (is_phase(event(i), 'M') || is_phase(event(i), 'C'))
            continue;
        int64_t track = number(event(i), "tid");
        /* A thread that has its process's number would be called like that. */
        ck_assert_int_ne(track, number(event(i), "pid"));
        ck_assert_uint_eq(named[track], 1);
        ck_assert_uint_eq(ordered[track], 1);
    }
}
END_TEST

START_TEST(test_a_thread_that_waits_says_for_what)
{
    unsigned waits = 0, runs = 0;

    for (size_t i = 0; i < event_count; i++) {
        if (!is_phase(event(i), 'T'))
            continue;
        ck_assert_int_gt(number(event(i), "dur"), 0);
        if (strcmp(string(event(i), "name"), "Running") == 0) {
            runs++;
            continue;
        }
        waits++;
        ck_assert_str_eq(string(event(i), "name"), "S");
        ck_assert_ptr_nonnull(strchr(string(field(event(i), "args"), "blocked_function"), '#'));
    }
    ck_assert_uint_gt(waits, 10);
    ck_assert_uint_gt(runs, 10);
}
END_TEST

START_TEST(test_times_are_whole_microseconds_and_say_the_step)
{
    for (size_t i = 0; i < event_count; i++) {
        int64_t at = number(event(i), "ts");
        struct json_object *arguments = field(event(i), "args");
        ck_assert_int_ge(at, 0);
        if (is_phase(event(i), 'X') && arguments != NULL)
            ck_assert_int_eq(at / 1000, number(arguments, "step"));
    }
}
END_TEST

START_TEST(test_the_failure_and_the_odds_are_there)
{
    unsigned failures = 0, odds = 0;

    for (size_t i = 0; i < event_count; i++) {
        failures += is_phase(event(i), 'i') && strcmp(string(event(i), "name"), "failure") == 0;
        odds += is_phase(event(i), 'C') && number(event(i), "ts") == 5000;
    }
    ck_assert_uint_eq(failures, 1);
    ck_assert_uint_eq(odds, 1);
}
END_TEST

START_TEST(test_a_hostile_program_makes_a_valid_trace)
{
    teardown();
    make(1);
    ck_assert_uint_gt(event_count, MARKS);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("trace");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_slices_are_strictly_nested);
    tcase_add_test(tcase, test_flows_have_two_ends_inside_of_marks);
    tcase_add_test(tcase, test_tracks_have_names_and_an_order);
    tcase_add_test(tcase, test_a_thread_that_waits_says_for_what);
    tcase_add_test(tcase, test_times_are_whole_microseconds_and_say_the_step);
    tcase_add_test(tcase, test_the_failure_and_the_odds_are_there);
    tcase_add_test(tcase, test_a_hostile_program_makes_a_valid_trace);
    suite_add_tcase(suite, tcase);
}
