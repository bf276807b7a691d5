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

#include <stdint.h>

/* Where targets run if the user names no interpreter. */
#define SW_TARGET_INTERP "/usr/bin/python3.11"

/* Does this path name a test? */
int sw_target_is(const char *path);
/* The path of spillway_starter.py, ../lib from the runner's own folder; the caller's to
 * free.  NULL: it is not there. */
char *sw_target_find_starter(void);

/* Texts are borrowed. */
struct sw_target_order {
    char *const *paths; /* targets, all of them */
    int path_count;     /* at least 1 */
    const char *interp; /* NULL: SW_TARGET_INTERP; of a .sched, the one that it names */
    int random;         /* under random walks; else under the default schedule */
    int engine;         /* enum sw_control_shm_engine */
    uint64_t seed;      /* of the first random walk */
    uint64_t schedules; /* random walks at most, until one fails; at least 1 */
    int watchdog_s;     /* 0: the default */
    int tap;            /* a TAP report, instead of lines for people */
    const char *junit;  /* a file to write; NULL: none */
};

/* Runs each, and reports it.  Returns the exit status that "spillway run --help" documents. */
int sw_target_run(const struct sw_target_order *order);

#endif
