/* SPDX-License-Identifier: MIT
 *
 * readiness.h - when a descriptor is ready, as the program is to see it.
 *
 * INSIDE descriptors (fds.h) become ready by what this process's threads do, so
 * the kernel is simply asked.  Whether an OUTSIDE one is ready differs from run
 * to run: nothing of it may reach the program, or the engine, but through a
 * LOOK.  A look takes one number of the decisions' for each thread and
 * descriptor that it finds ready, and one for its own end:
 *
 *      index 40   READY T3+1      T3 waits, and the second of its descriptors is
 *      index 41   READY T4        ready; so is the first of T4's
 *      index 42   the end
 *
 * These READYs are deviations: a schedule lists them, "ready T3+1 of T3+1".  A
 * replay's look at 40 waits until that descriptor really is ready, however long
 * it takes, and sees no other.  Looks are at steps that depend on decisions
 * only: when a thread is about to wait for something outside or asks whether it
 * is ready; and while one waits, after each I/O of others, at every
 * LOOK_EVERY-th choice of who runs, and when nobody can run.
 *
 * How much a read gets that asked for more is recorded as well, as BYTES: a
 * child that writes a line in two pieces is heard in as many in a replay.  That
 * takes one number for each read.  settle.h keeps a recording's own from depending
 * on how fast a child is.
 *
 * When nobody can run but time could go on, a look gives the outside some real
 * time first, as long as a thread waits for it or has asked whether a child
 * lives: seconds in all, until something comes from there again.
 */
#ifndef SW_READINESS_H
#define SW_READINESS_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

struct sw_thread;

/* Which of the descriptors are ready, at once: fills in revents.  Their number. */
int sw_readiness_observe(struct pollfd *fds, nfds_t count);
/* The calling thread waits until one is, or for the deadline (virtual; 0: none),
 * with revents filled in.  How many are; 0: the deadline has passed; -1 and EINTR:
 * a signal has come. */
int sw_readiness_wait(struct pollfd *fds, nfds_t count, uint64_t deadline_ns);

/* The same, but it may come back with none: sw_readiness_wake() has been called for
 * these fds; and -1 and ETIMEDOUT if the deadline has passed. */
int sw_readiness_wait_once(struct pollfd *fds, nfds_t count, uint64_t deadline_ns);
void sw_readiness_wake(const struct pollfd *fds);
/* The calling thread waits for a signal, whatever it is: returns after one. */
void sw_readiness_pause(void);

/* An I/O operation has been done: some descriptor may have become ready. */
void sw_readiness_io_done(void);
/* Something has come from outside that may let somebody run.  A signal's handler calls it. */
void sw_readiness_interrupt(void);

/* Around a read of that size from an OUTSIDE stream that is ready: how much to ask
 * for, which a replay waits for; and how much there was. */
size_t sw_readiness_before_read(int fd, size_t size);
void sw_readiness_after_read(size_t size, ssize_t got);

/* For what cannot be polled (a lock on a file, say): the calling thread waits a
 * little; in real time too if nobody else could run meanwhile: then 1. */
int sw_readiness_try_later(void);

/* Something has been begun outside: a child, a connection. */
void sw_readiness_be_patient(void);
/* The calling thread has seen that the child lives, by its pidfd, and may come back to
 * ask again: virtual time must not run away meanwhile. */
void sw_readiness_expect(int pidfd);
/* It has ended, or nobody is interested any more. */
void sw_readiness_forget(int pidfd);
/* From now on look() is called before the kernel is asked, and the kernel is asked every few
 * milliseconds; NULL: no longer. */
void sw_readiness_look_first(void (*look)(void));
/* Who knows that nobody is left who could make any of these ready. */
void sw_readiness_give_up_when(int (*is_in_vain)(const struct pollfd *fds, nfds_t count));

/* ---- for idle.c ---- */

/* What a thread waits for: borrowed from its stack.  fds may be NULL. */
struct sw_readiness_fds {
    struct pollfd *fds;
    nfds_t count;
};

/* NULL: it does not wait for descriptors, or they have been found ready. */
const struct sw_readiness_fds *sw_readiness_wanted(const struct sw_thread *thread);
/* How many threads wait for descriptors, and how many for a signal only. */
uint32_t sw_readiness_waiting(void);
int sw_readiness_pausing(void);
/* Has an operation been done, or has something interrupted, since this was last asked? */
int sw_readiness_is_dirty(void);
int sw_readiness_was_interrupted(void);

int sw_readiness_is_outside(const struct pollfd *one);
/* poll() of the kernel's, which nothing but sw_readiness_interrupt() ends early. */
int sw_readiness_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
/* The same, which also ends when nobody is left who could make one of them ready. */
int sw_readiness_poll_or_give_up(struct pollfd *fds, nfds_t count, int timeout_ms);
/* In a replay: waits for one that was ready when it was recorded, and fills in revents. */
void sw_readiness_await(struct pollfd *one);
/* An OUTSIDE descriptor, the k-th of the thread's, is ready: takes a number of the decisions', and
 * tells the thread. */
void sw_readiness_announce(struct sw_thread *thread, struct pollfd *fds, nfds_t k, short revents);

/* How much real time the outside has left before virtual time goes on. */
int sw_readiness_patience(void);
void sw_readiness_lose_patience(int ms);
/* Does somebody ask again and again whether a child has ended?  Waits for one, if so. */
int sw_readiness_expects(void);
void sw_readiness_wait_for_expected(int timeout_ms);

#endif
