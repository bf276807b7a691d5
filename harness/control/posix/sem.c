/* SPDX-License-Identifier: MIT
 *
 * sem.c - the real semaphore, tried; who fails is blocked on its address.
 */
#include "sem.h"

#include <errno.h>
#include <link.h>

#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/explain.h"
#include "harness/control/engine/object_wait.h"
#include "harness/control/python/after_release.h"
#include "harness/control/python/gil.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/verdict/uncontrolled.h"
#include "harness/control/io/readiness.h"
#include "harness/control/process/forked.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

/* An interpreter's own lock is called so, not a semaphore.  CPython's are made by one function,
 * which may have been inlined into others; 3.13 has other semaphores too.  PyPy's are made by its
 * library. */
static int is_interpreters_code(const void *caller)
{
    const void *lock_maker = dlsym(RTLD_DEFAULT, "PyThread_allocate_lock");
    const ElfW(Sym) *symbol = NULL;
    Dl_info maker, info;

    if (dladdr(caller, &info) == 0)
        return 0;
    if (lock_maker == NULL || dladdr1(lock_maker, &maker, (void **)&symbol, RTLD_DL_SYMENT) == 0 ||
        symbol == NULL)
        return dlsym(RTLD_DEFAULT, "pypy_execute_source") != NULL;
    if (dlsym(RTLD_DEFAULT, "PyMutex_Lock") != NULL)
        /* 3.13 made its locks of something else, but kept this function: only what it calls itself
         * is a lock. */
        return (uintptr_t)caller - (uintptr_t)lock_maker < symbol->st_size;
    return info.dli_fbase == maker.dli_fbase;
}

static int makes_locks(const void *caller)
{
    static const void *known; /* there are few callers, and the search is long */
    static int known_makes;

    /* The last one only: a program makes its locks at one place, in general. */
    if (caller != known)
        known_makes = is_interpreters_code(caller);
    known = caller;
    return known_makes;
}

static int has_value(const struct sw_wait *wait)
{
    int value = 0;

    SW_REAL(sem_getvalue)((sem_t *)wait->address, &value);
    return value > 0;
}

/* A lock is given back by who has it; a semaphore by anybody, so that who took it last may not be
 * the one that is waited for. */
static void describe(const struct sw_thread *thread, char *buf, size_t size)
{
    const struct sw_object *object = sw_sync_objects_find(thread->wait.address);
    int is_lock = object == NULL || object->kind != SW_OBJECT_SEM || object->is_lock;

    sw_object_wait_describe_as(thread, is_lock ? "held" : "last taken", buf, size);
}

const struct sw_clause sw_sem_clause = {
    .has_come = has_value,
    .describe = describe,
    .holder = sw_object_wait_holder,
    .interruptible = 1,
    .cancellable = 1,
};

static void took(sem_t *sem)
{
    struct sw_object *object = sw_sync_objects_get(SW_OBJECT_SEM, sem);

    object->holder = sw_engine_self()->ordinal;
    sw_explain_note_lock(SW_TIMELINE_LOCK, SW_AT_SEM_WAIT, object);
    sw_gil_py2_took(sem);
    sw_gil_pypy_arm();
}

static int take(sem_t *sem, uint64_t deadline_ns)
{
    int saved = errno; /* that the first try has failed is nobody's business */

    sw_cancel_point();
    while (SW_REAL(sem_trywait)(sem) != 0) {
        if (errno != EAGAIN)
            return -1;
        struct sw_object *object = sw_sync_objects_get(SW_OBJECT_SEM, sem);
        /* It has waited already, before the operation (access.h). */
        if (deadline_ns != 0 && sw_engine_self()->late == sem) {
            sw_engine_self()->late = NULL;
            errno = ETIMEDOUT;
            return -1;
        }
        if (object->is_shared) {
            if (deadline_ns != 0 && sw_engine_now() >= deadline_ns) {
                errno = ETIMEDOUT;
                return -1;
            }
            sw_readiness_try_later();
            sw_cancel_point();
            continue;
        }
        int failed = sw_engine_block(&(struct sw_wait){.clause = &sw_sem_clause,
                                                       .place = SW_AT_SEM_WAIT,
                                                       .address = sem,
                                                       .object = sw_sync_objects_ordinal(object),
                                                       .deadline_ns = deadline_ns});
        if (failed != 0) {
            sw_cancel_point();
            errno = failed;
            return -1;
        }
    }
    errno = saved;
    took(sem);
    return 0;
}

/* The C library looks at the time first, whether it has to wait or not. */
static int take_until(sem_t *sem, clockid_t clock, const struct timespec *time)
{
    if (!sw_vtime_may_end_a_wait(clock, time)) {
        errno = EINVAL;
        return -1;
    }
    return take(sem, sw_vtime_absolute(clock, time));
}

static void add(sem_t *sem, int shared, const void *caller)
{
    struct sw_object *object = sw_sync_objects_add(SW_OBJECT_SEM, sem);

    object->is_lock = makes_locks(caller);
    object->is_shared = shared != 0;
    if (shared != 0)
        sw_uncontrolled_note("a semaphore shared between processes", caller);
}

/* glibc's own: behind the value stands whether other processes may have it. */
static int is_shared(const sem_t *sem)
{
    return ((const int *)sem)[2] != 0;
}

/* Where nobody decides; in the child of a fork it may be for ever (forked.h). */
static int wait_uncontrolled(sem_t *sem)
{
    if (!sw_forked_is() || is_shared(sem))
        return SW_REAL(sem_wait)(sem);
    if (SW_REAL(sem_trywait)(sem) != 0) {
        int interrupted = sw_forked_wait(SW_OBJECT_SEM, sem);
        int failed = interrupted ? -1 : SW_REAL(sem_wait)(sem);
        sw_forked_go_on();
        if (interrupted)
            errno = EINTR;
        if (failed != 0)
            return failed;
    }
    sw_forked_took(sem);
    return 0;
}

SW_EXPORT int sem_init(sem_t *sem, int shared, unsigned value)
{
    sw_forked_made(sem);
    if (sw_engine_self() != NULL)
        add(sem, shared, __builtin_return_address(0));
    return SW_REAL(sem_init)(sem, shared, value);
}

SW_EXPORT int sem_destroy(sem_t *sem)
{
    if (sw_engine_self() != NULL)
        sw_sync_objects_remove(sem);
    return SW_REAL(sem_destroy)(sem);
}

SW_EXPORT int sem_wait(sem_t *sem)
{
    return sw_engine_self() == NULL ? wait_uncontrolled(sem) : take(sem, 0);
}

SW_EXPORT int sem_trywait(sem_t *sem)
{
    int failed = SW_REAL(sem_trywait)(sem);

    if (failed == 0 && sw_engine_self() != NULL)
        took(sem);
    else if (failed == 0)
        sw_forked_took(sem);
    return failed;
}

SW_EXPORT int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sem_timedwait)(sem, time);
    return take_until(sem, CLOCK_REALTIME, time);
}

SW_EXPORT int sem_clockwait(sem_t *restrict sem, clockid_t clock,
                            const struct timespec *restrict time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(sem_clockwait)(sem, clock, time);
    return take_until(sem, clock, time);
}

SW_EXPORT int sem_post(sem_t *sem)
{
    int failed = SW_REAL(sem_post)(sem);

    sw_forked_released(sem);
    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    struct sw_object *object = sw_sync_objects_get(SW_OBJECT_SEM, sem);
    object->holder = SW_OBJECT_NOBODY;
    sw_explain_note_lock(SW_TIMELINE_UNLOCK, SW_AT_SEM_POST, object);
    /* Python 2's GIL itself: that is a decision always. */
    if (sw_gil_py2_drops(sem))
        sw_engine_point(SW_AT_GIL_RELEASE, sw_sync_objects_ordinal(object));
    else
        sw_after_release(SW_AT_SEM_POST, object);
    return 0;
}
