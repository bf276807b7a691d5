/* SPDX-License-Identifier: MIT
 *
 * promote.h - makes a regression test of a schedule that was found.
 *
 *      of a program, or a test    DIR/NAME.py     a copy of the file
 *                                 DIR/NAME.sched  the schedule, which names it without a folder
 *      of a spec                  a block "schedule NAME" at the end of the spec's schedules
 *
 * "spillway run" takes both.  Before anything is kept it is run in its new form, and must end as
 * recorded.  A spec can only say in which order its moves are made: a schedule that spills or
 * collects where no directive asks for it is refused; which thread runs within a move is left out,
 * if the end is the same without that.
 */
#ifndef SW_PROMOTE_H
#define SW_PROMOTE_H

#include "harness/formats/sched/sched.h"

/* Texts are borrowed. */
struct sw_promote_order {
    const char *path;   /* of the schedule */
    const char *name;   /* of the test; letters, digits, '_' and '-' */
    const char *folder; /* where a program's goes */
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
