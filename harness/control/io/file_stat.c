/* SPDX-License-Identifier: MIT
 *
 * file_stat.c - stat and its like: with the times of file_times.h, under the names of pid_paths.h.
 *
 * fstat() is in std_fds.c.  struct stat64 is struct stat here.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/pid_paths.h"
#include "harness/control/time/file_times.h"

static int show(int failed, struct stat *status, const char *path)
{
    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    const char *suffix = strrchr(path, '.');
    sw_file_times_show(status, suffix != NULL && strcmp(suffix, ".py") == 0);
    return 0;
}

SW_EXPORT int stat(const char *restrict path, struct stat *restrict status)
{
    struct sw_pid_path real;

    return show(SW_REAL(stat)(sw_pid_paths_real(path, &real), status), status, path);
}

SW_EXPORT int lstat(const char *restrict path, struct stat *restrict status)
{
    struct sw_pid_path real;

    return show(SW_REAL(lstat)(sw_pid_paths_real(path, &real), status), status, path);
}

SW_EXPORT int fstatat(int from, const char *restrict path, struct stat *restrict status, int flags)
{
    struct sw_pid_path real;

    if (path[0] == '\0' && (flags & AT_EMPTY_PATH) != 0)
        return fstat(from, status);
    return show(SW_REAL(fstatat)(from, sw_pid_paths_real(path, &real), status, flags), status,
                path);
}

SW_EXPORT int stat64(const char *restrict path, struct stat64 *restrict status)
{
    return stat(path, (struct stat *)status);
}

SW_EXPORT int lstat64(const char *restrict path, struct stat64 *restrict status)
{
    return lstat(path, (struct stat *)status);
}

SW_EXPORT int fstatat64(int from, const char *restrict path, struct stat64 *restrict status,
                        int flags)
{
    return fstatat(from, path, (struct stat *)status, flags);
}

/* ---- what programs call that were built before glibc 2.33 ---- */

int __xstat(int version, const char *path, struct stat *status);
int __xstat64(int version, const char *path, struct stat64 *status);
int __lxstat(int version, const char *path, struct stat *status);
int __lxstat64(int version, const char *path, struct stat64 *status);
int __fxstatat(int version, int from, const char *path, struct stat *status, int flags);
int __fxstatat64(int version, int from, const char *path, struct stat64 *status, int flags);

SW_EXPORT int __xstat(int version, const char *path, struct stat *status)
{
    (void)version;
    return stat(path, status);
}

SW_EXPORT int __xstat64(int version, const char *path, struct stat64 *status)
{
    (void)version;
    return stat64(path, status);
}

SW_EXPORT int __lxstat(int version, const char *path, struct stat *status)
{
    (void)version;
    return lstat(path, status);
}

SW_EXPORT int __lxstat64(int version, const char *path, struct stat64 *status)
{
    (void)version;
    return lstat64(path, status);
}

SW_EXPORT int __fxstatat(int version, int from, const char *path, struct stat *status, int flags)
{
    (void)version;
    return fstatat(from, path, status, flags);
}

SW_EXPORT int __fxstatat64(int version, int from, const char *path, struct stat64 *status,
                           int flags)
{
    (void)version;
    return fstatat64(from, path, status, flags);
}

/* ---- how much room there is: half of it ---- */

static int show_room(int failed, struct statvfs *status)
{
    if (failed != 0 || sw_engine_self() == NULL)
        return failed;
    status->f_bfree = status->f_bavail = status->f_blocks / 2;
    status->f_ffree = status->f_favail = status->f_files / 2;
    return 0;
}

SW_EXPORT int statvfs(const char *restrict path, struct statvfs *restrict status)
{
    return show_room(SW_REAL(statvfs)(path, status), status);
}

SW_EXPORT int fstatvfs(int fd, struct statvfs *status)
{
    return show_room(SW_REAL(fstatvfs)(fd, status), status);
}

SW_EXPORT int statvfs64(const char *restrict path, struct statvfs64 *restrict status)
{
    return statvfs(path, (struct statvfs *)status);
}

SW_EXPORT int fstatvfs64(int fd, struct statvfs64 *status)
{
    return fstatvfs(fd, (struct statvfs *)status);
}

/* ---- statx ---- */

static struct statx_timestamp to_statx(const struct timespec *time)
{
    return (struct statx_timestamp){.tv_sec = time->tv_sec, .tv_nsec = (uint32_t)time->tv_nsec};
}

/* When it was made nobody else tells: it is when it was last changed. */
SW_EXPORT int statx(int from, const char *restrict path, int flags, unsigned mask,
                    struct statx *restrict extended)
{
    struct sw_pid_path real;
    struct stat status;
    int failed = SW_REAL(statx)(from, sw_pid_paths_real(path, &real), flags, mask, extended);

    if (failed != 0 || sw_engine_self() == NULL ||
        fstatat(from, path, &status, flags & (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
        return failed;
    extended->stx_atime = to_statx(&status.st_atim);
    extended->stx_mtime = extended->stx_btime = to_statx(&status.st_mtim);
    extended->stx_ctime = to_statx(&status.st_ctim);
    return 0;
}
