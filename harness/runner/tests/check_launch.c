/* SPDX-License-Identifier: MIT
 *
 * check_launch.c - a program is started with all that it is to have, or not at all.
 */
#include <check.h>
#include <stdlib.h>

#include "contract/tests/suite_main.h"
#include "harness/runner/launch.h"

/* As where putenv() finds no memory. */
static void lack_a_variable(void *context)
{
    (void)context;
    sw_launch_clear_environment();
    sw_launch_set("LEFT", "1");
    sw_launch_check_set(-1);
}

START_TEST(test_a_program_without_a_variable_is_not_started)
{
    char program[] = "/bin/true", *argv[] = {program, NULL};
    const struct sw_launch launch = {.argv = argv, .set_environment = lack_a_variable};

    sw_launch_become(&launch);
}
END_TEST

START_TEST(test_a_name_that_is_none_is_seen)
{
    sw_launch_set("A", "1");
    ck_assert_str_eq(getenv("A"), "1");
    sw_launch_set("A=B", "1");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("environment");

    tcase_add_exit_test(tcase, test_a_program_without_a_variable_is_not_started, 127);
    tcase_add_exit_test(tcase, test_a_name_that_is_none_is_seen, 127);
    suite_add_tcase(suite, tcase);
}
