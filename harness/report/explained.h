/* SPDX-License-Identifier: MIT
 *
 * explained.h - what every command says of a failure: explanation.h, of a schedule, as text.
 *
 * It takes one more run of the schedule, in a process of its own; the full text one more for the
 * schedule that passes; and where the kind is not known of a run that follows chance, up to fourteen
 * with other random numbers and layouts.  Of a run that has not failed there is nothing to say.
 */
#ifndef SW_EXPLAINED_H
#define SW_EXPLAINED_H

#include "explanation.h"

enum { SW_EXPLAINED_KIND = 40, SW_EXPLAINED_OBJECT = 200, SW_EXPLAINED_PAIR = 640 };

struct sw_explained {
    /* "lost update"; "not known"; "": nothing is said, and all the rest is empty, too. */
    char kind[SW_EXPLAINED_KIND];
    char object[SW_EXPLAINED_OBJECT]; /* "Account.balance"; "" */
    char pair[SW_EXPLAINED_PAIR]; /* "a.py:3 a.py:7"; "" */
    char sentence[SW_EXPLANATION_TEXT];
    char *text; /* lines, each with its newline; owned; NULL: there is none */
};

/* A schedule whose files are found (sw_sched_paths()), or that has just been recorded.  Where it
 * cannot be run again, or there is no memory, the text says so. */
void sw_explained_make(struct sw_explained *explained, const struct sw_sched *sched,
                       enum sw_explanation_how how);
void sw_explained_free(struct sw_explained *explained);

#endif
