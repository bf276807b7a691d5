/* SPDX-License-Identifier: MIT
 *
 * check_decision.c - each kind of decision has all that a row of the table promises.
 */
#include <stdio.h>
#include <string.h>

#include "contract/decision_kind.h"
#include "contract/tests/suite_main.h"

#define ROW sw_decision_kind((unsigned)_i)

/* Numbers that may be a candidate of some kind. */
static const uint32_t numbers[] = {0, 1, 2, 7, 1023, SW_EARLY, SW_EARLY | 3, SW_EARLY - 1};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

START_TEST(test_a_verb_is_one_word_of_its_own)
{
    ck_assert_int_gt((int)strlen(ROW->verb), 0);
    ck_assert_int_lt((int)strlen(ROW->verb), 16); /* as a corpus and an archive read it */
    ck_assert_int_eq((int)strspn(ROW->verb, "abcdefghijklmnopqrstuvwxyz"), (int)strlen(ROW->verb));
    ck_assert_int_eq(sw_decision_find_verb(ROW->verb), _i);
    ck_assert_str_eq(sw_decision_verb((unsigned)_i), ROW->verb);
}
END_TEST

START_TEST(test_what_is_formatted_is_parsed)
{
    int formatted = 0;

    for (int i = 0; i < NUMBERS; i++) {
        char word[SW_DECISION_TEXT], behind[SW_DECISION_TEXT + 4];
        uint32_t candidate = UINT32_MAX;
        if (!ROW->is_candidate(numbers[i]))
            continue;
        sw_decision_format((enum sw_decision_kind)_i, numbers[i], word, sizeof word);
        size_t length = sw_decision_parse((enum sw_decision_kind)_i, word, &candidate);
        ck_assert_msg(length == strlen(word), "%s", word);
        ck_assert_uint_eq(candidate, numbers[i]);
        snprintf(behind, sizeof behind, "%s of", word);
        ck_assert_uint_eq(sw_decision_parse((enum sw_decision_kind)_i, behind, &candidate), length);
        formatted++;
    }
    ck_assert_int_ge(formatted, 3);
}
END_TEST

START_TEST(test_nonsense_is_no_candidate)
{
    static const char *const words[] = {"", " ", "T", "m", "b", "-1", "T-1", "T99999999999", "x1"};
    uint32_t candidate;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_msg(sw_decision_parse((enum sw_decision_kind)_i, words[i], &candidate) == 0,
                      "'%s'", words[i]);
}
END_TEST

START_TEST(test_costs_are_bounded)
{
    for (int bound = 0; bound < SW_BOUND_COUNT; bound++) {
        ck_assert_uint_eq(sw_decision_kind_cost((unsigned)_i, 4, 4, (enum sw_decision_bound)bound),
                          1);
        ck_assert_uint_le(ROW->forced_cost[bound], ROW->cost[bound]);
    }
    /* Whoever is free of a bound can be asked for ever: only what cannot be avoided is. */
    ck_assert_uint_eq(ROW->forced_cost[SW_BOUND_PREEMPTIONS], !ROW->is_schedule);
    ck_assert_uint_eq(ROW->forced_cost[SW_BOUND_DELAYS], 1);
}
END_TEST

START_TEST(test_a_divergence_has_its_reasons)
{
    ck_assert(ROW->misses != NULL && ROW->differs != NULL);
    ck_assert_str_ne(ROW->misses, ROW->differs);
    ck_assert(!(ROW->is_schedule && ROW->is_action));
    ck_assert(ROW->is_asked || !ROW->is_schedule);
}
END_TEST

START_TEST(test_the_walk_keeps_who_can_go_on)
{
    static const uint32_t candidates[] = {SW_ACTION_NOTHING, SW_ACTION_SPILL, SW_ACTION_COLLECT};
    struct sw_decision decision = {.kind = (enum sw_decision_kind)_i,
                                   .thread = 1,
                                   .count = 3,
                                   .fallback = 1,
                                   .candidates = candidates};
    uint32_t stays = ROW->keeps(&decision);

    decision.thread = 9;
    uint32_t leaves = ROW->keeps(&decision);
    ck_assert_uint_eq(stays, ROW->is_schedule ? SW_KEEP_RUNNING
                             : ROW->is_action ? SW_KEEP_NOTHING
                                              : 0);
    ck_assert_uint_eq(leaves, ROW->is_action ? SW_KEEP_NOTHING : 0);
}
END_TEST

START_TEST(test_what_is_no_kind_is_no_row)
{
    uint32_t candidate;

    ck_assert_str_eq(sw_decision_verb(SW_DECISION_KINDS), "unknown");
    ck_assert_int_eq(sw_decision_find_verb("unknown"), -1);
    ck_assert_int_eq(sw_decision_kind(SW_DECISION_KINDS)->is_candidate(0), 0);
    ck_assert_uint_eq(sw_decision_kind(UINT32_MAX)->parse("T1", &candidate), 0);
}
END_TEST

/* A run's hash stands in every .sched that there is. */
START_TEST(test_the_hash_is_what_it_was)
{
    static const uint32_t candidates[] = {0, 1, 5};
    static const uint64_t hashes[] = {0xf27ee92fba111b2cu, 0xa26040443da1e387u, 0x5e3ac7f1254ee812u,
                                      0x8c08256b95dade75u, 0xeb57400078ae9c4eu, 0x3757e71c80bb76ebu,
                                      0x9ba14122c0957cf6u};
    struct sw_decision decision = {.kind = (enum sw_decision_kind)_i,
                                   .place = SW_AT_GIL_RELEASE,
                                   .thread = 3,
                                   .object = 9,
                                   .count = 3,
                                   .fallback = 1,
                                   .candidates = candidates};

    ck_assert_uint_eq(sw_decision_hash(SW_DECISION_SEED, &decision, 2), hashes[_i]);
}
END_TEST

/* The name is all that tells two places of a program's own apart. */
START_TEST(test_the_hash_knows_the_name)
{
    static const uint32_t candidates[] = {0, 1};
    struct sw_decision dice = {.kind = SW_DECIDE_CHOICE,
                               .place = (unsigned)sw_decision_find_place("choice:dice"),
                               .count = 2,
                               .candidates = candidates},
                       coin = dice;

    coin.place = (unsigned)sw_decision_find_place("choice:coin");
    ck_assert_uint_ne(sw_decision_hash(SW_DECISION_SEED, &dice, 1),
                      sw_decision_hash(SW_DECISION_SEED, &coin, 1));
    coin.place = dice.place ^ 1u << 20; /* what is alike in its lower half */
    ck_assert_uint_ne(sw_decision_hash(SW_DECISION_SEED, &dice, 1),
                      sw_decision_hash(SW_DECISION_SEED, &coin, 1));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("kinds");
    const TTest *const tests[] = {
        test_a_verb_is_one_word_of_its_own, test_what_is_formatted_is_parsed,
        test_nonsense_is_no_candidate,      test_costs_are_bounded,
        test_a_divergence_has_its_reasons,  test_the_walk_keeps_who_can_go_on,
        test_the_hash_is_what_it_was};

    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_loop_test(tcase, tests[i], 0, SW_DECISION_KINDS);
    tcase_add_test(tcase, test_what_is_no_kind_is_no_row);
    tcase_add_test(tcase, test_the_hash_knows_the_name);
    suite_add_tcase(suite, tcase);
}
