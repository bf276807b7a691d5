/* SPDX-License-Identifier: MIT
 *
 * barrier.c - barriers, wholly modelled.
 */
#include <errno.h>
#include <stdio.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/python/after_release.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"

SW_EXPORT int pthread_barrier_init(pthread_barrier_t *restrict barrier,
                                   const pthread_barrierattr_t *restrict attributes, unsigned count)
{
    int failed = SW_REAL(pthread_barrier_init)(barrier, attributes, count);

    if (failed == 0 && sw_engine_self() != NULL)
        sw_sync_objects_add(SW_OBJECT_BARRIER, barrier)->limit = count;
    return failed;
}

SW_EXPORT int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_remove(barrier);
    return SW_REAL(pthread_barrier_destroy)(barrier);
}

static void describe(const struct sw_thread *thread, char *buf, size_t size)
{
    struct sw_object *object = sw_sync_objects_find(thread->wait.address);

    if (object == NULL || object->kind != SW_OBJECT_BARRIER)
        sw_object_wait_describe(thread, buf, size);
    else
        snprintf(buf, size, "waits for barrier#%u, where %u of %u have arrived",
                 sw_sync_objects_ordinal(object), object->arrived, object->limit);
}

/* Nobody holds a barrier. */
static const struct sw_clause waiting = {.has_come = sw_engine_is_woken, .describe = describe};

SW_EXPORT int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    struct sw_object *object = sw_sync_objects_find(barrier);

    if (sw_engine_self() == NULL || object == NULL || object->kind != SW_OBJECT_BARRIER)
        return SW_REAL(pthread_barrier_wait)(barrier);
    uint32_t ordinal = sw_sync_objects_ordinal(object);
    if (++object->arrived < object->limit) {
        sw_engine_block(&(struct sw_wait){.clause = &waiting,
                                          .place = SW_AT_BARRIER_WAIT,
                                          .address = barrier,
                                          .object = ordinal});
        return 0;
    }
    object->arrived = 0;
    sw_engine_wake(barrier, SW_AT_BARRIER_WAIT, ordinal, 1);
    sw_after_release(SW_AT_BARRIER_WAIT, sw_sync_objects_find(barrier));
    return PTHREAD_BARRIER_SERIAL_THREAD;
}
