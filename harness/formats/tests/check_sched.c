/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "contract/decision.h"
#include "harness/control/drivers/replay_driver.h"
#include "harness/control/drivers/random_driver.h"
#include "harness/formats/sched/sched.h"
#include "contract/faults.h"
#include "contract/points.h"
#include "contract/tests/suite_main.h"

/* ---- a schedule with some of everything ---- */

/* sw_place_name_number("choice:dice"): see contract/tests/check_place_name.c. Its name is kept
 * from the beginning of the suite on. */
enum { DICE = 0x79a75be3 };

static uint32_t pool[] = {
    0, 1, 2, 3, 70000, SW_ACTION_NOTHING, SW_ACTION_SPILL, 11, 12, 4, 5, 0, 1 | SW_EARLY, 0, 1, 2};
static struct sw_deviation deviations[] = {
    {7, SW_DECIDE_RUN, SW_AT_GIL_RELEASE, 0, 1, 0, 2},
    {9, SW_DECIDE_WAKE, SW_AT_COND_SIGNAL, 2, 70000, 2, 3},
    {10, SW_DECIDE_ACT, SW_PLACE_POINTS + SLP_POINT_EVAL_ENTER, 2, SW_ACTION_SPILL, 5, 2},
    {11, SW_DECIDE_MOVE, SW_AT_REST, 3, 12, 7, 2},
    {12, SW_DECIDE_READY, SW_AT_IO_WAIT, 4, 4, 9, 1},
    {13, SW_DECIDE_READY, SW_AT_IO_WAIT, 5, 5, 10, 1},
    {14, SW_DECIDE_RUN, SW_AT_IO_WAIT, 0, 1 | SW_EARLY, 11, 2},
    {15, SW_DECIDE_CHOICE, DICE, 1, 2, 13, 3},
};
enum { DEVIATIONS = sizeof deviations / sizeof *deviations, POOL = sizeof pool / sizeof *pool };
#define TEXT(literal) ((char[]){literal})
static char *args[] = {TEXT("--times"),
                       TEXT("3"),
                       TEXT("two words"),
                       TEXT(""),
                       TEXT("\"quoted\"\\\n\x01\xc3\xa4"),
                       NULL};

static struct sw_sched_read reads[] = {
    {.path = TEXT("my data.txt"), .hash = "aaaaaaaaaaaaaaaa0000000000000000"},
    {.path = TEXT("/usr/lib/python3.11"),
     .file_count = 27,
     .hash = "bbbbbbbbbbbbbbbb0000000000000000"},
    {.path = TEXT("a/."),
     .is_folder = 1,
     .name_count = 12,
     .hash = "cccccccccccccccc0000000000000000"},
    {.path = TEXT("module.py"), .is_compiled = 1, .hash = "dddddddddddddddd0000000000000000"},
};

static const struct sw_sched sample = {
    .writer = TEXT("0.3.0"),
    .program = TEXT("programs/transfer.py"),
    .program_hash = "0123456789abcdef0123456789abcdef",
    .args = args,
    .arg_count = 5,
    .input = TEXT("test.py"),
    .input_hash = "00000000000000001111111111111111",
    .folder = TEXT("../my tests"),
    .interp = TEXT("/opt/my python/python3"),
    .interp_hash = "ffffffffffffffff0000000000000000",
    .setting = {.spill = TEXT("16384,segment"),
                .faults = {{3}},
                .variables = {TEXT("A=1"), TEXT("B=two words"), NULL},
                .variable_count = 2,
                .points = 1,
                .steps = {{1}},
                .fail_max = 2,
                .early_max = 4,
                .real_network = 1,
                .begins = 1,
                .from = 12},
    .found = TEXT("random seed 41"),
    .outcome = TEXT("deadlock T1 waits for mutex#3, held by T2"),
    .read_count = 4,
    .reads = reads,
    .has_unnoted = 1,
    .deviation_count = DEVIATIONS,
    .deviations = deviations,
    .pool_used = POOL,
    .pool = pool,
    .decision_count = 16,
    .hash = 0x8c1f000000000001u,
};

static char *text_of(const struct sw_sched *sched, size_t *size)
{
    char *text = sw_sched_write_text(sched, size);

    ck_assert_ptr_nonnull(text);
    return text;
}

/* Parses it; what is wrong goes to e, whose text is "" if nothing is. */
static struct sw_sched *parse(const char *text, size_t size, struct sw_error *e)
{
    struct sw_sched *sched;
    /* Exactly as large as the text, so that reading on is seen. */
    char *copy = malloc(size > 0 ? size : 1);

    memcpy(copy, text, size);
    *e = (struct sw_error){0};
    int failed = sw_sched_read("a.sched", copy, size, &sched, e);
    ck_assert_int_eq(failed, sched == NULL ? -1 : 0);
    ck_assert_int_eq(e->text[0] == '\0', sched != NULL);
    free(copy);
    return sched;
}

START_TEST(test_reads_what_it_wrote)
{
    struct sw_error e;
    size_t size, again_size;
    char *text = text_of(&sample, &size);
    struct sw_sched *sched = parse(text, size, &e);

    ck_assert_msg(sched != NULL, "%u:%u %s", e.line, e.column, e.text);
    ck_assert_str_eq(sched->program, sample.program);
    ck_assert_str_eq(sched->interp, sample.interp);
    ck_assert_str_eq(sched->outcome, sample.outcome);
    ck_assert_int_eq(sched->arg_count, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(sched->args[i], args[i]);
    ck_assert_ptr_null(sched->args[5]);
    ck_assert_uint_eq(sched->deviation_count, DEVIATIONS);
    ck_assert_mem_eq(sched->deviations, deviations, sizeof deviations);
    ck_assert_mem_eq(sched->pool, pool, sizeof pool);
    ck_assert_uint_eq(sched->hash, sample.hash);
    char *again = text_of(sched, &again_size);
    ck_assert_str_eq(again, text);
    free(again);
    free(text);
    sw_sched_free(sched);
}
END_TEST

/* A fault's name may be longer than any other candidate. */
START_TEST(test_each_action_comes_back)
{
    uint32_t action = (uint32_t)_i + 1, candidates[] = {SW_ACTION_NOTHING, action};
    struct sw_deviation one = {
        10, SW_DECIDE_ACT, SW_PLACE_POINTS + SLP_POINT_EVAL_ENTER, 2, action, 0, 2};
    struct sw_sched with = sample;
    struct sw_error e;
    size_t size;

    with.deviations = &one, with.deviation_count = 1;
    with.pool = candidates, with.pool_used = 2;
    char *text = text_of(&with, &size);
    struct sw_sched *sched = parse(text, size, &e);
    ck_assert_msg(sched != NULL, "%s: %u:%u %s", sw_decision_action(action), e.line, e.column,
                  e.text);
    ck_assert_uint_eq(sched->deviations[0].choice, action);
    free(text);
    sw_sched_free(sched);
}
END_TEST

/* Whoever writes by hand may quote any word. */
START_TEST(test_each_word_may_need_quotes)
{
    struct sw_error e;
    size_t size;
    struct sw_sched odd = sample;

    odd.writer = TEXT("0.3 \"odd\"");
    odd.program = odd.interp = TEXT("");
    odd.input = TEXT("a\\b\n");
    char *text = text_of(&odd, &size);
    struct sw_sched *sched = parse(text, size, &e);
    ck_assert_msg(sched != NULL, "%u:%u %s", e.line, e.column, e.text);
    ck_assert_str_eq(sched->writer, odd.writer);
    ck_assert_str_eq(sched->program, "");
    ck_assert_str_eq(sched->interp, "");
    ck_assert_str_eq(sched->input, odd.input);
    sw_sched_free(sched);
    free(text);
}
END_TEST

START_TEST(test_all_faults_at_once_come_back)
{
    struct sw_error e;
    size_t size;
    struct sw_sched all = sample;

    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        sw_fault_set_add(&all.setting.faults, i);
    char *text = text_of(&all, &size);
    struct sw_sched *sched = parse(text, size, &e);
    ck_assert_msg(sched != NULL, "%u:%u %s", e.line, e.column, e.text);
    ck_assert(sw_fault_set_is_same(&sched->setting.faults, &all.setting.faults));
    sw_sched_free(sched);
    free(text);
}
END_TEST

START_TEST(test_looks_as_documented)
{
    size_t size;
    char *text = text_of(&sample, &size);

    ck_assert_ptr_nonnull(strstr(
        text, "spillway schedule 5\nwriter   spillway 0.3.0\nprogram  programs/transfer.py  xxh128 "
              "0123456789abcdef0123456789abcdef\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n       7  T0 main      gil.release        "
                                       "run T1 of T0 T1\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n       9  T2 thread    cond.signal        "
                                       "wake T70000 of T2 T3 T70000\n"
                                       "      10  T2 thread    eval.enter         "
                                       "do spill of nothing spill\n"
                                       "      11  T3 thread    rest               "
                                       "move m12 of m11 m12\n"
                                       "      12  T4 thread    io.wait            "
                                       "ready T4 of T4\n"
                                       "      13  T5 thread    io.wait            "
                                       "ready T5 of T5\n"
                                       "      14  T0 main      io.wait            "
                                       "run T1-early of T0 T1-early\n"
                                       "      15  T1 thread    choice:dice        "
                                       "choose 2 of 0 1 2\n"));
    ck_assert_ptr_nonnull(strstr(text, "\nenv      A=1 \"B=two words\"\nspill    16384,segment\n"
                                       "faults   "));
    ck_assert_ptr_nonnull(strstr(text, "\npoints   decide\nsteps    release-eats-mailbox"));
    ck_assert_ptr_nonnull(
        strstr(text, "\nfail     2\nearly    4\nnetwork  real\nbegin    program\nfrom     12\n"
                     "found    "));
    ck_assert_ptr_nonnull(
        strstr(text, "\nreads    a/.  12 names  fnv64 cccccccccccccccc0000000000000000\n"
                     "reads    module.py  compiled  xxh128 dddddddddddddddd0000000000000000\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n----\ndecisions 16  hash 8c1f000000000001\ncheck "));
    free(text);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(test_refuses_every_truncation)
{
    struct sw_error e;
    size_t size;
    char *text = text_of(&sample, &size);

    for (size_t i = 0; i < size; i++) {
        ck_assert_ptr_null(parse(text, i, &e));
        ck_assert_uint_gt(e.line, 0);
    }
    free(text);
}
END_TEST

START_TEST(test_refuses_every_flipped_bit)
{
    struct sw_error e;
    size_t size;
    char *text = text_of(&sample, &size);

    for (size_t i = 0; i < size * 8; i++) {
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
        struct sw_sched *sched = parse(text, size, &e);
        ck_assert_msg(sched == NULL, "bit %zu of byte %zu", i % 8, i / 8);
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
    }
    free(text);
}
END_TEST

/* As many deviations as fit into so many bytes: what their number is guessed from must not be
 * too small. */
START_TEST(test_reads_the_shortest_of_lines)
{
    enum { LINES = 5000 };
    struct sw_error e;
    char *text = malloc(LINES * 40 + 1000), *at = text;

    at += sprintf(at,
                  "spillway schedule 2\nwriter spillway 0\nprogram p xxh128 %032d\n"
                  "interp p xxh128 %032d\nfound f\noutcome o\n----\n",
                  0, 0);
    for (int i = 0; i < LINES; i++)
        at += sprintf(at, "%d T0 m once ready T1 of T1\n", i);
    at += sprintf(at, "----\ndecisions %d hash %016d\ncheck none\n", LINES, 0);
    struct sw_sched *sched = parse(text, (size_t)(at - text), &e);
    ck_assert_msg(sched != NULL, "%s", e.text);
    ck_assert_uint_eq(sched->deviation_count, LINES);
    ck_assert_uint_eq(sched->pool_used, LINES);
    sw_sched_free(sched);
    free(text);
}
END_TEST

/* One replacement in a schedule that says "check none", and what is said of it. */
static const struct {
    const char *old, *new;
    unsigned line;
    const char *says;
} edits[] = {
    {"schedule 5", "schedule 1", 1, "version 1; this spillway reads versions 2 to 5"},
    {"spillway 0.3.0", "spellway 0.3.0", 2, "'spillway' expected"},
    {"xxh128 01", "xxh128 g1", 3, "32 hexadecimal digits expected"},
    {"cdef\nargs", "cdef0\nargs", 3, "32 hexadecimal digits expected"},
    {"test.py  xxh128", "test.py  md5", 5, "'xxh128' expected"},
    {"folder   \"../my tests\"", "folder", 6, "'interp' expected"},
    {"folder   ", "folder   a ", 6, "more on the line than there should be"},
    {"xxh128 ffffffffffffffff0000000000000000", "cpython", 7, "a version expected"},
    {"xxh128 ff", "cpython 3.11.2 ff", 7, "more on the line than there should be"},
    {"xxh128 ff", "ruby 3 ff", 7, "'xxh128' expected"},
    {"xxh128 01", "cpython 3", 3, "'xxh128' expected"},
    {"interp", "interpreter", 7, "'interp' expected"},
    {"A=1", "A", 8, "'A' is not NAME=VALUE"},
    {"A=1", "\"\xff\t\"", 8, "'\\xff\\x09' is not NAME=VALUE"},
    {"A=1", "LD_PRELOAD=x.so", 8, "LD_PRELOAD is set by spillway itself"},
    {"16384,segment", "often", 9, "'often' is not a number of bytes, always, never"},
    {"faults   ", "faults   no-such-fault ", 10, "no-such-fault"},
    {"points   decide", "points   roll", 11, "'decide' expected"},
    {"steps    ", "steps    no-such-fault ", 12, "no-such-fault"},
    {"fail     2", "fail     some", 13, "a number expected"},
    {"early    4", "early    many", 14, "a number expected"},
    {"network  real", "network  none", 15, "'real' expected"},
    {"begin    program", "begin    here", 16, "'program' expected"},
    {"from     12", "from     here", 17, "a number expected"},
    {"27 files", "27 flies", 21, "'files' expected"},
    {"27 files", "x files", 21, "'xxh128', or a number of files expected"},
    {"txt\"  xxh128 aa", "txt\"  xxh128 a", 20, "32 hexadecimal digits expected"},
    {"12 names", "12 gnames", 22, "'files' expected"},
    {"names  fnv64", "names  xxh128", 22, "'fnv64' expected"},
    {"fnv64 cc", "fnv64 c", 22, "32 hexadecimal digits expected"},
    {"compiled  xxh128", "compiled 3 files  xxh128", 23, "'xxh128' expected"},
    {"unnoted  files", "unnoted  some", 24, "'files' expected"},
    {"       7 ", "99999999999999999999 ", 26, "above"},
    {"T0 main", "X0 main", 26, "a thread expected"},
    {"gil.release", "gil.relase", 26, "'gil.relase' is no place"},
    {"run T1", "walk T1", 26, "'walk' is no verb"},
    {"run T1", "run T2", 26, "T2 is no candidate"},
    {"of T0 T1", "of T1 T0", 26, "do not ascend"},
    {"of T0 T1", "of T1", 26, "at least two candidates"},
    {"       9 ", "       7 ", 27, "do not ascend"},
    {"do spill", "do spit", 28, "something to do expected"},
    {"do spill of", "do gc of", 28, "gc is no candidate"},
    {"m12 of", "T12 of", 29, "something to move expected"},
    {"ready T4 of T4", "ready T4 of T3 T4", 30, "what happened has itself as its only candidate"},
    {"      12  T4", "      10  T4", 30, "do not ascend"},
    {"      13  T5", "      12  T5", 31, "do not ascend"},
    {"choice:dice", "choice:", 33, "'choice:' is no place"},
    {"choice:dice", "dice", 33, "'dice' is no place"},
    {"choose 2", "choose x", 33, "something to choose expected"},
    {"choose 2", "choose 3", 33, "3 is no candidate"},
    {"of 0 1 2\n", "of 0 2 1\n", 33, "do not ascend"},
    {"of 0 1 2\n", "of 2\n", 33, "at least two candidates"},
    {"decisions 16", "decisions 15", 35, "fewer decisions"},
    {"check none\n", "check none\nmore\n", 36, "more behind the last line"},
};

START_TEST(test_refuses_nonsense_with_its_place)
{
    struct sw_error e;
    size_t size;
    char *text = text_of(&sample, &size), edited[8192];

    strcpy(strstr(text, "check "), "check none\n");
    struct sw_sched *sched = parse(text, strlen(text), &e);
    ck_assert_msg(sched != NULL, "%s", e.text);
    sw_sched_free(sched);
    const char *at = strstr(text, edits[_i].old);
    ck_assert_ptr_nonnull(at);
    snprintf(edited, sizeof edited, "%.*s%s%s", (int)(at - text), text, edits[_i].new,
             at + strlen(edits[_i].old));
    ck_assert_ptr_null(parse(edited, strlen(edited), &e));
    ck_assert_msg(strstr(e.text, edits[_i].says) != NULL, "says: %s", e.text);
    ck_assert_uint_eq(e.line, edits[_i].line);
    free(text);
}
END_TEST

/* What has a version has no hash; version 2 knows neither this nor a folder. */
START_TEST(test_files_of_a_known_kind_have_a_version)
{
    static const char head[] = "spillway schedule %d\nwriter spillway 0\n"
                               "program starter.py %s\n%sinterp p %s\nfound f\noutcome o\n"
                               "----\n----\ndecisions 0 hash 0000000000000000\ncheck none\n";
    static const char hash[] = "xxh128 01234567012345670123456701234567";
    char text[600];
    struct sw_error e;

    snprintf(text, sizeof text, head, 3, "spillway 0.3.0", "", "pypy 3.9");
    struct sw_sched *sched = parse(text, strlen(text), &e);
    ck_assert_msg(sched != NULL, "%s", e.text);
    ck_assert_str_eq(sched->program_version, "spillway 0.3.0");
    ck_assert_str_eq(sched->interp_version, "pypy 3.9");
    ck_assert_ptr_null(sched->folder);
    sw_sched_free(sched);
    snprintf(text, sizeof text, head, 2, "spillway 0.3.0", "", hash);
    ck_assert_ptr_null(parse(text, strlen(text), &e));
    ck_assert_str_eq(e.text, "'xxh128' expected");
    snprintf(text, sizeof text, head, 2, hash, "folder ..\n", hash);
    ck_assert_ptr_null(parse(text, strlen(text), &e));
    ck_assert_str_eq(e.text, "'interp' expected");
    snprintf(text, sizeof text, head, 2, hash, "", hash);
    sched = parse(text, strlen(text), &e);
    ck_assert_msg(sched != NULL, "%s", e.text);
    size_t size;
    char *again = text_of(sched, &size);
    ck_assert_ptr_nonnull(strstr(again, "spillway schedule 2\n"));
    free(again);
    sw_sched_free(sched);
}
END_TEST

/* A version says it, where a setting does from then on; so that what is made of it says it, too. */
START_TEST(test_a_schedule_of_before_has_hashes_of_addresses)
{
    static const char text[] = "spillway schedule 4\nwriter spillway 0\nprogram p  spillway 0.3.0\n"
                               "interp p  cpython 3.11.2\n%sfound f\noutcome o\n"
                               "----\n----\ndecisions 0 hash 0000000000000000\ncheck none\n";
    char whole[1024];
    struct sw_error e;
    size_t size;

    snprintf(whole, sizeof whole, text, "");
    struct sw_sched *sched = parse(whole, strlen(whole), &e);
    ck_assert_msg(sched != NULL, "%s", e.text);
    ck_assert_uint_eq(sched->setting.hashes, SW_HASHES_ADDRESS);
    char *before = text_of(sched, &size);
    ck_assert_ptr_null(strstr(before, "hashes"));
    sched->format = SW_SCHED_VERSION;
    char *now = text_of(sched, &size);
    ck_assert_ptr_nonnull(strstr(now, "\nhashes   address\n"));
    free(before);
    free(now);
    sw_sched_free(sched);
    snprintf(whole, sizeof whole, text, "hashes address\n");
    ck_assert_ptr_null(parse(whole, strlen(whole), &e));
    ck_assert_str_eq(e.text, "'found' expected");
}
END_TEST

START_TEST(test_columns_are_characters)
{
    static const char text[] = "spillway schedule 2\nwriter spillway \"\xc3\xa9\xff\" more\n";
    struct sw_error e;

    ck_assert_ptr_null(parse(text, sizeof text - 1, &e));
    ck_assert_str_eq(e.text, "more on the line than there should be");
    ck_assert_uint_eq(e.line, 2);
    ck_assert_uint_eq(e.column, 21);
}
END_TEST

START_TEST(test_refuses_a_huge_file_unread)
{
    char path[] = "/tmp/check_sched.XXXXXX";
    struct sw_sched *sched;
    struct sw_error e;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, 1 << 30), 0); /* sparse */
    close(fd);
    ck_assert_int_eq(sw_sched_load(path, &sched, &e), -1);
    ck_assert_ptr_nonnull(strstr(e.text, "1073741824 bytes; more than 268435456 are refused"));
    unlink(path);
}
END_TEST

START_TEST(test_refuses_what_is_no_file)
{
    struct sw_sched *sched;
    struct sw_error e;

    ck_assert_int_eq(sw_sched_load("/tmp", &sched, &e), -1);
    ck_assert_str_eq(e.text, "not a file");
    ck_assert_int_eq(sw_sched_load("/nonexistent", &sched, &e), -1);
    ck_assert_str_eq(e.text, "No such file or directory");
    char path[] = "/tmp/check_sched.XXXXXX";
    ck_assert_int_ge(close(mkstemp(path)), 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(sw_sched_load(path, &sched, &e), -1); /* and does not wait */
    ck_assert_str_eq(e.text, "not a file");
    unlink(path);
}
END_TEST

START_TEST(test_refuses_what_may_not_be_read)
{
    char path[] = "/tmp/check_sched.XXXXXX", hash[33];
    struct sw_sched *sched;
    struct sw_error e;

    ck_assert_int_ge(close(mkstemp(path)), 0);
    ck_assert_int_eq(chmod(path, 0), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    ck_assert_int_eq(sw_sched_load(path, &sched, &e), -1);
    ck_assert_str_eq(e.text, "Permission denied");
    ck_assert_int_eq(sw_sched_hash_file(path, hash, &e), -1);
    ck_assert_str_eq(e.text, "Permission denied");
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    unlink(path);
}
END_TEST

START_TEST(test_hash_is_that_of_the_whole_file)
{
    char path[] = "/tmp/check_sched.XXXXXX", hash[33], wanted[33];
    struct sw_error e;
    size_t size = 1000003; /* more than is read at once */
    char *bytes = malloc(size);
    int fd = mkstemp(path);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * i >> 3);
    ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
    XXH128_hash_t h = XXH3_128bits(bytes, size);
    snprintf(wanted, sizeof wanted, "%016llx%016llx", (unsigned long long)h.high64,
             (unsigned long long)h.low64);
    ck_assert_int_eq(sw_sched_hash_file(path, hash, &e), 0);
    ck_assert_str_eq(hash, wanted);
    free(bytes);
    unlink(path);
}
END_TEST

/* ---- drivers ---- */

static const uint32_t three[] = {0, 4, 9};

static struct sw_decision decision_of(uint64_t index, uint32_t fallback)
{
    return (struct sw_decision){.index = index,
                                .kind = SW_DECIDE_RUN,
                                .place = SW_AT_SEM_POST,
                                .thread = 4,
                                .object = 12,
                                .count = 3,
                                .fallback = fallback,
                                .candidates = three};
}

START_TEST(test_hash_tells_everything_apart)
{
    struct sw_decision base = decision_of(0, 1), other[4] = {base, base, base, base};
    uint64_t hash = sw_decision_hash(SW_DECISION_SEED, &base, 1);

    other[0].thread++, other[1].object++, other[2].place++, other[3].count--;
    for (int i = 0; i < 4; i++)
        ck_assert_uint_ne(sw_decision_hash(SW_DECISION_SEED, &other[i], 1), hash);
    ck_assert_uint_ne(sw_decision_hash(SW_DECISION_SEED, &base, 2), hash);
    ck_assert_uint_eq(sw_decision_hash(SW_DECISION_SEED, &base, 1), hash);
}
END_TEST

START_TEST(test_default_answers_the_default)
{
    struct sw_decision decision = decision_of(0, 2);

    ck_assert_int_eq(
        sw_random_driver_default_answers()->choose(sw_random_driver_default_answers(), &decision),
        2);
}
END_TEST

START_TEST(test_walk_is_sticky_and_repeats_itself)
{
    struct sw_random_driver one, two;
    struct sw_driver *a = sw_random_driver_init(&one, 5), *b = sw_random_driver_init(&two, 5);
    int counts[3] = {0};

    for (int i = 0; i < 30000; i++) {
        struct sw_decision decision = decision_of((uint64_t)i, 1);
        int choice = a->choose(a, &decision);
        ck_assert_int_eq(choice, b->choose(b, &decision));
        counts[choice]++;
    }
    ck_assert_int_gt(counts[1], 26700); /* 27000 of 30000 expected; 5 standard deviations: 260 */
    ck_assert_int_lt(counts[1], 27300);
    ck_assert_int_gt(counts[0], 1200);
    ck_assert_int_gt(counts[2], 1200);
}
END_TEST

START_TEST(test_walk_is_fair_when_it_must_switch)
{
    struct sw_random_driver walk;
    struct sw_driver *driver = sw_random_driver_init(&walk, 6);
    int counts[3] = {0};

    for (int i = 0; i < 30000; i++) {
        struct sw_decision decision = decision_of((uint64_t)i, 0); /* T4 asks, T0 is the default */
        counts[driver->choose(driver, &decision)]++;
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_gt(counts[i], 9500);
}
END_TEST

START_TEST(test_follower_follows_and_says_why_not)
{
    struct sw_deviation wanted = {3, SW_DECIDE_RUN, SW_AT_SEM_POST, 4, 9, 0, 3};
    uint32_t candidates[] = {0, 4, 9};
    struct sw_replay_driver follow;
    struct sw_driver *driver = sw_replay_driver_start(&follow, &wanted, 1, candidates);
    struct sw_decision before = decision_of(2, 1), due = decision_of(3, 1),
                       after = decision_of(4, 1);

    ck_assert_int_eq(driver->choose(driver, &before), 1);
    ck_assert_int_eq(driver->choose(driver, &due), 2);
    ck_assert_int_eq(driver->choose(driver, &after), 1);

    due.thread = 0;
    driver = sw_replay_driver_start(&follow, &wanted, 1, candidates);
    ck_assert_int_eq(driver->choose(driver, &due), -1);
    ck_assert_str_eq(follow.why, "another thread asks");
    due = decision_of(3, 1), due.place = SW_AT_SEM_WAIT;
    ck_assert_int_eq(driver->choose(driver, &due), -1);
    ck_assert_str_eq(follow.why, "the thread is at another place");
    due = decision_of(3, 1), due.count = 2;
    ck_assert_int_eq(driver->choose(driver, &due), -1);
    ck_assert_str_eq(follow.why, "the thread that is wanted cannot run");
    due = decision_of(3, 1), candidates[0] = 1;
    ck_assert_int_eq(driver->choose(driver, &due), -1);
    ck_assert_str_eq(follow.why, "other threads could run");
}
END_TEST

START_TEST(test_names_go_there_and_back)
{
    for (unsigned i = 0; i < SW_PLACE_COUNT; i++)
        ck_assert_int_eq(sw_decision_find_place(sw_decision_place(i)), (int)i);
    for (unsigned i = 0; i < SW_DECISION_KINDS; i++)
        ck_assert_int_eq(sw_decision_find_verb(sw_decision_verb(i)), (int)i);
    ck_assert_str_eq(sw_decision_place(SW_PLACE_COUNT), "unknown");
    ck_assert_int_eq(sw_decision_find_place("nowhere"), -1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *file = tcase_create("file"), *drivers = tcase_create("drivers");

    sw_decision_find_place("choice:dice"); /* from now on the sample's place has its name */

    tcase_add_test(file, test_reads_what_it_wrote);
    tcase_add_loop_test(file, test_each_action_comes_back, 0,
                        (int)SW_ACTION_FAULT + SLP_FAULT_COUNT - 1);
    tcase_add_test(file, test_each_word_may_need_quotes);
    tcase_add_test(file, test_all_faults_at_once_come_back);
    tcase_add_test(file, test_looks_as_documented);
    tcase_add_test(file, test_refuses_every_truncation);
    tcase_add_test(file, test_refuses_every_flipped_bit);
    tcase_add_loop_test(file, test_refuses_nonsense_with_its_place, 0,
                        (int)(sizeof edits / sizeof *edits));
    tcase_add_test(file, test_files_of_a_known_kind_have_a_version);
    tcase_add_test(file, test_a_schedule_of_before_has_hashes_of_addresses);
    tcase_add_test(file, test_columns_are_characters);
    tcase_add_test(file, test_refuses_a_huge_file_unread);
    tcase_add_test(file, test_reads_the_shortest_of_lines);
    tcase_add_test(file, test_refuses_what_is_no_file);
    tcase_add_test(file, test_refuses_what_may_not_be_read);
    tcase_add_test(file, test_hash_is_that_of_the_whole_file);
    suite_add_tcase(suite, file);
    tcase_add_test(drivers, test_hash_tells_everything_apart);
    tcase_add_test(drivers, test_default_answers_the_default);
    tcase_add_test(drivers, test_walk_is_sticky_and_repeats_itself);
    tcase_add_test(drivers, test_walk_is_fair_when_it_must_switch);
    tcase_add_test(drivers, test_follower_follows_and_says_why_not);
    tcase_add_test(drivers, test_names_go_there_and_back);
    suite_add_tcase(suite, drivers);
}
