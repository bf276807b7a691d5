/* SPDX-License-Identifier: MIT
 *
 * timeline_words.h - what a thread does in an entry of a timeline, in words: "writes balance
 * (100 -> 30)".
 */
#ifndef SW_TIMELINE_WORDS_H
#define SW_TIMELINE_WORDS_H

#include <stddef.h>

#include "timeline.h"

/* Without the thread's name.  Returns buf. */
char *sw_timeline_words(const struct sw_timeline *timeline, const struct sw_timeline_entry *entry,
                        char *buf, size_t size);

#endif
