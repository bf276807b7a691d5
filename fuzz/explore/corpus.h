/* SPDX-License-Identifier: MIT
 *
 * corpus.h - schedules that have shown something new, in a folder that several processes share.
 *
 *      DIR/1f0c2a9b77d30412.plan
 *
 *          spillway plan 1
 *          of 9c01d2aa03bb4411
 *          T1 12 run T2
 *          T0 3 do spill
 *          check 77aa5f0e12c3b4d5
 *
 * A plan is a schedule's deviations, counted by thread (harness/control/drivers/relative_driver.c):
 * when T1 has been asked 12 times whom to run, it runs T2 next.  "of" is a hash of the program and
 * of all settings that change its runs; a plan of something else is passed over.  The file's name
 * is a hash of its deviations, so that a plan is there once, whichever process finds it.  Files are
 * written whole, and never changed; a damaged one is passed over, with a line on stderr.
 */
#ifndef SW_CORPUS_H
#define SW_CORPUS_H

#include "contract/error.h"
#include "relative_schedule.h"

struct sw_corpus;

/* Makes the folder, if there is none.  NULL with *e. */
struct sw_corpus *sw_corpus_open(const char *folder, uint64_t of, struct sw_error *e);
void sw_corpus_close(struct sw_corpus *corpus);

/* 0, or -1 with *e. */
int sw_corpus_save(struct sw_corpus *corpus, const struct sw_relative_schedule *plan,
                   struct sw_error *e);
/* The next plan that this process has neither saved nor been given: 1 and *plan, which the caller
 * frees; 0: there is none now; -1 with *e: the folder cannot be read. */
int sw_corpus_next(struct sw_corpus *corpus, struct sw_relative_schedule *plan, struct sw_error *e);

/* A plan as text, and back.  0, or -1 with *e (path:line; path is for messages only). */
char *sw_corpus_format(const struct sw_relative_schedule *plan,
                       uint64_t of); /* the caller's; NULL: no memory */
int sw_corpus_parse(const char *path, const char *text, uint64_t of,
                    struct sw_relative_schedule *plan, struct sw_error *e);

#endif
