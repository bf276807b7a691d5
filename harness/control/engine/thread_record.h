/* SPDX-License-Identifier: MIT
 *
 * thread_record.h - what the engine knows of a thread.
 *
 * A thread is LIVE from its pthread_create() until it has begun its exit, where it chooses who
 * runs for the last time; then EXITED until the thread that runs next has seen it gone from the
 * kernel and, when it is joinable, somebody has joined it; then its record is FREE.
 */
#ifndef SW_THREAD_RECORD_H
#define SW_THREAD_RECORD_H

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

#include "wait.h"

enum sw_thread_state { SW_THREAD_FREE, SW_THREAD_LIVE, SW_THREAD_EXITED };

struct sw_thread {
    uint32_t go; /* carrier_threads.c: the futex word, 1 once it is the current thread */
    uint32_t ordinal;
    enum sw_thread_state state;
    struct sw_wait wait; /* its clause is NULL unless it waits */
    struct sw_pending pending; /* what it does first when it runs; access.h */
    int announced; /* it has said so */
    uint32_t after; /* the number of events of the trace when it was made, or woken */
    uint64_t since; /* when it last stopped running, in switches */
    uint32_t stays; /* decisions since it began to run */
    int yields;     /* it asks to let others run */
    int pinned;     /* it is inside the loader, whose lock we cannot see: no switch by choice */
    pthread_t handle; /* valid once its creator has returned */
    pid_t tid;        /* the kernel's; valid once it has run */
    int detached;
    int unwound; /* it ended by pthread_exit() */
    uint64_t blocked_signals; /* sigmask.h: with fibers only */
    void *shell; /* carrier_fibers.c: what it runs on */
    void *result;
    void *(*start)(void *);
    void *argument;
};

#endif
