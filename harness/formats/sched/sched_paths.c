/* SPDX-License-Identifier: MIT */
#include "sched_paths.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STARTER "spillway_starter.py"

/* The folder above that of spillway itself, "build" of build/bin/spillway.  0 or -1. */
static int find_prefix(char prefix[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", prefix, PATH_MAX - 64);

    if (length <= 0)
        return -1;
    prefix[length] = '\0';
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(prefix, '/');
        if (slash == NULL)
            return -1;
        *slash = '\0';
    }
    return 0;
}

/* Where the file of that name, without a folder, is below the prefix; "": it is none of ours. */
static const char *folder_of(const char *name)
{
    if (strcmp(name, STARTER) == 0)
        return "lib";
    return strcmp(name, "slpython") == 0 || strcmp(name, "slpython-lab") == 0 ? "bin" : "";
}

const char *sw_sched_paths_name(const char *path)
{
    char prefix[PATH_MAX], ours[PATH_MAX + 64], real[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;

    if (*folder_of(name) == '\0' || find_prefix(prefix) < 0 || realpath(path, real) == NULL)
        return path;
    snprintf(ours, sizeof ours, "%s/%s/%s", prefix, folder_of(name), name);
    return strcmp(ours, real) == 0 ? name : path;
}

/* In place of the name.  0 or -1. */
static int find_ours(char **name)
{
    char prefix[PATH_MAX], *path;

    if (strchr(*name, '/') != NULL || *folder_of(*name) == '\0' || access(*name, F_OK) == 0)
        return 0;
    if (find_prefix(prefix) < 0 || asprintf(&path, "%s/%s/%s", prefix, folder_of(*name), *name) < 0)
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

/* The folder that the schedule is in; the caller's to free. */
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

int sw_sched_paths(const char *path, struct sw_sched *sched, struct sw_error *e)
{
    if (find_ours(&sched->interp) < 0 || (sched->input != NULL && find_ours(&sched->program) < 0))
        return sw_error_set(e, path, 0, 0, "out of memory");
    return find_folder(path, sched, e);
}
