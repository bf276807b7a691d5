/* SPDX-License-Identifier: MIT
 *
 * check_work_log.c - the parts of a campaign's folder: ranges, sketches, ledgers, shards, causes.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/tests/suite_main.h"
#include "fuzz/explore/campaign.h"
#include "fuzz/explore/shard.h"

static char folder[64], path[96];

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_ledger.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
}

static void teardown(void)
{
    unlink(path);
    rmdir(folder);
}

static void write_text(const char *text, size_t size)
{
    FILE *out = fopen(path, "w");

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(fwrite(text, 1, size, out), size);
    fclose(out);
}

/* ---- ranges ---- */

START_TEST(test_any_order_of_ranges_is_one_set)
{
    uint64_t seed = 7;

    for (int trial = 0; trial < 200; trial++) {
        struct sw_ranges ranges = {0};
        unsigned char in[64] = {0};
        for (int i = 0; i < 12; i++) {
            uint64_t first = sw_decision_random(&seed) % 60;
            uint64_t last = first + sw_decision_random(&seed) % 4;
            uint64_t fresh, expected = 0;
            for (uint64_t k = first; k <= last; k++) {
                expected += !in[k];
                in[k] = 1;
            }
            ck_assert_int_eq(sw_ranges_add(&ranges, (struct sw_range){first, last}, &fresh), 0);
            ck_assert_uint_eq(fresh, expected);
        }
        uint64_t count = 0, lowest = 0;
        for (int k = 0; k < 64; k++)
            count += in[k];
        while (in[lowest])
            lowest++;
        ck_assert_uint_eq(sw_ranges_count(&ranges), count);
        struct sw_range gap = sw_ranges_gap(&ranges);
        ck_assert_uint_eq(gap.first, lowest);
        for (uint64_t k = gap.first; k <= gap.last && k < 64; k++)
            ck_assert_int_eq(in[k], 0);
        for (size_t i = 1; i < ranges.count; i++)
            ck_assert_uint_gt(ranges.list[i].first, ranges.list[i - 1].last + 1);
        sw_ranges_free(&ranges);
    }
}
END_TEST

/* ---- sketches ---- */

START_TEST(test_an_estimate_is_near)
{
    static struct sw_hyperloglog sketch;
    uint64_t number = 0;

    for (uint64_t count = 1; count <= 1000000; count *= 10) {
        for (; number < count; number++)
            sw_hyperloglog_add(&sketch, number);
        double error = (double)sw_hyperloglog_estimate(&sketch) / (double)count - 1;
        ck_assert_double_le(error < 0 ? -error : error, 0.03);
    }
}
END_TEST

START_TEST(test_who_saw_it_does_not_matter)
{
    static struct sw_hyperloglog whole, half, other;

    for (uint64_t number = 0; number < 5000; number++) {
        sw_hyperloglog_add(&whole, number);
        sw_hyperloglog_add(number % 3 == 0 ? &half : &other, number);
        sw_hyperloglog_add(&other, number / 2);
    }
    struct sw_error e;
    ck_assert_int_eq(sw_hyperloglog_write(&half, path, &e), 0);
    ck_assert_int_eq(sw_hyperloglog_read(&other, path, &e), 0);
    ck_assert_mem_eq(&whole, &other, sizeof whole);
}
END_TEST

START_TEST(test_a_damaged_sketch_is_refused)
{
    static struct sw_hyperloglog sketch;
    struct sw_error e;

    sw_hyperloglog_add(&sketch, 1);
    ck_assert_int_eq(sw_hyperloglog_write(&sketch, path, &e), 0);
    int fd = open(path, O_RDWR);
    ck_assert_int_eq(pwrite(fd, "x", 1, 100), 1);
    close(fd);
    ck_assert_int_eq(sw_hyperloglog_read(&sketch, path, &e), -1);
    ck_assert_str_eq(e.path, path);
    ck_assert_int_eq(truncate(path, 10), 0);
    ck_assert_int_eq(sw_hyperloglog_read(&sketch, path, &e), -1);
}
END_TEST

/* ---- ledgers ---- */

static struct sw_work_log_totals totals;

static uint64_t count_done(void)
{
    struct sw_ranges done = {0};
    struct sw_error e;

    totals = (struct sw_work_log_totals){0};
    ck_assert_msg(sw_work_log_read(path, &done, &totals, &e) == 0, "%s", e.text);
    uint64_t count = sw_ranges_count(&done);
    sw_ranges_free(&done);
    return count;
}

static struct sw_range take(struct sw_work_log *ledger, uint64_t count)
{
    struct sw_range range;
    struct sw_error e;

    ck_assert_int_eq(sw_work_log_take(ledger, count, 1000, &range, &e), 1);
    return range;
}

static void did(struct sw_work_log *ledger, struct sw_range range, uint64_t count)
{
    static const struct sw_work_log_totals nothing;
    struct sw_error e;

    ck_assert_int_eq(sw_work_log_did(ledger, range, count, 5, &nothing, &e), 0);
}

START_TEST(test_nobody_takes_what_another_has)
{
    struct sw_error e;
    struct sw_work_log *a = sw_work_log_open(path, &e), *b = sw_work_log_open(path, &e);

    ck_assert_int_ne(sw_work_log_number(a), sw_work_log_number(b));
    struct sw_range of_a = take(a, 100), of_b = take(b, 100);
    ck_assert_uint_eq(of_a.first, 0);
    ck_assert_uint_eq(of_a.last, 99);
    ck_assert_uint_eq(of_b.first, 100);
    did(b, of_b, 100);
    ck_assert_uint_eq(count_done(), 100);
    ck_assert_int_eq(totals.alive, 2);
    /* Of its own only a part: the rest is free again, for both. */
    did(a, of_a, 10);
    of_b = take(b, 1000);
    ck_assert_uint_eq(of_b.first, 10);
    ck_assert_uint_eq(of_b.last, 99);
    ck_assert_uint_eq(take(a, 1000).first, 200);
    sw_work_log_close(a);
    sw_work_log_close(b);
}
END_TEST

START_TEST(test_what_a_dead_process_had_is_free)
{
    struct sw_error e;
    int ready[2];

    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct sw_work_log *ledger = sw_work_log_open(path, &e);
        did(ledger, take(ledger, 50), 50);
        take(ledger, 500);
        if (write(ready[1], "r", 1) == 1)
            pause();
        _exit(1);
    }
    char byte;
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    struct sw_work_log *ledger = sw_work_log_open(path, &e);
    ck_assert_uint_eq(take(ledger, 10).first, 550);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_uint_eq(take(ledger, 10).first, 50);
    sw_work_log_close(ledger);
    close(ready[0]);
    close(ready[1]);
}
END_TEST

START_TEST(test_the_end_is_the_end)
{
    struct sw_error e;
    struct sw_range range;
    struct sw_work_log *ledger = sw_work_log_open(path, &e);

    ck_assert_int_eq(sw_work_log_take(ledger, 100, 30, &range, &e), 1);
    ck_assert_uint_eq(range.last, 29);
    did(ledger, range, 30);
    ck_assert_int_eq(sw_work_log_take(ledger, 100, 30, &range, &e), 0);
    sw_work_log_close(ledger);
}
END_TEST

START_TEST(test_failures_are_counted_once)
{
    struct sw_work_log_totals seen = {.failures = 3};
    struct sw_error e;
    struct sw_work_log *ledger = sw_work_log_open(path, &e);
    struct sw_range range = take(ledger, 10);

    sw_work_log_add_kind(&seen, &(struct sw_work_log_kind){1, 2, 17, "exit 1"});
    sw_work_log_add_kind(&seen, &(struct sw_work_log_kind){2, 1, 12, "deadlock of T and T"});
    ck_assert_int_eq(sw_work_log_did(ledger, range, 10, 5, &seen, &e), 0);
    ck_assert_int_eq(sw_work_log_did(ledger, range, 10, 5, &seen, &e), 0); /* by whoever */
    sw_work_log_close(ledger);
    ck_assert_uint_eq(count_done(), 10);
    ck_assert_uint_eq(totals.failures, 3);
    ck_assert_int_eq(totals.kind_count, 2);
    ck_assert_uint_eq(totals.kinds[0].count, 2);
    ck_assert_uint_eq(totals.kinds[0].seed, 17);
    ck_assert_str_eq(totals.kinds[1].text, "deadlock of T and T");
}
END_TEST

START_TEST(test_a_torn_line_is_cut_off)
{
    static const char text[] = "spillway ledger 1\njoin 1\ntake 0 9 by 1\ndid 0 9 of 0 failed 0 "
                               "ms 1\ntake 10 1";
    struct sw_error e;

    for (size_t size = 0; size < sizeof text; size++) {
        write_text(text, size);
        struct sw_work_log *ledger = sw_work_log_open(path, &e);
        ck_assert_msg(ledger != NULL, "%zu: %s", size, e.text);
        ck_assert_uint_eq(count_done(), strstr(text, "ms 1\n") + 5 <= text + size ? 10 : 0);
        sw_work_log_close(ledger);
    }
}
END_TEST

START_TEST(test_a_damaged_ledger_has_a_place)
{
    static const char *const lines[] = {"did 9 0 of 9 failed 0 ms 1",
                                        "did 0 9 of 0 failed 0",
                                        "take 0 9",
                                        "join x",
                                        "saw 1 2 from 3",
                                        "hello",
                                        ""};
    struct sw_ranges done = {0};
    struct sw_error e;
    char text[200];

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int size = snprintf(text, sizeof text, "spillway ledger 1\njoin 1\n%s\njoin 2\n", lines[i]);
        write_text(text, (size_t)size);
        ck_assert_msg(sw_work_log_read(path, &done, &totals, &e) == -1, "%s", lines[i]);
        ck_assert_uint_eq(e.line, 3);
        ck_assert_ptr_null(sw_work_log_open(path, &e));
        ck_assert_uint_eq(e.line, 3);
        ck_assert_str_eq(e.path, path);
    }
    static const struct {
        const char *text;
        unsigned line;
    } tails[] = {{"something else\n", 1},
                 {"something", 1},
                 {"\x01\xff\x02", 1},
                 {"spillway ledger 1\njoin 1\n\xff\x80", 3}};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        write_text(tails[i].text, strlen(tails[i].text));
        ck_assert_msg(sw_work_log_read(path, &done, &totals, &e) == -1, "%zu", i);
        ck_assert_uint_eq(e.line, tails[i].line);
    }
    sw_ranges_free(&done);
}
END_TEST

/* ---- shards ---- */

static int parse(const char *text, const char *is)
{
    uint32_t shard, shards;
    struct sw_error e;
    char buf[32];

    if (sw_shard_parse(text, &shard, &shards, &e) < 0)
        return is == NULL;
    snprintf(buf, sizeof buf, "%u/%u", shard, shards);
    return is != NULL && strcmp(is, buf) == 0;
}

START_TEST(test_shards_are_read)
{
    ck_assert(parse("1/1", "1/1") && parse("3/8", "3/8"));
    ck_assert(parse("9/8", NULL) && parse("0/8", NULL) && parse("1", NULL) && parse("1/", NULL) &&
              parse("1/8x", NULL) && parse("-1/8", NULL) && parse("", NULL) && parse(" 1/2", NULL));
}
END_TEST

START_TEST(test_slurm_says_which_shard)
{
    ck_assert(parse("auto", NULL));
    setenv("SLURM_ARRAY_TASK_ID", "7", 1);
    setenv("SLURM_ARRAY_TASK_MIN", "3", 1);
    setenv("SLURM_ARRAY_TASK_MAX", "9", 1);
    setenv("SLURM_ARRAY_TASK_STEP", "2", 1);
    ck_assert(parse("auto", "3/4") && parse("auto/4", "3/4") && parse("auto/5", NULL));
    setenv("SLURM_ARRAY_TASK_ID", "11", 1);
    ck_assert(parse("auto", NULL));
    setenv("SLURM_ARRAY_TASK_ID", "seven", 1);
    ck_assert(parse("auto", NULL));
}
END_TEST

START_TEST(test_kubernetes_says_which_shard)
{
    setenv("JOB_COMPLETION_INDEX", "0", 1);
    ck_assert(parse("auto/4", "1/4") && parse("auto", NULL) && parse("auto/x", NULL));
    setenv("JOB_COMPLETION_INDEX", "4", 1);
    ck_assert(parse("auto/4", NULL));
}
END_TEST

START_TEST(test_shards_are_all_seeds_and_each_once)
{
    for (uint64_t schedules = 0; schedules < 40; schedules++)
        for (uint32_t shards = 1; shards <= 5; shards++) {
            struct sw_campaign_plan plan = {
                .seed = 10, .schedules = schedules + 1, .learning = 2, .shards = shards};
            unsigned char seen[64] = {0};
            for (uint32_t shard = 1; shard <= shards; shard++)
                for (uint64_t i = 0; i < sw_campaign_shard_size(&plan, shard); i++)
                    seen[sw_campaign_first_seed(&plan, shard) + i * shards]++;
            for (uint64_t seed = 12; seed < 64; seed++)
                ck_assert_int_eq(seen[seed], seed < 10 + schedules + 1);
        }
}
END_TEST

/* ---- causes ---- */

START_TEST(test_numbers_are_no_part_of_a_cause)
{
    char buf[200];

    ck_assert_str_eq(
        sw_failure_dedup_normalise("deadlock T1 waits for lock#310, held by T12", buf, sizeof buf),
        "deadlock T waits for lock#, held by T");
    ck_assert_str_eq(sw_failure_dedup_normalise("exit 12", buf, sizeof buf), "exit 12");
    ck_assert_str_eq(sw_failure_dedup_normalise("crashed SIGSEGV", buf, 8), "crashed");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    tcase_add_test(all, test_any_order_of_ranges_is_one_set);
    tcase_add_test(all, test_an_estimate_is_near);
    tcase_add_test(all, test_who_saw_it_does_not_matter);
    tcase_add_test(all, test_a_damaged_sketch_is_refused);
    tcase_add_test(all, test_nobody_takes_what_another_has);
    tcase_add_test(all, test_what_a_dead_process_had_is_free);
    tcase_add_test(all, test_the_end_is_the_end);
    tcase_add_test(all, test_failures_are_counted_once);
    tcase_add_test(all, test_a_torn_line_is_cut_off);
    tcase_add_test(all, test_a_damaged_ledger_has_a_place);
    tcase_add_test(all, test_shards_are_read);
    tcase_add_test(all, test_slurm_says_which_shard);
    tcase_add_test(all, test_kubernetes_says_which_shard);
    tcase_add_test(all, test_shards_are_all_seeds_and_each_once);
    tcase_add_test(all, test_numbers_are_no_part_of_a_cause);
}
