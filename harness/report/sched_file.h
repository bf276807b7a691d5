/* SPDX-License-Identifier: MIT
 *
 * sched_file.h - the file that a schedule goes to, if nobody has named another one.
 *
 *      test_bank-test_withdraw.sched          a test
 *      p.py.sched                             a program
 *      east-test_bank-test_withdraw.sched     the other folder's test of that name
 *      test_bank-test_withdraw-2.sched        and if that is taken, too
 *
 * A file of the same program, with the same arguments, or of the same test is replaced.  One that
 * records something else, or is no schedule, stays; so does one whose name differs in case only,
 * since there are file systems for which it is the same.  Letters of all scripts stay; what a shell
 * would not take becomes '_'.  A name that is too long is cut, and has a hash of all of it.
 *
 * The file is there before a program runs, as it will be before a replay: CPython reads the
 * program's folder, and one name more in it moves all that is allocated later.  It is empty then, and
 * locked; who is killed leaves an empty file that anybody may take.
 */
#ifndef SW_SCHED_FILE_H
#define SW_SCHED_FILE_H

#include <limits.h>

#include "harness/formats/sched/sched.h"

struct sw_sched_file {
    char path[PATH_MAX];
    int fd; /* of the empty file, which is locked; -1: there was one before, or none is there */
};

/* All that a name is made of. */
struct sw_sched_file_name {
    const char *folder; /* where it goes, "" or "a/b/" */
    const char *file;   /* "east/test_bank.py" */
    const char *test;   /* NULL: the file is a program */
    const char *kind;   /* before ".sched": "", or ".unsure" of what has not failed again */
};

/* Takes the first name that is free, or the target's already; makes an empty file if it is free.
 * target: its program or input, arguments and folder count.  0; or -1 with *e, and it is not
 * taken. */
int sw_sched_file_take(struct sw_sched_file *file, const struct sw_sched_file_name *name,
                       const struct sw_sched *target, struct sw_error *e);
/* The same for one that the user has named, whatever it records.  What is there and no schedule is
 * refused. */
int sw_sched_file_take_named(struct sw_sched_file *file, const char *path, struct sw_error *e);
/* Before hours of work: could that be taken?  path may be NULL: none is wanted.  An archive has many
 * schedules, and is refused. */
int sw_sched_file_check(const char *path, struct sw_error *e);
/* Does a file of that name record the same test, or program with its arguments? */
int sw_sched_file_is_of(const char *path, const struct sw_sched *target);
/* Prints it on stderr, with the reason why it is in no file: so it is not lost. */
void sw_sched_file_print(const struct sw_sched *sched, const struct sw_error *why);
/* Takes away what is still empty. */
void sw_sched_file_release(struct sw_sched_file *file);

#endif
