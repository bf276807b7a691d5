/* SPDX-License-Identifier: MIT
 *
 * promote.h - makes a regression test of a schedule that was found.
 *
 *      of a program, or a test    DIR/NAME.sched  the schedule; the program stays where it is
 *      of a spec                  a block "schedule NAME" at the end of the spec's schedules
 *
 * "spillway run" takes both.  Before anything is kept it is run once more, and must end as recorded.
 * What is kept of a program says how the test is to end from now on (enum sw_settings_expects); it is
 * followed as far as it fits (harness/report/sched_test.h).  A spec can only say in which order its
 * moves are made: a schedule that spills or collects where no directive asks for it is refused; which
 * thread runs within a move is left out, if the end is the same without that.
 */
#ifndef SW_PROMOTE_H
#define SW_PROMOTE_H

#include "harness/formats/sched/sched.h"

/* Texts are borrowed. */
struct sw_promote_order {
    const char *path;   /* of the schedule */
    const char *name;   /* letters, digits, '_' and '-'; of a program NULL: FILE-TEST */
    const char *folder; /* where a program's goes; NULL: beside it */
    int expects_failure; /* a program's is to fail; else it is to pass */
    int force;          /* files that are there may be overwritten */
};

/* 0; or -1 after a message on stderr, and nothing was written. */
int sw_promote_run(const struct sw_promote_order *order);

/* ---- its parts: 0, or -1 with *e ---- */

int sw_promote_program(const struct sw_promote_order *order, struct sw_sched *sched,
                       struct sw_error *e);
int sw_promote_spec(const struct sw_promote_order *order, const struct sw_sched *sched,
                    struct sw_error *e);

#endif
