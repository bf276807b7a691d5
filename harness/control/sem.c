/* SPDX-License-Identifier: MIT
 *
 * sem.c - the real semaphore, tried; who fails is blocked on its address.
 */
#include <errno.h>

#include "engine.h"
#include "gil.h"
#include "objects.h"
#include "real.h"
#include "vtime.h"

static void took(sem_t *sem)
{
    sw_objects_get(SW_OBJECT_SEM, sem)->holder = sw_engine_self()->ordinal;
}

static int take(sem_t *sem, uint64_t deadline_ns)
{
    while (SW_REAL(sem_trywait)(sem) != 0) {
        if (errno != EAGAIN)
            return -1;
        uint32_t object = sw_objects_get(SW_OBJECT_SEM, sem)->ordinal;
        if (sw_engine_block(&(struct sw_wait){.kind = SW_WAIT_SEM,
                                              .place = SW_AT_SEM_WAIT,
                                              .address = sem,
                                              .object = object,
                                              .deadline_ns = deadline_ns}) == ETIMEDOUT) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
    took(sem);
    return 0;
}

SW_EXPORT int sem_init(sem_t *sem, int shared, unsigned value)
{
    if (sw_engine_self() != NULL)
        sw_objects_add(SW_OBJECT_SEM, sem);
    return SW_REAL(sem_init)(sem, shared, value);
}

SW_EXPORT int sem_destroy(sem_t *sem)
{
    if (sw_engine_self() != NULL)
        sw_objects_remove(sem);
    return SW_REAL(sem_destroy)(sem);
}

SW_EXPORT int sem_wait(sem_t *sem)
{
    return sw_engine_self() == NULL ? SW_REAL(sem_wait)(sem) : take(sem, 0);
}

SW_EXPORT int sem_trywait(sem_t *sem)
{
    int failed = SW_REAL(sem_trywait)(sem);

    if (failed == 0 && sw_engine_self() != NULL)
        took(sem);
    return failed;
}

SW_EXPORT int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sem_timedwait)(sem, time);
    return take(sem, sw_vtime_absolute(CLOCK_REALTIME, time));
}

SW_EXPORT int sem_clockwait(sem_t *restrict sem, clockid_t clock,
                            const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sem_clockwait)(sem, clock, time);
    return take(sem, sw_vtime_absolute(clock, time));
}

SW_EXPORT int sem_post(sem_t *sem)
{
    int failed = SW_REAL(sem_post)(sem);

    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    struct sw_object *object = sw_objects_get(SW_OBJECT_SEM, sem);
    object->holder = SW_OBJECT_NOBODY;
    if (sw_gil_is_mine())
        sw_gil_arm();
    else
        sw_engine_point(SW_AT_SEM_POST, object->ordinal);
    return 0;
}
