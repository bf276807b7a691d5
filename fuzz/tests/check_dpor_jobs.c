/* SPDX-License-Identifier: MIT
 *
 * check_dpor_jobs.c - with several workers the search sees the same traces in the same order, and
 * two workers take half of the time.  The workers are simulated: which of them is done next is
 * chance, or all take equally long.
 */
#include "contract/tests/suite_main.h"
#include "fuzz/oracle/dpor_model.h"
#include "fuzz/explore/dpor_pool.h"

enum { TRACES_MAX = 40000, JOBS_MAX = 12 };

static uint64_t *expected; /* a hash of each trace, as one job has them */
static uint32_t expected_count;
static struct sw_control_shm *left, *restored; /* by a run; by an outcome */

/* ---- one job ---- */

static uint64_t name_of(const struct sw_trace *one)
{
    uint64_t name = one->count;

    for (uint32_t i = 0; i < one->count; i++)
        name = (name ^ one->events[i].thread) * 0x9e3779b97f4a7c15u, name ^= name >> 29;
    return name + (one->blocked_count << 1);
}

static struct sw_dpor_counts explore_alone(void)
{
    struct sw_dpor *dpor = sw_dpor_new();
    struct sw_dpor_run run;
    const char *why;

    expected_count = 0;
    while (sw_dpor_next(dpor, &run) > 0) {
        run_model(&run);
        ck_assert_uint_lt(expected_count, TRACES_MAX);
        expected[expected_count++] = name_of(trace);
        ck_assert_int_eq(sw_dpor_observe(dpor, trace, &why), 0);
    }
    struct sw_dpor_counts counts = *sw_dpor_counts(dpor);
    sw_dpor_free(dpor);
    return counts;
}

/* ---- several ---- */

struct jobs {
    struct sw_dpor_pool *pool;
    struct sw_dpor_task tasks[JOBS_MAX];
    int is_busy[JOBS_MAX];
    int count;
    int in_step; /* all take equally long; else one is done at a time, by chance */
    uint64_t random;
    int deaths; /* one in so many comes to nothing; 0: none */
    uint64_t rounds, runs;
};

static void finish(struct jobs *jobs, int j)
{
    static const struct sw_end end = {.kind = SW_ENDED_PASSED};
    struct sw_batch_result result = {.end = &end, .shm = left};
    struct sw_dpor_outcome *outcome = NULL;

    if (jobs->deaths == 0 || below(&jobs->random, (uint32_t)jobs->deaths) != 0) {
        run_model(&jobs->tasks[j].run);
        outcome = sw_dpor_outcome_new(&jobs->tasks[j].run, &result, left);
        ck_assert_ptr_nonnull(outcome);
    }
    sw_dpor_pool_done(jobs->pool, &jobs->tasks[j], trace, outcome);
    jobs->is_busy[j] = 0;
    jobs->runs++;
}

static void go_on(struct jobs *jobs)
{
    int busy = 0;

    for (int j = 0; j < jobs->count; j++) {
        if (!jobs->is_busy[j])
            jobs->is_busy[j] = sw_dpor_pool_pick(jobs->pool, &jobs->tasks[j]);
        ck_assert_int_ge(jobs->is_busy[j], 0);
        busy += jobs->is_busy[j];
    }
    ck_assert_int_gt(busy, 0); /* the search waits, so there is something to do */
    jobs->rounds++;
    uint32_t chosen = below(&jobs->random, (uint32_t)busy);
    for (int j = 0; j < jobs->count; j++)
        if (jobs->is_busy[j] && (jobs->in_step || chosen-- == 0))
            finish(jobs, j);
}

static void explore_in_jobs(struct jobs *jobs, size_t bytes_max)
{
    struct sw_dpor *dpor = sw_dpor_new();
    struct sw_dpor_outcome *outcome;
    struct sw_batch_result result;
    static struct sw_end end;
    struct sw_dpor_run run;
    uint32_t count = 0;
    const char *why;

    jobs->pool = sw_dpor_pool_new(dpor, bytes_max);
    while (sw_dpor_next(dpor, &run) > 0) {
        while (!sw_dpor_pool_ask(jobs->pool, &run, &outcome))
            go_on(jobs);
        sw_dpor_outcome_restore(outcome, restored, &end, &result);
        sw_dpor_outcome_free(outcome);
        ck_assert_uint_lt(count, expected_count);
        ck_assert_uint_eq(name_of(&restored->trace), expected[count++]);
        ck_assert_int_eq(sw_dpor_observe(dpor, &restored->trace, &why), 0);
    }
    ck_assert_uint_eq(count, expected_count);
    sw_dpor_pool_free(jobs->pool);
    sw_dpor_free(dpor);
}

static void set_up(void)
{
    setup();
    free(trace);
    expected = malloc(TRACES_MAX * sizeof *expected);
    left = calloc(1, sizeof *left);
    restored = calloc(1, sizeof *restored);
    trace = &left->trace;
}

static void tear_down(void)
{
    free(expected);
    free(left);
    free(restored);
}

static void add_lost_update(int times)
{
    for (int t = 0; t < 2; t++)
        for (int i = 0; i < times; i++) {
            model.code[t][2 * i] = (struct instruction){READ, 0, 0};
            model.code[t][2 * i + 1] = (struct instruction){WRITE_SUM, 0, 1};
        }
    model.threads = 2;
}

/* ---- tests ---- */

static const int job_counts[] = {1, 2, 3, 12};

static void check_all_counts(uint64_t seed)
{
    explore_alone();
    for (unsigned i = 0; i < sizeof job_counts / sizeof *job_counts; i++) {
        struct jobs jobs = {.count = job_counts[i], .random = seed + i};
        explore_in_jobs(&jobs, SIZE_MAX);
    }
}

START_TEST(test_published_counts)
{
    static const uint64_t classes[] = {4, 34, 328, 3334, 34904};

    add_lost_update(_i + 1);
    check_all_counts((uint64_t)_i);
    ck_assert_uint_eq(expected_count, classes[_i]);
}
END_TEST

START_TEST(test_random_models)
{
    uint64_t random = (uint64_t)_i;

    for (int i = 0; i < 20; i++) {
        random_model(&random, 2 + below(&random, 4));
        names_by_sight = i % 2;
        check_all_counts(random);
        random_tries(&random);
        check_all_counts(random);
    }
}
END_TEST

/* Of a memory of nothing only what is asked for is run. */
START_TEST(test_without_memory)
{
    add_lost_update(3);
    explore_alone();
    struct jobs jobs = {.count = 3};
    explore_in_jobs(&jobs, 0);
    ck_assert_uint_le(jobs.runs, 2 * 328);
}
END_TEST

START_TEST(test_runs_that_come_to_nothing)
{
    add_lost_update(3);
    explore_alone();
    for (int i = 1; i <= 10; i++) {
        struct jobs jobs = {.count = i, .deaths = 3, .random = (uint64_t)i};
        explore_in_jobs(&jobs, SIZE_MAX);
    }
}
END_TEST

/* Each worker's run takes a round. */
START_TEST(test_two_take_half_of_the_time)
{
    add_lost_update(4);
    explore_alone();
    for (int j = 1; j <= 4; j *= 2) {
        struct jobs jobs = {.count = j, .in_step = 1};
        explore_in_jobs(&jobs, SIZE_MAX);
        ck_assert_uint_le(jobs.rounds * (uint64_t)j * 9, 3334 * 10);
        ck_assert_uint_le(jobs.runs * 50, 3334 * 51); /* 2 % in vain at most */
    }
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *few = tcase_create("few"), *many = tcase_create("many"), *cases[] = {few, many};

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], set_up, tear_down);
        suite_add_tcase(suite, cases[i]);
        tcase_set_timeout(cases[i], 60);
    }
    tcase_set_tags(many, "no-memcheck");
    tcase_add_loop_test(few, test_published_counts, 0, 3);
    tcase_add_loop_test(few, test_random_models, 0, 1);
    tcase_add_test(few, test_without_memory);
    tcase_add_test(few, test_runs_that_come_to_nothing);
    tcase_add_loop_test(many, test_published_counts, 3, 4);
    tcase_add_loop_test(many, test_random_models, 1, 10);
    tcase_add_test(many, test_two_take_half_of_the_time);
}
