/* SPDX-License-Identifier: MIT
 *
 * gil.h - CPython's global interpreter lock, recognised without debug information.
 *
 * CPython initialises mutex, switch_mutex, cond, switch_cond, in this order, in
 * one struct whose layout has not changed since 3.2:
 *
 *      last_holder  cond - 24        mutex         cond + 48
 *      locked       cond - 16        switch_cond   cond + 88
 *      switch_number  cond - 8       switch_mutex  cond + 136
 *
 * Up to 3.6 the four are variables of one source file instead, close to each other,
 * and whether it is locked follows from which of the two is signalled.
 *
 * To pass the GIL on takes a dozen operations on these, and only one of them is a
 * decision: the unlock of the mutex after locked was set to 0.  A waiter can run
 * while locked is 0.  Signals on cond do nothing, and a wait on switch_cond
 * (forced switching) returns at once.
 *
 * Arming: in CPython a waiter whose time is up sets a request, and the holder
 * drops the GIL at its next check of the eval breaker.  Which words of memory
 * that request is, is learnt once: the first wait times out, and the memory
 * before and after is compared.  The engine sets these words whenever the GIL has
 * been taken and another thread can run.  So every check of the eval breaker
 * becomes a decision.
 *
 * Python 2's GIL is a semaphore (gil_py2.c): the first one that is taken after the
 * GIL exists.  It is released whenever _Py_Ticker has counted down.  Arming sets it
 * to 0, so that nearly every instruction of Python is a decision.
 */
#ifndef SW_GIL_H
#define SW_GIL_H

#include <pthread.h>
#include <semaphore.h>

struct sw_thread;

/* What was initialised, in order. */
void sw_gil_saw_mutex(const pthread_mutex_t *mutex);
void sw_gil_saw_cond(const pthread_cond_t *cond);

/* Each returns 1 if the object is of a GIL, and then it has done all of the
 * operation; of an unlock, what follows the real one. */
int sw_gil_unlocked(const pthread_mutex_t *mutex);
int sw_gil_wait(const pthread_cond_t *cond, pthread_mutex_t *mutex, int *result);
int sw_gil_signal(const pthread_cond_t *cond);

/* Of a semaphore: it has been taken; it is to be given back.  The latter: 1 if it is a GIL. */
void sw_gil_py2_took(const sem_t *sem);
int sw_gil_py2_drops(const sem_t *sem);
int sw_gil_py2_is_mine(void);
void sw_gil_py2_arm(void);

/* PyPy's (gil_pypy.c): what was initialised. */
void sw_gil_pypy_saw_mutex(const pthread_mutex_t *mutex);
void sw_gil_pypy_saw_cond(const pthread_cond_t *cond);
/* What follows the operation, if the object is one of PyPy's own: then 1.  A signal to its
 * condition gives the GIL up, which is a decision; what is done to its mutexes is none. */
int sw_gil_pypy_unlocked(const pthread_mutex_t *mutex);
int sw_gil_pypy_signalled(const pthread_cond_t *cond);
/* Another thread may have become able to run.  1: the instructions of PyPy's are decisions,
 * so that the release of a lock need not be one. */
int sw_gil_pypy_arm(void);

/* Does the calling thread hold it?  Then a release of something else is no
 * decision: the thread that is released could not run Python yet. */
int sw_gil_is_mine(void);
/* The thread state that holds it, or held it last; NULL where nobody knows. */
void *sw_gil_holder_state(void);
/* Another thread has become able to run: the next check is a decision. */
void sw_gil_arm(void);

#endif
