/* SPDX-License-Identifier: MIT
 *
 * fifo.c - named pipes that the program has made: to open one blocks until there is another end.
 *
 * To open it for reading comes back at once here: read() waits for a writer all
 * the same (io.h).  To open it for writing is tried until there is a reader.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "as_recorded.h"
#include "harness/control/engine/engine.h"
#include "fds.h"
#include "file_changes.h"
#include "kernel_files.h"
#include "inputs.h"
#include "readiness.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/pid_paths.h"

static int made_any;

SW_EXPORT int mkfifo(const char *path, mode_t mode)
{
    made_any = 1;
    return mknod(path, (mode & 07777) | S_IFIFO, 0);
}

SW_EXPORT int mkfifoat(int folder, const char *path, mode_t mode)
{
    made_any = 1;
    return mknodat(folder, path, (mode & 07777) | S_IFIFO, 0);
}

static int is_fifo(int folder, const char *path)
{
    struct stat status;
    int saved = errno;
    int fifo = SW_REAL(fstatat)(folder, path, &status, 0) == 0 && S_ISFIFO(status.st_mode);

    errno = saved;
    return fifo;
}

static int open_fifo(int folder, const char *path, int flags)
{
    int fd;

    while ((fd = SW_REAL(openat)(folder, path, flags | O_NONBLOCK)) < 0 && errno == ENXIO)
        sw_readiness_try_later();
    if (fd < 0)
        return fd;
    SW_REAL(fcntl)(fd, F_SETFL, SW_REAL(fcntl)(fd, F_GETFL) & ~O_NONBLOCK);
    sw_fds_add(fd, SW_FD_OTHER, NULL);
    sw_readiness_io_done();
    return fd;
}

static int open_any(int folder, const char *path, int flags, mode_t mode)
{
    struct sw_pid_path real;

    path = sw_pid_paths_real(path, &real);
    if (made_any && sw_engine_self() != NULL && (flags & (O_NONBLOCK | O_PATH)) == 0 &&
        is_fifo(folder, path))
        return open_fifo(folder, path, flags);
    if ((flags & (O_ACCMODE | O_CREAT)) == O_RDONLY && path != NULL &&
        sw_as_recorded_hides_compiled(path)) {
        errno = ENOENT;
        return -1;
    }
    int made = sw_file_changes_would_make(folder, path, flags);
    int fd = SW_REAL(openat)(folder, path, flags, mode);
    sw_file_changes_opened(fd, folder, path, flags, made);
    if (fd >= 0)
        sw_kernel_files_report(path, NULL);
    if (fd >= 0 && (flags & (O_PATH | O_DIRECTORY)) == 0)
        sw_inputs_note(folder, path, (flags & O_ACCMODE) != O_RDONLY);
    return fd;
}

/* A mode that was not given is some number, and not looked at. */
#define GET_MODE(flags, mode) \
    do { \
        va_list list; \
        va_start(list, flags); \
        (mode) = va_arg(list, mode_t); \
        va_end(list); \
    } while (0)

SW_EXPORT int open(const char *path, int flags, ...)
{
    mode_t mode;

    GET_MODE(flags, mode);
    return open_any(AT_FDCWD, path, flags, mode);
}

SW_EXPORT int open64(const char *path, int flags, ...)
{
    mode_t mode;

    GET_MODE(flags, mode);
    return open_any(AT_FDCWD, path, flags, mode);
}

SW_EXPORT int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode;

    GET_MODE(flags, mode);
    return open_any(folder, path, flags, mode);
}

SW_EXPORT int openat64(int folder, const char *path, int flags, ...)
{
    mode_t mode;

    GET_MODE(flags, mode);
    return open_any(folder, path, flags, mode);
}

SW_EXPORT int creat(const char *path, mode_t mode)
{
    return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

SW_EXPORT int creat64(const char *path, mode_t mode)
{
    return creat(path, mode);
}
