/* SPDX-License-Identifier: MIT
 *
 * thread_table.h - the threads that there are: LIVE ones in a list, all of them in a table.
 */
#ifndef SW_THREAD_TABLE_H
#define SW_THREAD_TABLE_H

#include "thread_record.h"

/* A new LIVE thread, not yet able to run, or NULL when there are too many. */
struct sw_thread *sw_thread_table_add(void);
/* It is LIVE no more; it may be found still. */
void sw_thread_table_retire(struct sw_thread *thread);
void sw_thread_table_remove(struct sw_thread *thread);
/* Not FREE; or NULL. */
struct sw_thread *sw_thread_table_find(pthread_t handle);
/* LIVE, or NULL. */
struct sw_thread *sw_thread_table_find_ordinal(uint32_t ordinal);
/* LIVE threads, ascending ordinals. */
uint32_t sw_thread_table_live(struct sw_thread *const **threads);
/* The LIVE thread with the earliest deadline, or NULL. */
struct sw_thread *sw_thread_table_earliest(void);

#endif
