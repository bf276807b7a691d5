/* SPDX-License-Identifier: MIT
 *
 * engine.h - the baton: which thread runs, and nothing else does.
 *
 * Of the process's threads exactly one, the current one, runs; the others sleep
 * on a futex word of their own.  Only the current thread touches any state of
 * the engine, so that none of it needs a lock.  A thread is LIVE from its
 * pthread_create() until it has begun its exit, which hands the baton on for
 * the last time; then EXITED until the next current thread has seen it gone
 * from the kernel and, when it is joinable, somebody has joined it.
 *
 * Objects are the real ones of the C library; the engine models who waits:
 *
 *      kind      waits for                               can run when
 *      NONE      nothing                                 always
 *      MUTEX     the mutex at address                    nobody holds it
 *      SEM       the semaphore at address                its value is not 0
 *      GIL       CPython's `locked` at address           it is 0
 *      WAKE      a condition, a barrier, ... at address  somebody has set woken
 *      JOIN      the thread at address                   it has EXITED
 *      IO        descriptors                             they were found ready
 *      SLEEP     its deadline                            that has passed
 *      REST      all others                              none of them can
 *
 * Time is virtual: it goes on a little with each look at a clock and each time
 * that somebody might run, and when nothing can it jumps to the earliest deadline.
 *
 * Everything here is called by the current thread only.
 */
#ifndef SW_ENGINE_H
#define SW_ENGINE_H

#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

#include "contract/control_shm.h"

enum sw_wait_kind {
    SW_WAIT_NONE,
    SW_WAIT_MUTEX,
    SW_WAIT_SEM,
    SW_WAIT_GIL,
    SW_WAIT_WAKE,
    SW_WAIT_JOIN,
    SW_WAIT_IO,
    SW_WAIT_SLEEP,
    SW_WAIT_REST,
};

struct sw_wait {
    enum sw_wait_kind kind;
    enum sw_place place;
    const void *address; /* of what it waits for; NULL: IO and SLEEP */
    pthread_mutex_t *mutex; /* WAKE on a condition: to be had again afterwards */
    uint64_t deadline_ns; /* virtual; 0: none */
    uint32_t object; /* ordinal; 0: none */
    int woken;
    int interrupted; /* by a signal (signals.h): the wait ends with EINTR */
    struct pollfd *fds; /* IO: borrowed from the waiting thread's stack */
    nfds_t fd_count;
};

enum sw_thread_state { SW_THREAD_FREE, SW_THREAD_LIVE, SW_THREAD_EXITED };

struct sw_thread {
    uint32_t go; /* carrier_threads.c: the futex word, 1 once it is the current thread */
    uint32_t ordinal;
    enum sw_thread_state state;
    struct sw_wait wait;
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

/* The calling thread if the engine controls it and it is the current one, else
 * NULL: then the caller passes the call on to the real function. */
struct sw_thread *sw_engine_self(void);

/* Takes control of the process, whose only thread is the calling one. */
void sw_engine_start(struct sw_control_shm *shm);
/* Lets go for good: in the child of a fork. */
void sw_engine_stop(void);

/* ---- decisions ---- */

/* Anything that can run may run now, the calling thread too. */
void sw_engine_point(enum sw_place place, uint32_t object);
/* The other thread that has waited longest runs, if one can; nobody is asked. */
void sw_engine_defer(void);
/* The calling thread waits.  Returns 0; if what it waits for has not come, EINTR
 * after a signal, or ETIMEDOUT when the deadline has passed. */
int sw_engine_block(const struct sw_wait *wait);
/* Whom to wake, of the threads that WAIT_WAKE at the address; all of them if
 * all is set.  A woken thread that has to have a mutex waits for that.  How many waited. */
uint32_t sw_engine_wake(const void *address, enum sw_place place, uint32_t object, int all);
/* Can any thread but the calling one run?  May: when time has gone on, at least. */
int sw_engine_others_can_run(void);
int sw_engine_others_may_run(void);
/* An I/O operation has been done: some descriptor may have become ready. */
void sw_readiness_io_done(void);

/* Is that to be done at a point of the interpreter?  NOTHING is the default. */
int sw_engine_act(unsigned place, enum sw_action action);
/* Has none or fewer than control_shm.h, fail_max, been told to FAIL? */
int sw_engine_may_fail(void);
/* Which of the moves, ascending, is next. */
uint32_t sw_engine_move(const uint32_t *moves, uint32_t count);
/* Returns when no other thread can run, nor will when time goes on. */
void sw_engine_rest(void);
/* Who answers from now on; instead of the control memory's strategy. */
void sw_engine_set_driver(struct sw_driver *driver);

/* ---- time ---- */

uint64_t sw_engine_now(void);
void sw_engine_tick(void);

/* ---- threads ---- */

/* A new LIVE thread, not yet able to run, or NULL when there are too many. */
struct sw_thread *sw_thread_table_add(void);
/* It is LIVE no more; it may be found still. */
void sw_thread_table_retire(struct sw_thread *thread);
void sw_thread_table_remove(struct sw_thread *thread);
/* The last that a thread does: hands the baton on, and does not wait. */
void sw_engine_leave(struct sw_thread *self);
struct sw_thread *sw_thread_table_find(pthread_t handle);
/* LIVE threads, ascending ordinals. */
uint32_t sw_thread_table_live(struct sw_thread *const **threads);

/* ---- the end ---- */

/* Ends the process: end and the line are the verdict. */
void sw_engine_end(enum sw_control_shm_end end, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
struct sw_control_shm *sw_engine_shm(void);
/* Notes something that nobody controls: see struct sw_uncontrolled. */
void sw_engine_uncontrolled(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
