/* SPDX-License-Identifier: MIT
 *
 * pthreads.c - threads: each is joinable underneath, so that its successor can see it gone.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/explain.h"
#include "harness/control/python/after_release.h"
#include "harness/control/engine/real.h"
#include "harness/control/engine/sigmask.h"
#include "harness/control/process/signals.h"
#include "harness/control/time/vtime.h"

static void on_exit_of(void *thread)
{
    sw_engine_leave(thread);
}

/* The cleanup runs for a return and for pthread_exit() alike, as the thread's last. */
void *sw_pthreads_body(struct sw_thread *self)
{
    errno = 0; /* after the carrier's system calls */
    pthread_cleanup_push(on_exit_of, self);
    if (sw_engine.signals_sent > 0) /* before it ran for the first time */
        sw_signals_arrive();
    self->result = PTHREAD_CANCELED; /* unless it returns, or says what it is */
    self->result = self->start(self->argument);
    pthread_cleanup_pop(1);
    return self->result;
}

/* Each is joinable underneath.  The caller's attributes say "detached" again afterwards. */
static int create_joinable(struct sw_thread *thread, const pthread_attr_t *attributes)
{
    int state = PTHREAD_CREATE_JOINABLE;

    if (attributes != NULL)
        pthread_attr_getdetachstate(attributes, &state);
    thread->detached = state == PTHREAD_CREATE_DETACHED;
    /* Its successor must see it gone, and can only by joining it: so it is joinable, and nobody
     * else may know. */
    if (thread->detached)
        pthread_attr_setdetachstate((pthread_attr_t *)attributes, PTHREAD_CREATE_JOINABLE);
    sw_sigmask_inherit(thread, sw_engine.current);
    int failed = sw_engine.carrier->create(thread, attributes);
    if (thread->detached)
        pthread_attr_setdetachstate((pthread_attr_t *)attributes, PTHREAD_CREATE_DETACHED);
    return failed;
}

SW_EXPORT int pthread_create(pthread_t *restrict handle, const pthread_attr_t *restrict attributes,
                             void *(*start)(void *), void *restrict argument)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_create)(handle, attributes, start, argument);
    sw_checkpoint_before_decision();
    struct sw_thread *thread = sw_thread_table_add();
    if (thread == NULL)
        return EAGAIN;
    /* The record may have been another thread's. */
    sw_signals_forget(thread);
    thread->start = start;
    thread->argument = argument;
    int failed = create_joinable(thread, attributes);
    if (failed != 0) {
        sw_thread_table_remove(thread);
        return failed;
    }
    *handle = thread->handle;
    sw_explain_note(SW_TIMELINE_SPAWN, SW_AT_THREAD_CREATE, 0, thread->ordinal);
    sw_after_release(SW_AT_THREAD_CREATE, NULL);
    return 0;
}

SW_EXPORT void pthread_exit(void *result)
{
    struct sw_thread *self = sw_engine_self();

    if (self != NULL) {
        self->result = result;
        self->unwound = 1;
        if (self->ordinal == 0) /* it has no run_thread() below it */
            sw_engine_leave(self);
    }
    SW_REAL(pthread_exit)(result);
    __builtin_unreachable();
}

static int has_exited(const struct sw_wait *wait)
{
    return ((const struct sw_thread *)wait->address)->state == SW_THREAD_EXITED;
}

static uint32_t ordinal_of_joined(const struct sw_wait *wait)
{
    return ((const struct sw_thread *)wait->address)->ordinal;
}

static void describe_join(const struct sw_thread *thread, char *buf, size_t size)
{
    snprintf(buf, size, "waits for the end of T%u", ordinal_of_joined(&thread->wait));
}

static const struct sw_clause joining = {.has_come = has_exited,
                                         .describe = describe_join,
                                         .holder = ordinal_of_joined,
                                         .cancellable = 1};

static int is_being_joined(const struct sw_thread *thread)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        if (sw_engine.live[i]->wait.clause == &joining && sw_engine.live[i]->wait.address == thread)
            return 1;
    return 0;
}

static int join(pthread_t handle, void **result, uint64_t deadline_ns)
{
    struct sw_thread *thread = sw_thread_table_find(handle);

    if (thread == NULL)
        return ESRCH;
    if (thread->detached)
        return EINVAL;
    if (thread == sw_engine_self())
        return EDEADLK;
    if (is_being_joined(
            thread)) /* as it is documented: glibc 2.36 waits for a thread that is gone */
        return EINVAL;
    if (deadline_ns == SW_VTIME_INVALID) /* glibc asks until the thread has ended */
        deadline_ns = 0;
    int failed = thread->state == SW_THREAD_LIVE
                     ? sw_engine_block(&(struct sw_wait){.clause = &joining,
                                                         .place = SW_AT_THREAD_JOIN,
                                                         .address = thread,
                                                         .deadline_ns = deadline_ns})
                     : 0;
    if (failed == EINTR)
        sw_cancel_point();
    if (failed == ETIMEDOUT)
        return ETIMEDOUT;
    if (result != NULL)
        *result = thread->result;
    sw_explain_note(SW_TIMELINE_JOIN, SW_AT_THREAD_JOIN, 0, thread->ordinal);
    /* It has EXITED, and the kernel has forgotten it: the real join does not block. */
    sw_thread_table_remove(thread);
    return sw_engine.carrier->join(thread);
}

SW_EXPORT int pthread_join(pthread_t handle, void **result)
{
    return sw_engine_self() == NULL ? SW_REAL(pthread_join)(handle, result)
                                    : join(handle, result, 0);
}

SW_EXPORT int pthread_tryjoin_np(pthread_t handle, void **result)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_tryjoin_np)(handle, result);
    const struct sw_thread *thread = sw_thread_table_find(handle);
    if (thread != NULL && thread->state == SW_THREAD_LIVE)
        return EBUSY;
    return join(handle, result, 0);
}

SW_EXPORT int pthread_timedjoin_np(pthread_t handle, void **result, const struct timespec *time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_timedjoin_np)(handle, result, time);
    return join(handle, result, sw_vtime_absolute(CLOCK_REALTIME, time));
}

SW_EXPORT int pthread_clockjoin_np(pthread_t handle, void **result, clockid_t clock,
                                   const struct timespec *time)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_clockjoin_np)(handle, result, clock, time);
    if (!sw_vtime_may_wait_by(clock))
        return EINVAL;
    return join(handle, result, sw_vtime_absolute(clock, time));
}

SW_EXPORT int pthread_detach(pthread_t handle)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pthread_detach)(handle);
    struct sw_thread *thread = sw_thread_table_find(handle);
    if (thread == NULL)
        return SW_REAL(pthread_detach)(handle);
    if (thread->detached)
        return EINVAL;
    if (is_being_joined(thread)) /* it is gone after that anyhow */
        return 0;
    thread->detached = 1;
    if (thread->state == SW_THREAD_EXITED) {
        sw_thread_table_remove(thread);
        return sw_engine.carrier->join(thread);
    }
    return 0;
}

/* ---- what else there is of threads and processes ---- */

/* A constructor runs under the loader's lock, which is out of sight: who switched
 * there would hang on the next thread that loads something. */
SW_EXPORT void *dlopen(const char *path, int mode)
{
    struct sw_thread *self = sw_engine_self();

    if (self == NULL)
        return SW_REAL(dlopen)(path, mode);
    self->pinned++;
    void *handle = SW_REAL(dlopen)(path, mode);
    self->pinned--;
    return handle;
}

SW_EXPORT int dlclose(void *handle)
{
    struct sw_thread *self = sw_engine_self();

    if (self == NULL)
        return SW_REAL(dlclose)(handle);
    self->pinned++;
    int failed = SW_REAL(dlclose)(handle);
    self->pinned--;
    return failed;
}
