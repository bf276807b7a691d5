/* SPDX-License-Identifier: MIT
 *
 * version_command.c - "spillway version": which one this is, and what it was built with.
 *
 * The interpreter's version is that of the headers which slpython is compiled with; their
 * patchlevel.h is all that is read of them here.
 */
#include <elfutils/version.h>
#include <json-c/json_c_version.h>
#include <patchlevel.h>
#include <stdio.h>
#include <xxhash.h>
#include <zstd.h>

#include "command.h"
#include "contract/exit.h"
#include "contract/version.h"

#if defined __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static int run(const struct sw_command_arguments *arguments)
{
    (void)arguments;
    puts("spillway " SW_VERSION);
    puts("MIT License: free to use, change and share; without any warranty.");
    puts("Interpreter: CPython " PY_VERSION ", in slpython and slpython-lab");
    puts("Compiler: " COMPILER);
    printf("Libraries: elfutils 0.%d, json-c %s, xxHash %d.%d.%d, zstd %s\n", _ELFUTILS_VERSION,
           JSON_C_VERSION, XXH_VERSION_MAJOR, XXH_VERSION_MINOR, XXH_VERSION_RELEASE,
           ZSTD_VERSION_STRING);
    return SW_EXIT_OK;
}

SW_COMMAND(version) = {
    .name = "version",
    .also = {"--version", "-V"},
    .summary = "print the version, and what spillway was built with",
    .group = SW_COMMAND_ABOUT,
    .usage = "",
    .about = "Prints the version of spillway, and what it was built with.",
    .exits = {"0 success", "2 a usage error"},
    .options = sw_command_no_options,
    .run = run,
};
