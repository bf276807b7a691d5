/* SPDX-License-Identifier: MIT
 *
 * thread_end.h - the end of threads that may never have used a tasklet.
 */
#ifndef SLP_THREAD_END_H
#define SLP_THREAD_END_H

/* From now on the end of such a thread wakes a thread that would wait for ever.  Where
 * that is impossible nothing changes: a thread that waits in vain finds that out when the
 * next thread ends that did use tasklets. */
void slp_thread_end_watch(void);

#endif
