/* SPDX-License-Identifier: MIT
 *
 * file_locks.h - locks on files, of which the kernel does not tell when they are free.
 *
 * Who has to wait tries again and again (sw_readiness_try_later()).  A lock that is
 * still held when no thread of ours can run is another process's, or a
 * deadlock: that is reported.
 */
#ifndef SW_FILE_LOCKS_H
#define SW_FILE_LOCKS_H

/* fcntl() with F_SETLKW or F_OFD_SETLKW. */
int sw_file_locks_wait(int fd, int command, void *lock);

#endif
