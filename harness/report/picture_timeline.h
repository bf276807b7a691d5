/* SPDX-License-Identifier: MIT
 *
 * picture_timeline.h - a timeline as a picture: which lanes there are, and each entry in words.
 */
#ifndef SW_PICTURE_TIMELINE_H
#define SW_PICTURE_TIMELINE_H

#include "explanation.h"
#include "picture.h"
#include "timeline.h"

/* What a timeline does not say of itself; texts are borrowed, NULL: not known. */
struct sw_picture_timeline_about {
    const char *title;
    const char *file; /* the .sched */
    const struct sw_explanation *explanation; /* of that timeline; NULL: none */
    uint32_t value; /* whose way is to be marked, by its ordinal; 0: that of the failure */
};

/* Laid out, and the caller's to free; it borrows nothing.  NULL: no memory. */
struct sw_picture *sw_picture_timeline_make(const struct sw_timeline *timeline,
                                            const struct sw_picture_timeline_about *about);

#endif
