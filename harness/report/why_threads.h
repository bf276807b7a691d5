/* SPDX-License-Identifier: MIT
 *
 * why_threads.h - from the timeline of a run of threads to the hops that lead to its failure.
 *
 * What is followed:
 *   --value NAME   that variable or lock
 *   a deadlock     the locks that its threads wait for: who has taken each, and where
 *   an exception   the variables that were read on the line from which it left, if another thread
 *                  has used them, too; or on the line of an earlier exception of which that one
 *                  tells, as "assert not errors, errors" does
 *   else           the variable that was written last of those that two threads have used
 *
 * Each hop is an access to one of these, or that a thread is stopped between two of its accesses.  A
 * write is DESTROYED if another thread writes later what it has made of an older value: that is
 * told, since it follows from the order of the accesses alone.
 */
#ifndef SW_WHY_THREADS_H
#define SW_WHY_THREADS_H

#include <stdio.h>

#include "contract/error.h"
#include "timeline.h"

struct sw_why_threads_hop {
    const struct sw_timeline_entry *entry; /* borrowed */
    uint32_t copies;
    uint32_t destroyed_by; /* 1 + index of the hop that destroys what this one writes; 0 */
    uint32_t made_of; /* of a write that destroys: 1 + index of the hop that read the old value */
};

struct sw_why_threads {
    const struct sw_timeline *timeline; /* borrowed */
    const char *how; /* why it is these that are followed; "" */
    const struct sw_timeline_entry *told; /* the exception of which the failure tells, or NULL */
    unsigned char *is_followed; /* of each object; owned */
    uint32_t hop_count;
    struct sw_why_threads_hop *hops; /* owned */
};

/* name NULL: what failed.  0; 1: there is nothing to follow, since accesses are not known; -1 with
 * *e.  To be freed either way. */
int sw_why_threads_find(struct sw_why_threads *why, const struct sw_timeline *timeline,
                        const char *name, struct sw_error *e);
void sw_why_threads_free(struct sw_why_threads *why);

void sw_why_threads_print(FILE *out, const struct sw_why_threads *why, int last_first);
void sw_why_threads_print_json(FILE *out, const struct sw_why_threads *why, int last_first);

#endif
