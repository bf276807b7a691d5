/* SPDX-License-Identifier: MIT
 *
 * check_canary_kept.c - what one process has found out about an interpreter, and another one believes.
 */
#include "harness/report/canary_kept.h"
#include "harness/tests/control_fixture.h"

static const struct sw_canary found = {
    .controlled = 1, .grain = SW_CANARY_CALL, .runs = 26, .race_tries = 4, .deadlock_tries = 5};

static void setup_known(void)
{
    setup();
    ck_assert_int_eq(shell("mkdir known"), 0);
    setenv("SPILLWAY_KNOWN", "known", 1);
}

static int is_known(void)
{
    struct sw_canary out = {0};

    if (!sw_canary_kept_find("it", &out)) {
        ck_assert_int_eq(out.controlled, 0);
        return 0;
    }
    return out.controlled && out.grain == found.grain && out.runs == found.runs &&
           out.race_tries == found.race_tries && out.deadlock_tries == found.deadlock_tries;
}

START_TEST(test_what_is_added_is_found)
{
    ck_assert_int_eq(is_known(), 0);
    sw_canary_kept_add("it", &found);
    ck_assert_int_eq(is_known(), 1);
}
END_TEST

START_TEST(test_only_what_is_controlled_is_kept)
{
    struct sw_canary not = found;

    not .controlled = 0;
    sw_canary_kept_add("it", &not );
    ck_assert_int_eq(access("known/it", F_OK), -1);
}
END_TEST

START_TEST(test_without_a_folder_nothing_is_kept)
{
    static const char *const named[] = {"", "nowhere", NULL};

    for (int i = 0; i < 3; i++) {
        named[i] != NULL ? setenv("SPILLWAY_KNOWN", named[i], 1) : unsetenv("SPILLWAY_KNOWN");
        sw_canary_kept_add("it", &found);
        ck_assert_int_eq(is_known(), 0);
    }
    ck_assert_int_eq(shell("test -z \"$(ls known)\" && test ! -e nowhere"), 0);
}
END_TEST

static const char *const damaged[] = {"",
                                      "spillway canary 1: 1 26 4",
                                      "spillway canary 1: 1 26 4 5",
                                      "spillway canary 1: 1 26 4 5 whole\nand more\n",
                                      "spillway canary 1: 9 26 4 5 whole\n",
                                      "spillway canary 1: -1 26 4 5 whole\n",
                                      "spillway canary 2: 1 26 4 5 whole\n"};

/* _i: what stands in the file */
START_TEST(test_what_is_not_whole_does_not_count)
{
    write_file("known/it", damaged[_i]);
    ck_assert_int_eq(is_known(), 0);
    sw_canary_kept_add("it", &found);
    ck_assert_int_eq(is_known(), 1);
}
END_TEST

START_TEST(test_what_is_not_our_file_does_not_count)
{
    sw_canary_kept_add("it", &found);
    ck_assert_int_eq(shell("mv known/it known/other && ln -s other known/it"), 0);
    ck_assert_int_eq(is_known(), 0);
    ck_assert_int_eq(shell("rm known/it && mkfifo known/it"), 0);
    ck_assert_int_eq(is_known(), 0);
    ck_assert_int_eq(shell("rm known/it && mv known/other known/it"), 0);
    ck_assert_int_eq(is_known(), 1);
    if (chown("known/it", 65534, 65534) == 0) /* as root only */
        ck_assert_int_eq(is_known(), 0);
}
END_TEST

static void explore(void)
{
    ck_assert_msg(spillway("explore -j 1 --schedules 1 t.py::test_it") == 0, "%s%s", content("out"),
                  content("err"));
}

START_TEST(test_explore_believes_what_another_has_found)
{
    write_file("t.py", "import threading\n"
                       "def test_it():\n"
                       "    thread = threading.Thread(target=len, args=('',))\n"
                       "    thread.start()\n"
                       "    thread.join()\n");
    explore();
    ck_assert_int_eq(shell("cp known/* first && test -s first"), 0);
    /* Who believes it does not write it again. */
    ck_assert_int_eq(shell("sed -i 's/: 1 [0-9]* /: 1 99 /' known/*"), 0);
    explore();
    ck_assert_int_eq(shell("grep -q ': 1 99 ' known/*"), 0);
    ck_assert_int_eq(shell("truncate -s 9 known/*"), 0);
    explore();
    ck_assert_int_eq(shell("cmp first known/*"), 0);
    /* The command itself looks for itself. */
    ck_assert_int_eq(shell("sed -i 's/: 1 [0-9]* /: 1 99 /' known/*"), 0);
    ck_assert_int_eq(spillway("canary"), 0);
    ck_assert_ptr_null(strstr(content("out"), "99"));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *files = tcase_create("files"), *command = tcase_create("command");

    tcase_add_checked_fixture(files, setup_known, teardown);
    tcase_add_test(files, test_what_is_added_is_found);
    tcase_add_test(files, test_only_what_is_controlled_is_kept);
    tcase_add_test(files, test_without_a_folder_nothing_is_kept);
    tcase_add_loop_test(files, test_what_is_not_whole_does_not_count, 0,
                        sizeof damaged / sizeof *damaged);
    tcase_add_test(files, test_what_is_not_our_file_does_not_count);
    suite_add_tcase(suite, files);
    tcase_add_checked_fixture(command, setup_known, teardown);
    tcase_set_timeout(command, 120);
    tcase_set_tags(command, "no-memcheck"); /* it only starts other programs */
    tcase_add_test(command, test_explore_believes_what_another_has_found);
    suite_add_tcase(suite, command);
}
