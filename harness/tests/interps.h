/* SPDX-License-Identifier: MIT
 *
 * interps.h - the interpreters that a test goes through: Debian's python3.11, its pypy3 where that
 * is, and those that SPILLWAY_INTERPS names, with colons between.  CPython 2.7, 3.6, 3.12 and 3.13
 * differ most from these.
 */
#ifndef SW_TESTS_INTERPS_H
#define SW_TESTS_INTERPS_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INTERPS_MAX = 32 };

static const char *interps[INTERPS_MAX];
static int interp_count;

static void interps_add(const char *path)
{
    if (access(path, X_OK) != 0)
        printf("skipped: no interpreter at %s\n", path);
    else if (interp_count == INTERPS_MAX)
        printf("skipped: %s: there are %d already\n", path, INTERPS_MAX);
    else
        interps[interp_count++] = path;
}

static void interps_find(void)
{
    static char named[4 * PATH_MAX];
    const char *more = getenv("SPILLWAY_INTERPS");

    interps_add("/usr/bin/python3.11");
    interps_add("/usr/bin/pypy3");
    snprintf(named, sizeof named, "%s", more != NULL ? more : "");
    for (char *path = strtok(named, ":"); path != NULL; path = strtok(NULL, ":"))
        interps_add(path);
}

#endif
