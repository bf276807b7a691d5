/* SPDX-License-Identifier: MIT
 *
 * io.h - before and after an operation on a descriptor: the current thread never blocks in the
 * kernel.
 *
 * A thread that would block waits in the engine (readiness.h), in virtual time, for as long as
 * SO_RCVTIMEO or SO_SNDTIMEO allow.  An operation that does not block looks first whether the
 * descriptor is ready, if that depends on other processes: so a replay sees the same.  Everything
 * else is passed on unchanged.
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
