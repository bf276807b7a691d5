/* SPDX-License-Identifier: MIT */
#include "thread_table.h"

#include <string.h>

#include "engine_state.h"

/* The highest ordinal of all goes to the end of the list, which so stays ascending.  A record is
 * used again: who still points at an old thread's is its joiner, and that is gone by then. */
struct sw_thread *sw_thread_table_add(void)
{
    for (uint32_t i = 0; i < SW_LIVE_THREADS_MAX; i++) {
        struct sw_thread *thread = &sw_engine.threads[i];
        if (thread->state != SW_THREAD_FREE)
            continue;
        memset(thread, 0, sizeof *thread);
        thread->state = SW_THREAD_LIVE;
        thread->ordinal = sw_engine.next_ordinal++;
        /* As if it had just run: by default others that have waited longer come first. */
        thread->since = ++sw_engine.switches;
        thread->after = sw_engine.grain != NULL ? sw_engine.grain->count_events() : 0;
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
        /* The order stays, since candidates are listed in it and their indices are part of the
         * hash. */
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

struct sw_thread *sw_thread_table_find_ordinal(uint32_t ordinal)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        if (sw_engine.live[i]->ordinal == ordinal)
            return sw_engine.live[i];
    return NULL;
}

/* Of equal deadlines the lowest ordinal's: the first in the list. */
struct sw_thread *sw_thread_table_earliest(void)
{
    struct sw_thread *earliest = NULL;

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_thread *thread = sw_engine.live[i];
        uint64_t deadline = thread->wait.deadline_ns;
        if (deadline != 0 && (earliest == NULL || deadline < earliest->wait.deadline_ns))
            earliest = thread;
    }
    return earliest;
}
