/* SPDX-License-Identifier: MIT
 *
 * check_strategies.c - on models of the programs whose figures are published: each strategy finds
 * what it is good at in as few schedules as others do, and a seed means one schedule.
 *
 * The figures are deterministic: equal seeds, equal answers.  SW_STRATEGIES_TABLE=access in the
 * environment prints all of them, =blind those without knowing what is pending.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/tests/suite_main.h"
#include "fuzz/explore/profile_measure.h"
#include "harness/control/drivers/strategies.h"
#include "harness/control/tests/model/model.h"

enum { LEARNING = 2, BUDGET = 10000, TRIALS = 20 };

/* ---- the programs ---- */

enum { A, B, C, D, M = 10, L = 11 }; /* variables and locks */

static void lost_update(int thread)
{
    (void)thread;
    model_write(A, model_read(A) + 1);
    model_assert(model_add(B, 1) < 2 || model_read(A) == 2);
}

/* Bad when the check comes last. */
static void account(int thread)
{
    model_acquire(M);
    if (thread == 0) {
        model_write(A, model_read(A) + 2);
        model_write(B, 1);
    } else if (thread == 1) {
        model_write(A, model_read(A) - 4);
        model_write(C, 1);
    } else if (model_read(B) && model_read(C)) {
        model_assert(model_read(A) == (1 - 2) - 4);
    }
    model_release(M);
}

static void lazy01(int thread)
{
    model_acquire(M);
    if (thread < 2)
        model_write(A, model_read(A) + 1 + thread);
    else
        model_assert(model_read(A) < 3);
    model_release(M);
}

static void deadlock01(int thread)
{
    model_acquire(thread == 0 ? M : L);
    model_acquire(thread == 0 ? L : M);
    model_write(A, model_read(A) + 1);
    model_release(thread == 0 ? L : M);
    model_release(thread == 0 ? M : L);
}

static void carter01(int thread)
{
    model_acquire(M);
    if (model_read(thread) == 0)
        model_acquire(L);
    model_add(thread, 1);
    model_release(M);
    model_acquire(M);
    if (model_add(thread, -1) == 0)
        model_release(L);
    model_release(M);
}

static void bluetooth(int thread)
{
    if (thread == 0) {
        if (model_read(A)) /* the flag */
            return;
        model_add(B, 1); /* pending I/O */
        model_assert(!model_read(C)); /* stopped */
    } else {
        model_write(A, 1);
    }
    if (model_add(B, -1) == 0)
        model_write(D, 1); /* the event */
    if (thread == 1 && model_read(D))
        model_write(C, 1);
}

static void reorder(int setters, int thread)
{
    if (thread < setters) {
        model_write(A, 1);
        model_write(B, -1);
    } else {
        int a = model_read(A), b = model_read(B);
        model_assert((a == 0 && b == 0) || (a == 1 && b == -1));
    }
}

static void reorder_3(int thread)
{
    reorder(2, thread);
}

static void reorder_5(int thread)
{
    reorder(4, thread);
}

static void reorder_10(int thread)
{
    reorder(9, thread);
}

static void reorder_100(int thread)
{
    reorder(99, thread);
}

static void twostage(int first_stages, int thread)
{
    if (thread < first_stages) {
        model_acquire(M);
        model_write(A, 1);
        model_release(M);
        model_acquire(L);
        model_write(B, model_read(A) + 1);
        model_release(L);
        return;
    }
    model_acquire(M);
    int t = model_read(A);
    model_release(M);
    if (t == 0)
        return;
    model_acquire(L);
    int u = model_read(B);
    model_release(L);
    model_assert(u == t + 1);
}

static void twostage_1(int thread)
{
    twostage(1, thread);
}

static void twostage_20(int thread)
{
    twostage(10, thread);
}

/* Ends only if the other one is let run. */
static void spin(int thread)
{
    if (thread == 0)
        model_write(A, 1);
    else
        while (model_read(A) == 0)
            continue;
}

static void stack(int thread)
{
    for (int i = 0; i < 10; i++) {
        model_acquire(M);
        if (thread == 0) {
            model_add(A, 1); /* its top */
            model_write(B, 1); /* there is something in it */
        } else if (model_read(B)) {
            int underflow = model_read(A) == 0;
            model_assert(!underflow);
            model_add(A, -1);
        }
        model_release(M);
    }
}

static const struct model_program programs[] = {
    {"lost_update", 2, lost_update, {0}},
    {"account", 3, account, {[A] = 1}},
    {"lazy01", 3, lazy01, {0}},
    {"deadlock01", 2, deadlock01, {0}},
    {"carter01", 2, carter01, {0}},
    {"bluetooth", 2, bluetooth, {[B] = 1}},
    {"stack", 2, stack, {0}},
    {"reorder_3", 3, reorder_3, {0}},
    {"reorder_5", 5, reorder_5, {0}},
    {"reorder_10", 10, reorder_10, {0}},
    {"reorder_100", 100, reorder_100, {0}},
    {"twostage", 2, twostage_1, {0}},
    {"twostage_20", 20, twostage_20, {0}},
    {"spin", 2, spin, {0}}, /* the last: it has no fault */
};
enum { PROGRAM_COUNT = sizeof programs / sizeof *programs };

static const struct model_program *find_program(const char *name)
{
    for (int i = 0; i < PROGRAM_COUNT; i++)
        if (strcmp(programs[i].name, name) == 0)
            return &programs[i];
    ck_abort_msg("no program %s", name);
    return NULL;
}

/* ---- searching ---- */

struct strategy {
    const char *label, *name;
    uint64_t argument;
};

static const struct strategy strategies[] = {
    {"walk", "walk", 0}, {"pct:3", "pct", 3},           {"pct:10", "pct", 10}, {"pos", "pos", 0},
    {"surw", "surw", 0}, {"portfolio", "portfolio", 0}, {"pos:1", "pos", 1},   {"pos:2", "pos", 2},
};
enum { STRATEGY_COUNT = sizeof strategies / sizeof *strategies };

static struct sw_trace trace;
static struct sw_thread_profile profile, fresh, nothing; /* fresh: of what was learned last */

static enum model_end run(const struct model_program *program, const struct strategy *strategy,
                          uint64_t seed, int blind, uint64_t *hash)
{
    const struct sw_strategy *found = sw_strategies_find(strategy->name);

    ck_assert_ptr_nonnull(found);
    enum model_end end =
        model_run(program, found->begin(seed, strategy->argument), blind, &trace, hash);
    if (found->end != NULL)
        found->end();
    return end;
}

/* Keeps the longer one. */
static void learn(void)
{
    struct sw_profile_measure_source source = {&trace, model_chosen, model_made_by};

    ck_assert_int_eq(sw_profile_measure(&source, &fresh), 0);
    if (fresh.steps > profile.steps)
        profile = fresh;
}

/* Schedules to the first failure or deadlock, the first LEARNING included; BUDGET if there is
 * none. */
static int search(const struct model_program *program, const struct strategy *strategy,
                  uint64_t seed, int blind)
{
    static const struct strategy learning[LEARNING] = {{"pos:1", "pos", 1}, {"pos:2", "pos", 2}};
    uint64_t hash;

    profile = fresh = nothing;
    for (int i = 0; i < BUDGET; i++) {
        sw_strategies_lend(i < LEARNING ? &fresh : &profile, &trace);
        if (run(program, i < LEARNING ? &learning[i] : strategy, seed + (uint64_t)i, blind,
                &hash) != MODEL_ENDED)
            return i + 1;
        if (i < LEARNING)
            learn();
    }
    return BUDGET;
}

/* *missed: how many trials found nothing. */
static double mean(const struct model_program *program, const struct strategy *strategy, int blind,
                   int *missed)
{
    double sum = 0;

    *missed = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        int count = search(program, strategy, 1 + 1000003 * (uint64_t)trial, blind);
        *missed += count == BUDGET;
        sum += count;
    }
    return sum / TRIALS;
}

/* ---- the tests ---- */

START_TEST(test_table)
{
    const char *wanted = getenv("SW_STRATEGIES_TABLE");
    int missed;

    if (wanted == NULL)
        return;
    for (int p = 0; p < PROGRAM_COUNT - 1; p++) {
        printf("%-12s", programs[p].name);
        for (int s = 0; s < STRATEGY_COUNT; s++) {
            double value = mean(&programs[p], &strategies[s], *wanted == 'b', &missed);
            printf(" %s %8.1f%s", strategies[s].label, value, missed > 0 ? "!" : " ");
        }
        putchar('\n');
        fflush(stdout);
    }
}
END_TEST

/* Means of schedules to the fault: at most what is published for that strategy, or, where nothing
 * is or ours need less by far, what ours need and some more. */
static const struct {
    const char *program, *strategy;
    int blind;
    double most;
} bounds[] = {
    {"account", "pos", 0, 4.1},
    {"account", "surw", 0, 5.8},
    {"account", "portfolio", 0, 5.8},
    {"lazy01", "pos", 0, 4.7},
    {"lazy01", "portfolio", 0, 4.7},
    {"deadlock01", "pos", 0, 4.0},
    {"deadlock01", "surw", 0, 3.5},
    {"deadlock01", "pct:3", 0, 12.9},
    {"deadlock01", "portfolio", 0, 4},
    {"carter01", "pos", 0, 2.5},
    {"carter01", "pct:3", 0, 5.0},
    {"carter01", "portfolio", 0, 2.5},
    {"bluetooth", "pct:3", 0, 113},
    {"bluetooth", "pct:10", 0, 83},
    {"bluetooth", "pos", 0, 36},
    {"bluetooth", "surw", 0, 70},
    {"bluetooth", "portfolio", 0, 36},
    {"stack", "pct:3", 0, 3.2},
    {"stack", "surw", 0, 4.6},
    {"stack", "portfolio", 0, 4.6},
    {"reorder_3", "pct:3", 0, 185},
    {"reorder_3", "surw", 0, 7.3},
    {"reorder_3", "portfolio", 0, 7.3},
    {"reorder_5", "surw", 0, 10.4},
    {"reorder_5", "portfolio", 0, 10.4},
    {"reorder_10", "surw", 0, 17.2},
    {"reorder_10", "portfolio", 0, 17.2},
    {"reorder_100", "surw", 0, 194},
    {"reorder_100", "portfolio", 0, 194},
    {"twostage", "surw", 0, 7.5},
    {"twostage", "pos", 0, 15},
    {"twostage", "portfolio", 0, 15},
    {"twostage_20", "surw", 0, 12},
    {"twostage_20", "pct:3", 0, 159},
    {"twostage_20", "portfolio", 0, 15},
    {"lost_update", "portfolio", 0, 5},
    {"lost_update", "pct:3", 1, 6},
    {"lost_update", "pos", 1, 6},
    {"lost_update", "surw", 1, 8},
    {"deadlock01", "portfolio", 1, 6},
    {"deadlock01", "surw", 1, 8},
    {"twostage_20", "portfolio", 1, 20},
};
enum { BOUND_COUNT = sizeof bounds / sizeof *bounds };

static const struct strategy *find_strategy(const char *label)
{
    for (int i = 0; i < STRATEGY_COUNT; i++)
        if (strcmp(strategies[i].label, label) == 0)
            return &strategies[i];
    ck_abort_msg("no strategy %s", label);
    return NULL;
}

START_TEST(test_is_found_in_few_schedules)
{
    int missed;
    double value = mean(find_program(bounds[_i].program), find_strategy(bounds[_i].strategy),
                        bounds[_i].blind, &missed);

    ck_assert_int_eq(missed, 0);
    ck_assert_msg(value <= bounds[_i].most, "%s by %s: a mean of %.1f schedules, more than %.1f",
                  bounds[_i].program, bounds[_i].strategy, value, bounds[_i].most);
}
END_TEST

/* n threads, k steps: a fault of two orderings in at least one of n * k schedules. */
START_TEST(test_pct_keeps_its_guarantee)
{
    static const struct strategy pct_2 = {"pct:2", "pct", 2};
    const struct model_program *program = find_program("deadlock01");
    enum { SEEDS = 4000, STEPS = 10 };
    uint64_t hash;
    int found = 0;

    profile = nothing;
    profile.steps = STEPS;
    sw_strategies_lend(&profile, &trace);
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        found += run(program, &pct_2, seed, 0, &hash) == MODEL_DEADLOCK;
    ck_assert_msg(found >= SEEDS / (2 * STEPS), "%d of %d", found, SEEDS);
}
END_TEST

/* Whatever was run before. */
START_TEST(test_a_seed_is_one_schedule)
{
    enum { SEEDS = 50 };
    const struct strategy *strategy = &strategies[_i];
    const struct model_program *program = find_program("twostage_20");
    uint64_t hashes[SEEDS], hash;
    int same = 0;

    for (int blind = 0; blind < 2; blind++) {
        profile = nothing;
        sw_strategies_lend(&nothing, &trace);
        run(program, &strategies[3], 1, blind, &hash);
        learn();
        sw_strategies_lend(&profile, &trace);
        for (uint64_t seed = 0; seed < SEEDS; seed++)
            run(program, strategy, seed, blind, &hashes[seed]);
        for (uint64_t seed = SEEDS; seed-- > 0;) {
            run(program, strategy, seed, blind, &hash);
            ck_assert_uint_eq(hash, hashes[seed]);
            same += seed > 0 && hash == hashes[seed - 1];
        }
    }
    ck_assert_int_lt(same, SEEDS / 2);
}
END_TEST

START_TEST(test_a_thread_that_spins_does_not_run_for_ever)
{
    uint64_t hash;

    profile = nothing;
    for (int blind = 0; blind < 2; blind++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            sw_strategies_lend(seed % 2 == 0 ? &nothing : &profile, &trace);
            ck_assert_int_eq(run(find_program("spin"), &strategies[_i], seed, blind, &hash),
                             MODEL_ENDED);
            learn();
        }
}
END_TEST

/* ---- decisions that are about no thread ---- */

static int ask(struct sw_driver *driver, enum sw_decision_kind kind, const uint32_t *candidates,
               uint32_t count)
{
    struct sw_pending pending[8] = {0};
    struct sw_decision decision = {.kind = kind,
                                   .place = SW_AT_COND_SIGNAL,
                                   .thread = 1,
                                   .count = count,
                                   .candidates = candidates,
                                   .pending = kind == SW_DECIDE_RUN ? pending : NULL};
    int choice = driver->choose(driver, &decision);

    ck_assert_int_ge(choice, 0);
    ck_assert_int_lt(choice, (int)count);
    return choice;
}

START_TEST(test_waiters_and_moves_and_actions_are_chosen)
{
    static const uint32_t waiters[] = {2, 3, 5}, actions[] = {0, 1};
    struct sw_driver *driver =
        sw_strategies_find(strategies[_i].name)->begin(3, strategies[_i].argument);
    int waiter[3] = {0}, move[3] = {0}, act[2] = {0};

    for (int i = 0; i < 30000; i++) {
        waiter[ask(driver, SW_DECIDE_WAKE, waiters, 3)]++;
        move[ask(driver, SW_DECIDE_MOVE, waiters, 3)]++;
        act[ask(driver, SW_DECIDE_ACT, actions, 2)]++;
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_gt(waiter[i], 8000);
        ck_assert_int_gt(move[i], 8000);
    }
    ck_assert_int_gt(act[1], 0);
    ck_assert_int_lt(act[1], 300); /* an action is rare */
}
END_TEST

START_TEST(test_early_timeouts_are_taken_now_and_then)
{
    static const uint32_t threads[] = {1, 2, 3 | SW_EARLY};
    struct sw_driver *driver =
        sw_strategies_find(strategies[_i].name)->begin(3, strategies[_i].argument);
    int early = 0;

    trace.count = 0;
    for (int i = 0; i < 1000; i++)
        early += ask(driver, SW_DECIDE_RUN, threads, 3) == 2;
    ck_assert_int_gt(early, 0);
    ck_assert_int_lt(early, 600);
}
END_TEST

static void lend_nothing(void)
{
    sw_strategies_lend(&nothing, &trace);
}

CHECK_SUITE(suite)
{
    TCase *means = tcase_create("means"), *seeds = tcase_create("seeds"),
          *odds = tcase_create("odds"), *rest = tcase_create("rest");

    tcase_set_timeout(means, 600);
    tcase_set_tags(means, "no-memcheck"); /* they take minutes there */
    tcase_add_test(means, test_table);
    tcase_add_loop_test(means, test_is_found_in_few_schedules, 0, BOUND_COUNT);
    tcase_add_test(means, test_pct_keeps_its_guarantee);
    suite_add_tcase(suite, means);
    tcase_set_timeout(seeds, 60);
    tcase_set_tags(seeds, "no-memcheck"); /* so do these */
    tcase_add_loop_test(seeds, test_a_seed_is_one_schedule, 0, STRATEGY_COUNT);
    tcase_add_loop_test(seeds, test_a_thread_that_spins_does_not_run_for_ever, 0, STRATEGY_COUNT);
    suite_add_tcase(suite, seeds);
    tcase_add_checked_fixture(rest, lend_nothing, NULL);
    tcase_set_tags(odds, "no-memcheck"); /* 90,000 answers each */
    tcase_add_checked_fixture(odds, lend_nothing, NULL);
    tcase_add_loop_test(odds, test_waiters_and_moves_and_actions_are_chosen, 0, STRATEGY_COUNT);
    suite_add_tcase(suite, odds);
    tcase_add_loop_test(rest, test_early_timeouts_are_taken_now_and_then, 0, STRATEGY_COUNT);
    suite_add_tcase(suite, rest);
}
