/* SPDX-License-Identifier: MIT
 *
 * test_binaries.h - where the programs under test are, from any depth below build/bin.
 */
#ifndef SW_TESTS_TEST_BINARIES_H
#define SW_TESTS_TEST_BINARIES_H

#include <assert.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where spillway and slpython are; what stands in for an interpreter is below, in the
 * folder of the tests that it is for.  Valid once test_binaries_find() has been called. */
static char binaries[PATH_MAX];

static inline void test_binaries_find(void)
{
    ssize_t length = readlink("/proc/self/exe", binaries, sizeof binaries - 1);
    char spillway[PATH_MAX + 16];

    assert(length > 0);
    binaries[length] = '\0';
    do {
        dirname(binaries);
        assert(strcmp(binaries, "/") != 0);
        snprintf(spillway, sizeof spillway, "%s/spillway", binaries);
    } while (access(spillway, X_OK) < 0);
}

#endif
