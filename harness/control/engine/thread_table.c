/* SPDX-License-Identifier: MIT
 *
 * thread_table.c - the threads that there are: LIVE ones in a list, all of them in a table.
 */
#include <string.h>

#include "access.h"
#include "engine_state.h"

struct sw_thread *sw_thread_table_add(void)
{
    for (uint32_t i = 0; i < SW_LIVE_THREADS_MAX; i++) {
        struct sw_thread *thread = &sw_engine.threads[i];
        if (thread->state != SW_THREAD_FREE)
            continue;
        memset(thread, 0, sizeof *thread);
        thread->state = SW_THREAD_LIVE;
        thread->ordinal = sw_engine.next_ordinal++;
        thread->since = ++sw_engine.switches;
        sw_access_comes_after(thread);
        sw_engine.live[sw_engine.live_count++] = thread;
        return thread;
    }
    return NULL;
}

void sw_thread_table_retire(struct sw_thread *thread)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        if (sw_engine.live[i] != thread)
            continue;
        sw_engine.live_count--;
        memmove(&sw_engine.live[i], &sw_engine.live[i + 1],
                (sw_engine.live_count - i) * sizeof *sw_engine.live);
        return;
    }
}

void sw_thread_table_remove(struct sw_thread *thread)
{
    sw_thread_table_retire(thread);
    thread->state = SW_THREAD_FREE;
}

struct sw_thread *sw_thread_table_find(pthread_t handle)
{
    for (uint32_t i = 0; i < SW_LIVE_THREADS_MAX; i++) {
        struct sw_thread *thread = &sw_engine.threads[i];
        if (thread->state != SW_THREAD_FREE && pthread_equal(thread->handle, handle))
            return thread;
    }
    return NULL;
}

uint32_t sw_thread_table_live(struct sw_thread *const **threads)
{
    *threads = sw_engine.live;
    return sw_engine.live_count;
}
