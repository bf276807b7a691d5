/* SPDX-License-Identifier: MIT */
#include "sched_paths.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/own_path.h"

/* What comes with spillway, and so is another file on another machine. */
static const char *const ours[] = {"lib/spillway_starter.py", "bin/slpython", "bin/slpython-lab"};
enum { OURS_COUNT = sizeof ours / sizeof *ours };

/* Where the file of that name is, without a folder; NULL: it is none of ours. */
static const char *below_prefix(const char *name)
{
    for (int i = 0; i < OURS_COUNT; i++)
        if (strcmp(strchr(ours[i], '/') + 1, name) == 0)
            return ours[i];
    return NULL;
}

/* The name alone does not tell: the user may have a slpython-lab of his own. */
const char *sw_sched_paths_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    char real[PATH_MAX], *own = NULL;

    if (below_prefix(name) != NULL)
        own = sw_own_path_find(1, below_prefix(name));
    int is_ours = own != NULL && realpath(path, real) != NULL && strcmp(own, real) == 0;
    free(own);
    return is_ours ? name : path;
}

/* In place of the name.  A file of that name in the folder that we are in goes first: then the
 * schedule was recorded with it.  0 or -1. */
static int find_ours(char **name)
{
    if (below_prefix(*name) == NULL || access(*name, F_OK) == 0)
        return 0;
    char *path = sw_own_path_find(1, below_prefix(*name));
    if (path == NULL)
        return -1;
    free(*name);
    *name = path;
    return 0;
}

char *sw_sched_paths_file(const struct sw_sched *sched, const char *name)
{
    char *path;

    if (sched->folder == NULL || *name == '/')
        return strdup(name);
    return asprintf(&path, "%s/%s", sched->folder, name) < 0 ? NULL : path;
}

/* The folder that the schedule is in; the caller's to free.  Of "/name" the stroke itself stays. */
static char *folder_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + (slash == path));
}

/* The file that tells where we are: the input if there is one, since the starter is ours. */
static int find_folder(const char *path, struct sw_sched *sched, struct sw_error *e)
{
    const char *name = sched->input != NULL ? sched->input : sched->program;

    if (*name == '/' || access(name, F_OK) == 0)
        return 0;
    sched->folder = folder_of_path(path);
    char *file = sched->folder != NULL ? sw_sched_paths_file(sched, name) : NULL;
    int found = file != NULL && access(file, F_OK) == 0;
    free(file);
    return found
               ? 0
               : sw_error_set(e, path, 0, 0, "there is no '%s', neither here nor beside it", name);
}

/* The program is ours only where it is the starter of tests, and then the test is the input. */
int sw_sched_paths(const char *path, struct sw_sched *sched, struct sw_error *e)
{
    if (find_ours(&sched->interp) < 0 || (sched->input != NULL && find_ours(&sched->program) < 0))
        return sw_error_set(e, path, 0, 0, "out of memory");
    return find_folder(path, sched, e);
}
