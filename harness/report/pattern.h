/* SPDX-License-Identifier: MIT
 *
 * pattern.h - the patterns of reads and writes that explanation.h draws, a file each.
 *
 * Each: 1 if it was found, and then kind, object, pair, reason and rows are set.
 */
#ifndef SW_PATTERN_H
#define SW_PATTERN_H

#include "evidence.h"

/* In the object of that entry, which is any with it. */
int sw_pattern_object_find(struct sw_evidence *search, uint32_t object);
/* In two of the objects that were read. */
int sw_pattern_pair_find(struct sw_evidence *search, const struct sw_evidence_reads *reads);
/* Whether the exception says that something was changed while a thread went over it. */
int sw_pattern_iteration_find_raised(struct sw_evidence *search, uint32_t exception);
/* Whether, before that end, a thread has gone over a list that another made shorter: nothing is
 * raised.  Only one of all lists may be such, since nothing else speaks for it. */
int sw_pattern_iteration_find(struct sw_evidence *search, uint32_t end);
/* In what has raised the exception. */
int sw_pattern_exception_find(struct sw_evidence *search, uint32_t exception);

#endif
