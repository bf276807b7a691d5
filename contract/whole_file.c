/* SPDX-License-Identifier: MIT */
#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(const char *path, int error, struct sw_error *e)
{
    sw_error_set(e, path, 0, 0, "%s", strerror(error));
    errno = error;
    return -1;
}

/* How many bytes there are; -1 with *e. */
static off_t size_of(int fd, const char *path, struct sw_error *e)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return refuse(path, errno, e);
    if (S_ISREG(status.st_mode))
        return status.st_size;
    sw_error_set(e, path, 0, 0, "not a file");
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    return -1;
}

/* So that errno says what went wrong before. */
static void close_quietly(int fd)
{
    int error = errno;

    close(fd);
    errno = error;
}

int sw_whole_file_open(const char *path, struct sw_error *e)
{
    /* Nonblocking, since to open a FIFO waits for whoever writes to it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return refuse(path, errno, e);
    if (size_of(fd, path, e) >= 0)
        return fd;
    close_quietly(fd);
    return -1;
}

ssize_t sw_whole_file_next(int fd, char *bytes, size_t size, const char *path, struct sw_error *e)
{
    size_t used = 0;

    while (used < size) {
        ssize_t count = read(fd, bytes + used, size - used);
        /* A read may bring less than it was asked for, and a signal may bring nothing at all. */
        if (count < 0 && errno != EINTR)
            return refuse(path, errno, e);
        if (count == 0)
            break;
        used += count > 0 ? (size_t)count : 0;
    }
    return (ssize_t)used;
}

char *sw_whole_file_read_from(int fd, const char *path, size_t most, size_t *size,
                              struct sw_error *e)
{
    off_t expected = size_of(fd, path, e);

    if (expected < 0)
        return NULL;
    if ((uint64_t)expected > most) {
        sw_error_set(e, path, 0, 0, "%llu bytes; more than %zu are refused",
                     (unsigned long long)expected, most);
        errno = EFBIG;
        return NULL;
    }
    /* As many as there were a moment ago: a file that grows while it is read is read as it was. */
    char *bytes = malloc((size_t)expected + 1);
    if (bytes == NULL) {
        sw_error_set(e, path, 0, 0, "out of memory");
        return NULL;
    }
    ssize_t count = sw_whole_file_next(fd, bytes, (size_t)expected, path, e);
    if (count < 0) {
        free(bytes);
        return NULL;
    }
    bytes[count] = '\0';
    *size = (size_t)count;
    return bytes;
}

char *sw_whole_file_read(const char *path, size_t most, size_t *size, struct sw_error *e)
{
    int fd = sw_whole_file_open(path, e);

    if (fd < 0)
        return NULL;
    char *bytes = sw_whole_file_read_from(fd, path, most, size, e);
    close_quietly(fd);
    return bytes;
}
