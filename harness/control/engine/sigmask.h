/* SPDX-License-Identifier: MIT
 *
 * sigmask.h - which signals a thread blocks, where the kernel knows of one thread only.
 *
 * With fibers the kernel knows one mask, the carrier's.  As long as no thread
 * has changed its own mask all are equal, and a switch costs nothing.
 */
#ifndef SW_SIGMASK_H
#define SW_SIGMASK_H

struct sw_thread;

/* A new thread blocks what its creator blocks. */
void sw_sigmask_inherit(struct sw_thread *thread, const struct sw_thread *creator);
/* The carrier goes from one to the other. */
void sw_sigmask_switch(const struct sw_thread *from, const struct sw_thread *to);

#endif
