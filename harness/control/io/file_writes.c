/* SPDX-License-Identifier: MIT
 *
 * file_writes.c - writes that only files take, at a place or of a length; file_changes.h.
 *
 * write() and its like are in io_out.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include "file_changes.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/file_times.h"

static ssize_t written(ssize_t result, int fd)
{
    if (result >= 0)
        sw_file_changes_written(fd);
    return result;
}

SW_EXPORT ssize_t pwrite(int fd, const void *buf, size_t size, off_t at)
{
    return written(SW_REAL(pwrite)(fd, buf, size, at), fd);
}

SW_EXPORT ssize_t pwrite64(int fd, const void *buf, size_t size, off64_t at)
{
    return pwrite(fd, buf, size, at);
}

SW_EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return written(SW_REAL(pwritev)(fd, parts, count, at), fd);
}

SW_EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    return pwritev(fd, parts, count, at);
}

SW_EXPORT ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t at, int flags)
{
    return written(SW_REAL(pwritev2)(fd, parts, count, at, flags), fd);
}

SW_EXPORT int ftruncate(int fd, off_t size)
{
    return (int)written(SW_REAL(ftruncate)(fd, size), fd);
}

SW_EXPORT int ftruncate64(int fd, off64_t size)
{
    return ftruncate(fd, size);
}

SW_EXPORT int truncate(const char *path, off_t size)
{
    struct stat status;
    int failed = SW_REAL(truncate)(path, size), saved = errno;

    if (failed == 0 && sw_engine_self() != NULL && SW_REAL(stat)(path, &status) == 0)
        sw_file_times_written(&status);
    errno = saved;
    return failed;
}

SW_EXPORT int truncate64(const char *path, off64_t size)
{
    return truncate(path, size);
}

SW_EXPORT int fallocate(int fd, int mode, off_t at, off_t size)
{
    return (int)written(SW_REAL(fallocate)(fd, mode, at, size), fd);
}

SW_EXPORT int fallocate64(int fd, int mode, off64_t at, off64_t size)
{
    return fallocate(fd, mode, at, size);
}

SW_EXPORT int posix_fallocate(int fd, off_t at, off_t size)
{
    int failed = SW_REAL(posix_fallocate)(fd, at, size);

    written(failed == 0 ? 0 : -1, fd);
    return failed;
}

SW_EXPORT int posix_fallocate64(int fd, off64_t at, off64_t size)
{
    return posix_fallocate(fd, at, size);
}

SW_EXPORT ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t size,
                                  unsigned flags)
{
    return written(SW_REAL(copy_file_range)(in, in_at, out, out_at, size, flags), out);
}

/* Of what the C library writes for itself: at least that which the program asks for. */
SW_EXPORT int fflush(FILE *file)
{
    int writes = file != NULL && file->_IO_write_ptr > file->_IO_write_base;

    return (int)written(SW_REAL(fflush)(file), writes ? fileno(file) : -1);
}
