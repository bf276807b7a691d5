/* SPDX-License-Identifier: MIT
 *
 * file_utimes.c - utimensat and its like: the times of a file as the program says them;
 * file_times.h.
 *
 * On the disk is what it has said, or the present.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <utime.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/file_times.h"

SW_EXPORT int futimens(int fd, const struct timespec times[2])
{
    struct stat status;
    int failed = SW_REAL(futimens)(fd, times), saved = errno;

    if (failed == 0 && sw_engine_self() != NULL && SW_REAL(fstat)(fd, &status) == 0)
        sw_file_times_set(&status, times);
    errno = saved;
    return failed;
}

SW_EXPORT int utimensat(int from, const char *path, const struct timespec times[2], int flags)
{
    struct stat status;
    int failed = SW_REAL(utimensat)(from, path, times, flags), saved = errno;

    if (failed == 0 && sw_engine_self() != NULL &&
        SW_REAL(fstatat)(from, path, &status, flags) == 0)
        sw_file_times_set(&status, times);
    errno = saved;
    return failed;
}

/* ---- the older ones ---- */

static const struct timespec *to_timespecs(const struct timeval from[2], struct timespec to[2])
{
    for (int i = 0; from != NULL && i < 2; i++)
        to[i] = (struct timespec){from[i].tv_sec, from[i].tv_usec * 1000};
    return from != NULL ? to : NULL;
}

static int are_valid(const struct timeval times[2])
{
    for (int i = 0; times != NULL && i < 2; i++)
        if (times[i].tv_usec < 0 || times[i].tv_usec >= 1000000) {
            errno = EINVAL;
            return 0;
        }
    return 1;
}

SW_EXPORT int utimes(const char *path, const struct timeval times[2])
{
    struct timespec own[2];

    return are_valid(times) ? utimensat(AT_FDCWD, path, to_timespecs(times, own), 0) : -1;
}

SW_EXPORT int lutimes(const char *path, const struct timeval times[2])
{
    struct timespec own[2];

    return are_valid(times)
               ? utimensat(AT_FDCWD, path, to_timespecs(times, own), AT_SYMLINK_NOFOLLOW)
               : -1;
}

SW_EXPORT int futimes(int fd, const struct timeval times[2])
{
    struct timespec own[2];

    return are_valid(times) ? futimens(fd, to_timespecs(times, own)) : -1;
}

SW_EXPORT int futimesat(int from, const char *path, const struct timeval times[2])
{
    struct timespec own[2];

    if (path == NULL)
        return futimes(from, times);
    return are_valid(times) ? utimensat(from, path, to_timespecs(times, own), 0) : -1;
}

SW_EXPORT int utime(const char *path, const struct utimbuf *times)
{
    struct timespec own[2];

    if (times != NULL) {
        own[0] = (struct timespec){.tv_sec = times->actime};
        own[1] = (struct timespec){.tv_sec = times->modtime};
    }
    return utimensat(AT_FDCWD, path, times != NULL ? own : NULL, 0);
}
