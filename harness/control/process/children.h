/* SPDX-License-Identifier: MIT
 *
 * children.h - the processes that the program has started and not yet waited for.
 *
 * A child ends when it wants to: that is recorded like everything outside
 * (readiness.h).  Each child has a pidfd, which is OUTSIDE, at a number that the
 * program does not use.  Where there are no pidfds (valgrind has none), an
 * event counter stands in for one, and children.c looks whether the child has ended
 * each time before the kernel is asked.  Known are those of fork(), vfork(),
 * posix_spawn() and system(), not those of popen() or of a raw clone().
 */
#ifndef SW_CHILDREN_H
#define SW_CHILDREN_H

#include <sys/types.h>

void sw_children_add(pid_t pid);
/* In the child of a fork: these are its siblings. */
void sw_children_forget_all(void);

#endif
