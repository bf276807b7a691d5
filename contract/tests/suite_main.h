/* SPDX-License-Identifier: MIT
 *
 * suite_main.h - what makes a check_*.c a program: it fills one libcheck Suite,
 *
 *      CHECK_SUITE(suite)
 *      {
 *          TCase *tcase = tcase_create("family of behaviour");
 *
 *          tcase_add_test(tcase, test_one_behaviour);
 *          suite_add_tcase(suite, tcase);
 *      }
 *
 * and suite_main.c, which every check program links, has the main() that runs it: exit 0 if all
 * tests passed, 1 if not.  The suite's name is the program's without "check_".
 *
 * Nothing is parsed here: CK_FORK, CK_RUN_CASE, CK_EXCLUDE_TAGS, CK_VERBOSITY and the log files
 * (CK_TAP_LOG_FILE_NAME) are libcheck's own.  The body of CHECK_SUITE runs once, before the first
 * fork: what all tests share, such as which interpreters there are, is found there.
 */
#ifndef SW_SUITE_MAIN_H
#define SW_SUITE_MAIN_H

#include <check.h>

#define CHECK_SUITE(suite) void sw_suite_main_fill(Suite *suite)

/* Defined by the check program, through the macro. */
void sw_suite_main_fill(Suite *suite);

#endif
