/* SPDX-License-Identifier: MIT
 *
 * carrier_threads.c - OS threads: each sleeps on its futex word until it is the current one.
 */
#include "contract/futex.h"
#include "engine.h"
#include "engine_state.h"
#include "real.h"

static struct sw_thread *dying; /* has chosen its successor, and may still be in the kernel */

/* noipa: everything static changes while a thread sleeps here, and the compiler
 * must not conclude otherwise from what it sees of this function. */
static __attribute__((noipa)) void sleep_until_given(struct sw_thread *self)
{
    sw_futex_wait_while(SW_REAL(syscall), &self->go, 0, FUTEX_PRIVATE_FLAG);
    __atomic_store_n(&self->go, 0, __ATOMIC_RELAXED);
}

static __attribute__((noipa)) void give(struct sw_thread *to)
{
    sw_futex_set(SW_REAL(syscall), &to->go, 1, FUTEX_PRIVATE_FLAG);
}

/* It is still on the C library's exit path, where it frees its stack and what is thread-local:
 * nobody runs before it is gone, or the heap would be touched in an order that the kernel
 * chooses. */
static void see_off_the_dying(void)
{
    struct sw_thread *thread = dying;

    dying = NULL;
    if (thread == NULL)
        return;
    if (thread->detached) {
        SW_REAL(pthread_join)(thread->handle, NULL);
        sw_thread_table_remove(thread);
        return;
    }
    /* A join would give its handle away; and the first thread never leaves the kernel. */
    while (thread->ordinal != 0 &&
           SW_REAL(syscall)(SYS_tgkill, SW_REAL(getpid)(), thread->tid, 0) == 0)
        SW_REAL(sched_yield)();
}

static void *run(void *argument)
{
    struct sw_thread *self = argument;

    /* From its first instruction on, it is known to be ours, but not the current one. */
    sw_engine_own = self;
    self->tid = (pid_t)SW_REAL(syscall)(SYS_gettid);
    sleep_until_given(self);
    see_off_the_dying();
    return sw_pthreads_body(self);
}

static void start(struct sw_thread *first)
{
    (void)first;
}

static int create(struct sw_thread *thread, const pthread_attr_t *attributes)
{
    return SW_REAL(pthread_create)(&thread->handle, attributes, run, thread);
}

static void hand_over(struct sw_thread *from, struct sw_thread *to)
{
    give(to);
    sleep_until_given(from);
    see_off_the_dying();
}

static void leave(struct sw_thread *from, struct sw_thread *to)
{
    if (to == NULL)
        return;
    /* Before the successor is woken: it looks there. */
    dying = from;
    give(to);
}

static int join(struct sw_thread *thread)
{
    return SW_REAL(pthread_join)(thread->handle, NULL);
}

const struct sw_carrier sw_carrier_threads = {start, create, hand_over, leave, join};
