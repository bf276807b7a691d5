/* SPDX-License-Identifier: MIT
 *
 * check_profile_measure.c - what the profile of a schedule says of its threads and objects.
 */
#include <string.h>

#include "contract/tests/suite_main.h"
#include "fuzz/explore/profile_measure.h"

static struct sw_trace trace;
static struct sw_thread_profile profile;
static const uint32_t none[SW_THREAD_PROFILE_THREADS];

static void measure(void)
{
    struct sw_profile_measure_source source = {&trace, none, none};

    ck_assert_int_eq(sw_profile_measure(&source, &profile), 0);
}

/* Three threads, one of which made the other two; what is guarded by a lock is not fought for. */
START_TEST(test_a_profile_knows_who_does_what)
{
    static const struct sw_trace_event events[] = {
        {.thread = 0, .did = {SW_OP_WRITE, 1}},
        {.thread = 1, .did = {SW_OP_ACQUIRE, 2}, .after = 1},
        {.thread = 1, .did = {SW_OP_WRITE, 3}},
        {.thread = 1, .did = {SW_OP_RELEASE, 2}},
        {.thread = 2, .did = {SW_OP_READ, 1}, .after = 1},
        {.thread = 2, .did = {SW_OP_ACQUIRE, 2}},
        {.thread = 2, .did = {SW_OP_WRITE, 3}},
        {.thread = 2, .did = {SW_OP_RELEASE, 2}},
    };

    memcpy(trace.events, events, sizeof events);
    trace.count = sizeof events / sizeof *events;
    measure();
    ck_assert_uint_eq(profile.steps, 8);
    ck_assert_uint_eq(profile.thread_count, 3);
    ck_assert_uint_eq(profile.events[2], 4);
    ck_assert_uint_eq(profile.parent[1], 1);
    ck_assert_uint_eq(profile.parent[2], 1);
    ck_assert_uint_eq(profile.object_count, 2);
    ck_assert_uint_eq(profile.objects[0].events[0], 1);
    ck_assert_uint_eq(profile.objects[0].nth[2], 1);
    ck_assert_uint_eq(profile.objects[1].events[1], 1); /* a release is no race */
    ck_assert_uint_eq(profile.objects[1].nth[1], 1);
    ck_assert_uint_eq(profile.objects[1].nth[2], 2);
    ck_assert_uint_eq(profile.lock_count, 1);
    ck_assert_uint_eq(profile.locks[1], 1);
    ck_assert_uint_eq(profile.locks[2], 2);
    ck_assert_uint_eq(profile.takes[2], 1);
    ck_assert_uint_eq(profile.first[1], 2);
    ck_assert_uint_eq(profile.first[2], 5);
    ck_assert_uint_eq(profile.fought[2], 3);
    ck_assert_uint_eq(profile.most_twins, 1);
}
END_TEST

/* What one thread alone writes it can read without a lock. */
START_TEST(test_what_a_lock_decides_is_not_fought_for)
{
    static const struct sw_trace_event events[] = {
        {.thread = 1, .did = {SW_OP_ACQUIRE, 1}}, {.thread = 1, .did = {SW_OP_WRITE, 2}},
        {.thread = 1, .did = {SW_OP_RELEASE, 1}}, {.thread = 1, .did = {SW_OP_READ, 2}},
        {.thread = 2, .did = {SW_OP_ACQUIRE, 1}}, {.thread = 2, .did = {SW_OP_READ, 2}},
        {.thread = 2, .did = {SW_OP_RELEASE, 1}}, {.thread = 2, .did = {SW_OP_READ, 2}},
    };

    memcpy(trace.events, events, sizeof events);
    trace.count = 7;
    measure();
    ck_assert_uint_eq(profile.object_count, 1);
    trace.count = 8; /* but another cannot */
    measure();
    ck_assert_uint_eq(profile.object_count, 2);
}
END_TEST

/* Each on an object of its own, but for the last. */
START_TEST(test_threads_that_do_the_same_are_twins)
{
    static const struct sw_trace_event events[] = {
        {.thread = 0, .did = {SW_OP_WRITE, 1}},
        {.thread = 1, .did = {SW_OP_WRITE, 2}, .after = 1},
        {.thread = 2, .did = {SW_OP_WRITE, 3}, .after = 1},
        {.thread = 3, .did = {SW_OP_READ, 3}, .after = 1},
    };

    memcpy(trace.events, events, sizeof events);
    trace.count = sizeof events / sizeof *events;
    measure();
    ck_assert_uint_eq(profile.twins[0], 1);
    ck_assert_uint_eq(profile.twins[1], 2);
    ck_assert_uint_eq(profile.twins[2], 2);
    ck_assert_uint_eq(profile.twins[3], 1);
    ck_assert_uint_eq(profile.most_twins, 2);
}
END_TEST

/* The child may have written it. */
START_TEST(test_a_profile_of_nonsense_does_no_harm)
{
    uint64_t random = 1;
    uint32_t *words = (uint32_t *)trace.events;

    for (int i = 0; i < 100; i++) {
        for (size_t w = 0; w < sizeof trace.events / 4; w += 1 + (size_t)i)
            words[w] = (uint32_t)sw_decision_random(&random);
        trace.count = i % 2 == 0 ? UINT32_MAX : (uint32_t)(sw_decision_random(&random) >> 32);
        measure();
        ck_assert_uint_le(profile.thread_count, SW_THREAD_PROFILE_THREADS);
        ck_assert_uint_le(profile.object_count, SW_THREAD_PROFILE_OBJECTS);
    }
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *profiles = tcase_create("profiles");

    tcase_set_timeout(profiles, 60);
    tcase_add_test(profiles, test_a_profile_knows_who_does_what);
    tcase_add_test(profiles, test_what_a_lock_decides_is_not_fought_for);
    tcase_add_test(profiles, test_threads_that_do_the_same_are_twins);
    tcase_add_test(profiles, test_a_profile_of_nonsense_does_no_harm);
    suite_add_tcase(suite, profiles);
}
