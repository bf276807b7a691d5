/* SPDX-License-Identifier: MIT
 *
 * cond.c - condition variables, wholly modelled: the real ones never see a waiter.
 */
#include <errno.h>

#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/python/after_release.h"
#include "harness/control/python/gil.h"
#include "mutex.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/process/forked.h"
#include "harness/control/verdict/uncontrolled.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

/* glibc keeps the clock of pthread_condattr_setclock() in this bit. */
static clockid_t clock_of(const pthread_cond_t *cond)
{
    return cond->__data.__wrefs & 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

static const struct sw_clause waiting = {
    .has_come = sw_engine_is_woken,
    .describe = sw_object_wait_describe,
    .holder = sw_object_wait_holder,
    .cancellable = 1,
};

static int wait_on(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline_ns)
{
    int result;

    /* CPython's own: one decision for the whole hand-over, and not one for each of its parts. */
    if (sw_gil_wait(cond, mutex, &result))
        return result;
    uint32_t object = sw_sync_objects_ordinal(sw_sync_objects_get(SW_OBJECT_COND, cond));
    int failed = sw_mutex_unlock(mutex);
    if (failed != 0)
        return failed;
    result = sw_engine_block(&(struct sw_wait){.clause = &waiting,
                                               .place = SW_AT_COND_WAIT,
                                               .address = cond,
                                               .then = &sw_mutex_clause,
                                               .then_address = mutex,
                                               .object = object,
                                               .deadline_ns = deadline_ns});
    /* It is free, since the wait went on to wait for that; unless it timed out, and has to wait
     * now. */
    failed = sw_mutex_lock(mutex, 0);
    /* Cleanup handlers have the mutex. */
    if (result == EINTR)
        sw_cancel_point();
    return failed != 0 ? failed : result;
}

/* The mutex stays locked if the deadline is none. */
static int wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
                      const struct timespec *time)
{
    if (!sw_vtime_may_end_a_wait(clock, time))
        return EINVAL;
    return wait_on(cond, mutex, sw_vtime_absolute(clock, time));
}

/* Where nobody decides; in the child of a fork nobody is left who would signal it (forked.h). */
static int wait_uncontrolled(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    enum { SHARED = 1 }; /* glibc's own */

    if ((cond->__data.__wrefs & SHARED) == 0)
        sw_forked_wait(SW_OBJECT_COND, cond);
    int failed = SW_REAL(pthread_cond_wait)(cond, mutex);
    sw_forked_go_on();
    return failed;
}

static int wake(pthread_cond_t *cond, int all)
{
    if (sw_gil_signal(cond))
        return 0;
    uint32_t object = sw_sync_objects_noted(sw_sync_objects_get(SW_OBJECT_COND, cond));
    sw_engine_wake(cond, SW_AT_COND_SIGNAL, object, all);
    if (!sw_gil_pypy_signalled(cond))
        sw_after_release(SW_AT_COND_SIGNAL, sw_sync_objects_find(cond));
    return 0;
}

SW_EXPORT int pthread_cond_init(pthread_cond_t *restrict cond,
                                const pthread_condattr_t *restrict attributes)
{
    sw_forked_made(cond);
    if (sw_engine_self() != NULL) {
        int shared = PTHREAD_PROCESS_PRIVATE;
        if (attributes != NULL)
            pthread_condattr_getpshared(attributes, &shared);
        if (shared == PTHREAD_PROCESS_SHARED)
            sw_uncontrolled_note("a condition shared between processes",
                                 __builtin_return_address(0));
        sw_sync_objects_add(SW_OBJECT_COND, cond);
        sw_gil_saw_cond(cond);
    }
    return SW_REAL(pthread_cond_init)(cond, attributes);
}

SW_EXPORT int pthread_cond_destroy(pthread_cond_t *cond)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_remove(cond);
    return SW_REAL(pthread_cond_destroy)(cond);
}

SW_EXPORT int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex)
{
    if (sw_engine_self() == NULL)
        return wait_uncontrolled(cond, mutex);
    return wait_on(cond, mutex, 0);
}

SW_EXPORT int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                                     const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_cond_timedwait)(cond, mutex, time);
    return wait_until(cond, mutex, clock_of(cond), time);
}

SW_EXPORT int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                                     clockid_t clock, const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_cond_clockwait)(cond, mutex, clock, time);
    return wait_until(cond, mutex, clock, time);
}

SW_EXPORT int pthread_cond_signal(pthread_cond_t *cond)
{
    return sw_engine_self() == NULL ? SW_REAL(pthread_cond_signal)(cond) : wake(cond, 0);
}

SW_EXPORT int pthread_cond_broadcast(pthread_cond_t *cond)
{
    return sw_engine_self() == NULL ? SW_REAL(pthread_cond_broadcast)(cond) : wake(cond, 1);
}
