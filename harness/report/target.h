/* SPDX-License-Identifier: MIT
 *
 * target.h - tests of Python files, as a user names them on the command line.
 *
 *      prog.py::test_name              a function
 *      prog.py::TestClass::test_name   a method of a class, also a unittest.TestCase's
 *      prog.py::TestClass              all tests of the class
 *      prog.py::                       all tests of the file
 *      name.sched                      a recorded run, which is to end as it did: sched_test.h
 *
 * Which tests there are says the interpreter, in a process that nobody controls
 * (spillway_starter.py --list); each test has a process of its own (trial.h).
 */
#ifndef SW_TARGET_H
#define SW_TARGET_H

#include "harness/cli/options.h"

/* Where targets run if the user names no interpreter. */
#define SW_TARGET_INTERP "/usr/bin/python3.11"

/* Does this path name a test? */
int sw_target_is(const char *path);
/* The path of spillway_starter.py, ../lib from the runner's own folder; the caller's to
 * free.  NULL: it is not there. */
char *sw_target_find_starter(void);
/* All paths are targets.  Returns the exit status that "spillway run --help" documents. */
int sw_target_run(const struct sw_options *options);

#endif
