/* SPDX-License-Identifier: MIT
 *
 * affinity.h - one CPU for all threads: a hand-over between two costs ten times as much.
 *
 * Not where all of them run on one OS thread (SW_ENGINE_POOL): such a process would only be kept
 * from the CPU that becomes free while another process, or another job of the same search, has
 * its own.
 */
#ifndef SW_AFFINITY_H
#define SW_AFFINITY_H

#include <sched.h>
#include <stddef.h>

/* The calling thread, and so all that it makes, stays on the CPU that it is on.
 * The program is told what it would be told without. */
void sw_affinity_start(void);
/* For the child of a fork, which is not controlled. */
void sw_affinity_undo(void);

/* What the program sees of its own, and sets.  -1 and errno. */
int sw_affinity_get(size_t size, cpu_set_t *set);
int sw_affinity_set(size_t size, const cpu_set_t *set);

#endif
