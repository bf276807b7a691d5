/* SPDX-License-Identifier: MIT
 *
 * carrier.h - what a controlled thread runs on, and how one gives way to the next.
 *
 * THREADS: each is an OS thread with a futex word.  A debugger and valgrind
 * show them as they are.  A switch costs two system calls, and a switch by the
 * kernel.
 *
 * FIBERS: all run on the process's first OS thread, the carrier.  Each thread
 * is really made, so that the C library gives it a stack and thread-local
 * storage.  It parks, as a shell, and the carrier runs on its stack below the
 * parked frame, with its fs register.  For the C library and for everything
 * that is thread-local, the carrier IS that thread.  A switch is a dozen
 * instructions.  When the thread ends, its shell wakes up and exits as the C
 * library expects.
 *
 * POOL: fibers whose shells do not die but serve the next pthread_create() of
 * the same attributes.  What the C library would have done at the thread's end
 * is done by fiber_tls.c; a thread for which that is not enough dies as above.
 *
 * The decisions are the same on all three.
 */
#ifndef SW_CARRIER_H
#define SW_CARRIER_H

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

struct sw_thread;

struct sw_carrier {
    /* The calling thread is the process's first. */
    void (*start)(struct sw_thread *first);
    /* Makes what it runs on, and sets thread->handle.  It will call
     * sw_pthreads_body() when it first becomes the current thread.  0 or an errno. */
    int (*create)(struct sw_thread *thread, const pthread_attr_t *attributes);
    /* `to` runs and `from` sleeps; returns when `from` is the current thread again. */
    void (*hand_over)(struct sw_thread *from, struct sw_thread *to);
    /* The same for a thread that has ended; to is NULL when it was the last, and
     * then the process ends.  With OS threads it returns, to the
     * C library's exit path; with fibers it does not. */
    void (*leave)(struct sw_thread *from, struct sw_thread *to);
    /* The thread has EXITED: gives back what it ran on.  0 or an errno. */
    int (*join)(struct sw_thread *thread);
};

extern const struct sw_carrier sw_carrier_threads;
extern const struct sw_carrier sw_carrier_fibers; /* shm->engine says whether pooled */

/* Of the fibers: makes so many shells beforehand, for threads that will be made without attributes
 * of their own.  The first thread gets the first of them. */
void sw_carrier_fibers_prepare(uint32_t count);
/* Of the fibers: each real thread but the calling one and those with these numbers ends at once and
 * without a trace in memory, which is put back to a time when it was not there.  -1: one of those
 * numbers is not there any more. */
int sw_carrier_fibers_vanish(const pid_t *kept, int count);

/* All that the thread does, from its first turn to its last; pthreads.c.  Calls
 * sw_engine_leave() at the end, from its return and from pthread_exit(). */
void *sw_pthreads_body(struct sw_thread *self);

#endif
