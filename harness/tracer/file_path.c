/* SPDX-License-Identifier: MIT */
#include "file_path.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "touch.h"

/* Of libspillway.so, which is in the process already. */
extern uint64_t spillway_access_schedule(void);
extern int spillway_access_matters(void);

/* A file that was not there when it was to be opened: more of them than this are anything. */
enum { NEW_MAX = 32 };

static struct new_file {
    char path[PATH_MAX];
    uint64_t part;
} news[NEW_MAX];

static int new_count, has_opened;
static uint64_t known_in; /* the schedule; in another one there are none yet */

static char all_files; /* its address is their name */

const void *sw_file_path_all(void)
{
    return &all_files;
}

static void forget_others(void)
{
    if (known_in != spillway_access_schedule())
        new_count = has_opened = 0;
    known_in = spillway_access_schedule();
}

/* SplitMix64's finalizer; a part is never 0, which would be all of them. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) | 1;
}

static uint64_t number_of(const struct stat *status)
{
    return mix(mix(status->st_dev) + status->st_ino);
}

static int is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

uint64_t sw_file_path_of(const struct stat *status)
{
    struct stat other;

    forget_others();
    for (int i = 0; i < new_count; i++)
        if (stat(news[i].path, &other) == 0 && is_same(&other, status))
            return news[i].part;
    return number_of(status);
}

/* Of the folder, and the name in it.  0: there are too many. */
static uint64_t add_new(const char *path, const struct stat *folder, const char *name)
{
    uint64_t part = number_of(folder);

    for (const char *c = name; *c != '\0'; c++)
        part = mix(part + (unsigned char)*c);
    for (int i = 0; i < new_count; i++)
        if (news[i].part == part)
            return part;
    if (new_count == NEW_MAX)
        return 0;
    snprintf(news[new_count].path, sizeof news[new_count].path, "%s", path);
    news[new_count++].part = part;
    return part;
}

/* One that is not there, and whose folder is: a link to nothing makes what it names. */
static uint64_t of_new(const char *path)
{
    char real[PATH_MAX], folder[PATH_MAX];
    struct stat status;

    /* glibc leaves the path up to the first name that is not there. */
    if (realpath(path, real) != NULL || errno != ENOENT)
        return 0;
    const char *name = strrchr(real, '/');
    if (name == NULL || name[1] == '\0')
        return 0;
    snprintf(folder, sizeof folder, "%.*s", (int)(name - real) + 1, real);
    return stat(folder, &status) == 0 ? add_new(real, &status, name + 1) : 0;
}

void sw_file_path_open(const char *path, struct operation *operation)
{
    struct stat status;
    uint64_t part = 0;

    forget_others();
    if (stat(path, &status) == 0)
        part = S_ISREG(status.st_mode) ? sw_file_path_of(&status) : 0;
    else if (errno == ENOENT)
        part = of_new(path);
    has_opened |= spillway_access_matters();
    if (part == 0)
        sw_touch_anything(operation);
    else
        sw_touch_add(operation, SW_OP_WRITE, &all_files, part);
}

int sw_file_path_numbers_vary(void)
{
    forget_others();
    return has_opened;
}
