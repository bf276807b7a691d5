/* SPDX-License-Identifier: MIT
 *
 * runner_fixture.h - a folder of one's own with one spec in it, and ways to run
 * the program spillway there, with fake_interp.c in place of the interpreter.
 */
#ifndef SW_TESTS_RUNNER_FIXTURE_H
#define SW_TESTS_RUNNER_FIXTURE_H

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/tests/suite_main.h"
#include "test_binaries.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

static char folder[64];
static char *out, *err; /* what spillway printed */

__attribute__((format(printf, 1, 2))) static inline void shell(const char *format, ...)
{
    char command[3 * PATH_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    ck_assert_msg(system(command) == 0, "%s", command);
}

/* The spec f/s.spec, with each of these as a schedule. */
static inline void write_schedules(const char *names)
{
    FILE *file = fopen("f/s.spec", "w");
    char *copy = strdup(names);

    ck_assert_ptr_nonnull(file);
    fputs("tasklet worker on T0\n step work {}\n", file);
    for (char *name = strtok(copy, " "); name != NULL; name = strtok(NULL, " "))
        fprintf(file, "schedule %s\n work : done\n", name);
    fclose(file);
    free(copy);
}

static inline void setup(void)
{
    test_binaries_find();
    snprintf(folder, sizeof folder, "/tmp/check_runner.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    shell("mkdir f");
    write_schedules("x");
    unsetenv("CI");
}

static inline void teardown(void)
{
    shell("rm -rf %s", folder);
}

/* ---- running it ---- */

/* Begins "spillway ARGUMENTS" by way of a shell; before is what the shell does
 * first. */
static inline pid_t begin(const char *before, const char *arguments)
{
    char command[3 * PATH_MAX];
    pid_t pid;

    snprintf(command, sizeof command, "%s exec %s/spillway %s >out 2>err", before, binaries,
             arguments);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    signal(SIGINT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command, NULL);
    _exit(126);
}

/* Into *text, in place of what it had. */
static inline char *read_file(const char *name, char **text)
{
    FILE *file = fopen(name, "r");
    size_t size = 0;

    ck_assert_ptr_nonnull(file);
    free(*text);
    *text = NULL;
    if (getdelim(text, &size, '\0', file) < 0)
        (*text)[0] = '\0';
    fclose(file);
    return *text;
}

/* Returns the exit status; out and err have what it printed. */
static inline int end(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        ck_assert_int_eq(errno, EINTR);
    read_file("out", &out);
    read_file("err", &err);
    ck_assert_msg(WIFEXITED(status), "spillway was killed by signal %d\n%s%s", WTERMSIG(status),
                  out, err);
    return WEXITSTATUS(status);
}

static inline int spillway(const char *arguments)
{
    return end(begin("", arguments));
}

/* "spillway run --interp FAKE ARGUMENTS" */
static inline pid_t begin_fake(const char *before, const char *fake, const char *arguments)
{
    char all[PATH_MAX];

    shell("ln -sf %s/harness/runner/tests/fake_interp %s", binaries, fake);
    snprintf(all, sizeof all, "run --interp ./%s %s", fake, arguments);
    return begin(before, all);
}

static inline int run(const char *fake, const char *arguments)
{
    return end(begin_fake("", fake, arguments));
}

/* Expected transcripts for whatever is in f. */
static inline void accept_all(void)
{
    ck_assert_int_eq(run("fake-good", "--accept f"), 0);
}

static inline void await_file(const char *name)
{
    while (access(name, F_OK) != 0)
        usleep(1000); /* libcheck's time limit ends a wait in vain */
}

static inline void has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in \"%.2000s\"\n(stderr: %.1000s)", part,
                  text, err);
}

static inline void has_not(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "\"%s\" in \"%.2000s\"", part, text);
}

static inline int count(const char *text, const char *part)
{
    int found = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        found++;
    return found;
}

#endif
