/* SPDX-License-Identifier: MIT
 *
 * check_spec_process.c - a child of the runner's that never had anything to run.
 */
#include <check.h>
#include <fcntl.h>
#include <unistd.h>

#include "contract/tests/suite_main.h"
#include "harness/runner/spec_process.h"

/* A pool has more children than jobs.  What the runner opened next was its standard input, then, and
 * where a descriptor of 0 means "none" there was none. */
START_TEST(test_a_child_that_never_ran_closes_nothing)
{
    struct sw_spec_process child;
    int before[3];

    for (int fd = 0; fd < 3; fd++)
        before[fd] = fcntl(fd, F_GETFD);
    sw_spec_process_init(&child);
    sw_spec_process_end(&child);
    for (int fd = 0; fd < 3; fd++)
        ck_assert_int_eq(fcntl(fd, F_GETFD), before[fd]);
    ck_assert_int_ge(before[0], 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *all = tcase_create("children");

    tcase_add_test(all, test_a_child_that_never_ran_closes_nothing);
    suite_add_tcase(suite, all);
}
