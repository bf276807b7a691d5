/* SPDX-License-Identifier: MIT
 *
 * check_archive.c - record, replay and convert with archives of schedules, and how large these are.
 */
#include <glob.h>

#include "harness/formats/sched/sched.h"
#include "harness/formats/sched/schedz.h"
#include "replay_fixture.h"

/* An archive does not keep what a run has read.  0: they are the same.  No file is written, since
 * the program's folder is an input, too. */
static int same_but_for_reads(const char *one, const char *other)
{
    return shell("less() { sed '/^reads/d; /^printed/d; /^check/d' $1; }; "
                 "[ \"$(less %s)\" = \"$(less %s)\" ]",
                 one, other);
}

START_TEST(test_record_adds_to_an_archive_and_says_the_number)
{
    write_program();
    for (int seed = 1; seed <= 3; seed++) {
        char says[60];
        RECORD(seed, "a.schedz", "p.py");
        snprintf(says, sizeof says, "again: spillway replay --number %d a.schedz\n", seed);
        ASSERT_SAYS("err", says);
    }
    RECORD(2, "2.sched", "p.py");
    ck_assert_int_eq(spillway("convert --number 2 a.schedz b.sched"), 0);
    ck_assert_int_eq(same_but_for_reads("2.sched", "b.sched"), 0);
    ck_assert_int_eq(spillway("replay --number 2 a.schedz"), 0);
    ASSERT_SAYS("err", "spillway: schedule 2: as recorded: exit 0; ");
    ck_assert_int_eq(spillway("replay a.schedz"), 0);
    ASSERT_SAYS("err", "spillway: 3 of 3 were as recorded\n");
    ck_assert_str_eq(content("out"), "ran\nran\nran\n");
}
END_TEST

START_TEST(test_replay_of_an_archive_says_which_was_another)
{
    write_program();
    RECORD(1, "a.schedz", "p.py");
    RECORD(2, "2.sched", "p.py");
    edit("2.sched", "s/^outcome .*/outcome  exit 7/", "bad.sched");
    ck_assert_int_eq(spillway("convert bad.sched a.schedz"), 0);
    RECORD(3, "a.schedz", "p.py");
    ck_assert_int_eq(spillway("replay -q a.schedz"), 1);
    ck_assert_str_eq(content("err"),
                     "spillway: schedule 2: another outcome: exit 0; recorded was: exit 7\n"
                     "spillway: 2 of 3 were as recorded\n");
}
END_TEST

START_TEST(test_an_archive_that_is_cut_off_is_replayed_without_its_end)
{
    write_program();
    RECORD(1, "a.schedz", "p.py");
    RECORD(2, "a.schedz", "p.py");
    ck_assert_int_eq(truncate("a.schedz", (off_t)size_of("a.schedz") - 1), 0);
    ck_assert_int_eq(spillway("replay a.schedz"), 0);
    ASSERT_SAYS("err", "a.schedz: 1 schedule at the end is cut off\n");
    ASSERT_SAYS("err", "spillway: 1 of 1 were as recorded\n");
    ck_assert_int_eq(spillway("replay --number 2 a.schedz"), 2);
    ASSERT_SAYS("err", "1 schedule at the end is cut off");
    ck_assert_str_eq(content("out"), "");
}
END_TEST

START_TEST(test_an_archive_of_nothing_is_no_success)
{
    write_file("a.schedz", "");
    ck_assert_int_eq(spillway("replay a.schedz"), 2);
    ASSERT_SAYS("err", "a.schedz: there is no schedule in it");
    write_file("a.schedz", "spillway schedz 1\nH");
    ck_assert_int_eq(spillway("replay a.schedz"), 2);
    ASSERT_SAYS("err", "a.schedz: 1 schedule at the end is cut off");
}
END_TEST

START_TEST(test_record_refuses_a_foreign_archive_before_it_runs)
{
    write_program();
    RECORD(1, "a.schedz", "p.py");
    ck_assert_int_eq(spillway("record -o a.schedz -- p.py more"), 2);
    ASSERT_SAYS("err", "a.schedz: holds schedules of another header: ");
    ck_assert_str_eq(content("out"), "");
    write_file("b.schedz", "something else\n");
    ck_assert_int_eq(spillway("record -o b.schedz -- p.py"), 2);
    ASSERT_SAYS("err", "b.schedz: byte 0: this is no .schedz");
    ck_assert_str_eq(content("out"), "");
    ck_assert_int_eq(spillway("replay a.schedz"), 0);
    ASSERT_SAYS("err", "1 of 1");
}
END_TEST

START_TEST(test_convert_there_and_back)
{
    spillway("record --seed 3 -o a.sched -- %s/lost_update.py", programs);
    spillway("record --seed 4 -o b.sched -- %s/lost_update.py", programs);
    ck_assert_int_eq(spillway("convert a.sched a.schedz"), 0);
    ck_assert_int_eq(spillway("convert a.schedz only.sched"), 0);
    ck_assert_int_eq(same_but_for_reads("a.sched", "only.sched"), 0);
    ck_assert_int_eq(spillway("convert b.sched a.schedz"), 0);
    ck_assert_int_eq(spillway("convert a.schedz only.sched"), 2);
    ASSERT_SAYS("err", "a.schedz: 2 schedules; --number says which");
    ck_assert_int_eq(spillway("convert --number 2 a.schedz second.sched"), 0);
    ck_assert_int_eq(same_but_for_reads("b.sched", "second.sched"), 0);
    ck_assert_int_eq(spillway("replay -q second.sched"), 0);
    ck_assert_int_eq(truncate("a.schedz", (off_t)size_of("a.schedz") - 3), 0);
    ck_assert_int_eq(spillway("convert a.schedz only.sched"), 0);
    ASSERT_SAYS("err", "a.schedz: 1 schedule at the end is cut off");
}
END_TEST

START_TEST(test_convert_refuses_misuse)
{
    static const struct {
        const char *arguments, *says;
    } cases[] = {
        {"a.sched", "IN and OUT are needed"},
        {"a.sched b.sched", "one of IN and OUT is a .sched, the other a .schedz"},
        {"a.txt b.schedz", "one of IN and OUT is a .sched, the other a .schedz"},
        {"a.sched b.schedz c", "more than IN and OUT"},
        {"-n 1 a.sched b.schedz", "--number: a .sched has one schedule"},
        {"-n 0 a.schedz b.sched", "'0' is not a number from 1"},
        {"-n -1 a.schedz b.sched", "'-1' is not a number from 1"},
        {"a.sched b.schedz", "a.sched: No such file or directory"},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(spillway("convert %s", cases[i].arguments), 2);
        ASSERT_SAYS("err", cases[i].says);
    }
}
END_TEST

/* ---- how large ---- */

/* Of schedules. */
struct amount {
    unsigned long long decisions, bytes, singly;
};

/* Records so many seeds one by one; 0 if the program is not for this interpreter. */
static int record_all(const char *file, int count, const char *archive)
{
    for (int seed = 0; seed < count; seed++) {
        int status = spillway("record --seed %d -o %s -- %s", seed, archive, file);
        ck_assert_msg(status <= 1, "%s seed %d: %s", file, seed, content("err"));
        if (strstr(content("err"), "spillway: exit 77;") != NULL)
            return 0;
    }
    return 1;
}

static struct amount measure(const char *archive, int count)
{
    const struct sw_sched *scheds[1000];
    struct amount amount = {.singly = size_of(archive)};
    struct sw_error e;

    for (int i = 0; i < count; i++) {
        struct sw_sched *sched;
        ck_assert_msg(sw_schedz_load(archive, (uint64_t)i + 1, &sched, &e) == 0, "%s", e.text);
        amount.decisions += sched->decision_count;
        scheds[i] = sched;
    }
    ck_assert_msg(sw_schedz_append("together.schedz", scheds, (size_t)count, NULL, &e) == 0, "%s",
                  e.text);
    amount.bytes = size_of("together.schedz");
    unlink("together.schedz");
    for (int i = 0; i < count; i++)
        sw_sched_free((struct sw_sched *)scheds[i]);
    return amount;
}

/* SEEDS in the environment: of each program; as it is for a report. */
START_TEST(test_a_decision_takes_at_most_a_byte)
{
    const char *wanted = getenv("SEEDS");
    int count = wanted != NULL ? atoi(wanted) : seeds > 4 ? 10 : 3;
    struct amount sum = {0};
    char pattern[PATH_MAX + 80];
    glob_t found;

    ck_assert(count > 0 && count <= 1000);
    snprintf(pattern, sizeof pattern, "%s/*.py", programs);
    ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *name = basename(found.gl_pathv[i]);
        if (!record_all(found.gl_pathv[i], count, "singly.schedz")) {
            printf("%s: skipped: %s", name, content("out"));
        } else {
            struct amount own = measure("singly.schedz", count);
            printf("%s: %d seeds, %llu decisions, %llu bytes; added one by one %llu\n", name, count,
                   own.decisions, own.bytes, own.singly);
            sum.decisions += own.decisions;
            sum.bytes += own.bytes;
            sum.singly += own.singly;
        }
        unlink("singly.schedz");
    }
    globfree(&found);
    printf("bytes a decision: %.3f; added one by one %.3f\n",
           (double)sum.bytes / (double)sum.decisions, (double)sum.singly / (double)sum.decisions);
    ck_assert_uint_gt(sum.decisions, 0);
    ck_assert_uint_le(sum.bytes, sum.decisions);
    ck_assert_uint_le(sum.singly, sum.decisions);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *archives = tcase_create("archives");

    tcase_add_test(archives, test_record_adds_to_an_archive_and_says_the_number);
    tcase_add_test(archives, test_replay_of_an_archive_says_which_was_another);
    tcase_add_test(archives, test_an_archive_that_is_cut_off_is_replayed_without_its_end);
    tcase_add_test(archives, test_an_archive_of_nothing_is_no_success);
    tcase_add_test(archives, test_record_refuses_a_foreign_archive_before_it_runs);
    tcase_add_test(archives, test_convert_there_and_back);
    tcase_add_test(archives, test_convert_refuses_misuse);
    tcase_add_test(archives, test_a_decision_takes_at_most_a_byte);
    tcase_add_checked_fixture(archives, setup, teardown);
    tcase_set_timeout(archives, getenv("SEEDS") != NULL ? 1200 : 120);
    tcase_set_tags(archives, "no-memcheck"); /* it mostly starts other programs */
    suite_add_tcase(suite, archives);
}
