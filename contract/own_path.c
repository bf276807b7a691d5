/* SPDX-License-Identifier: MIT */
#include "own_path.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *sw_own_path_find(int up, const char *name)
{
    char folder[PATH_MAX], *path;
    /* The kernel has resolved links already, so each stroke is a real folder. */
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);

    if (length <= 0)
        return NULL;
    folder[length] = '\0';
    /* The first round cuts off the program's own name. */
    for (int i = 0; i <= up; i++) {
        char *slash = strrchr(folder, '/');
        if (slash == NULL)
            return NULL;
        *slash = '\0';
    }
    return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}
