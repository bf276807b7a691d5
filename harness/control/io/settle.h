/* SPDX-License-Identifier: MIT
 *
 * settle.h - what children do comes at steps of the program's that do not depend on how fast they
 * are.
 *
 * A child is not controlled.  When its output comes, and in how many pieces, is up to the kernel,
 * and each look that finds some is another schedule (readiness.h).  So a recording looks at a pipe
 * that children alone write to, or whether a child has ended, only when no thread can run, or when
 * the seed says so; and then it waits until the child has SETTLED: it has ended or closed its end,
 * the pipe is full, there is as much as is to be read, or nothing more comes because no process of
 * the child's runs.  A child that computes, writes and ends is so the same in every recording.
 *
 * It is not for a child that sleeps by the clock, answers to something else than this program, or
 * computes for long between two pieces: what comes when is recorded, as ever, and a
 * replay waits for that.  Every run with a child says that it is not controlled.
 */
#ifndef SW_SETTLE_H
#define SW_SETTLE_H

#include <poll.h>
#include <stddef.h>

/* Is it up to children alone? */
int sw_settle_is_childs(const struct pollfd *one);
/* At a look while threads can run: may it be seen that this one is ready?  Then it has settled. */
int sw_settle_may_see(const struct pollfd *one);
/* Waits until all of those that are children's have settled. */
void sw_settle_wait(const struct pollfd *fds, nfds_t count);
/* The same for a pipe from which so much is to be read. */
void sw_settle_wait_for_bytes(int fd, size_t size);
/* The program has been told that it is ready: it stays so until it is not. */
void sw_settle_was_seen(int fd);
void sw_settle_forget(int fd);

#endif
