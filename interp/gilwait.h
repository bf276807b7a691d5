/* SPDX-License-Identifier: MIT
 *
 * gilwait.h - the interpreter's waits for the GIL come past atomic.c.
 *
 *   gilwait_wrap.c           slpython: the linker leads the calls to us
 *   extension/gilwait_got.c  the extension module: when the first tasklet becomes
 *                            atomic, the interpreter's table of the C library's
 *                            functions gets another entry, for good
 */
#ifndef SLP_GILWAIT_H
#define SLP_GILWAIT_H

#include <pthread.h>
#include <time.h>

typedef int slp_gilwait_function(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

/* Makes it so, if it is not yet.  Needs the GIL.  Where that is impossible nothing
 * is changed: then atomic has no effect on other threads. */
void slp_gilwait_install(void);

/* atomic.c: real(cond, mutex, deadline), begun again as long as it waits for the
 * GIL, its time is up, and who holds the GIL is atomic. */
int slp_atomic_wait(slp_gilwait_function *real, pthread_cond_t *cond, pthread_mutex_t *mutex,
                    const struct timespec *deadline);

#endif
