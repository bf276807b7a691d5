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

#include "contract/explain_log.h"
#include "wait.h"

enum sw_thread_state { SW_THREAD_FREE, SW_THREAD_LIVE, SW_THREAD_EXITED };

/* Of a traced function's begin; harness/control/python/traced_entry.h. */
enum sw_entry_state { SW_ENTRY_WAITS, SW_ENTRY_TOLD, SW_ENTRY_ASKED };

struct sw_thread {
    uint32_t go; /* carrier_threads.c: the futex word, 1 once it is the current thread */
    uint32_t ordinal;
    enum sw_thread_state state;
    struct sw_wait wait; /* its clause is NULL unless it waits */
    struct sw_pending pending; /* what it does first when it runs; access.h */
    int announced; /* it has said so */
    uint32_t asked; /* of a lock: as it was said; pending says what it comes to */
    const void *lock; /* that it is about to try or to give back, a sem_t; NULL: none */
    const void *late; /* the sem_t that it has waited for until its time was up; NULL: none */
    int timed; /* its time was up: as in struct sw_trace_event */
    uint32_t after; /* the number of events of the trace when it was made, or woken */
    uint64_t since; /* when it last stopped running, in switches */
    uint32_t stays; /* decisions since it began to run */
    int yields; /* it asks to let others run */
    int pinned; /* it is inside the loader, whose lock we cannot see: no switch by choice */
    int keeps_gil; /* its evaluation loop does not give the GIL away; contract/keeps_gil.h */
    enum sw_next_check next_check; /* of its eval breaker; access_explain.h */
    const void *entry; /* the frame of the traced function that is about to begin; NULL: none */
    enum sw_entry_state entry_state; /* valid if there is one */
    pthread_t handle; /* valid once its creator has returned */
    pid_t tid; /* the kernel's; valid once it has run */
    int detached;
    int unwound; /* it ended by pthread_exit(), or was cancelled */
    int is_cancelled; /* pthread_cancel() was called for it, and it has not acted on that */
    int refuses_cancel; /* PTHREAD_CANCEL_DISABLE */
    int cancels_anywhere; /* PTHREAD_CANCEL_ASYNCHRONOUS */
    uint64_t blocked_signals; /* sigmask.h: with fibers only */
    void *shell; /* carrier_fibers.c: what it runs on */
    void *result;
    void *(*start)(void *);
    void *argument;
};

#endif
