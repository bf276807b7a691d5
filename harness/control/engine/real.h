/* SPDX-License-Identifier: MIT
 *
 * real.h - the C library's own functions, behind those that this library puts in front.
 *
 * SW_REAL(name) may be called at any time, even before this library's
 * constructor: other libraries' constructors lock mutexes too.
 */
#ifndef SW_REAL_H
#define SW_REAL_H

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "real_io.h"

#define SW_EXPORT __attribute__((visibility("default")))

#define SW_REALS(X) \
    X(pthread_create) X(pthread_join) X(pthread_detach) X(pthread_exit) \
    X(pthread_tryjoin_np) X(pthread_timedjoin_np) X(pthread_clockjoin_np) X(pthread_cancel) X(pthread_setcanceltype) \
    X(pthread_setcancelstate) X(pthread_testcancel) \
    X(pthread_sigqueue) X(sem_open) X(sem_close) X(sem_unlink) X(clone) \
    X(pthread_mutex_init) X(pthread_mutex_destroy) X(pthread_mutex_lock) \
    X(pthread_mutex_trylock) X(pthread_mutex_timedlock) X(pthread_mutex_clocklock) \
    X(pthread_mutex_unlock) \
    X(pthread_cond_init) X(pthread_cond_destroy) X(pthread_cond_wait) X(pthread_cond_timedwait) \
    X(pthread_cond_clockwait) X(pthread_cond_signal) X(pthread_cond_broadcast) \
    X(sem_init) X(sem_destroy) X(sem_wait) X(sem_trywait) X(sem_timedwait) X(sem_clockwait) \
    X(sem_post) X(sem_getvalue) \
    X(pthread_rwlock_init) X(pthread_rwlock_destroy) X(pthread_rwlock_rdlock) \
    X(pthread_rwlock_tryrdlock) X(pthread_rwlock_timedrdlock) X(pthread_rwlock_wrlock) \
    X(pthread_rwlock_trywrlock) X(pthread_rwlock_timedwrlock) X(pthread_rwlock_unlock) \
    X(pthread_rwlock_clockrdlock) X(pthread_rwlock_clockwrlock) \
    X(pthread_barrier_init) X(pthread_barrier_destroy) X(pthread_barrier_wait) \
    X(pthread_once) X(pthread_key_create) X(pthread_key_delete) \
    X(pthread_spin_init) X(pthread_spin_destroy) X(pthread_spin_lock) X(pthread_spin_trylock) \
    X(pthread_spin_unlock) \
    X(pthread_sigmask) X(sched_yield) X(sched_getaffinity) X(sched_setaffinity) \
    X(pthread_getaffinity_np) X(pthread_setaffinity_np) X(clock_gettime) X(gettimeofday) X(time) X(clock) \
    X(nanosleep) \
    X(clock_nanosleep) X(usleep) X(sleep) \
    X(mmap) X(munmap) X(_exit) X(gettid) X(syscall) X(dlopen) X(dlclose) SW_REALS_IO(X)

struct sw_real {
    int resolved;
#define SW_REAL_MEMBER(name) __typeof__(&name) name;
    SW_REALS(SW_REAL_MEMBER)
#undef SW_REAL_MEMBER
};

extern struct sw_real sw_real;

void sw_real_resolve(void);

#define SW_REAL(name) ((sw_real.resolved ? (void)0 : sw_real_resolve()), sw_real.name)

#endif
