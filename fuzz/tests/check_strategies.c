/* SPDX-License-Identifier: MIT
 *
 * check_strategies.c - on models of the programs whose figures are published: each strategy finds
 * what it is good at in as few schedules as others do, and a seed means one schedule.
 *
 * The figures are deterministic: equal seeds, equal answers.  With -v in CK_RUN_CASE's stead there
 * is nothing to see; SW_STRATEGIES_TABLE in the environment prints the table.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/profile.h"
#include "harness/control/strategies.h"
#include "model.h"

enum { LEARNING = 2, BUDGET = 10000, TRIALS = 20 };

/* ---- the programs ---- */

enum { A, B, C, D, M = 10, L = 11 };

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
};
enum { PROGRAM_COUNT = sizeof programs / sizeof *programs };

__attribute__((unused)) static const struct model_program *find_program(const char *name)
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
    {"walk", "walk", 0}, {"pct:3", "pct", 3}, {"pct:10", "pct", 10},
    {"pos", "pos", 0},   {"surw", "surw", 0}, {"portfolio", "portfolio", 0},
};
enum { STRATEGY_COUNT = sizeof strategies / sizeof *strategies };

static struct sw_trace trace;
static struct sw_profile profile, nothing;

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
    static struct sw_profile fresh;
    struct sw_profile_source source = {&trace, model_chosen, model_made_by};

    ck_assert_int_eq(sw_profile_make(&source, &fresh), 0);
    if (fresh.steps > profile.steps)
        profile = fresh;
}

/* Schedules to the first failure or deadlock, the first LEARNING included; BUDGET if there is
 * none. */
static int search(const struct model_program *program, const struct strategy *strategy,
                  uint64_t seed, int blind)
{
    static const struct strategy learning = {"pos", "pos", 0};
    uint64_t hash;

    profile = nothing;
    for (int i = 0; i < BUDGET; i++) {
        sw_strategies_lend(i < LEARNING ? &nothing : &profile, &trace);
        if (run(program, i < LEARNING ? &learning : strategy, seed + (uint64_t)i, blind, &hash) !=
            MODEL_ENDED)
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
    for (int p = 0; p < PROGRAM_COUNT; p++) {
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

static Suite *make_suite(void)
{
    Suite *suite = suite_create("strategies");
    TCase *tcase = tcase_create("means");

    tcase_set_timeout(tcase, 600);
    tcase_add_test(tcase, test_table);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(make_suite());

    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
