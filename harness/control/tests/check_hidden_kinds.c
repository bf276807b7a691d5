/* SPDX-License-Identifier: MIT
 *
 * check_hidden_kinds.c - where order, chance and time hide: each kind is the same in two recordings
 * and in a replay, or is named; and a setting changes those that it is for, and no others.
 */
#include "harness/tests/control_fixture.h"

enum { BY_CHANCE = 1, BY_LAYOUT = 2 };

static const struct {
    const char *name;
    int changed;
} kinds[] = {
    {"random_module", BY_CHANCE},
    {"os_random", BY_CHANCE},
    {"random_device", BY_CHANCE},
    {"random_bytes_of_the_process", 0},
    {"uuids", BY_CHANCE},
    {"openssl_random", BY_CHANCE | BY_LAYOUT}, /* it mixes addresses in */
    {"temporary_names", BY_CHANCE},
    {"hashes_of_texts", BY_LAYOUT},
    {"orders_of_objects", BY_LAYOUT},
    {"addresses", BY_LAYOUT},
    {"orders_of_folders", 0},
    {"ready_events", 0},
    {"signals", 0},
    {"children", 0},
    {"collections", 0},
    {"clocks", 0},
    {"processor_time", 0},
    {"dates", BY_CHANCE}, /* a UUID of a time has a number that is drawn */
    {"times_of_files", 0},
    {"numbers_of_processes", 0},
    {"numbers_of_threads", 0},
    {"machine", 0},
    {"ports", 0},
    {"resource_use", 0},
    {"load", 0},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* A folder of its own, since a recording sees what is in it. */
static void setup_program(void)
{
    setup();
    shell("mkdir program && cp %s/../../harness/control/tests/hidden_kinds.py program", programs);
}

static int record(const char *name, const char *options)
{
    int status = spillway("record -o %s.sched %s program/hidden_kinds.py", name, options);

    shell("mv out %s.out", name);
    return status;
}

/* The line of that kind; the caller's to free. */
static char *line_of(const char *path, const char *kind)
{
    char wanted[64];

    snprintf(wanted, sizeof wanted, "%s ", kind);
    const char *line = content(path);
    while (line != NULL && strncmp(line, wanted, strlen(wanted)) != 0)
        line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL;
    ck_assert_msg(line != NULL, "no %s in %s", kind, content(path));
    return strndup(line, strcspn(line, "\n"));
}

static void expect_changed(const char *name, int setting)
{
    for (int i = 0; i < KINDS; i++) {
        char *first = line_of("a.out", kinds[i].name), *second = NULL;
        char path[32];
        snprintf(path, sizeof path, "%s.out", name);
        second = line_of(path, kinds[i].name);
        ck_assert_msg((strcmp(first, second) != 0) == ((kinds[i].changed & setting) != 0), "%s\n%s",
                      first, second);
        ck_assert_ptr_null(strstr(first, "Error"));
        free(first);
        free(second);
    }
}

START_TEST(test_each_is_the_same_or_follows_a_setting)
{
    ck_assert_int_eq(record("a", ""), 0);
    ck_assert_int_eq(record("b", ""), 0);
    ck_assert_int_eq(shell("cmp a.out b.out"), 0);
    ck_assert_int_eq(shell("test $(wc -l <a.out) = %d", KINDS), 0);
    ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
    ASSERT_SAYS("err", "as recorded: ");
    ck_assert_int_eq(shell("cmp a.out out"), 0);
    ck_assert_int_eq(record("chance", "--chance 2"), 0);
    expect_changed("chance", BY_CHANCE);
    ck_assert_int_eq(record("layout", "--layout 2"), 0);
    expect_changed("layout", BY_LAYOUT);
}
END_TEST

/* What the kernel tells of the moment is named. */
START_TEST(test_what_is_not_controlled_is_named)
{
    ck_assert_int_eq(spillway("record -o a.sched program/hidden_kinds.py proc_self"), 0);
    ASSERT_SAYS("err", "not controlled: what the kernel tells in /proc (stat)");
    ck_assert_int_eq(spillway("record -o b.sched program/hidden_kinds.py children"), 0);
    ASSERT_SAYS("err", "not controlled: a subprocess (fork)");
    ck_assert_int_eq(spillway("record -o c.sched program/hidden_kinds.py clocks"), 0);
    ck_assert_ptr_null(strstr(content("err"), "not controlled"));
}
END_TEST

/* Before its first callback ctypes asks what the kernel would forbid, and nothing follows from that. */
START_TEST(test_what_ctypes_reads_is_not_named)
{
    write_file("program/callback.py", "import ctypes\n"
                                      "print(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)())\n");
    ck_assert_int_eq(spillway("record -o a.sched program/callback.py"), 0);
    ASSERT_SAYS("out", "7\n");
    ck_assert_ptr_null(strstr(content("err"), "not controlled"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *run = tcase_create("run");

    tcase_add_checked_fixture(run, setup_program, teardown);
    tcase_set_timeout(run, 120);
    tcase_set_tags(run, "no-memcheck");
    tcase_add_test(run, test_each_is_the_same_or_follows_a_setting);
    tcase_add_test(run, test_what_is_not_controlled_is_named);
    tcase_add_test(run, test_what_ctypes_reads_is_not_named);
    suite_add_tcase(suite, run);
}
