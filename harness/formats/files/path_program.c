/* SPDX-License-Identifier: MIT */
#include "path_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int sw_path_program_find(const char *name, int nth, char *path, size_t size)
{
    const char *at = getenv("PATH");

    for (; at != NULL && *at != '\0'; at += *at == ':') {
        int length = (int)strcspn(at, ":");
        int written = snprintf(path, size, "%.*s/%s", length, at, name);
        at += length;
        if (length > 0 && written < (int)size && access(path, X_OK) == 0 && nth-- == 0)
            return 1;
    }
    return 0;
}
