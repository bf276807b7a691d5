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

#define TEXT_OF(macro) TEXT(macro)
#define TEXT(word) #word

#if defined __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static int run(const struct sw_command_arguments *arguments)
{
    (void)arguments;
    puts(
        "spillway " SW_VERSION "\n"
        "MIT License: free to use, change and share; without any warranty.\n"
        "Interpreter: CPython " PY_VERSION ", in slpython and slpython-lab\n"
        "Compiler: " COMPILER "\n"
        "Libraries: elfutils 0." TEXT_OF(
            _ELFUTILS_VERSION) ", json-c " JSON_C_VERSION
                               ", xxHash " TEXT_OF(XXH_VERSION_MAJOR) "." TEXT_OF(XXH_VERSION_MINOR) "." TEXT_OF(
                                   XXH_VERSION_RELEASE) ", zstd " ZSTD_VERSION_STRING);
    return SW_EXIT_OK;
}

SW_COMMAND(version) = {
    .name = "version",
    .also = {"--version", "-V"},
    .summary = "say which spillway this is, and what it was built with",
    .group = SW_COMMAND_ABOUT,
    .usage = "",
    .about = "Says which spillway this is, and what it was built with.",
    .exits = {"0 it is said", "2 a usage error"},
    .options = sw_command_no_options,
    .run = run,
};
