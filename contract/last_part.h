/* SPDX-License-Identifier: MIT
 *
 * last_part.h - the last part of a path, without its folders.
 */
#ifndef SW_LAST_PART_H
#define SW_LAST_PART_H

#include <string.h>

/* Within path; all of it if it has no folder. */
static inline const char *sw_last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

#endif
