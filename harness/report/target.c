/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* ---- folders ---- */

static struct {
    int tests, scenarios;
} below; /* of the walk under way */

static int ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);

    return length > wanted && strcmp(text + length - wanted, end) == 0;
}

static int look(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    const char *name = path + place->base;

    (void)status;
    if (kind != FTW_F)
        return 0;
    below.scenarios += ends_with(name, ".spec");
    below.tests +=
        (strncmp(name, "test_", 5) == 0 && ends_with(name, ".py")) || ends_with(name, "_test.py");
    return 0;
}

int sw_target_is_folder(const char *path)
{
    struct stat status;

    if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
        return 0;
    below.tests = below.scenarios = 0;
    nftw(path, look, 16, FTW_PHYS);
    return below.tests > 0 && below.scenarios == 0;
}

/* "test_x", "TestY::test_x[1]": by the name that a function has, and a class has not. */
int sw_target_may_be_many(const char *path)
{
    const char *separator = sw_target_separator(path), *last = separator, *next;

    if (separator == NULL)
        return sw_target_is_folder(path);
    while ((next = strstr(last + 2, "::")) != NULL && strchr(separator, '[') == NULL)
        last = next;
    return strncmp(last + 2, "test", 4) != 0 && strcmp(last + 2, "__main__") != 0;
}

/* ---- the starter ---- */

char *sw_target_find_starter(void)
{
    char *path = sw_own_path_find(1, "lib/spillway_starter.py");

    if (path != NULL && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}
