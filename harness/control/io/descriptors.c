/* SPDX-License-Identifier: MIT
 *
 * descriptors.c - where descriptors come from and go to: socketpair, dup, close and their like.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/engine.h"
#include "epoll.h"
#include "fds.h"
#include "file_changes.h"
#include "file_locks.h"
#include "io.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/pid.h"

SW_EXPORT int socketpair(int family, int type, int protocol, int fds[2])
{
    sw_checkpoint_before_outside("its first socket");
    int failed = SW_REAL(socketpair)(family, type, protocol, fds);

    if (failed == 0 && sw_fds_kept()) {
        sw_fds_add(fds[0], SW_FD_LOCAL, NULL);
        sw_fds_add(fds[1], SW_FD_LOCAL, NULL);
    }
    return failed;
}

SW_EXPORT int eventfd(unsigned value, int flags)
{
    sw_checkpoint_before_outside("its first event counter");
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

static void show_holder(struct flock *lock)
{
    if (lock->l_type != F_UNLCK)
        lock->l_pid = sw_pid_shown(lock->l_pid);
}

static int control(int fd, int command, void *argument)
{
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        return copied(fd, SW_REAL(fcntl)(fd, command, argument));
    if (command == F_SETLKW || command == F_OFD_SETLKW)
        return sw_file_locks_wait(fd, command, argument);
    if (command == F_SETOWN)
        return SW_REAL(fcntl)(fd, command, (long)sw_pid_real_group((pid_t)(intptr_t)argument));
    int got = SW_REAL(fcntl)(fd, command, argument);
    if (command == F_GETLK && got == 0)
        show_holder(argument);
    return command == F_GETOWN ? sw_pid_shown_group(got) : got;
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
    if (file->_IO_write_ptr > file->_IO_write_base)
        sw_file_changes_written(fd);
    if (fd >= 0)
        forget((unsigned)fd, (unsigned)fd);
    return (int)sw_io_after(SW_REAL(fclose)(file));
}
