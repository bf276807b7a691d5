/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/last_part.h"
#include "contract/own_path.h"

/* The one of FILE.py::NAME; a name in front of ".py" makes it a file's. */
const char *sw_target_separator(const char *path)
{
    const char *found = strstr(path, ".py::");

    return found != NULL && found > path && found[-1] != '/' ? found + 3 : NULL;
}

int sw_target_is_test(const char *path)
{
    const char *separator = sw_target_separator(path);

    return separator != NULL && strcmp(separator, "::" SW_TARGET_WHOLE) != 0;
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

/* Would pytest collect a file of that name? */
static int is_tests_name(const char *name)
{
    return (strncmp(name, "test_", 5) == 0 && ends_with(name, ".py")) ||
           ends_with(name, "_test.py");
}

static int look(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    const char *name = path + place->base;

    (void)status;
    if (kind != FTW_F)
        return 0;
    below.scenarios += ends_with(name, ".spec");
    below.tests += is_tests_name(name);
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

const char *sw_target_folder_refusal(const char *path)
{
    if (sw_target_is_folder(path))
        return NULL;
    return below.tests > 0
               ? "in this folder are scenarios beside the tests; name a folder or a file of tests"
               : "no test_*.py and no *_test.py in this folder";
}

int sw_target_is_sched_or_schedz(const char *path)
{
    return ends_with(path, ".sched") || ends_with(path, ".schedz");
}

/* "test_x", "TestY::test_x[1]": by the name that a function has, and a class has not. */
int sw_target_may_be_many(const char *path)
{
    const char *separator = sw_target_separator(path), *last = separator, *next;

    if (separator == NULL)
        return sw_target_is_folder(path);
    while ((next = strstr(last + 2, "::")) != NULL && strchr(separator, '[') == NULL)
        last = next;
    return strncmp(last + 2, "test", 4) != 0 && strcmp(last + 2, SW_TARGET_WHOLE) != 0;
}

/* ---- files of tests ---- */

/* def test_x, async def test_x, also of a class. */
static int defines_test(const char *line)
{
    line += strspn(line, " \t");
    if (strncmp(line, "async ", 6) == 0)
        line += 6;
    return strncmp(line, "def test", 8) == 0;
}

/* A script may have such a name, too, and then has no tests. */
int sw_target_is_file_of_tests(const char *path)
{
    FILE *in = is_tests_name(sw_last_part(path)) ? fopen(path, "re") : NULL;
    char *line = NULL;
    size_t room = 0;
    int has = 0;

    while (in != NULL && !has && getline(&line, &room, in) > 0)
        has = defines_test(line);
    free(line);
    if (in != NULL)
        fclose(in);
    return has;
}

int sw_target_name_tests(char **list, int count)
{
    for (int i = 0; i < count; i++)
        if (!sw_target_is(list[i]) && !sw_target_is_file_of_tests(list[i]) &&
            !sw_target_is_folder(list[i]))
            return 0;
    for (int i = 0; i < count; i++) {
        char *named;
        if (!sw_target_is_file_of_tests(list[i]))
            continue;
        if (asprintf(&named, "%s::", list[i]) < 0)
            return -1;
        list[i] = named; /* for the life of the process */
    }
    return 0;
}

/* ---- the starter ---- */

char *sw_target_find_starter(void)
{
    char *path = sw_own_path_find(1, "lib/spillway_starter.py");

    if (path != NULL && access(path, R_OK) == 0)
        return path;
    free(path);
    fputs("spillway: no spillway_starter.py in the lib folder beside spillway's\n", stderr);
    return NULL;
}
