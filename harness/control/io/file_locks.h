/* SPDX-License-Identifier: MIT
 *
 * file_locks.h - locks on files: the kernel does not say when one becomes free.
 *
 * A thread that has to wait tries again and again (sw_readiness_try_later()).  If a lock is
 * still held when no thread of this process can run, then another process has it, or it is a
 * deadlock: that is reported.
 */
#ifndef SW_FILE_LOCKS_H
#define SW_FILE_LOCKS_H

/* fcntl() with F_SETLKW or F_OFD_SETLKW. */
int sw_file_locks_wait(int fd, int command, void *lock);

#endif
