/* SPDX-License-Identifier: MIT
 *
 * descriptors.c - where descriptors come from and go to: pipe, dup, close and their like.
 */
#include <errno.h>
#include <stdarg.h>

#include "harness/control/engine/engine.h"
#include "epoll.h"
#include "fds.h"
#include "file_locks.h"
#include "io.h"
#include "harness/control/engine/real.h"

static int add_pair(int failed, const int fds[2])
{
    if (failed == 0 && sw_fds_kept()) {
        sw_fds_add(fds[0], SW_FD_LOCAL, NULL);
        sw_fds_add(fds[1], SW_FD_LOCAL, NULL);
    }
    return failed;
}

SW_EXPORT int pipe(int fds[2])
{
    return add_pair(SW_REAL(pipe)(fds), fds);
}

SW_EXPORT int pipe2(int fds[2], int flags)
{
    return add_pair(SW_REAL(pipe2)(fds, flags), fds);
}

SW_EXPORT int socketpair(int family, int type, int protocol, int fds[2])
{
    return add_pair(SW_REAL(socketpair)(family, type, protocol, fds), fds);
}

SW_EXPORT int eventfd(unsigned value, int flags)
{
    int fd = SW_REAL(eventfd)(value, flags);

    if (fd >= 0)
        sw_fds_add(fd, SW_FD_LOCAL, NULL);
    return fd;
}

/* ---- another name ---- */

static int copied(int from, int to)
{
    if (to >= 0 && from != to && sw_fds_kept()) {
        sw_epoll_forget((unsigned)to, (unsigned)to);
        sw_fds_copy(from, to);
    }
    return (int)sw_io_after(to); /* dup2() closes what was there */
}

SW_EXPORT int dup(int fd)
{
    return copied(fd, SW_REAL(dup)(fd));
}

SW_EXPORT int dup2(int from, int to)
{
    return copied(from, SW_REAL(dup2)(from, to));
}

SW_EXPORT int dup3(int from, int to, int flags)
{
    return copied(from, SW_REAL(dup3)(from, to, flags));
}

static int control(int fd, int command, void *argument)
{
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        return copied(fd, SW_REAL(fcntl)(fd, command, argument));
    if (command == F_SETLKW || command == F_OFD_SETLKW)
        return sw_file_locks_wait(fd, command, argument);
    return SW_REAL(fcntl)(fd, command, argument);
}

/* Whatever the third argument is, it is in the same register. */
#define GET_ARGUMENT(last, argument) \
    do { \
        va_list list; \
        va_start(list, last); \
        (argument) = va_arg(list, void *); \
        va_end(list); \
    } while (0)

SW_EXPORT int fcntl(int fd, int command, ...)
{
    void *argument;

    GET_ARGUMENT(command, argument);
    return control(fd, command, argument);
}

SW_EXPORT int fcntl64(int fd, int command, ...)
{
    void *argument;

    GET_ARGUMENT(command, argument);
    return control(fd, command, argument);
}

/* ---- the end ---- */

static void forget(unsigned first, unsigned last)
{
    if (!sw_fds_kept())
        return;
    sw_fds_forget_range(first, last);
    sw_epoll_forget(first, last);
}

SW_EXPORT int close(int fd)
{
    forget((unsigned)fd, (unsigned)fd);
    return (int)sw_io_after(SW_REAL(close)(fd));
}

SW_EXPORT int close_range(unsigned first, unsigned last, int flags)
{
    if ((flags & CLOSE_RANGE_CLOEXEC) == 0)
        forget(first, last);
    return (int)sw_io_after(SW_REAL(close_range)(first, last, flags));
}

SW_EXPORT void closefrom(int first)
{
    forget(first > 0 ? (unsigned)first : 0, ~0u);
    SW_REAL(closefrom)(first);
    sw_io_after(0);
}

SW_EXPORT int fclose(FILE *file)
{
    int saved = errno;
    int fd = fileno(file);

    errno = saved;
    if (fd >= 0)
        forget((unsigned)fd, (unsigned)fd);
    return (int)sw_io_after(SW_REAL(fclose)(file));
}
