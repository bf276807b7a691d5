/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/own_path.h"

/* The one of FILE.py::NAME; a name in front of ".py" makes it a file's. */
const char *sw_target_separator(const char *path)
{
    const char *found = strstr(path, ".py::");

    return found != NULL && found > path && found[-1] != '/' ? found + 3 : NULL;
}

int sw_target_is_sched(const char *path)
{
    size_t length = strlen(path);

    return length > 6 && strcmp(path + length - 6, ".sched") == 0;
}

int sw_target_is(const char *path)
{
    return sw_target_separator(path) != NULL || sw_target_is_sched(path);
}

char *sw_target_find_starter(void)
{
    char *path = sw_own_path_find(1, "lib/spillway_starter.py");

    if (path != NULL && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}
