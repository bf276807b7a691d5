/* SPDX-License-Identifier: MIT
 *
 * timeline_build.h - a timeline while it is made: for the timeline_*.c only.
 */
#ifndef SW_TIMELINE_BUILD_H
#define SW_TIMELINE_BUILD_H

#include "timeline.h"

enum { SW_TIMELINE_RECENT_KINDS = SW_TIMELINE_CHANNEL + 1, SW_TIMELINE_RECENT = 1 << 12 };

/* Texts of the two logs are copied as they are, and offsets stay valid. */
struct sw_timeline_texts {
    char *log; /* owned; log_size bytes, the last of them 0 */
    size_t log_size;
    char *events; /* owned, likewise; NULL: there is no event memory */
    size_t events_size;
    struct kept *kept;
    /* The object of that kind and ordinal that was asked for last, 1 + its index: of a quarter of a
     * million entries most are of one of a few objects. */
    uint32_t recent[SW_TIMELINE_RECENT_KINDS][SW_TIMELINE_RECENT];
};

/* 1 + the index, of a new one if need be; 0: no memory. */
uint32_t sw_timeline_build_thread(struct sw_timeline *timeline, uint32_t ordinal);
uint32_t sw_timeline_build_tasklet(struct sw_timeline *timeline, const char *name, uint32_t thread);
/* Of a kind that is counted, by its ordinal; of channels (ordinal 0), by its name. */
uint32_t sw_timeline_build_object(struct sw_timeline *timeline, enum sw_timeline_object_kind kind,
                                  uint32_t ordinal, const char *name);
/* Stacks, and points in words, of a run that is still open.  0, or -1 without memory. */
int sw_timeline_agent_add(struct sw_timeline *timeline, const struct sw_process *run);
/* Of a run that is still open: which entries are hops of why (why_path.h). */
void sw_timeline_agent_mark_hops(struct sw_timeline *timeline, const struct sw_process *run,
                                 const struct sw_sched *sched);
/* When all entries are there: threads by their ordinals, makers, and each entry's partner. */
int sw_timeline_build_finish(struct sw_timeline *timeline);

#endif
