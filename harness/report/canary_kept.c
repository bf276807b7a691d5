/* SPDX-License-Identifier: MIT */
#include "canary_kept.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/formats/files/atomic_files.h"

#define FORMAT "spillway canary 1: %d %d %d %d whole\n"
enum { TEXT_MAX = 128 };

/* 0, or -1: no folder is named. */
static int path_of(const char *name, char path[static PATH_MAX])
{
    const char *folder = getenv("SPILLWAY_KNOWN");

    if (folder == NULL || *folder == '\0')
        return -1;
    int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return length < PATH_MAX ? 0 : -1;
}

/* The length, or -1. */
static ssize_t read_own(const char *path, char text[static TEXT_MAX])
{
    struct stat status;
    ssize_t length = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid())
        length = read(fd, text, TEXT_MAX - 1);
    close(fd);
    if (length >= 0)
        text[length] = '\0';
    return length;
}

int sw_canary_kept_find(const char *name, struct sw_canary *out)
{
    char path[PATH_MAX], text[TEXT_MAX];
    int grain, end = 0;
    struct sw_canary found = {.controlled = 1};

    if (path_of(name, path) < 0)
        return 0;
    ssize_t length = read_own(path, text);
    if (length < 0 || sscanf(text, FORMAT "%n", &grain, &found.runs, &found.race_tries,
                             &found.deadlock_tries, &end) != 4)
        return 0;
    if (end != length || grain < 0 || grain >= SW_CANARY_COUNT)
        return 0;
    found.grain = (enum sw_canary_grain)grain;
    *out = found;
    return 1;
}

void sw_canary_kept_add(const char *name, const struct sw_canary *canary)
{
    char path[PATH_MAX], text[TEXT_MAX];
    struct sw_error e;

    if (!canary->controlled || path_of(name, path) < 0)
        return;
    int length = snprintf(text, sizeof text, FORMAT, (int)canary->grain, canary->runs,
                          canary->race_tries, canary->deadlock_tries);
    sw_atomic_files_write(path, text, (size_t)length, &e);
}
