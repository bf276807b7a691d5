/* SPDX-License-Identifier: MIT
 *
 * empty_folder.h - removes what is in a folder, and not the folder itself.
 *
 * As futex.h, it is told which syscall() to call.  It needs no memory but some KiB of stack, however
 * deep the folder is, and follows no link.  A folder in it that may not be written to is made
 * writable first.
 */
#ifndef SW_EMPTY_FOLDER_H
#define SW_EMPTY_FOLDER_H

#include <stddef.h>

typedef long sw_empty_folder_syscall(long number, ...);

/* Names that stay: each with its NUL, and an empty one behind them. */
enum { SW_EMPTY_FOLDER_KEPT = 4096 };

/* Writes the names of what is there.  0; or -1: there are too many, or it cannot be read. */
int sw_empty_folder_list(sw_empty_folder_syscall *call, int fd, char kept[SW_EMPTY_FOLDER_KEPT]);

/* fd: the folder, open to be read.  kept: names in it that stay; NULL: none.  0; or -1 with errno:
 * something could not be removed. */
int sw_empty_folder_remove(sw_empty_folder_syscall *call, int fd, const char *kept);

#endif
