/* SPDX-License-Identifier: MIT
 *
 * once.c - pthread_once(): who comes while another one is at it waits where the engine can see it.
 */
#include "harness/control/engine/engine.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"
#include "harness/control/python/after_release.h"

static void release(void *control)
{
    sw_sync_objects_remove(control);
    if (sw_engine_wake(control, SW_AT_ONCE, 0, 1) > 0) /* else nothing was released */
        sw_after_release(SW_AT_ONCE, NULL);
}

SW_EXPORT int pthread_once(pthread_once_t *control, void (*routine)(void))
{
    const struct sw_thread *self = sw_engine_self();

    if (self == NULL)
        return SW_REAL(pthread_once)(control, routine);
    struct sw_object *object = sw_sync_objects_find(control);
    while (object != NULL && object->kind == SW_OBJECT_ONCE && object->holder != self->ordinal) {
        sw_engine_block(&(struct sw_wait){.clause = &sw_object_wait_woken,
                                          .place = SW_AT_ONCE,
                                          .address = control,
                                          .object = sw_sync_objects_ordinal(object)});
        object = sw_sync_objects_find(control);
    }
    sw_sync_objects_add(SW_OBJECT_ONCE, control)->holder = self->ordinal;
    /* A routine that is cancelled, or ends its thread, has not been: the next one who comes is at
     * it. */
    int failed;
    pthread_cleanup_push(release, control);
    failed = SW_REAL(pthread_once)(control, routine);
    pthread_cleanup_pop(1);
    return failed;
}
