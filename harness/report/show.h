/* SPDX-License-Identifier: MIT
 *
 * show.h - a recorded run as a picture: in the terminal, as a page, as a trace.
 *
 * The run is made again, and what happens in it noted (timeline.h); then it is drawn (picture.h).
 */
#ifndef SW_SHOW_H
#define SW_SHOW_H

#include <stdint.h>

struct sw_picture;
struct sw_sched;
struct sw_error;

/* Adds to a picture what another room measures.  0, or -1 with *e. */
typedef int sw_show_add(struct sw_picture *picture, const struct sw_sched *sched,
                        struct sw_error *e);

/* Texts are borrowed. */
struct sw_show_order {
    const char *path; /* a .sched, or a .schedz */
    uint64_t number; /* of an archive's schedule, from 1; 0: a file's only one */
    const char *interp; /* NULL: the recorded one */
    const char *html, *perfetto; /* files to be written; both NULL: to the terminal */
    const char *beside; /* a .sched that is drawn below, in the page; "default": the same one
                           without its deviations; NULL: none */
    sw_show_add *add; /* NULL: nothing */
    int width; /* columns; 0: the terminal's, or 80 where there is none */
    int ascii, all;
    uint64_t from, to; /* steps; to == 0: no such limit */
};

/* Returns the exit status: 0 it was drawn; 1 it was drawn, but is another run than the recorded
 * one; 2 nothing was drawn. */
int sw_show_run(const struct sw_show_order *order);

#endif
