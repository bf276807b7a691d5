/* SPDX-License-Identifier: MIT
 *
 * c11.c - the threads of <threads.h>.
 *
 * In glibc these are POSIX threads under other names, but they call the C
 * library's inside, which nobody can get in front of.  So here they call the
 * POSIX functions by their names.
 */
#include <errno.h>
#include <stdlib.h>
#include <threads.h>

#include "harness/control/engine/real.h"

_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "a C11 thread is a POSIX thread");
_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "a C11 mutex is a POSIX mutex");
_Static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "a C11 condition is a POSIX condition");
_Static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "a C11 once flag is a POSIX one");

static int answer_of(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ENOMEM:
        return thrd_nomem;
    case ETIMEDOUT:
        return thrd_timedout;
    default:
        return thrd_error;
    }
}

/* ---- threads ---- */

struct beginning {
    thrd_start_t function;
    void *argument;
};

static void *begin(void *memory)
{
    struct beginning beginning = *(struct beginning *)memory;

    free(memory);
    return (void *)(intptr_t)beginning.function(beginning.argument);
}

SW_EXPORT int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
    struct beginning *beginning = malloc(sizeof *beginning);

    if (beginning == NULL)
        return thrd_nomem;
    *beginning = (struct beginning){function, argument};
    int failed = pthread_create(thread, NULL, begin, beginning);
    if (failed != 0)
        free(beginning);
    return answer_of(failed == EAGAIN ? ENOMEM : failed);
}

SW_EXPORT int thrd_join(thrd_t thread, int *result)
{
    void *value;
    int failed = pthread_join(thread, &value);

    if (failed == 0 && result != NULL)
        *result = (int)(intptr_t)value;
    return answer_of(failed);
}

SW_EXPORT int thrd_detach(thrd_t thread)
{
    return answer_of(pthread_detach(thread));
}

SW_EXPORT void thrd_exit(int result)
{
    pthread_exit((void *)(intptr_t)result);
}

SW_EXPORT void thrd_yield(void)
{
    sched_yield();
}

SW_EXPORT int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    int failed = clock_nanosleep(CLOCK_REALTIME, 0, time, left);

    return failed == 0 ? 0 : failed == EINTR ? -1 : -2;
}

SW_EXPORT void call_once(once_flag *flag, void (*function)(void))
{
    pthread_once((pthread_once_t *)flag, function);
}

/* ---- mutexes ---- */

SW_EXPORT int mtx_init(mtx_t *mutex, int type)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, (type & mtx_recursive) != 0 ? PTHREAD_MUTEX_RECURSIVE
                                                                       : PTHREAD_MUTEX_NORMAL);
    int failed = pthread_mutex_init((pthread_mutex_t *)mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return answer_of(failed);
}

SW_EXPORT void mtx_destroy(mtx_t *mutex)
{
    pthread_mutex_destroy((pthread_mutex_t *)mutex);
}

SW_EXPORT int mtx_lock(mtx_t *mutex)
{
    return answer_of(pthread_mutex_lock((pthread_mutex_t *)mutex));
}

SW_EXPORT int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict time)
{
    return answer_of(pthread_mutex_timedlock((pthread_mutex_t *)mutex, time));
}

SW_EXPORT int mtx_trylock(mtx_t *mutex)
{
    return answer_of(pthread_mutex_trylock((pthread_mutex_t *)mutex));
}

SW_EXPORT int mtx_unlock(mtx_t *mutex)
{
    return answer_of(pthread_mutex_unlock((pthread_mutex_t *)mutex));
}

/* ---- conditions ---- */

SW_EXPORT int cnd_init(cnd_t *cond)
{
    return answer_of(pthread_cond_init((pthread_cond_t *)cond, NULL));
}

SW_EXPORT void cnd_destroy(cnd_t *cond)
{
    pthread_cond_destroy((pthread_cond_t *)cond);
}

SW_EXPORT int cnd_signal(cnd_t *cond)
{
    return answer_of(pthread_cond_signal((pthread_cond_t *)cond));
}

SW_EXPORT int cnd_broadcast(cnd_t *cond)
{
    return answer_of(pthread_cond_broadcast((pthread_cond_t *)cond));
}

SW_EXPORT int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
    return answer_of(pthread_cond_wait((pthread_cond_t *)cond, (pthread_mutex_t *)mutex));
}

SW_EXPORT int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
                            const struct timespec *restrict time)
{
    return answer_of(
        pthread_cond_timedwait((pthread_cond_t *)cond, (pthread_mutex_t *)mutex, time));
}
