/* SPDX-License-Identifier: MIT
 *
 * rwlock.c - the real lock, tried; who fails waits until somebody unlocks it.
 */
#include <errno.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/python/after_release.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

static int take(pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), uint64_t deadline_ns)
{
    int failed;

    while ((failed = try(lock)) == EBUSY) {
        uint32_t object = sw_sync_objects_get(SW_OBJECT_RWLOCK, lock)->ordinal;
        if (sw_engine_block(&(struct sw_wait){.clause = &sw_object_wait_woken,
                                              .place = SW_AT_RWLOCK_LOCK,
                                              .address = lock,
                                              .object = object,
                                              .deadline_ns = deadline_ns}) == ETIMEDOUT)
            return ETIMEDOUT;
    }
    if (failed == 0)
        sw_sync_objects_get(SW_OBJECT_RWLOCK, lock)->holder = sw_engine_self()->ordinal;
    return failed;
}

SW_EXPORT int pthread_rwlock_init(pthread_rwlock_t *restrict lock,
                                  const pthread_rwlockattr_t *restrict attributes)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_add(SW_OBJECT_RWLOCK, lock);
    return SW_REAL(pthread_rwlock_init)(lock, attributes);
}

SW_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_remove(lock);
    return SW_REAL(pthread_rwlock_destroy)(lock);
}

SW_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return sw_engine_self() == NULL ? SW_REAL(pthread_rwlock_rdlock)(lock)
                                    : take(lock, SW_REAL(pthread_rwlock_tryrdlock), 0);
}

SW_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return sw_engine_self() == NULL ? SW_REAL(pthread_rwlock_wrlock)(lock)
                                    : take(lock, SW_REAL(pthread_rwlock_trywrlock), 0);
}

SW_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock,
                                         const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_rwlock_timedrdlock)(lock, time);
    return take(lock, SW_REAL(pthread_rwlock_tryrdlock), sw_vtime_absolute(CLOCK_REALTIME, time));
}

SW_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock,
                                         const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_rwlock_timedwrlock)(lock, time);
    return take(lock, SW_REAL(pthread_rwlock_trywrlock), sw_vtime_absolute(CLOCK_REALTIME, time));
}

SW_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    int failed = SW_REAL(pthread_rwlock_unlock)(lock);

    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    struct sw_object *object = sw_sync_objects_get(SW_OBJECT_RWLOCK, lock);
    object->holder = SW_OBJECT_NOBODY;
    sw_engine_wake(lock, SW_AT_RWLOCK_UNLOCK, object->ordinal, 1);
    sw_after_release(SW_AT_RWLOCK_UNLOCK, sw_sync_objects_find(lock));
    return 0;
}
