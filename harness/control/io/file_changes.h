/* SPDX-License-Identifier: MIT
 *
 * file_changes.h - notes which files the program changes, for file_times.h.
 *
 * Each leaves errno as it is, and does nothing where the process is not under control.
 */
#ifndef SW_FILE_CHANGES_H
#define SW_FILE_CHANGES_H

#include <stddef.h>
#include <sys/types.h>

/* What is behind the descriptor has been written to, if it is a regular file. */
void sw_file_changes_written(int fd);
/* The name has come to its folder, or gone from it. */
void sw_file_changes_renamed(int from, const char *path);
/* The file or folder of that name has just been made. */
void sw_file_changes_made(int from, const char *path);

/* Around open(): would it make the file?  And it has been opened. */
int sw_file_changes_would_make(int from, const char *path, int flags);
void sw_file_changes_opened(int fd, int from, const char *path, int flags, int made);

#endif
