/* SPDX-License-Identifier: MIT
 *
 * atomic_files.h - writes files that several processes share, so that each is whole at any moment,
 * even if its writer is killed.
 */
#ifndef SW_ATOMIC_FILES_H
#define SW_ATOMIC_FILES_H

#include <stddef.h>

#include "contract/error.h"

/* Each 0, or -1 with *e. */

/* Writes all of it, or nothing.  The bytes go to a temporary file first, which then replaces the
 * old one. */
int sw_atomic_files_write(const char *path, const void *bytes, size_t size, struct sw_error *e);
/* The same, but a file that is there already stays as it is.  1: there was one. */
int sw_atomic_files_write_new(const char *path, const void *bytes, size_t size, struct sw_error *e);
/* Makes a folder, and those above it.  It may be there already. */
int sw_atomic_files_make_folder(const char *path, struct sw_error *e);
/* Before hours of work: could a file of that name be written?  path may be NULL: none is wanted. */
int sw_atomic_files_check_output(const char *path, struct sw_error *e);

#endif
