/* SPDX-License-Identifier: MIT
 *
 * check_coverage.c - strategy coverage: its features, its changes, its corpus, and what it finds.
 */
#include "fuzz/explore/corpus.h"
#include "fuzz/explore/coverage.h"
#include "fuzz/explore/schedule_mutate.h"
#include "bench_fixture.h"
#include "contract/points.h"

static struct sw_control_shm *shm;
static struct sw_coverage one, other;

static void setup_shm(void)
{
    setup();
    shm = calloc(1, sizeof *shm);
    ck_assert_ptr_nonnull(shm);
}

static void teardown_shm(void)
{
    free(shm);
    teardown();
}

/* ---- features ---- */

/* "1w1 2r1": thread 1 writes object 1, thread 2 reads it.  Also a(cquire) and l(et go). */
static void take(const char *events, struct sw_coverage *coverage)
{
    static const char letters[] = "rwal";
    static const uint32_t ops[] = {SW_OP_READ, SW_OP_WRITE, SW_OP_ACQUIRE, SW_OP_RELEASE};

    shm->grain = SW_GRAIN_ACCESS;
    shm->trace.count = 0;
    for (const char *c = events; *c != '\0'; c += 3 + (c[3] == ' '))
        shm->trace.events[shm->trace.count++] = (struct sw_trace_event){
            .thread = (uint32_t)(c[0] - '0'),
            .did = {ops[strchr(letters, c[1]) - letters], (uint32_t)(c[2] - '0')}};
    sw_coverage_take(coverage, shm);
}

static int is_same(const char *a, const char *b)
{
    take(a, &one);
    take(b, &other);
    return one.count == other.count &&
           memcmp(one.features, other.features, one.count * sizeof *one.features) == 0;
}

START_TEST(test_what_a_read_reads_from_is_a_feature)
{
    ck_assert(!is_same("1w1 2r1", "2r1 1w1"));
    ck_assert(!is_same("1w1 1w1 2r1", "1w1 2r1 1w1"));
}
END_TEST

START_TEST(test_what_is_independent_is_none)
{
    ck_assert(is_same("1w1 2w2 1r1", "2w2 1w1 1r1"));
    ck_assert(is_same("1r1 2r1", "2r1 1r1"));
    ck_assert(is_same("1w1 2r1", "1w7 2r7")); /* objects have other numbers in other schedules */
}
END_TEST

START_TEST(test_who_has_a_lock_before_whom_is_a_feature)
{
    ck_assert(!is_same("1a1 1l1 2a1 2l1", "2a1 2l1 1a1 1l1"));
    ck_assert(is_same("1a1 1l1 2a2 2l2", "2a2 2l2 1a1 1l1"));
}
END_TEST

static void add_decision(uint32_t thread, unsigned place, uint32_t choice)
{
    shm->log.decisions[shm->log.count++] = (struct sw_logged){
        .kind = SW_DECIDE_RUN, .thread = thread, .place = (uint32_t)place, .choice = choice};
}

START_TEST(test_a_switch_is_a_feature)
{
    shm->grain = SW_GRAIN_CALL;
    add_decision(1, SW_AT_GIL_RELEASE, 1);
    sw_coverage_take(&one, shm);
    ck_assert_uint_eq(one.count, 0);
    add_decision(1, SW_AT_GIL_RELEASE, 2);
    sw_coverage_take(&one, shm);
    ck_assert_uint_eq(one.count, 1);
}
END_TEST

START_TEST(test_a_pairing_is_a_feature)
{
    unsigned send = SW_PLACE_POINTS + SLP_POINT_CHAN_SEND,
             receive = SW_PLACE_POINTS + SLP_POINT_CHAN_RECEIVE;

    shm->grain = SW_GRAIN_CALL;
    add_decision(1, send, 1);
    add_decision(2, send, 2);
    add_decision(3, receive, 3);
    sw_coverage_take(&one, shm);
    ck_assert_uint_eq(one.count, 1);
    shm->log.count = 0; /* now the other one's is the first */
    add_decision(2, send, 2);
    add_decision(1, send, 1);
    add_decision(3, receive, 3);
    sw_coverage_take(&other, shm);
    ck_assert_uint_eq(other.count, 1);
    ck_assert_uint_ne(one.features[0], other.features[0]);
}
END_TEST

START_TEST(test_only_what_is_new_is_new)
{
    struct sw_coverage_map map = {0};
    uint64_t feature;

    take("1w1 2r1 3r1", &one);
    ck_assert_int_eq(sw_coverage_add(&map, &one), one.count);
    ck_assert_int_eq(sw_coverage_add(&map, &one), 0);
    take("1w1 3r1 2r1 3r1", &other);
    ck_assert_int_eq(sw_coverage_add(&map, &other), 1);
    ck_assert_uint_eq(sw_coverage_rarest(&map, &other, &feature), 1);
    ck_assert_uint_eq(sw_coverage_count(&map, feature), 1);
    ck_assert_uint_eq(sw_coverage_rarest(&map, &one, &feature), 3);
    for (uint64_t i = 1; i < 5000; i++) { /* it grows, and forgets nothing */
        other = (struct sw_coverage){.count = 1, .features = {i * 2}};
        ck_assert_int_eq(sw_coverage_add(&map, &other), 1);
    }
    ck_assert_int_eq(sw_coverage_add(&map, &one), 0);
    sw_coverage_free(&map);
}
END_TEST

/* ---- changes ---- */

static void fill_log(void)
{
    shm->log.count = shm->log.pool_used = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        struct sw_logged *logged = &shm->log.decisions[shm->log.count++];
        *logged = (struct sw_logged){.index = i,
                                     .kind = SW_DECIDE_RUN,
                                     .place = SW_AT_GIL_RELEASE,
                                     .thread = i % 3,
                                     .choice = i % 50 == 0 ? (i + 1) % 3 : i % 3,
                                     .fallback = i % 3,
                                     .first = shm->log.pool_used,
                                     .count = 3};
        for (uint32_t k = 0; k < 3; k++)
            shm->log.pool[shm->log.pool_used++] = k;
    }
}

START_TEST(test_a_change_is_one_that_could_be)
{
    static struct sw_seed seed;
    struct sw_relative_schedule plan = {0};
    uint64_t random = 1, different = 0;

    fill_log();
    ck_assert_int_eq(sw_schedule_mutate_take(&seed, shm, &random), 0);
    ck_assert_uint_eq(seed.plan.count, 20);
    ck_assert_uint_eq(seed.spot_count, SW_SPOTS_MAX);
    for (uint32_t i = 0; i < seed.spot_count; i++)
        ck_assert_uint_eq(seed.spots[i].count, 2);
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(sw_schedule_mutate(&seed, &seed, &plan, &random), 0);
        for (uint32_t k = 0; k < plan.count; k++) {
            ck_assert_uint_lt(plan.list[k].thread, 3);
            ck_assert_uint_lt(plan.list[k].choice, 3);
            ck_assert_uint_lt(plan.list[k].index, 1000);
        }
        different += plan.count != seed.plan.count ||
                     memcmp(plan.list, seed.plan.list, plan.count * sizeof *plan.list) != 0;
    }
    ck_assert_uint_gt(different, 800);
    sw_relative_schedule_free(&plan);
    sw_schedule_mutate_free(&seed);
}
END_TEST

/* ---- the corpus ---- */

static struct sw_relative_schedule make_plan(uint32_t count)
{
    struct sw_relative_schedule plan = {0};

    for (uint32_t i = 0; i < count; i++) {
        ck_assert_int_eq(sw_relative_schedule_reserve(&plan), 0);
        plan.list[plan.count] =
            (struct sw_deviation){.thread = i % 5,
                                  .index = 7 * i,
                                  .kind = i % 4 == 3 ? SW_DECIDE_ACT : SW_DECIDE_RUN,
                                  .choice = i % 4 == 3   ? SW_ACTION_SPILL
                                            : i % 6 == 0 ? (i | SW_EARLY)
                                                         : i};
        plan.preempts[plan.count] = 0;
        plan.decisions[plan.count++] = 0;
    }
    return plan;
}

START_TEST(test_a_plan_is_read_as_it_was_written)
{
    struct sw_error e;

    for (uint32_t count = 0; count < 40; count++) {
        struct sw_relative_schedule plan = make_plan(count), read;
        char *text = sw_corpus_format(&plan, 77);
        ck_assert_msg(sw_corpus_parse("x", text, 77, &read, &e) == 0, "%u: %s\n%s", count, e.text,
                      text);
        ck_assert_uint_eq(read.count, count);
        for (uint32_t i = 0; i < count; i++)
            ck_assert_mem_eq(&read.list[i], &plan.list[i], sizeof *plan.list);
        sw_relative_schedule_free(&read);
        ck_assert_int_eq(sw_corpus_parse("x", text, 78, &read, &e), -1);
        ck_assert_uint_eq(e.line, 2);
        free(text);
        sw_relative_schedule_free(&plan);
    }
}
END_TEST

/* A fault's name may be longer than any other choice. */
START_TEST(test_a_plan_may_have_each_action)
{
    struct sw_relative_schedule plan = {0}, read;
    struct sw_error e;

    for (uint32_t i = 1; sw_decision_is_action(i); i++)
        ck_assert_int_eq(
            sw_relative_schedule_append(
                &plan, &(struct sw_deviation){.kind = SW_DECIDE_ACT, .index = i, .choice = i}),
            0);
    char *text = sw_corpus_format(&plan, 77);
    ck_assert_msg(sw_corpus_parse("x", text, 77, &read, &e) == 0, "%s\n%s", e.text, text);
    ck_assert_uint_eq(read.count, plan.count);
    for (uint32_t i = 0; i < plan.count; i++)
        ck_assert_uint_eq(read.list[i].choice, plan.list[i].choice);
    free(text);
    sw_relative_schedule_free(&read);
    sw_relative_schedule_free(&plan);
}
END_TEST

START_TEST(test_a_damaged_plan_is_refused)
{
    struct sw_relative_schedule plan = make_plan(6), read;
    char *text = sw_corpus_format(&plan, 77);
    size_t size = strlen(text);
    struct sw_error e;

    for (size_t i = 0; i < size; i++) {
        char before = text[i];
        text[i] = (char)(before ^ 4);
        ck_assert_msg(sw_corpus_parse("x", text, 77, &read, &e) == -1, "%zu: %s", i, text);
        ck_assert_uint_ge(e.line, 1);
        text[i] = '\0';
        ck_assert_int_eq(sw_corpus_parse("x", text, 77, &read, &e), -1);
        text[i] = before;
    }
    free(text);
    sw_relative_schedule_free(&plan);
}
END_TEST

START_TEST(test_processes_see_each_others_plans_once)
{
    struct sw_error e;
    struct sw_corpus *a = sw_corpus_open("corpus", 77, &e), *b = sw_corpus_open("corpus", 77, &e);
    struct sw_relative_schedule plan = make_plan(6), read = {0};

    ck_assert_int_eq(sw_corpus_save(a, &plan, &e), 0);
    ck_assert_int_eq(sw_corpus_save(a, &plan, &e), 0);
    ck_assert_int_eq(sw_corpus_next(a, &read, &e), 0);
    ck_assert_int_eq(sw_corpus_next(b, &read, &e), 1);
    ck_assert_uint_eq(read.count, 6);
    sw_relative_schedule_free(&read);
    ck_assert_int_eq(sw_corpus_next(b, &read, &e), 0);
    write_file("corpus/0123456789abcdef.plan", "spillway plan 1\n");
    write_file("corpus/readme", "hello\n");
    ck_assert_int_eq(sw_corpus_next(b, &read, &e), 0); /* with a line on stderr */
    sw_corpus_close(a);
    sw_corpus_close(b);
    sw_relative_schedule_free(&plan);
}
END_TEST

/* ---- the command ---- */

START_TEST(test_it_finds_what_is_there_to_be_found)
{
    ck_assert_int_eq(spillway("explore --strategy coverage --grain access -j 1 --seed 1 "
                              "--schedules 20000 --json out.json %s/reorder.py::test_reorder_5",
                              bench),
                     1);
    ASSERT_SAYS("out", " features, ");
    ASSERT_SAYS("out.json", "\"failing_number\": ");
    ck_assert_int_eq(spillway("replay reorder-test_reorder_5.sched"), 0);
    ASSERT_SAYS("reorder-test_reorder_5.sched", "found    coverage seed 1, number ");
    ck_assert_int_eq(
        spillway("explore --strategy coverage --schedules 2000 %s/lost_update.py 3", programs), 1);
}
END_TEST

START_TEST(test_all_follows_from_the_seed_however_many_jobs)
{
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(spillway("explore --strategy coverage --grain access -j %d --schedules "
                                  "700 --seed 5 %s/twostage.py::test_twostage_fixed",
                                  1 + 2 * i, bench),
                         0);
        ck_assert_int_eq(shell("sed 's/, [0-9.]* s)//' out >out%d", i), 0);
    }
    ck_assert_int_eq(shell("cmp out0 out1"), 0);
}
END_TEST

START_TEST(test_a_corpus_is_a_head_start)
{
    ck_assert_int_eq(spillway("explore --strategy coverage --grain access --schedules 1000 "
                              "--corpus c %s/twostage.py::test_twostage_fixed",
                              bench),
                     0);
    ck_assert_int_eq(shell("ls c/*.plan >/dev/null"), 0);
    ck_assert_int_eq(spillway("explore --strategy coverage --grain access --schedules 100 "
                              "--corpus c %s/twostage.py::test_twostage_fixed",
                              bench),
                     0);
    ck_assert_str_eq(content("err"), "");
    /* Plans of one program are none for another. */
    ck_assert_int_eq(spillway("explore --strategy coverage --grain access --schedules 5000 "
                              "--corpus c %s/reorder.py::test_reorder_3",
                              bench),
                     1);
    ASSERT_SAYS("err", ".plan:2:1: it is a plan of another program, or of another setting");
}
END_TEST

START_TEST(test_a_corpus_is_for_coverage)
{
    ck_assert_int_eq(spillway("explore --corpus c %s/reorder.py::test_reorder_3", bench), 2);
    ASSERT_SAYS("err", "--corpus is for --strategy coverage");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *parts = tcase_create("parts"), *commands = tcase_create("commands");

    tcase_add_checked_fixture(parts, setup_shm, teardown_shm);
    tcase_set_timeout(parts, 60);
    suite_add_tcase(suite, parts);
    tcase_add_test(parts, test_what_a_read_reads_from_is_a_feature);
    tcase_add_test(parts, test_what_is_independent_is_none);
    tcase_add_test(parts, test_who_has_a_lock_before_whom_is_a_feature);
    tcase_add_test(parts, test_a_switch_is_a_feature);
    tcase_add_test(parts, test_a_pairing_is_a_feature);
    tcase_add_test(parts, test_only_what_is_new_is_new);
    tcase_add_test(parts, test_a_change_is_one_that_could_be);
    tcase_add_test(parts, test_a_plan_is_read_as_it_was_written);
    tcase_add_test(parts, test_a_plan_may_have_each_action);
    tcase_add_test(parts, test_a_damaged_plan_is_refused);
    tcase_add_test(parts, test_processes_see_each_others_plans_once);
    tcase_add_checked_fixture(commands, setup_bench, teardown);
    tcase_set_timeout(commands, 120);
    tcase_set_tags(commands, "no-memcheck");
    suite_add_tcase(suite, commands);
    tcase_add_test(commands, test_it_finds_what_is_there_to_be_found);
    tcase_add_test(commands, test_all_follows_from_the_seed_however_many_jobs);
    tcase_add_test(commands, test_a_corpus_is_a_head_start);
    tcase_add_test(commands, test_a_corpus_is_for_coverage);
}
