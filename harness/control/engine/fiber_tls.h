/* SPDX-License-Identifier: MIT
 *
 * fiber_tls.h - a thread's own storage made as new, so that its shell can serve again.
 *
 * What the C library does at a thread's end, and the next thread on the same
 * stack and thread pointer must not see: destructors of thread-specific data
 * run (pthread_key_create()), all of it is NULL again, static thread-local
 * variables have their first values, errno, the locale and the cancelling
 * state too.  The C library's own thread-local variables (its cache of free
 * memory) stay as they are.
 *
 * Not made as new, so that such a thread's shell is not used again: destructors
 * of C++ thread_local objects (__cxa_thread_atexit_impl()), thread-local
 * variables of libraries that were loaded later than the program (their place
 * is not fixed), and a thread that ended by pthread_exit().
 */
#ifndef SW_FIBER_TLS_H
#define SW_FIBER_TLS_H

/* A mutex is robust: the kernel passes it on only when it sees its holder die. */
void sw_fiber_tls_saw_robust_mutex(void);
/* On the fiber itself, as the last that it does.  Returns 0 when that was not
 * enough, with a word why in *why. */
int sw_fiber_tls_renew(const char **why);

#endif
