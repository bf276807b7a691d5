/* SPDX-License-Identifier: MIT
 *
 * signals.h - signals that the program sends to itself come at a decision; others are reported.
 *
 * kill() of one's own process, pthread_kill() and the timers of timers.h do not
 * go through the kernel's choice of a thread and a moment.  A signal for the
 * process goes to its first thread if that waits for a descriptor, a semaphore
 * or a time: the wait ends with EINTR, and the handler runs when the thread
 * does.  Otherwise to the calling thread, at once.  One for a thread waits until
 * that runs.  What every thread blocks is left to the kernel, for sigwait().
 *
 * A signal from outside comes at any time: it is reported, and ends the first
 * thread's wait as above.
 */
#ifndef SW_SIGNALS_H
#define SW_SIGNALS_H

struct sw_thread;

/* To the process.  From the engine too, at a choice of who runs. */
void sw_signals_send(int number);
/* The calling thread runs again: runs the handlers of what was sent to it. */
void sw_signals_arrive(void);
/* A new thread is in the place of another, to which something may have been sent. */
void sw_signals_forget(const struct sw_thread *thread);

#endif
