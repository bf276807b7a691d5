/* SPDX-License-Identifier: MIT
 *
 * scratch_folder.h - a folder of our own for what is not to stay: in TMPDIR, else in /tmp.
 */
#ifndef SW_SCRATCH_FOLDER_H
#define SW_SCRATCH_FOLDER_H

#include <limits.h>

#include "contract/error.h"

/* Makes one, whose name begins so.  0, or -1 with *e. */
int sw_scratch_folder_make(char path[PATH_MAX], const char *name, struct sw_error *e);
/* Takes away a folder, or a file, with all that is in it; as far as that can be. */
void sw_scratch_folder_remove(const char *path);

#endif
