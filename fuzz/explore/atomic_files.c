/* SPDX-License-Identifier: MIT */
#include "atomic_files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(const char *path, struct sw_error *e)
{
    return sw_error_set(e, path, 0, 0, "%s", strerror(errno));
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR)
            return -1;
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

/* Writes a temporary file in the same folder, since rename() and link() work within a file system.
 * name: of PATH_MAX; its path. */
static int write_beside(const char *path, const void *bytes, size_t size, char *name)
{
    if (snprintf(name, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return -1;
    /* fsync before the rename: else a crash of the machine may leave the new name with no bytes. */
    int failed = fchmod(fd, 0644) < 0 || write_all(fd, bytes, size) < 0 || fsync(fd) < 0;
    failed |= close(fd) < 0;
    if (failed)
        unlink(name);
    return failed ? -1 : 0;
}

int sw_atomic_files_write(const char *path, const void *bytes, size_t size, struct sw_error *e)
{
    char name[PATH_MAX];

    if (write_beside(path, bytes, size, name) < 0)
        return refuse(path, e);
    if (rename(name, path) < 0) {
        refuse(path, e);
        unlink(name);
        return -1;
    }
    return 0;
}

int sw_atomic_files_write_new(const char *path, const void *bytes, size_t size, struct sw_error *e)
{
    char name[PATH_MAX];

    if (write_beside(path, bytes, size, name) < 0)
        return refuse(path, e);
    /* link(), unlike rename(), refuses to replace: who comes first has written it. */
    int was_there = link(name, path) < 0;
    if (was_there && errno != EEXIST)
        refuse(path, e);
    int failed = was_there && errno != EEXIST;
    unlink(name);
    return failed ? -1 : was_there;
}

int sw_atomic_files_make_folder(const char *path, struct sw_error *e)
{
    char folder[PATH_MAX];
    struct stat status;

    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder) {
        errno = ENAMETOOLONG;
        return refuse(path, e);
    }
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0777); /* if that fails, the last one does, too, and says why */
        *slash = '/';
    }
    if (mkdir(folder, 0777) == 0)
        return 0;
    if (errno != EEXIST || stat(folder, &status) < 0)
        return refuse(path, e);
    return S_ISDIR(status.st_mode) ? 0 : sw_error_set(e, path, 0, 0, "it is no folder");
}

int sw_atomic_files_check_output(const char *path, struct sw_error *e)
{
    char folder[PATH_MAX]; /* dirname() writes into it */
    struct stat status;

    if (path == NULL)
        return 0;
    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return sw_error_set(e, path, 0, 0, "cannot be written: it is a folder");
        if (access(path, W_OK) == 0)
            return 0;
    } else if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder) {
        errno = ENAMETOOLONG;
    } else if (access(dirname(folder), W_OK | X_OK) == 0) {
        return 0;
    }
    return sw_error_set(e, path, 0, 0, "cannot be written: %s", strerror(errno));
}
