/* SPDX-License-Identifier: MIT
 *
 * target.h - tests of Python files, as a user names them on the command line.
 *
 *      prog.py::test_name              a function
 *      prog.py::TestClass::test_name   a method of a class, also a unittest.TestCase's
 *      prog.py::TestClass              all tests of the class
 *      prog.py::                       all tests of the file
 *      test_prog.py, prog_test.py      the same, where pytest would collect something in it
 *      tests/                          all that pytest, or else unittest, finds below that folder
 *      name.sched                      a recorded run, which is to end as it did: sched_test.h
 *
 * target_list.h says which tests those are, target_run.h runs them.
 */
#ifndef SW_TARGET_H
#define SW_TARGET_H

/* Where targets run if the user names no interpreter. */
#define SW_TARGET_INTERP "/usr/bin/python3.11"

/* FILE.py::__main__ is all of a file, a program with a test's settings. */
#define SW_TARGET_WHOLE "__main__"

/* Does this path name a test? */
int sw_target_is(const char *path);
/* Is it a folder with tests below it, and no scenario? */
int sw_target_is_folder(const char *path);
/* Why a folder is not that; NULL: it is. */
const char *sw_target_folder_refusal(const char *path);
/* By its name: a schedule, or an archive of them. */
int sw_target_is_sched_or_schedz(const char *path);
/* May it name several tests: a folder, a file, or a class?  How many there are only the
 * interpreter knows (target_list.h). */
int sw_target_may_be_many(const char *path);
/* Is it a recorded run? */
int sw_target_is_sched(const char *path);
/* The "::" of FILE.py::NAME; points into path.  NULL: it is of another form. */
const char *sw_target_separator(const char *path);
/* Is it of that form, and not all of a file? */
int sw_target_is_test(const char *path);
/* Is it a file that stands for its tests? */
int sw_target_is_file_of_tests(const char *path);
/* Such files get the "::" that says so, in the list itself, unless something else is among them: then
 * they are a program and its arguments.  0; -1: out of memory. */
int sw_target_name_tests(char **list, int count);
/* The path of spillway_starter.py, ../lib from the runner's own folder; the caller's to
 * free.  NULL: it is not there, which has been said on stderr. */
char *sw_target_find_starter(void);

#endif
