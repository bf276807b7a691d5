/* SPDX-License-Identifier: MIT
 *
 * atomic_files.h - whatever is written to a file goes this way: whole, or not at all.
 *
 * The bytes go to a new file beside the old one; only when the system says that they are on the disk
 * does it take the old one's name.  Whoever reads meanwhile has the old file or the new one.  After a
 * full disk, a signal, or the end of the machine, the old one stands as it was.  SIGINT, SIGTERM and
 * SIGHUP wait until the new one has its name, so that none is left beside it.
 *
 * A symbolic link stays, and what it leads to is replaced.  A file keeps its permissions; one that
 * may not be written is not replaced, either.  What is no regular file (a terminal, a pipe,
 * /dev/null, /dev/stdout wherever it goes) is written to directly: there is nothing that could be
 * lost.
 *
 * Two files only grow instead, and say themselves how far they are whole: work_log.h and
 * schedz_records.h.
 */
#ifndef SW_ATOMIC_FILES_H
#define SW_ATOMIC_FILES_H

#include <stddef.h>

#include "contract/error.h"

/* Each 0, or -1 with *e, which borrows the path. */

/* Writes all of it, or nothing. */
int sw_atomic_files_write(const char *path, const void *bytes, size_t size, struct sw_error *e);
/* The same, but a file that is there already stays as it is.  1: there was one. */
int sw_atomic_files_write_new(const char *path, const void *bytes, size_t size, struct sw_error *e);
/* The last step alone: a file that is written already, in the same folder, takes the other's
 * name. */
int sw_atomic_files_rename(const char *from, const char *to, struct sw_error *e);
/* Makes a folder, and those above it.  It may be there already. */
int sw_atomic_files_make_folder(const char *path, struct sw_error *e);
/* Before hours of work: could a file of that name be written?  path may be NULL: none is wanted. */
int sw_atomic_files_check_output(const char *path, struct sw_error *e);
/* Refuses an output that is, by whatever name, a file that is read.  Either may be NULL. */
int sw_atomic_files_check_apart(const char *path, const char *read, struct sw_error *e);
/* So that a limit on the size of files (ulimit -f) is an error like a full disk, and not the end of
 * this process.  Programs that are started do not inherit it. */
void sw_atomic_files_take_signals(void);

#endif
