/* SPDX-License-Identifier: MIT
 *
 * epoll.h - sets of descriptors: which are in them is known here too.
 *
 * A set whose members are all INSIDE is INSIDE itself, and the kernel's.  One
 * with a member that is OUTSIDE is looked at member by member (readiness.h), in the
 * order in which they were added; unless one is edge-triggered or one-shot, of
 * which only the kernel knows whether it is due: then the set as a whole is
 * OUTSIDE, and which members are ready is not recorded.
 */
#ifndef SW_EPOLL_H
#define SW_EPOLL_H

/* Another file is now behind the descriptor: the kernel has dropped it from all sets. */
void sw_epoll_again(int fd);
/* These are closed; that no duplicate is left is assumed. */
void sw_epoll_forget(unsigned first, unsigned last);

#endif
