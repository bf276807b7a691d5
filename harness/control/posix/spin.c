/* SPDX-License-Identifier: MIT
 *
 * spin.c - spin locks: tried, and who fails waits; where one thread runs at a time it would spin
 * for ever.
 */
#include <errno.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/python/after_release.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"

SW_EXPORT int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_add(SW_OBJECT_SPIN, (const void *)lock);
    return SW_REAL(pthread_spin_init)(lock, shared);
}

SW_EXPORT int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_remove((const void *)lock);
    return SW_REAL(pthread_spin_destroy)(lock);
}

SW_EXPORT int pthread_spin_lock(pthread_spinlock_t *lock)
{
    const void *address = (const void *)lock;

    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_spin_lock)(lock);
    while (SW_REAL(pthread_spin_trylock)(lock) == EBUSY) {
        uint32_t object = sw_sync_objects_ordinal(sw_sync_objects_get(SW_OBJECT_SPIN, address));
        sw_engine_block(&(struct sw_wait){.clause = &sw_object_wait_woken,
                                          .place = SW_AT_SPIN_LOCK,
                                          .address = address,
                                          .object = object});
    }
    sw_sync_objects_get(SW_OBJECT_SPIN, address)->holder = sw_engine_self()->ordinal;
    return 0;
}

SW_EXPORT int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    int failed = SW_REAL(pthread_spin_trylock)(lock);

    if (failed == 0 && sw_engine_self() != NULL)
        sw_sync_objects_get(SW_OBJECT_SPIN, (const void *)lock)->holder = sw_engine_self()->ordinal;
    return failed;
}

SW_EXPORT int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    const void *address = (const void *)lock;
    int failed = SW_REAL(pthread_spin_unlock)(lock);

    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    struct sw_object *object = sw_sync_objects_get(SW_OBJECT_SPIN, address);
    object->holder = SW_OBJECT_NOBODY;
    sw_engine_wake(address, SW_AT_SPIN_UNLOCK, sw_sync_objects_noted(object), 1);
    sw_after_release(SW_AT_SPIN_UNLOCK, sw_sync_objects_find(address));
    return 0;
}
