/* SPDX-License-Identifier: MIT
 *
 * profile_measure.h - measures a schedule that has been run: a struct sw_thread_profile of it,
 * which the strategies use (contract/thread_profile.h).
 */
#ifndef SW_PROFILE_MEASURE_H
#define SW_PROFILE_MEASURE_H

#include "contract/thread_profile.h"
#include "contract/trace.h"

/* What the control memory has of a schedule, once its process has ended.  A crashing program may
 * have left anything there. */
struct sw_profile_measure_source {
    const struct sw_trace *trace; /* without events at grain "call" */
    const uint32_t *chosen; /* SW_THREAD_PROFILE_THREADS each; used if the trace has no event */
    const uint32_t *made_by;
};

/* Of threads beyond SW_THREAD_PROFILE_THREADS, and of objects beyond the first
 * SW_THREAD_PROFILE_OBJECTS that threads fight for, nothing is kept.  0, or -1 without
 * memory: *profile is then all zero. */
int sw_profile_measure(const struct sw_profile_measure_source *source,
                       struct sw_thread_profile *profile);

#endif
