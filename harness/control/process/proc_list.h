/* SPDX-License-Identifier: MIT
 *
 * proc_list.h - the lists of numbers in /proc: descriptors, threads, children.
 *
 * By system calls and on the stack alone, so that a schedule can be looked at while it stands.
 */
#ifndef SW_PROC_LIST_H
#define SW_PROC_LIST_H

/* Takes one number of the list.  Not 0 ends it. */
typedef int sw_proc_list_each(long number, void *context);

/* The entries of a folder like /proc/self/fd that are numbers, without the descriptor that it is
 * read by.  0; what each() has returned that ended it; -1: the folder cannot be read. */
int sw_proc_list_folder(const char *folder, sw_proc_list_each *each, void *context);
/* The children that the first thread of a process has; those beyond the first 500 or so are left
 * out.  As above, but an end of the process is an empty list. */
int sw_proc_list_children(long pid, sw_proc_list_each *each, void *context);

#endif
