/* SPDX-License-Identifier: MIT
 *
 * common_options.h - the options that several commands take, each written once.
 *
 * They are rows of a table of options.h; type and member say what they set, and "otherwise" is the
 * default as --help prints it.
 */
#ifndef SW_COMMON_OPTIONS_H
#define SW_COMMON_OPTIONS_H

#include "harness/report/target.h"
#include "options.h"

/* const char *: a file, which is not looked at here. */
#define SW_OPTION_INTERP(type, member, otherwise) \
    SW_OPTION_TEXT("interp", 'i', "FILE", type, member, "The interpreter (default: " otherwise ")")
#define SW_OPTION_INTERP_OF_TESTS \
    "the active virtual environment's, or " SW_TARGET_INTERP "; without a slash: looked for on " \
                                                             "PATH"
/* struct sw_settings. */
#define SW_OPTION_ENV_FROM_HERE(type, member) \
    SW_OPTION_PARSED( \
        "env-from-here", 0, NULL, type, member, sw_common_options_env_from_here, \
        "As --env, for all variables of this environment but those that spillway sets " \
        "itself, and those whose names have TOKEN, SECRET, PASSW, CREDENTIAL or KEY in " \
        "them, since a schedule keeps the values")
/* int, or an enum: enum sw_control_shm_engine. */
#define SW_OPTION_ENGINE(type, member, otherwise) \
    SW_OPTION_WORD("engine", 0, "NAME", type, member, sw_common_options_engines, \
                   "What carries the threads: threads, fibers or pool; the decisions are the " \
                   "same (default: " otherwise ")")
/* int: 0 unless it is given; see sw_common_options_jobs(). */
#define SW_OPTION_JOBS(type, member) \
    SW_OPTION_NUMBER("jobs", 'j', "N", type, member, 1, SW_COMMON_OPTIONS_JOBS_MAX, \
                     "Run N processes at once; the results do not depend on N (default: the " \
                     "number of CPUs)")
/* int. */
#define SW_OPTION_WATCHDOG(type, member, otherwise) \
    SW_OPTION_NUMBER( \
        "watchdog", 0, "SECONDS", type, member, 1, 86400, \
        "The real time after which a run is ended as a harness error (default: " otherwise ")")
/* char *const *: its words, which stay. */
#define SW_OPTION_UNDER(type, member) \
    SW_OPTION_PARSED("under", 'u', "COMMAND", type, member, sw_common_options_under, \
                     "Run the interpreter under a command like 'valgrind -q', in a shell's words " \
                     "(default: none)")
/* int. */
#define SW_OPTION_VALGRIND(type, member) \
    SW_OPTION_FLAG("valgrind", 0, type, member, \
                   "Run the interpreter under valgrind's memcheck: an error of it is a failure")
/* const char *. */
#define SW_OPTION_OUTPUT(type, member, text) \
    SW_OPTION_TEXT("output", 'o', "FILE", type, member, text)
/* const char *. */
#define SW_OPTION_JSON(type, member) \
    SW_OPTION_TEXT("json", 0, "FILE", type, member, \
                   "Also write the results as JSON (default: none)")
/* enum sw_explanation_how. */
#define SW_OPTION_EXPLAIN(type, member) \
    SW_OPTION_FLAG("explain", 0, type, member, \
                   "Say of a failure all that its threads have shared, and not only what matters")
/* Sets nothing of the command's own; member: any. */
#define SW_OPTION_YES(type, member) \
    SW_OPTION_PARSED("yes", 'y', NULL, type, member, sw_common_options_yes, \
                     "Run what a schedule names, whosever it is: it is refused else where it is " \
                     "another user's, or no program for Python")
/* uint64_t: of a schedule in an archive, from 1; 0 unless it is given. */
#define SW_OPTION_NUMBER_OF(type, member, otherwise) \
    SW_OPTION_NUMBER("number", 'n', "N", type, member, 1, UINT64_MAX, \
                     "Which schedule of a .schedz, from 1 (default: " otherwise ")")

enum { SW_COMMON_OPTIONS_JOBS_MAX = 64 };

/* In the order of enum sw_control_shm_engine; NULL at the end. */
extern const char *const sw_common_options_engines[];

/* What was given, or one a CPU. */
int sw_common_options_jobs(int given);
/* A command's words, with a shell's quotes and variables; it runs no command of its own.  Of
 * SW_OPTION_UNDER. */
sw_option_parse sw_common_options_under;
/* Of SW_OPTION_ENV_FROM_HERE. */
sw_option_parse sw_common_options_env_from_here;
/* Of SW_OPTION_YES. */
sw_option_parse sw_common_options_yes;
/* The path of slpython-lab, which is beside this executable. */
const char *sw_common_options_lab(void);
/* The interpreter that was given: without a slash it is looked for on PATH, as a shell would, and a
 * script that starts one stands for that (interp_shim.h).  It stays. */
const char *sw_common_options_interp(const char *given);
/* The interpreter of tests: likewise; NULL: the active virtual environment's, else
 * SW_TARGET_INTERP. */
const char *sw_common_options_test_interp(const char *given);
/* Is there an interpreter that can be executed?  One of specs may be a script that starts it: its agent
 * is wherever it ends up.  0, or -1 with *e. */
int sw_common_options_check_interp(const char *interp, int is_of_tests, struct sw_error *e);

#endif
