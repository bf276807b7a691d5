/* SPDX-License-Identifier: MIT
 *
 * sem_named.h - semaphores with a name: multiprocessing's locks, which its ThreadPool has, too.
 *
 * One that the program has just made (O_CREAT and O_EXCL) is its own, and a semaphore like any
 * other, until it forks.  From then on, and where it was opened in another way, another process may
 * post it: it is reported, and nobody decides who waits for it.
 *
 * In the kernel its name has that of the folder for temporary files behind it
 * (harness/runner/temp_folder.h), so that two processes with equal random bytes do not take each
 * other's; and what a killed run has left is not in the way.  Whoever could look for the name is
 * made by a fork, before which it gets the name that the program knows, too.
 */
#ifndef SW_SEM_NAMED_H
#define SW_SEM_NAMED_H

/* Before a fork, and after it in the parent. */
void sw_sem_named_before_fork(void);
void sw_sem_named_after_fork(void);

#endif
