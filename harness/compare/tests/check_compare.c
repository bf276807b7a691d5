/* SPDX-License-Identifier: MIT
 *
 * check_compare.c - "spillway bench" as people run it.
 *
 * An interpreter that is none says how long its tests took, so that the answer is known and no
 * clock decides; what real interpreters say is only looked at for its form.
 */
#include "harness/tests/runner_fixture.h"

#include <json-c/json.h>

/* Prints what the interpreter of workload.py would: two tests of which ONE and TWO say how long
 * they take, and the names in MORE.  Notes in "log" how it was started. */
static const char fake[] = "#!/bin/sh\n"
                           "echo $SIDE $PYTHONHASHSEED ${#SPILLWAY_BENCH_PADDING} >>log\n"
                           "printf 'python\\tfake 1.0\\tticks\\t1\\n'\n"
                           "printf \"tests\\tone\\ttwo$MORE\\n\"\n"
                           "while read -r test; do\n"
                           "  eval \"$DO\"\n"
                           "  if [ $test = 0 ]; then ns=${ONE:-1000000}\n"
                           "  else ns=${TWO:-1000000}; fi\n"
                           "  echo $ns\n"
                           "done\n"
                           "exit ${STATUS:-0}\n";

#define BENCH "bench --pairs 8 --rounds 2 --tests one,two "

static void set_up(void)
{
    setup();
    FILE *file = fopen("fake", "w");
    ck_assert_ptr_nonnull(file);
    fputs(fake, file);
    fclose(file);
    shell("chmod +x fake");
}

static void must_refuse(const char *arguments, const char *says)
{
    ck_assert_int_eq(spillway(arguments), 2);
    ck_assert_str_eq(out, "");
    ck_assert_str_eq(err, says);
}

/* ---- what it says ---- */

START_TEST(test_equal_ones_do_not_differ)
{
    ck_assert_int_eq(spillway(BENCH "./fake -- ./fake"), 0);
    has(out, "\nthis:    ./fake (fake 1.0)\n");
    has(out, "\none            ms      1.00     1.00   +0.0%     1.00     1.00   +0.0%  "
             "[+0.00, +0.00]    none shown; 0.00% could be\n");
    has(out, "\ntotal          ms      2.00     2.00   +0.0%     2.00     2.00   +0.0%  ");
    has(out, "\n(this=./fake, other=./fake)\n");
    has(out, "\nNo difference is shown in 3 of 3 rows.");
}
END_TEST

START_TEST(test_what_takes_more_is_named)
{
    ck_assert_int_eq(spillway(BENCH "ONE=1020000 ./fake -- ./fake"), 1);
    has(out, "\none            ms      1.02     1.00   +2.0%     1.02     1.00   +2.0%  "
             "[+2.00, +2.00]    2.00% more, p 0.0078\n");
    has(out, "\none: this takes 2.00 % more, between 2.00 and 2.00 %\n"
             "total: this takes 1.00 % more, between 1.00 and 1.00 %\n"
             "A difference is shown in 2 of 3 rows.");
}
END_TEST

START_TEST(test_what_takes_less_is_no_failure)
{
    ck_assert_int_eq(spillway(BENCH "./fake -- TWO=2000000 ./fake"), 0);
    has(out, "two: this takes 50.00 % less, ");
}
END_TEST

START_TEST(test_what_one_side_alone_has_is_named)
{
    ck_assert_int_eq(spillway(BENCH "./fake -- 'MORE=\\tthree\\tfour' ./fake"), 0);
    has(out, "\nonly in other, not compared: three, four\n");
    has(out, " 3 of 3 rows.");
}
END_TEST

/* The last of 16 processes tells the bench to stop. */
START_TEST(test_what_was_measured_before_a_ctrl_c_is_told)
{
    /* Its parent is a supervisor, and the bench is that one's. */
    shell("sed -i /^exit/d fake && echo 'test $(wc -l <log) -ne 16 ||"
          " ! mkdir told || kill -INT $(cut -d\" \" -f4 /proc/$PPID/stat)' >>fake");
    ck_assert_int_eq(spillway("bench --pairs 20 --rounds 2 --tests one ./fake -- ./fake"), 130);
    has(out, "bench:   8 pairs, ");
    has(out, "\ninterrupted, before 20 pairs were measured\n");
    has(out, "\nNo difference is shown in 3 of 3 rows.");
}
END_TEST

START_TEST(test_a_page_has_a_point_for_each_pair)
{
    char *page = NULL;
    int points = 0;

    ck_assert_int_eq(spillway(BENCH "--html it.html './fake' -- 'A=<b>&' ./fake"), 0);
    read_file("it.html", &page);
    for (const char *at = page; (at = strstr(at, "<circle ")) != NULL; at++)
        points++;
    ck_assert_int_eq(points, 3 * 8);
    has(page, "A=&#60;b&#62;&#38; ./fake");
    ck_assert_ptr_null(strstr(page, "<b>"));
    free(page);
}
END_TEST

/* The name is longer than the picture's margin was. */
START_TEST(test_a_page_has_the_largest_difference_first)
{
    char *page = NULL;

    shell("sed -i 's/tests.tone.ttwo/tests\\\\tone\\\\ta_name_of_a_test_that_is_long/' fake");
    ck_assert_int_eq(
        spillway("bench --pairs 8 --rounds 2 --tests one,a_name_of_a_test_that_is_long "
                 "--html it.html ONE=1010000 TWO=500000 ./fake -- ./fake"),
        1);
    read_file("it.html", &page);
    const char *less = strstr(page, ">a_name_of_a_test_that_is_long<"),
               *more = strstr(page, ">one<");
    ck_assert(less != NULL && more != NULL && less < more);
    has(page, "<g class=\"less\"><text x=\"0\" ");
    has(page, " x1=\"203.0\" "); /* where the interval of -50 % begins: at the axis' end */
    free(page);
}
END_TEST

START_TEST(test_it_can_be_compared_with_itself)
{
    ck_assert_int_eq(spillway(BENCH "--aa 2 ./fake -- ONE=3 ./fake"), 1);
    has(out, "\nthis against itself: 0 of 2 reports showed a difference, which is 0.0 % false "
             "alarms; at most 77.6 %,");
    shell("test $(wc -l <log) -eq 48");
}
END_TEST

/* ---- how it measures ---- */

struct started {
    char side[8];
    unsigned hash_seed, padding;
};

START_TEST(test_either_side_begins_and_a_pair_has_one_surrounding)
{
    struct started all[16];
    unsigned hash_seeds = 0, paddings = 0, begins = 0;

    spillway(BENCH "SIDE=a ./fake -- SIDE=b ./fake");
    FILE *log = fopen("log", "r");
    ck_assert_ptr_nonnull(log);
    for (int i = 0; i < COUNT_OF(all); i++)
        ck_assert_int_eq(fscanf(log, "%7s %u %u", all[i].side, &all[i].hash_seed, &all[i].padding),
                         3);
    fclose(log);
    for (int i = 0; i < COUNT_OF(all); i += 2) {
        ck_assert_str_ne(all[i].side, all[i + 1].side);
        ck_assert_uint_eq(all[i].hash_seed, all[i + 1].hash_seed);
        ck_assert_uint_eq(all[i].padding, all[i + 1].padding);
        begins += *all[i].side == 'a';
        if (i > 0) {
            hash_seeds += all[i].hash_seed != all[i - 1].hash_seed;
            paddings += all[i].padding != all[i - 1].padding;
        }
    }
    ck_assert(begins > 0 && begins < 8);
    ck_assert_uint_eq(hash_seeds, 7);
    ck_assert_uint_eq(paddings, 7);
}
END_TEST

/* How long they take is nobody's business here. */
START_TEST(test_interpreters_have_their_tests)
{
    char arguments[2 * PATH_MAX];

    snprintf(arguments, sizeof arguments,
             "bench --pairs 7 --rounds 1 --warp 1000 --seed 3 -- %s/slpython", binaries);
    ck_assert_int_le(spillway(arguments), 1);
    ck_assert_str_eq(err, "");
    has(out, "\nthis:    /usr/bin/python3.11 (cpython 3.11.");
    has(out, "\nonly in other, not compared: create, switch, channel, spill, thread\n");
    has(out, "\ncomprehensions ms ");
    has(out, "\npeak memory    KiB ");
    has(out, "\nstart          ms ");
    has(out, "\nstart memory   KiB ");
}
END_TEST

START_TEST(test_commands_are_measured_as_they_are)
{
    ck_assert_int_le(spillway("bench --command --pairs 7 true x -- A=1 true"), 1);
    has(out, "\n(this=true x, other=A=1 true)\n");
    has(out, "\ncpu time ");
    has(out, "\nreal time ");
    has(out, "\npeak memory ");
}
END_TEST

/* ---- for pyperf ---- */

static json_object *get(json_object *object, const char *key)
{
    json_object *value = json_object_object_get(object, key);

    ck_assert_msg(value != NULL, "no %s", key);
    return value;
}

START_TEST(test_pyperf_finds_benchmarks_runs_and_values)
{
    ck_assert_int_eq(spillway(BENCH "--json it ONE=1020000 ./fake -- ./fake"), 1);
    json_object *suite = json_object_from_file("it.this.json");
    ck_assert_ptr_nonnull(suite);
    ck_assert_str_eq(json_object_get_string(get(suite, "version")), "1.0");
    json_object *benchmark = json_object_array_get_idx(get(suite, "benchmarks"), 0);
    json_object *metadata = get(benchmark, "metadata"), *runs = get(benchmark, "runs");
    ck_assert_str_eq(json_object_get_string(get(metadata, "name")), "one");
    ck_assert_str_eq(json_object_get_string(get(metadata, "unit")), "second");
    ck_assert_str_eq(json_object_get_string(get(metadata, "spillway_difference")), "shown");
    ck_assert_uint_eq(json_object_array_length(runs), 8);
    json_object *values = get(json_object_array_get_idx(runs, 7), "values");
    ck_assert_uint_eq(json_object_array_length(values), 2);
    ck_assert_double_eq_tol(json_object_get_double(json_object_array_get_idx(values, 0)), 0.00102,
                            1e-12);
    json_object_put(suite);
    shell("test -s it.other.json");
}
END_TEST

/* By noise that is none, each plant is seen, in that row and in the total. */
START_TEST(test_the_power_of_a_report_is_told)
{
    ck_assert_int_eq(spillway(BENCH "--json noise ./fake -- ./fake"), 0);
    shell("%s/bench-power --pairs 8 --rounds 2 --reports 5 noise >power", binaries);
    shell("grep -x 'equal sides: 0 of 5 reports show a difference' power");
    shell("grep -Ex 'one +0.00 +0.00 +100.0 +100.0 +100.0' power");
    shell("test $(grep -c 100.0 power) = 2");
    shell("! %s/bench-power --rounds 3 noise 2>why", binaries);
    shell("grep -x 'bench-power: 2 rounds of each test were recorded' why");
    shell("! %s/bench-power none 2>why", binaries);
    shell("grep '^bench-power: none.this.json: ' why");
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *arguments, *says;
} refusals[] = {
    {"bench ./fake", "spillway bench: no -- between this and other\n"},
    {BENCH "nosuch -- ./fake",
     "spillway bench: this: cannot start nosuch: No such file or directory\n"},
    {BENCH "./fake -- ./nosuch",
     "spillway bench: other: cannot start ./nosuch: No such file or directory\n"},
    {"bench --seed 1 --watchdog 1 --command sleep 100 -- sleep 100",
     "spillway bench: other: sleep did not end in 1 s (--watchdog)\n"},
    {BENCH "./fake -- STATUS=3 ./fake", "spillway bench: other: ./fake ended with status 3\n"},
    {BENCH "'DO=kill -SEGV $$' ./fake -- ./fake",
     "spillway bench: this: ./fake was ended by signal 11\n"},
    {BENCH "'DO=echo hello' ./fake -- ./fake",
     "spillway bench: this: line 3 of its output is none of the tests': 'hello'\n"},
    {BENCH "'DO=printf \"\\033]0;x\\n\"' ./fake -- ./fake",
     "spillway bench: this: line 3 of its output is none of the tests': '?]0;x'\n"},
    {BENCH "'DO=yes | tr -d \"\\n\"' ./fake -- ./fake",
     "spillway bench: this: line 3 of its output has no end\n"},
    {BENCH "'MORE=\\t\\tx' ./fake -- ./fake",
     "spillway bench: this: line 2 of its output is none of the tests': 'tests?one?two??x'\n"},
    {BENCH "./fake -- ONE=-5 ./fake",
     "spillway bench: other: line 3 of its output is none of the tests': '-5'\n"},
    {"bench --pairs 8 --tests imports --plant imports=2 -- python3.11",
     "spillway bench: this: --plant: 2 percent of imports are less than one of its 25 loops\n"},
    {BENCH "--watchdog 1 'DO=sleep 1000' ./fake -- ./fake",
     "spillway bench: this: ./fake did not end in 1 s (--watchdog)\n"},
    {BENCH "./fake -- /bin/true",
     "spillway bench: other: its output breaks off; is it a Python?\n"},
    {"bench --pairs 8 --rounds 2 --tests one,tow ./fake -- ./fake",
     "spillway bench: neither side measures 'tow'; did you mean two?\n"},
    {BENCH "--plant one ./fake -- ./fake",
     "spillway bench: --plant: 'one' is not TEST=PERCENT, up to 1000\n"},
    {BENCH "--plant zebra=2 ./fake -- ./fake", "spillway bench: neither side measures 'zebra'\n"},
    {"bench --command A=1 -- true", "spillway bench: this: no command\n"},
    {BENCH "--json no/folder ./fake -- ./fake",
     "no/folder.this.json: cannot be written: No such file or directory\n"},
};

START_TEST(test_what_is_wrong_is_said)
{
    must_refuse(refusals[_i].arguments, refusals[_i].says);
}
END_TEST

/* One has left its group and its session, and keeps the output open. */
START_TEST(test_nothing_is_left_of_one_that_hangs)
{
    ck_assert_int_eq(spillway(BENCH "--watchdog 1 ./fake -- "
                                    "'DO=setsid flock alive sleep 1000 & sleep 1000' ./fake"),
                     2);
    ck_assert_str_eq(err, "spillway bench: other: ./fake did not end in 1 s (--watchdog)\n");
    shell("flock -n alive true");
}
END_TEST

START_TEST(test_nor_of_one_that_ends)
{
    ck_assert_int_eq(
        spillway("bench --command --pairs 7 sh -c 'setsid flock alive sleep 1000 &' -- true") & ~1,
        0);
    shell("flock -n alive true");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *report = tcase_create("report"), *measuring = tcase_create("measuring"),
          *refused = tcase_create("refused"), *all[] = {report, measuring, refused};

    tcase_add_test(report, test_equal_ones_do_not_differ);
    tcase_add_test(report, test_what_takes_more_is_named);
    tcase_add_test(report, test_what_takes_less_is_no_failure);
    tcase_add_test(report, test_what_one_side_alone_has_is_named);
    tcase_add_test(report, test_what_was_measured_before_a_ctrl_c_is_told);
    tcase_add_test(report, test_a_page_has_a_point_for_each_pair);
    tcase_add_test(report, test_a_page_has_the_largest_difference_first);
    tcase_add_test(report, test_it_can_be_compared_with_itself);
    tcase_add_test(report, test_pyperf_finds_benchmarks_runs_and_values);
    tcase_add_test(measuring, test_either_side_begins_and_a_pair_has_one_surrounding);
    tcase_add_test(measuring, test_interpreters_have_their_tests);
    tcase_add_test(measuring, test_commands_are_measured_as_they_are);
    tcase_add_test(measuring, test_the_power_of_a_report_is_told);
    tcase_add_loop_test(refused, test_what_is_wrong_is_said, 0, COUNT_OF(refusals));
    tcase_add_test(refused, test_nothing_is_left_of_one_that_hangs);
    tcase_add_test(refused, test_nor_of_one_that_ends);
    for (int i = 0; i < COUNT_OF(all); i++) {
        tcase_set_tags(all[i], "no-memcheck"); /* they look at other processes only */
        tcase_set_timeout(all[i], 60);
        tcase_add_checked_fixture(all[i], set_up, teardown);
        suite_add_tcase(suite, all[i]);
    }
}
