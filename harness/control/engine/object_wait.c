/* SPDX-License-Identifier: MIT */
#include "object_wait.h"

#include <stdio.h>

#include "engine.h"
#include "sync_objects.h"

uint32_t sw_object_wait_holder(const struct sw_wait *wait)
{
    const struct sw_object *object = sw_sync_objects_find(wait->address);

    return object != NULL ? object->holder : SW_OBJECT_NOBODY;
}

void sw_object_wait_describe_as(const struct sw_thread *thread, const char *held, char *buf,
                                size_t size)
{
    struct sw_object *object = sw_sync_objects_find(thread->wait.address);

    if (object == NULL) { /* destroyed under the waiter's feet */
        snprintf(buf, size, "waits for something unknown");
        return;
    }
    int used = snprintf(buf, size, "waits for %s#%u", sw_sync_objects_name(object),
                        sw_sync_objects_ordinal(object));
    if (used < 0 || (size_t)used >= size)
        return;
    if (object->holder == thread->ordinal)
        snprintf(buf + used, size - (size_t)used, ", which it took itself");
    else if (object->holder != SW_OBJECT_NOBODY)
        snprintf(buf + used, size - (size_t)used, ", %s by T%u", held, object->holder);
}

void sw_object_wait_describe(const struct sw_thread *thread, char *buf, size_t size)
{
    sw_object_wait_describe_as(thread, "held", buf, size);
}

const struct sw_clause sw_object_wait_woken = {
    .has_come = sw_engine_is_woken,
    .describe = sw_object_wait_describe,
    .holder = sw_object_wait_holder,
};
