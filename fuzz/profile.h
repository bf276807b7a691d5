/* SPDX-License-Identifier: MIT
 *
 * profile.h - makes a struct sw_profile of a schedule that has been run.
 *
 * See harness/control/profile.h for what it is for.
 */
#ifndef SW_FUZZ_PROFILE_H
#define SW_FUZZ_PROFILE_H

#include "../harness/control/profile.h"
#include "../harness/control/trace.h"

/* What is known of a schedule; a board has all of it, once its process has ended.  It
 * may be nonsense: the child may have written there. */
struct sw_profile_source {
    const struct sw_trace *trace; /* without events at grain "call" */
    const uint32_t *chosen;       /* SW_PROFILE_THREADS each; used if the trace has no event */
    const uint32_t *made_by;
};

/* Of threads beyond SW_PROFILE_THREADS, and of objects beyond the first
 * SW_PROFILE_OBJECTS that threads fight for, nothing is kept.  0, or -1 without
 * memory: *profile is then all zero. */
int sw_profile_make(const struct sw_profile_source *source, struct sw_profile *profile);

#endif
