/* SPDX-License-Identifier: MIT
 *
 * mutex.c - the real mutex, tried; who fails is blocked on its address.
 */
#include <errno.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/explain.h"
#include "harness/control/engine/fiber_tls.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/python/after_release.h"
#include "harness/control/python/gil.h"
#include "mutex.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/verdict/uncontrolled.h"
#include "harness/control/io/readiness.h"
#include "harness/control/process/forked.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

/* glibc's own numbers: what of the lock's word says that it is held. */
enum {
    ROBUST = 16,
    PRIO_INHERIT = 32,
    PRIO_PROTECT = 64,
    PROTECT_HELD = 0x7ffff, /* above it is the ceiling, which stays */
    SHARED = 128, /* between processes */
    OWNER = 0x3fffffff, /* above it is that the owner has died */
};

/* Its owner may have died: then the next one gets it. */
static int is_free(const pthread_mutex_t *mutex)
{
    int word = mutex->__data.__lock, kind = mutex->__data.__kind;

    if ((kind & PRIO_PROTECT) != 0)
        return (word & PROTECT_HELD) == 0;
    return (kind & (ROBUST | PRIO_INHERIT)) != 0 ? (word & OWNER) == 0 : word == 0;
}

static int is_free_at(const struct sw_wait *wait)
{
    return is_free(wait->address);
}

const struct sw_clause sw_mutex_clause = {
    .has_come = is_free_at,
    .describe = sw_object_wait_describe,
    .holder = sw_object_wait_holder,
};

/* The real mutex is tried, and never waited for: in the kernel the current thread would sleep with
 * nobody to run.  A normal one that its own holder locks again is a deadlock with itself, as POSIX
 * has it. */
int sw_mutex_lock(pthread_mutex_t *mutex, uint64_t deadline_ns)
{
    int failed;

    while ((failed = SW_REAL(pthread_mutex_trylock)(mutex)) == EBUSY) {
        /* An error-checking one says EBUSY to a trylock, where a lock says EDEADLK. */
        if ((mutex->__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK &&
            mutex->__data.__owner == sw_engine_self()->tid)
            return EDEADLK;
        if (deadline_ns == SW_VTIME_INVALID) /* nobody looks at it who does not have to wait */
            return EINVAL;
        struct sw_object *object = sw_sync_objects_get(SW_OBJECT_MUTEX, mutex);
        /* Another process may hold it, and who unlocks there tells nobody here: it is tried
         * again. */
        if (object->is_shared) {
            if (deadline_ns != 0 && sw_engine_now() >= deadline_ns)
                return ETIMEDOUT;
            sw_readiness_try_later();
            continue;
        }
        if (sw_engine_block(&(struct sw_wait){.clause = &sw_mutex_clause,
                                              .place = SW_AT_MUTEX_LOCK,
                                              .address = mutex,
                                              .object = sw_sync_objects_ordinal(object),
                                              .deadline_ns = deadline_ns}) == ETIMEDOUT)
            return ETIMEDOUT;
    }
    if ((mutex->__data.__kind & ROBUST) != 0)
        sw_fiber_tls_saw_robust_mutex();
    if (failed == 0 || failed == EOWNERDEAD)
        sw_sync_objects_get(SW_OBJECT_MUTEX, mutex)->holder = sw_engine_self()->ordinal;
    return failed;
}

int sw_mutex_unlock(pthread_mutex_t *mutex)
{
    int failed = SW_REAL(pthread_mutex_unlock)(mutex);

    /* A recursive one is free only after its last unlock. */
    if (failed == 0 && is_free(mutex))
        sw_sync_objects_get(SW_OBJECT_MUTEX, mutex)->holder = SW_OBJECT_NOBODY;
    return failed;
}

/* Who locks an error-checking one again is told so, and does not wait; what the kernel does with one
 * that inherits priorities is its own. */
static int may_wait_for_ever(const pthread_mutex_t *mutex)
{
    int kind = mutex->__data.__kind;

    return (kind & (SHARED | PRIO_INHERIT)) == 0 &&
           ((kind & 3) != PTHREAD_MUTEX_ERRORCHECK || mutex->__data.__owner != SW_REAL(gettid)());
}

/* Where nobody decides; in the child of a fork it may be for ever (forked.h). */
static int lock_uncontrolled(pthread_mutex_t *mutex)
{
    int failed;

    if (!sw_forked_is() || !may_wait_for_ever(mutex))
        return SW_REAL(pthread_mutex_lock)(mutex);
    if ((failed = SW_REAL(pthread_mutex_trylock)(mutex)) == EBUSY) {
        sw_forked_wait(SW_OBJECT_MUTEX, mutex);
        failed = SW_REAL(pthread_mutex_lock)(mutex);
        sw_forked_go_on();
    }
    if (failed == 0)
        sw_forked_took(mutex);
    return failed;
}

SW_EXPORT int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    sw_forked_made(mutex);
    if (sw_engine_self() != NULL) {
        int shared = PTHREAD_PROCESS_PRIVATE;
        if (attributes != NULL)
            pthread_mutexattr_getpshared(attributes, &shared);
        sw_sync_objects_add(SW_OBJECT_MUTEX, mutex)->is_shared = shared == PTHREAD_PROCESS_SHARED;
        if (shared == PTHREAD_PROCESS_SHARED)
            sw_uncontrolled_note("a mutex shared between processes", __builtin_return_address(0));
        sw_gil_saw_mutex(mutex);
    }
    return SW_REAL(pthread_mutex_init)(mutex, attributes);
}

SW_EXPORT int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_remove(mutex);
    return SW_REAL(pthread_mutex_destroy)(mutex);
}

SW_EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (sw_engine_self() == NULL)
        return lock_uncontrolled(mutex);
    return sw_mutex_lock(mutex, 0);
}

SW_EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    const struct sw_thread *self = sw_engine_self();
    int failed = SW_REAL(pthread_mutex_trylock)(mutex);

    if (self != NULL && failed == 0)
        sw_sync_objects_get(SW_OBJECT_MUTEX, mutex)->holder = self->ordinal;
    else if (failed == 0)
        sw_forked_took(mutex);
    return failed;
}

SW_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex,
                                      const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_mutex_timedlock)(mutex, time);
    return sw_mutex_lock(mutex, sw_vtime_absolute(CLOCK_REALTIME, time));
}

SW_EXPORT int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock,
                                      const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_mutex_clocklock)(mutex, clock, time);
    if (!sw_vtime_may_wait_by(clock))
        return EINVAL;
    return sw_mutex_lock(mutex, sw_vtime_absolute(clock, time));
}

SW_EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (sw_engine_self() == NULL) {
        sw_forked_released(mutex);
        return SW_REAL(pthread_mutex_unlock)(mutex);
    }
    int failed = sw_mutex_unlock(mutex);
    if (failed != 0 || sw_gil_unlocked(mutex))
        return failed;
    sw_explain_note_lock(SW_TIMELINE_UNLOCK, SW_AT_MUTEX_UNLOCK,
                         sw_sync_objects_get(SW_OBJECT_MUTEX, mutex));
    if (!sw_gil_pypy_unlocked(mutex))
        sw_after_release(SW_AT_MUTEX_UNLOCK, sw_sync_objects_get(SW_OBJECT_MUTEX, mutex));
    return 0;
}
