/* SPDX-License-Identifier: MIT */
#include "scratch_folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DESCRIPTORS_MAX = 16 };

int sw_scratch_folder_make(char path[PATH_MAX], const char *name, struct sw_error *e)
{
    const char *given = getenv("TMPDIR");

    if (snprintf(path, PATH_MAX, "%s/%s.XXXXXX", given != NULL ? given : "/tmp", name) >= PATH_MAX)
        return sw_error_set(e, given, 0, 0, "its name is too long");
    return mkdtemp(path) != NULL ? 0 : sw_error_set(e, path, 0, 0, "%s", strerror(errno));
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

void sw_scratch_folder_remove(const char *path)
{
    nftw(path, remove_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS);
}
