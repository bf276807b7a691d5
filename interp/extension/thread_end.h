/* SPDX-License-Identifier: MIT
 *
 * thread_end.h - the end of threads that may never have used a tasklet.
 */
#ifndef SLP_THREAD_END_H
#define SLP_THREAD_END_H

/* From now on such an end wakes who would wait for ever.  Where that is impossible
 * nothing is changed: then one who waits finds it out at the next end of a thread
 * that did use tasklets. */
void slp_thread_end_watch(void);

#endif
