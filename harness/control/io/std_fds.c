/* SPDX-License-Identifier: MIT */
#include "std_fds.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/file_times.h"

enum { STANDARD_FILES = 3 };

static struct {
    int open;
    dev_t device;
    ino_t inode;
} given[STANDARD_FILES];

void sw_std_fds_start(void)
{
    struct stat status;

    for (int fd = 0; fd < STANDARD_FILES; fd++) {
        if (SW_REAL(fstat)(fd, &status) != 0)
            continue;
        given[fd].open = 1;
        given[fd].device = status.st_dev;
        given[fd].inode = status.st_ino;
    }
}

static int is_given(const struct stat *status)
{
    for (int fd = 0; fd < STANDARD_FILES; fd++)
        if (given[fd].open && given[fd].device == status->st_dev &&
            given[fd].inode == status->st_ino)
            return 1;
    return 0;
}

static int is_standard(int fd)
{
    struct stat status;

    return sw_engine_self() != NULL && fd >= 0 && fd < STANDARD_FILES &&
           SW_REAL(fstat)(fd, &status) == 0 && is_given(&status);
}

/* What is the same for every pipe. */
static void make_pipe(struct stat *status)
{
    *status = (struct stat){
        .st_dev = status->st_dev,
        .st_ino = 1,
        .st_nlink = 1,
        .st_mode = S_IFIFO | 0600,
        .st_blksize = 4096,
    };
}

/* By its name, as the kernel remembers it. */
static int is_source(int fd, const struct stat *status)
{
    char link[32], path[4096];
    int saved = errno;

    if (!S_ISREG(status->st_mode))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = SW_REAL(readlink)(link, path, sizeof path);
    errno = saved;
    return length > 3 && memcmp(path + length - 3, ".py", 3) == 0;
}

SW_EXPORT int fstat(int fd, struct stat *status)
{
    int failed = SW_REAL(fstat)(fd, status);

    if (failed == 0 && fd >= 0 && fd < STANDARD_FILES && sw_engine_self() != NULL &&
        is_given(status))
        make_pipe(status);
    else if (failed == 0 && sw_engine_self() != NULL)
        sw_file_times_show(status, is_source(fd, status));
    return failed;
}

/* The same function under another name: struct stat64 is struct stat here. */
SW_EXPORT int fstat64(int fd, struct stat64 *status)
{
    return fstat(fd, (struct stat *)status);
}

/* What programs call that were built before glibc 2.33. */
int __fxstat(int version, int fd, struct stat *status);
int __fxstat64(int version, int fd, struct stat64 *status);

SW_EXPORT int __fxstat(int version, int fd, struct stat *status)
{
    (void)version;
    return fstat(fd, status);
}

SW_EXPORT int __fxstat64(int version, int fd, struct stat64 *status)
{
    (void)version;
    return fstat64(fd, status);
}

SW_EXPORT off_t lseek(int fd, off_t offset, int whence)
{
    if (!is_standard(fd))
        return SW_REAL(lseek)(fd, offset, whence);
    errno = ESPIPE;
    return -1;
}

SW_EXPORT off64_t lseek64(int fd, off64_t offset, int whence)
{
    return lseek(fd, offset, whence);
}

SW_EXPORT int isatty(int fd)
{
    if (!is_standard(fd))
        return SW_REAL(isatty)(fd);
    errno = ENOTTY;
    return 0;
}

SW_EXPORT int tcgetattr(int fd, struct termios *termios)
{
    if (!is_standard(fd))
        return SW_REAL(tcgetattr)(fd, termios);
    errno = ENOTTY;
    return -1;
}

SW_EXPORT int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;

    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if ((request != TCGETS && request != TIOCGWINSZ) || !is_standard(fd))
        return SW_REAL(ioctl)(fd, request, argument);
    errno = ENOTTY;
    return -1;
}
