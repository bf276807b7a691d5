/* SPDX-License-Identifier: MIT
 *
 * control_fixture.h - a folder of one's own, and ways to run spillway there on whole programs.
 *
 * With CI in the environment there are more seeds, and more cold runs of one.
 */
#ifndef SW_TESTS_CONTROL_FIXTURE_H
#define SW_TESTS_CONTROL_FIXTURE_H

#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/tests/suite_main.h"
#include "test_binaries.h"

static char folder[64];
static char programs[PATH_MAX + 64];
static int seeds, colds; /* how many of a test's repeats */

static inline void setup(void)
{
    const char *ci = getenv("CI");
    char repository[PATH_MAX];

    ck_assert_ptr_nonnull(getcwd(repository, sizeof repository));
    snprintf(programs, sizeof programs, "%s/scenarios/programs", repository);
    test_binaries_find();
    snprintf(folder, sizeof folder, "/tmp/check_control.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    seeds = ci != NULL && *ci != '\0' ? 50 : 4;
    colds = ci != NULL && *ci != '\0' ? 100 : 10;
}

/* The exit status of a shell's command. */
__attribute__((format(printf, 1, 2))) static inline int shell(const char *format, ...)
{
    char command[3 * PATH_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    int status = system(command);
    ck_assert_msg(WIFEXITED(status), "%s", command);
    return WEXITSTATUS(status);
}

static inline void teardown(void)
{
    shell("rm -rf %s", folder);
}

/* spillway with these arguments; what it prints goes to out and err. */
__attribute__((format(printf, 1, 2))) static inline int spillway(const char *format, ...)
{
    char text[2 * PATH_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return shell("timeout 600 %s/spillway %s >out 2>err </dev/null", binaries, text);
}

static inline const char *content(const char *path)
{
    static char text[65536];
    FILE *in = fopen(path, "r");

    ck_assert_ptr_nonnull(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    return text;
}

static inline void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
}

#define ASSERT_SAYS(path, what) \
    ck_assert_msg(strstr(content(path), what) != NULL, "%s says: %s", path, content(path))

#endif
