/* SPDX-License-Identifier: MIT
 *
 * whole_file.h - all bytes of a regular file.
 *
 * A folder, a device or a FIFO is refused, and not waited for.  Of a file that becomes shorter
 * while it is read there is what was read.  What fails sets errno, too: EISDIR or EINVAL for what
 * is not a file, EFBIG for one with more bytes than are allowed, else what the system says.
 */
#ifndef SW_WHOLE_FILE_H
#define SW_WHOLE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "error.h"

/* Its bytes, with a NUL behind them that *size does not count; the caller's to free.  NULL: *e,
 * which borrows the path. */
char *sw_whole_file_read(const char *path, size_t most, size_t *size, struct sw_error *e);
/* The same from a descriptor that is at the start of its file. */
char *sw_whole_file_read_from(int fd, const char *path, size_t most, size_t *size,
                              struct sw_error *e);

/* For who takes a file piece by piece: a descriptor, or -1 with *e. */
int sw_whole_file_open(const char *path, struct sw_error *e);
/* The next bytes: size of them, or what is left.  -1 with *e. */
ssize_t sw_whole_file_next(int fd, char *bytes, size_t size, const char *path, struct sw_error *e);

#endif
