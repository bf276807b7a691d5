/* SPDX-License-Identifier: MIT
 *
 * atomic_files.h - files that several processes share, and that must survive being killed at any
 * moment.
 */
#ifndef SW_ATOMIC_FILES_H
#define SW_ATOMIC_FILES_H

#include <stddef.h>

#include "contract/error.h"

/* Each 0, or -1 with *e. */

/* Whole, or as it was: to a name of its own first, which then takes the place of the old one. */
int sw_atomic_files_write(const char *path, const void *bytes, size_t size, struct sw_error *e);
/* The same, but what is there stays there.  1: there was something. */
int sw_atomic_files_write_new(const char *path, const void *bytes, size_t size, struct sw_error *e);
/* A whole file; *bytes is the caller's to free, also of an error, and has a NUL behind its end. */
int sw_atomic_files_read(const char *path, char **bytes, size_t *size, struct sw_error *e);
/* A folder and those above it; one that is there is right. */
int sw_atomic_files_make_folder(const char *path, struct sw_error *e);
/* Before hours of work: a file of that name could be written.  NULL: none is wanted. */
int sw_atomic_files_check_output(const char *path, struct sw_error *e);

#endif
