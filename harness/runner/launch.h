/* SPDX-License-Identifier: MIT
 *
 * launch.h - starts a process: all that happens between fork and exec, in one place.
 *
 *      die with the runner - a group of its own - the same addresses each time - signals - limits -
 *      standard files - folder - environment - exec
 *
 * What cannot be started says so on its own standard error and exits with 127; the runner sees an
 * exit like any other.  Whoever starts a process reaps it.
 */
#ifndef SW_LAUNCH_H
#define SW_LAUNCH_H

#include <sys/types.h>

#include "contract/error.h"

enum { SW_LAUNCH_SAME = 0, SW_LAUNCH_NULL = -1 };

/* Borrows all.  All zero but argv: the runner's own files, folder, environment and group. */
struct sw_launch {
    char *const *argv;  /* the first is looked for on PATH if there is no slash in it */
    const char *folder; /* NULL: the runner's */
    /* What the standard files are: as they are, /dev/null, or this descriptor.  STDERR_FILENO for
     * the standard output means what the standard error has become. */
    int input, output, errors;
    int has_group;       /* a group of its own: who interrupts the runner does not mean it */
    int default_signals; /* none is blocked, and those that end a process do */
    int is_limited;      /* 64 MiB a file, and no core: a crash is an ordinary result */
    void (*set_environment)(void *context); /* in the child; NULL: the runner's */
    void *context;
};

/* The process, or -1 with *e. */
pid_t sw_launch_start(const struct sw_launch *launch, struct sw_error *e);
/* The same below a supervisor (supervisor.h), which is to be reaped in its place: *supervisor. */
pid_t sw_launch_start_supervised(const struct sw_launch *launch, pid_t *supervisor,
                                 struct sw_error *e);

/* All of it but the first in the calling process, which is the program then and does not return. */
void sw_launch_become(const struct sw_launch *launch) __attribute__((noreturn));

/* In the child.  With one variable less, as a fault to be switched on, it would be another program:
 * what cannot be set ends the child, as a program that cannot be started does.  status: of
 * setenv(), or putenv(). */
void sw_launch_check_set(int status);
void sw_launch_set(const char *name, const char *value);
/* In the child.  Nothing but what each program is given, and the same on every machine. */
void sw_launch_clear_environment(void);
/* In the child: a copy that the new program has, of that number or a greater one, the same in every
 * run; any number where the limit is lower. */
int sw_launch_inherit(int fd, int number);

#endif
