/* SPDX-License-Identifier: MIT
 *
 * owed.h - what a replay has written to a child that has not taken it yet.
 *
 * A child reads as fast as it likes.  One that was slow while it was recorded found much at once and
 * held it; the same child, faster in the replay, took a little, passed that on, and now waits until
 * its own output is read.  So there may be no room where the recording had found some, and nobody
 * left who would make any: the program reads only after it has written.
 *
 * A replay then believes the recording.  The program is told that there is room; what it writes is
 * kept here, in its order, and paid whenever the kernel is asked for anything.  The program may
 * close its end meanwhile: the child sees the end of the stream behind the last byte.
 */
#ifndef SW_OWED_H
#define SW_OWED_H

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

/* Did the program make it itself, and has another process the other end? How much goes in there now
 * is up to that one. */
int sw_owed_is_to_a_child(int fd);
/* Who knows whether a process of the children's runs. */
void sw_owed_while(int (*some_run)(void));
/* A descriptor of which the recording says that it was ready: waits until it is, or until it can be
 * taken to be: there is nobody left who would make room.  Fills in revents.  0: it is not one to
 * write to a child with, and nothing was done. */
int sw_owed_await(struct pollfd *one);
/* There is no room, but it has been taken to be there, and nobody has used it yet. */
int sw_owed_is_promised(const struct pollfd *one);
/* write(), to be called when there is room or it was taken to be. */
ssize_t sw_owed_write(int fd, const void *buf, size_t size);
/* Pays as much as can be without waiting. */
void sw_owed_pay(void);
/* Is anything owed? Whoever waits has to pay meanwhile. */
int sw_owed_any(void);
/* The program ends: waits until all is paid, or nobody is left who would take it. */
void sw_owed_settle(void);
/* In the child of a fork: its parent pays. */
void sw_owed_forget(void);

#endif
