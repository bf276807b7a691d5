/* SPDX-License-Identifier: MIT */
#include "file_changes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "fds.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/file_times.h"
#include "shared_files.h"

/* Of the standard files the program is not told what they are. */
static int is_file(int fd, struct stat *status)
{
    return fd >= 0 && !sw_fds_is_standard(fd) && SW_REAL(fstat)(fd, status) == 0 &&
           S_ISREG(status->st_mode);
}

void sw_file_changes_written(int fd)
{
    struct stat status;
    int saved = errno;

    if (sw_engine_self() != NULL && is_file(fd, &status))
        sw_file_times_written(&status);
    errno = saved;
}

/* "a/b//" is in "a", and "b" in ".". */
static const char *find_folder(const char *path, char *folder, size_t size)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length == 0 || length >= size)
        return ".";
    memcpy(folder, path, length);
    folder[length] = '\0';
    return folder;
}

void sw_file_changes_renamed(int from, const char *path)
{
    char folder[PATH_MAX];
    struct stat status;
    int saved = errno;

    if (sw_engine_self() != NULL && path != NULL &&
        SW_REAL(fstatat)(from, find_folder(path, folder, sizeof folder), &status, 0) == 0)
        sw_file_times_written(&status);
    sw_shared_files_note(from, path);
    errno = saved;
}

void sw_file_changes_made(int from, const char *path)
{
    struct stat status;
    int saved = errno;

    if (sw_engine_self() != NULL && SW_REAL(fstatat)(from, path, &status, AT_SYMLINK_NOFOLLOW) == 0)
        sw_file_times_made(&status);
    errno = saved;
    sw_file_changes_renamed(from, path);
}

int sw_file_changes_would_make(int from, const char *path, int flags)
{
    int saved = errno;
    int would = sw_engine_self() != NULL && (flags & O_CREAT) != 0 &&
                SW_REAL(faccessat)(from, path, F_OK, 0) != 0 && errno == ENOENT;

    errno = saved;
    return would;
}

void sw_file_changes_opened(int fd, int from, const char *path, int flags, int made)
{
    struct stat status;
    int saved = errno;

    if (fd < 0 || sw_engine_self() == NULL)
        return;
    if ((flags & O_ACCMODE) != O_RDONLY)
        sw_shared_files_note(from, path);
    if (made && is_file(fd, &status))
        sw_file_times_made(&status);
    else if ((flags & O_TRUNC) != 0)
        sw_file_changes_written(fd);
    errno = saved;
    if (made)
        sw_file_changes_renamed(from, path);
}
