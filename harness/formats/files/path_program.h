/* SPDX-License-Identifier: MIT
 *
 * path_program.h - a program by its name, in the folders of PATH.
 */
#ifndef SW_PATH_PROGRAM_H
#define SW_PATH_PROGRAM_H

#include <stddef.h>

/* The nth of that name, from 0 on: 1, with its path; 0: there are not so many, or its path does not
 * fit.  A folder without a name is passed over. */
int sw_path_program_find(const char *name, int nth, char *path, size_t size);

#endif
