/* SPDX-License-Identifier: MIT
 *
 * mutex.c - the real mutex, tried; who fails is blocked on its address.
 */
#include <errno.h>

#include "engine.h"
#include "gil.h"
#include "locks.h"
#include "objects.h"
#include "real.h"
#include "vtime.h"

/* A normal one that its own holder locks again: a deadlock with itself, as POSIX has it. */
int sw_locks_lock(pthread_mutex_t *mutex, uint64_t deadline_ns)
{
    int failed;

    while ((failed = SW_REAL(pthread_mutex_trylock)(mutex)) == EBUSY) {
        /* An error-checking one says EBUSY to a trylock, where a lock says EDEADLK. */
        if ((mutex->__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK &&
            mutex->__data.__owner == sw_engine_self()->tid)
            return EDEADLK;
        uint32_t object = sw_objects_get(SW_OBJECT_MUTEX, mutex)->ordinal;
        if (sw_engine_block(&(struct sw_wait){.kind = SW_WAIT_MUTEX,
                                              .place = SW_AT_MUTEX_LOCK,
                                              .address = mutex,
                                              .object = object,
                                              .deadline_ns = deadline_ns}) == ETIMEDOUT)
            return ETIMEDOUT;
    }
    if (failed == 0 || failed == EOWNERDEAD)
        sw_objects_get(SW_OBJECT_MUTEX, mutex)->holder = sw_engine_self()->ordinal;
    return failed;
}

int sw_locks_unlock(pthread_mutex_t *mutex)
{
    int failed = SW_REAL(pthread_mutex_unlock)(mutex);

    if (failed == 0 && mutex->__data.__lock == 0)
        sw_objects_get(SW_OBJECT_MUTEX, mutex)->holder = SW_OBJECT_NOBODY;
    return failed;
}

SW_EXPORT int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    if (sw_engine_self() != NULL) {
        sw_objects_add(SW_OBJECT_MUTEX, mutex);
        sw_gil_saw_mutex(mutex);
    }
    return SW_REAL(pthread_mutex_init)(mutex, attributes);
}

SW_EXPORT int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    if (sw_engine_self() != NULL)
        sw_objects_remove(mutex);
    return SW_REAL(pthread_mutex_destroy)(mutex);
}

SW_EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_mutex_lock)(mutex);
    return sw_locks_lock(mutex, 0);
}

SW_EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    const struct sw_thread *self = sw_engine_self();
    int failed = SW_REAL(pthread_mutex_trylock)(mutex);

    if (self != NULL && failed == 0)
        sw_objects_get(SW_OBJECT_MUTEX, mutex)->holder = self->ordinal;
    return failed;
}

SW_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex,
                                      const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_mutex_timedlock)(mutex, time);
    return sw_locks_lock(mutex, sw_vtime_absolute(CLOCK_REALTIME, time));
}

SW_EXPORT int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock,
                                      const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_mutex_clocklock)(mutex, clock, time);
    return sw_locks_lock(mutex, sw_vtime_absolute(clock, time));
}

SW_EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_mutex_unlock)(mutex);
    int failed = sw_locks_unlock(mutex);
    if (failed != 0 || sw_gil_unlocked(mutex))
        return failed;
    if (!sw_gil_is_mine())
        sw_engine_point(SW_AT_MUTEX_UNLOCK, sw_objects_get(SW_OBJECT_MUTEX, mutex)->ordinal);
    else
        sw_gil_arm();
    return 0;
}
