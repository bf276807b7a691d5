/* SPDX-License-Identifier: MIT
 *
 * recorded_world.h - tells a process what its recording has found: harness/control/io/as_recorded.h.
 */
#ifndef SW_RECORDED_WORLD_H
#define SW_RECORDED_WORLD_H

#include "contract/control_shm.h"
#include "harness/formats/sched/sched.h"

/* From what the schedule reads.  What there is no room for, or is nowhere, is not told. */
void sw_recorded_world_fill(const struct sw_sched *sched, struct sw_control_shm *shm);

#endif
