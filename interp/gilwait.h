/* SPDX-License-Identifier: MIT
 *
 * gilwait.h - the interpreter's waits for the GIL come past atomic.c.
 *
 * One interface with two implementations; both have the prefix of this header.
 *   program/gilwait_wrap.c   slpython: the linker sends the calls to us
 *   extension/gilwait_got.c  the extension module: when the first tasklet becomes
 *                            atomic, the interpreter's entry for the C library's
 *                            function is replaced, for good
 */
#ifndef SLP_GILWAIT_H
#define SLP_GILWAIT_H

#include <pthread.h>
#include <time.h>

typedef int slp_gilwait_function(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

/* From now on the waits come here.  Needs the GIL; may be called again.  Where it is
 * impossible nothing changes, and atomic has no effect on other threads. */
void slp_gilwait_install(void);

/* atomic.c: calls real(cond, mutex, deadline).  If that was a wait for the GIL, its
 * time is up, and the holder of the GIL is atomic, the wait begins again. */
int slp_atomic_wait(slp_gilwait_function *real, pthread_cond_t *cond, pthread_mutex_t *mutex,
                    const struct timespec *deadline);

#endif
