/* SPDX-License-Identifier: MIT
 *
 * io.h - before and after an operation on a descriptor: never block with the baton in hand.
 *
 * A thread that would block waits where the engine sees it (readiness.h), for as
 * long as SO_RCVTIMEO or SO_SNDTIMEO allow, in virtual time.  An operation that
 * does not block on a descriptor that is ready or not by others' deeds looks
 * first, so that a replay sees the same.  Everything else passes straight on.
 */
#ifndef SW_IO_H
#define SW_IO_H

#include <sys/types.h>

/* Before an operation with these MSG_ flags: 0 go on, or -1 and EAGAIN or EINTR. */
int sw_io_before(int fd, short events, int flags);
/* After any that may have made another descriptor ready.  Returns the result. */
ssize_t sw_io_after(ssize_t result);
/* Would the operation block if the descriptor is not ready, and is this thread
 * under control? */
int sw_io_may_block(int fd, int flags);

#endif
