/* SPDX-License-Identifier: MIT
 *
 * suite_main.c - the main() of every check program.
 */
#include "suite_main.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *suite_name(void)
{
    static const char prefix[] = "check_";
    const char *program = program_invocation_short_name;

    return strncmp(program, prefix, strlen(prefix)) == 0 ? program + strlen(prefix) : program;
}

int main(void)
{
    Suite *suite = suite_create(suite_name());

    sw_suite_main_fill(suite);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
