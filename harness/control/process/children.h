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
 *
 * A child of a fork may wait for ever, and says so itself (forked.h).  Who waits for nothing but the
 * end of such children, or for what they would have to send, waits in vain: that is decided by what
 * all of them say, and by no clock.  Not if some other process may bring it about: one that runs, a
 * program that was started, somebody behind a real socket.
 */
#ifndef SW_CHILDREN_H
#define SW_CHILDREN_H

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

void sw_children_add(pid_t pid);
/* Does any of them run, or a process that it has started?  As the kernel says: not one that
 * waits. */
int sw_children_run(void);
/* In the child of a fork: these are its siblings. */
void sw_children_forget_all(void);
/* In the loop of schedules: what the last one has started has no number in this one. */
void sw_children_restart(void);
/* A process has been started that is not known here. */
void sw_children_saw_stranger(void);
/* A SIGCHLD has come, so that whoever asks now is to hear of all that have ended.  A signal's handler
 * calls it. */
void sw_children_end_was_told(void);
/* A signal has been sent to it; 0 or less: to several, as kill() means it. */
void sw_children_signalled(pid_t pid);

/* Will none of these descriptors ever be ready, since children wait for ever? */
int sw_children_hopeless(const struct pollfd *fds, nfds_t count);
/* "waits for the end of child 2", if the descriptor is a child's; 0: it is none. */
int sw_children_describe(int fd, char *buf, size_t size);
/* Prints a line for each child that waits for ever; and their stacks. */
void sw_children_print(void);
void sw_children_print_stacks(void);
/* "child 1 waits for lock#3, ...: nobody will release it"; "" if no child waits so.  Returns buf. */
char *sw_children_story(char *buf, size_t size);

#endif
