/* SPDX-License-Identifier: MIT
 *
 * check_schedz.c - archives of schedules: what comes back, what is refused.
 */
#include "harness/tests/control_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <xxhash.h>
#include <zstd.h>

#include "contract/decision_kind.h"
#include "harness/formats/sched/schedz_records.h"
#include "harness/formats/sched/schedz.h"

#define ARCHIVE "a.schedz"

/* ---- schedules with some of everything ---- */

enum { DEVIATIONS = 60, POOL = 4096 };

#define TEXT(literal) ((char[]){literal})
static char writer[] = "0.1.0", program[] = "programs/transfer.py",
            interp[] = "/opt/my python/python3";
static char *args[] = {TEXT("--times"), TEXT("3"), TEXT("two words"), NULL};

static uint32_t deviation_count = DEVIATIONS; /* of each that is made */

struct made {
    struct sw_sched sched;
    struct sw_deviation deviations[DEVIATIONS];
    uint32_t pool[POOL];
    char found[40], outcome[40];
};

/* Candidates that often are those of before, or one more or fewer. */
static uint32_t make_set(uint64_t *state, const uint32_t *old, uint32_t old_count, uint32_t *to)
{
    uint64_t how = sw_decision_random(state) % 4;
    uint32_t count = 0, skip = (uint32_t)(sw_decision_random(state) % (old_count + 1));

    if (old_count < 3 || how == 3) {
        uint32_t candidate = (uint32_t)(sw_decision_random(state) % 3);
        for (int i = 0; i < 12; i++, candidate += 1 + sw_decision_random(state) % 3)
            if (i < 2 || sw_decision_random(state) % 2)
                to[count++] = candidate;
        return count;
    }
    for (uint32_t i = 0; i < old_count; i++)
        if (how != 2 || i != skip)
            to[count++] = old[i];
    if (how == 1)
        to[count] = to[count - 1] + 1 + (uint32_t)(sw_decision_random(state) % 3), count++;
    return count;
}

static void make_deviation(uint64_t *state, struct made *made, uint32_t i)
{
    static const uint32_t early[] = {0, 1, 2 | SW_EARLY, 70000 | SW_EARLY};
    static const uint32_t acts[] = {SW_ACTION_NOTHING, SW_ACTION_SPILL, SW_ACTION_COLLECT};
    struct sw_deviation *d = &made->deviations[i];
    uint32_t *to = made->pool + made->sched.pool_used, from = 0, count = 0;

    *d = (struct sw_deviation){.kind = (uint32_t)(sw_decision_random(state) % SW_DECISION_KINDS),
                               .place = (uint32_t)(sw_decision_random(state) % SW_PLACE_COUNT),
                               .first = made->sched.pool_used};
    if (sw_decision_kind(d->kind)->is_data)
        d->place = (uint32_t)sw_decision_find_place(i % 2 != 0 ? "choice:dice" : "choice:coin");
    d->index = (i > 0 ? d[-1].index + 1 : 0) + sw_decision_random(state) % 300;
    for (uint32_t k = i; k-- > 0 && count == 0;)
        if (made->deviations[k].kind == d->kind) {
            from = made->deviations[k].first;
            count = made->deviations[k].count;
        }
    if (!sw_decision_kind(d->kind)->is_asked)
        d->count = 1, to[0] = (uint32_t)(sw_decision_random(state) % 4 << SW_READY_SHIFT | 5);
    else if (d->kind == SW_DECIDE_ACT)
        d->count = 3, memcpy(to, acts, sizeof acts);
    else if (d->kind == SW_DECIDE_RUN && sw_decision_random(state) % 4 == 0)
        d->count = 4, memcpy(to, early, sizeof early);
    else
        d->count = make_set(state, made->pool + from, d->kind == SW_DECIDE_MOVE ? count : 0, to);
    d->choice = to[sw_decision_random(state) % d->count];
    d->thread = (uint32_t)(sw_decision_random(state) % 5);
    made->sched.pool_used += d->count;
    ck_assert_uint_lt(made->sched.pool_used, POOL - 40);
}

static struct made *make(unsigned seed)
{
    struct made *made = calloc(1, sizeof *made);
    uint64_t state = seed;

    snprintf(made->found, sizeof made->found, "random seed %u", seed);
    snprintf(made->outcome, sizeof made->outcome, seed % 3 ? "exit 0" : "signal %u", seed);
    made->sched = (struct sw_sched){.writer = writer,
                                    .program = program,
                                    .program_hash = "0123456789abcdef0123456789abcdef",
                                    .args = args,
                                    .arg_count = 3,
                                    .interp = interp,
                                    .interp_hash = "ffffffffffffffff0000000000000000",
                                    .found = made->found,
                                    .outcome = made->outcome,
                                    .deviations = made->deviations,
                                    .pool = made->pool,
                                    .deviation_count = seed % 7 ? deviation_count : 0};
    for (uint32_t i = 0; i < made->sched.deviation_count; i++)
        make_deviation(&state, made, i);
    made->sched.decision_count = 1000000;
    made->sched.hash = sw_decision_random(&state);
    return made;
}

static char *text_of(const struct sw_sched *sched)
{
    size_t size;
    char *text = sw_sched_write_text(sched, &size);

    ck_assert_ptr_nonnull(text);
    return text;
}

/* Adds those of the seeds first to last in one go. */
static int add(unsigned first, unsigned last, struct sw_error *e)
{
    struct made *made[64];
    const struct sw_sched *scheds[64] = {0};
    size_t count = 0;

    for (unsigned seed = first; seed <= last; seed++, count++) {
        made[count] = make(seed);
        scheds[count] = &made[count]->sched;
    }
    int failed = sw_schedz_append(ARCHIVE, scheds, count, NULL, e);
    while (count > 0)
        free(made[--count]);
    return failed;
}

static void must_add(unsigned first, unsigned last)
{
    struct sw_error e;

    ck_assert_msg(add(first, last, &e) == 0, "%s", e.text);
}

static void must_count(uint64_t wanted_whole, uint64_t wanted_cut_off)
{
    struct sw_error e;
    uint64_t whole, cut_off;

    ck_assert_msg(sw_schedz_count(ARCHIVE, &whole, &cut_off, &e) == 0, "%s", e.text);
    ck_assert_uint_eq(whole, wanted_whole);
    ck_assert_uint_eq(cut_off, wanted_cut_off);
}

static void must_hold(uint64_t number, unsigned seed)
{
    struct made *made = make(seed);
    struct sw_sched *sched;
    struct sw_error e;

    ck_assert_msg(sw_schedz_load(ARCHIVE, number, &sched, &e) == 0, "%s", e.text);
    char *wanted = text_of(&made->sched), *text = text_of(sched);
    ck_assert(strcmp(text, wanted) == 0); /* too long for a message */
    free(wanted);
    free(text);
    free(made);
    sw_sched_free(sched);
}

static void must_not_load(uint64_t number, const char *says)
{
    struct sw_sched *sched;
    struct sw_error e;

    ck_assert_int_eq(sw_schedz_load(ARCHIVE, number, &sched, &e), -1);
    ck_assert_ptr_null(sched);
    ck_assert_str_eq(e.path, ARCHIVE);
    ck_assert_msg(strstr(e.text, says) != NULL, "says: %s", e.text);
}

/* ---- files as bytes ---- */

static uint8_t *slurp(size_t *size)
{
    struct stat status;
    FILE *in = fopen(ARCHIVE, "rb");

    ck_assert_ptr_nonnull(in);
    ck_assert_int_eq(fstat(fileno(in), &status), 0);
    *size = (size_t)status.st_size;
    uint8_t *bytes = malloc(*size + 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, in), *size);
    fclose(in);
    return bytes;
}

/* Not by truncating it to nothing, for which some file systems wait for the disk. */
static void spew(const uint8_t *bytes, size_t size)
{
    int fd = open(ARCHIVE, O_WRONLY | O_CREAT, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, bytes, size, 0), (ssize_t)size);
    ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
    close(fd);
}

static size_t size_of(const char *path)
{
    struct stat status;

    ck_assert_int_eq(stat(path, &status), 0);
    return (size_t)status.st_size;
}

/* ---- round trips ---- */

START_TEST(test_all_come_back_as_they_were)
{
    must_add(1, 40);
    must_count(40, 0);
    for (unsigned i = 1; i <= 40; i++)
        must_hold(i, i);
}
END_TEST

START_TEST(test_adding_never_changes_what_is_there)
{
    size_t before_size, size;
    uint8_t *before, *bytes;

    must_add(1, 1);
    for (unsigned i = 2; i < 20; i++) {
        before = slurp(&before_size);
        must_add(i, i);
        bytes = slurp(&size);
        ck_assert_uint_gt(size, before_size);
        ck_assert_mem_eq(bytes, before, before_size);
        free(before);
        free(bytes);
    }
    must_count(19, 0);
    for (unsigned i = 1; i < 20; i++)
        must_hold(i, i);
}
END_TEST

START_TEST(test_large_batches_are_several_records)
{
    enum { MANY = 4000 };
    static const struct sw_sched *scheds[MANY];
    struct made *made = make(1);
    struct sw_error e;

    for (int i = 0; i < MANY; i++)
        scheds[i] = &made->sched;
    ck_assert_int_eq(sw_schedz_append(ARCHIVE, scheds, MANY, NULL, &e), 0);
    must_count(MANY, 0);
    must_hold(MANY, 1);
    must_hold(MANY / 2, 1);
    free(made);
}
END_TEST

START_TEST(test_two_who_add_at_once_wait_for_each_other)
{
    enum { EACH = 25 };
    pid_t children[2];

    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        for (unsigned k = 0; children[i] == 0 && k < EACH; k++)
            must_add(k, k);
        if (children[i] == 0)
            _exit(0);
    }
    for (int i = 0; i < 2; i++) {
        int status;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
    must_count(2 * EACH, 0);
}
END_TEST

/* ---- what is cut off ---- */

/* One record with seed 1, one with 2 and 3, and where they begin. */
static uint8_t *three(size_t *first, size_t *second, size_t *size)
{
    deviation_count = 8;
    must_add(1, 1);
    *first = size_of(ARCHIVE);
    must_add(2, 2);
    *second = size_of(ARCHIVE);
    must_add(3, 4);
    return slurp(size);
}

START_TEST(test_whatever_is_cut_off_the_rest_is_readable)
{
    size_t first, second, size;
    uint8_t *bytes = three(&first, &second, &size);
    struct sw_error e;
    uint64_t whole, cut_off;

    for (size_t length = 0; length < size; length++) {
        spew(bytes, length);
        ck_assert_msg(sw_schedz_count(ARCHIVE, &whole, &cut_off, &e) == 0, "%zu: %s", length,
                      e.text);
        ck_assert_uint_eq(whole, (length >= first) + (uint64_t)(length >= second));
        if (length == 0 || length == first || length == second)
            ck_assert_uint_eq(cut_off, 0);
        else
            ck_assert_uint_ge(cut_off, 1);
        ck_assert_uint_le(cut_off, 2);
        if (whole > 0)
            must_hold(whole, (unsigned)whole);
        must_not_load(whole + 1, cut_off == 0   ? "there is no schedule"
                                 : cut_off == 1 ? "1 schedule at the end is cut off"
                                                : "2 schedules at the end are cut off");
    }
    free(bytes);
}
END_TEST

START_TEST(test_whoever_adds_next_removes_what_is_cut_off)
{
    size_t first, second, size;
    uint8_t *bytes = three(&first, &second, &size);

    for (size_t length = 0; length < size; length++) {
        uint64_t whole = (length >= first) + (uint64_t)(length >= second);
        spew(bytes, length);
        must_add(9, 9);
        must_count(whole + 1, 0);
        must_hold(whole + 1, 9);
    }
    free(bytes);
}
END_TEST

START_TEST(test_a_full_disk_leaves_what_was_there)
{
    struct rlimit limit;
    struct sw_error e;
    size_t first, second, size;
    uint8_t *bytes = three(&first, &second, &size);

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size + 20;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(add(9, 9, &e), -1);
    ck_assert_str_eq(e.text, "File too large");
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    must_count(4, 0);
    ck_assert_uint_eq(size_of(ARCHIVE), size);
    free(bytes);
}
END_TEST

/* ---- what is damaged ---- */

START_TEST(test_every_flipped_bit_is_seen)
{
    size_t first, second, size;
    uint8_t *bytes = three(&first, &second, &size);
    struct sw_sched *sched;
    struct sw_error e;
    uint64_t whole, cut_off;

    for (size_t i = 0; i < size * 8; i++) {
        bytes[i / 8] = (uint8_t)(bytes[i / 8] ^ 1 << i % 8);
        spew(bytes, size);
        ck_assert_msg(sw_schedz_count(ARCHIVE, &whole, &cut_off, &e) == -1, "bit %zu of byte %zu",
                      i % 8, i / 8);
        ck_assert_msg(strncmp(e.text, "byte ", 5) == 0, "bit %zu: %s", i, e.text);
        /* Of what comes before and behind, the former is not touched. */
        if (i / 8 >= second)
            must_hold(2, 2);
        if (sw_schedz_load(ARCHIVE, 3, &sched, &e) == 0)
            sw_sched_free(sched);
        bytes[i / 8] = (uint8_t)(bytes[i / 8] ^ 1 << i % 8);
    }
    free(bytes);
}
END_TEST

/* The archive's bytes, and a record behind them whose checks are right. */
static void add_record(char type, uint64_t count, const void *payload, size_t length,
                       size_t claimed)
{
    struct sw_bytes out = {0};
    size_t size;
    uint8_t *bytes = slurp(&size);

    sw_bytes_add(&out, bytes, size);
    sw_bytes_add(&out, &type, 1);
    sw_bytes_add_number(&out, count);
    sw_bytes_add_number(&out, claimed);
    uint64_t check = XXH3_64bits(out.start + size, out.used - size);
    for (int i = 0; i < 4; i++)
        sw_bytes_add(&out, &(uint8_t){(uint8_t)(check >> 8 * i)}, 1);
    sw_bytes_add(&out, payload, length);
    check = XXH3_64bits(payload, length);
    for (int i = 0; i < 8; i++)
        sw_bytes_add(&out, &(uint8_t){(uint8_t)(check >> 8 * i)}, 1);
    spew(out.start, out.used);
    sw_bytes_free(&out);
    free(bytes);
}

START_TEST(test_a_bomb_does_not_go_off)
{
    size_t size = (size_t)SW_SCHEDZ_RECORDS_PAYLOAD_MAX + 1, room = ZSTD_compressBound(size);
    char *zeros = calloc(1, size), *packed = malloc(room);
    size_t length = ZSTD_compress(packed, room, zeros, size, 1);

    ck_assert(!ZSTD_isError(length));
    must_add(1, 1);
    add_record('s', 1, packed, length, length);
    must_not_load(2, "inflates to 67108865 bytes; more than 67108864 are refused");
    free(zeros);
    free(packed);
}
END_TEST

START_TEST(test_a_record_that_claims_to_be_huge_is_refused)
{
    must_add(1, 1);
    add_record('S', 1, "x", 1, (size_t)SW_SCHEDZ_RECORDS_PAYLOAD_MAX + 1);
    must_not_load(2, "a record of 67108865 bytes; more than 67108864 are refused");
    must_hold(1, 1);
}
END_TEST

/* Payloads whose checks are right: only the reader of each stands between them and us. */
START_TEST(test_nonsense_with_right_checks_is_refused)
{
    uint64_t state = 17;
    uint8_t payload[64];
    struct sw_sched *sched;
    struct sw_error e;
    size_t size;

    must_add(1, 1);
    uint8_t *bytes = slurp(&size);
    for (int i = 0; i < 3000; i++) {
        size_t length = 3 + sw_decision_random(&state) % 60;
        for (size_t k = 0; k < length; k++)
            payload[k] = (uint8_t)(sw_decision_random(&state) >> (k % 5 ? 20 : 60));
        payload[0] = (uint8_t)(length - 1); /* of the schedule */
        payload[1] = payload[2] = 0;
        spew(bytes, size);
        add_record("SsNnHhX"[i % 4 ? 0 : i / 4 % 7], i % 4 == 0 && i % 28 > 4 ? 0 : 1, payload,
                   length, length);
        if (sw_schedz_load(ARCHIVE, 2, &sched, &e) == 0)
            sw_sched_free(sched);
    }
    free(bytes);
}
END_TEST

/* A real schedule's bytes with every byte changed, its checks made right again. */
START_TEST(test_changed_schedules_with_right_checks_do_no_harm)
{
    struct made *made = make(1);
    struct sw_error e;
    struct sw_sched *sched;
    struct sw_schedz_records archive;
    struct sw_schedz_records_record record;
    int sound = 0;

    made->sched.deviation_count = 20;
    ck_assert_int_eq(
        sw_schedz_append(ARCHIVE, &(const struct sw_sched *){&made->sched}, 1, NULL, &e), 0);
    ck_assert_int_eq(sw_schedz_records_open(&archive, ARCHIVE, O_RDONLY, &e), 0);
    size_t at = sizeof "spillway schedz 1\n" - 1, size;
    char *payload;
    for (int i = 0; i < 3; i++, at = record.end)
        ck_assert_int_eq(sw_schedz_records_read(&archive, at, &record), 1);
    ck_assert_int_eq(record.type, 'S');
    ck_assert_int_eq(sw_schedz_records_inflate(&archive, &record, &payload, &size), 0);
    for (size_t i = 0; i < size * 16; i++) {
        char old = payload[i / 16];
        payload[i / 16] = (char)(i % 16 < 8 ? old ^ 1 << i % 8 : old + (1 << i % 8));
        spew(archive.bytes, archive.size);
        add_record('S', 1, payload, size, size);
        if (sw_schedz_load(ARCHIVE, 2, &sched, &e) == 0) {
            sound++; /* another schedule, but a valid one */
            sw_sched_free(sched);
        }
        payload[i / 16] = old;
    }
    ck_assert_int_gt(sound, 0);
    free(payload);
    sw_schedz_records_close(&archive);
    free(made);
}
END_TEST

/* ---- what does not fit ---- */

START_TEST(test_another_header_is_refused)
{
    struct made *made = make(2);
    const struct sw_sched *sched = &made->sched;
    struct sw_error e;

    must_add(1, 1);
    size_t size = size_of(ARCHIVE);
    strcpy(made->sched.interp_hash, "ffffffffffffffff0000000000000001");
    ck_assert_int_eq(sw_schedz_append(ARCHIVE, &sched, 1, NULL, &e), -1);
    ck_assert_str_eq(e.text,
                     "holds schedules of another header: 'interp   \"/opt/my python/python3\""
                     "  xxh128 ffffffffffffffff0000000000000000' there, 'interp   "
                     "\"/opt/my python/python3\"  xxh128 ffffffffffffffff0000000000000001'"
                     " in the new one");
    made->sched.arg_count = 0;
    ck_assert_int_eq(sw_schedz_append(ARCHIVE, &sched, 1, NULL, &e), -1);
    ck_assert_ptr_nonnull(strstr(e.text, "'args     --times 3 \"two words\"' there, 'interp "));
    ck_assert_uint_eq(size_of(ARCHIVE), size);
    free(made);
}
END_TEST

START_TEST(test_a_text_that_is_no_line_is_refused)
{
    struct made *made = make(2);
    const struct sw_sched *sched = &made->sched;
    static const char *const texts[] = {"", " blank", "two\noutcome  lines"};
    struct sw_error e;

    must_add(1, 1);
    for (int i = 0; i < 3; i++) {
        snprintf(made->found, sizeof made->found, "%s", texts[i]);
        ck_assert_int_eq(sw_schedz_append(ARCHIVE, &sched, 1, NULL, &e), -1);
    }
    must_count(1, 0);
    free(made);
}
END_TEST

START_TEST(test_what_is_no_archive_is_refused)
{
    struct sw_error e;
    uint64_t whole, cut_off;

    ck_assert_int_eq(sw_schedz_count("/nonexistent", &whole, &cut_off, &e), -1);
    ck_assert_str_eq(e.text, "No such file or directory");
    ck_assert_int_eq(sw_schedz_count("/tmp", &whole, &cut_off, &e), -1);
    ck_assert_str_eq(e.text, "not a file");
    ck_assert_int_eq(mkfifo(ARCHIVE, 0600), 0);
    must_not_load(1, "not a file");
    ck_assert_int_eq(unlink(ARCHIVE), 0);
    write_file(ARCHIVE, "spillway schedule 1\n");
    must_not_load(1, "byte 0: this is no .schedz");
    ck_assert_int_eq(add(1, 1, &e), -1);
    write_file(ARCHIVE, "spillway schedz 2\n");
    must_not_load(1, "another version; this spillway reads version 1");
    ck_assert_int_eq(truncate(ARCHIVE, 1 << 30), 0); /* sparse */
    must_not_load(1, "1073741824 bytes; more than 268435456 are refused");
}
END_TEST

START_TEST(test_numbers_out_of_range_are_refused)
{
    must_add(1, 3);
    must_not_load(0, "there is no schedule 0; they are numbered 1 to 3");
    must_not_load(4, "there is no schedule 4; they are numbered 1 to 3");
    must_not_load(UINT64_MAX, "there is no schedule 18446744073709551615");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *trips = tcase_create("round trips"), *damage = tcase_create("damage"),
          *bits = tcase_create("bits"), *misfits = tcase_create("misfits");
    TCase *all[] = {trips, damage, bits, misfits};

    tcase_add_test(trips, test_all_come_back_as_they_were);
    tcase_add_test(trips, test_adding_never_changes_what_is_there);
    tcase_add_test(trips, test_large_batches_are_several_records);
    tcase_add_test(trips, test_two_who_add_at_once_wait_for_each_other);
    tcase_add_test(damage, test_whatever_is_cut_off_the_rest_is_readable);
    tcase_add_test(damage, test_whoever_adds_next_removes_what_is_cut_off);
    tcase_add_test(damage, test_a_full_disk_leaves_what_was_there);
    tcase_set_tags(bits, "no-memcheck"); /* some thousand archives */
    tcase_add_test(bits, test_every_flipped_bit_is_seen);
    tcase_add_test(damage, test_a_bomb_does_not_go_off);
    tcase_add_test(damage, test_a_record_that_claims_to_be_huge_is_refused);
    tcase_add_test(damage, test_nonsense_with_right_checks_is_refused);
    tcase_add_test(damage, test_changed_schedules_with_right_checks_do_no_harm);
    tcase_add_test(misfits, test_another_header_is_refused);
    tcase_add_test(misfits, test_a_text_that_is_no_line_is_refused);
    tcase_add_test(misfits, test_what_is_no_archive_is_refused);
    tcase_add_test(misfits, test_numbers_out_of_range_are_refused);
    for (int i = 0; i < 4; i++) {
        tcase_add_checked_fixture(all[i], setup, teardown);
        tcase_set_timeout(all[i], 120);
        suite_add_tcase(suite, all[i]);
    }
}
