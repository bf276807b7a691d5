/* SPDX-License-Identifier: MIT */
#include "fds.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"

enum { MEMORY_MAJOR = 1, NULL_MINOR = 3, ZERO_MINOR = 5, RANDOM_MINOR = 8, URANDOM_MINOR = 9 };

struct entry {
    uint8_t kind;
    uint8_t outside;
    uint8_t made; /* by a call that we saw */
    uint8_t standard; /* a copy of a standard file */
    uint8_t reported;
    struct sw_fd_about *about;
};

static struct entry table[SW_FDS_MAX];
static int end; /* no entry from here on is other than UNSEEN */

int sw_fds_kept(void)
{
    return sw_engine_shm() != NULL;
}

static struct entry *find(int fd)
{
    return fd >= 0 && fd < SW_FDS_MAX ? &table[fd] : NULL;
}

/* ---- who comes and goes ---- */

/* The new reference is counted before the old entry goes: both may be the same. */
static void put(int fd, struct entry entry)
{
    struct entry *at = find(fd);

    if (at == NULL || !sw_fds_kept())
        return;
    if (entry.about != NULL)
        entry.about->references++;
    sw_fds_forget(fd);
    *at = entry;
    if (fd >= end)
        end = fd + 1;
}

void sw_fds_add(int fd, enum sw_fd_kind kind, struct sw_fd_about *about)
{
    put(fd, (struct entry){
                .kind = (uint8_t)kind, .outside = kind >= SW_FD_OTHER, .made = 1, .about = about});
}

void sw_fds_copy(int from, int to)
{
    const struct entry *at = find(from);

    struct entry copy = at != NULL ? *at : (struct entry){.kind = SW_FD_OTHER, .outside = 1};

    /* dup2() of a descriptor to itself does nothing. */
    if (from == to)
        return;
    /* A copy of a standard file is one, wherever it is: what is read there comes from outside in
     * the same way. */
    copy.made = 1;
    copy.standard = (uint8_t)sw_fds_is_standard(from);
    put(to, copy);
}

void sw_fds_forget(int fd)
{
    struct entry *at = find(fd);

    if (at == NULL)
        return;
    struct sw_fd_about *about = at->about;
    *at =
        (struct entry){.made = fd <= STDERR_FILENO}; /* what comes there next is no standard file */
    if (about == NULL)
        return;
    assert(about->references > 0);
    if (--about->references == 0)
        about->end(about);
}

void sw_fds_forget_range(unsigned first, unsigned last)
{
    /* closefrom() names four billion; the table ends long before. */
    for (unsigned fd = first; fd <= last && fd < (unsigned)end; fd++)
        sw_fds_forget((int)fd);
}

void sw_fds_share(void)
{
    for (int fd = 0; fd < end; fd++)
        /* From now on another process may make them ready, when it wants.  Files and /dev/null
         * never block, whoever has them. */
        table[fd].outside |= table[fd].kind >= SW_FD_LOCAL;
}

void sw_fds_expose(int fd)
{
    if (find(fd) != NULL)
        find(fd)->outside = 1;
}

/* ---- what they are ---- */

static enum sw_fd_kind kind_of_device(dev_t device)
{
    if (major(device) != MEMORY_MAJOR)
        return SW_FD_OTHER;
    if (minor(device) == RANDOM_MINOR || minor(device) == URANDOM_MINOR)
        return SW_FD_RANDOM;
    return minor(device) == NULL_MINOR || minor(device) == ZERO_MINOR ? SW_FD_FILE : SW_FD_OTHER;
}

static enum sw_fd_kind look_at(int fd)
{
    struct stat status;
    /* The caller's errno is the program's. */
    int saved = errno, failed = SW_REAL(fstat)(fd, &status);

    errno = saved;
    if (failed)
        return SW_FD_UNSEEN; /* it is none */
    if (sw_fds_is_standard(fd))
        return SW_FD_OTHER; /* whatever it is this time */
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode) || S_ISBLK(status.st_mode))
        return SW_FD_FILE;
    return S_ISCHR(status.st_mode) ? kind_of_device(status.st_rdev) : SW_FD_OTHER;
}

enum sw_fd_kind sw_fds_kind(int fd)
{
    struct entry *at = find(fd);

    if (at == NULL)
        return fd < 0 ? SW_FD_UNSEEN : look_at(fd);
    /* Looked at only now: most descriptors are never asked about. */
    if (at->kind == SW_FD_UNSEEN) {
        enum sw_fd_kind kind = look_at(fd);
        if (kind != SW_FD_UNSEEN)
            put(fd, (struct entry){.kind = (uint8_t)kind, .outside = kind == SW_FD_OTHER});
    }
    return (enum sw_fd_kind)at->kind;
}

int sw_fds_is_outside(int fd)
{
    const struct entry *at = find(fd);
    enum sw_fd_kind kind = sw_fds_kind(fd);

    return at != NULL ? at->outside : kind == SW_FD_OTHER;
}

struct sw_fd_about *sw_fds_about(int fd, enum sw_fd_kind kind)
{
    const struct entry *at = find(fd);

    return at != NULL && at->kind == kind ? at->about : NULL;
}

int sw_fds_next(const struct sw_fd_about *about, int fd)
{
    for (fd++; fd < end; fd++)
        if (table[fd].about == about)
            return fd;
    return -1;
}

int sw_fds_is_blocking(int fd)
{
    int saved = errno, flags = SW_REAL(fcntl)(fd, F_GETFL);

    errno = saved;
    return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

int sw_fds_can(int fd, int writes)
{
    int saved = errno, mode = SW_REAL(fcntl)(fd, F_GETFL) & O_ACCMODE;

    errno = saved;
    return mode == O_RDWR || mode == (writes ? O_WRONLY : O_RDONLY);
}

int sw_fds_is_standard(int fd)
{
    const struct entry *at = find(fd);

    return at != NULL && (at->standard || (fd <= STDERR_FILENO && !at->made));
}

/* From /dev/null comes nothing that could differ. */
static int is_empty(int fd)
{
    struct stat status;

    return SW_REAL(fstat)(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
           kind_of_device(status.st_rdev) == SW_FD_FILE;
}

static const char *name_of(int fd)
{
    struct stat status;

    if (SW_REAL(fstat)(fd, &status) != 0)
        return "nothing";
    if (S_ISFIFO(status.st_mode))
        return "a pipe";
    if (S_ISSOCK(status.st_mode))
        return "a socket";
    return S_ISCHR(status.st_mode) ? "a device" : "a file";
}

void sw_fds_report(int fd)
{
    struct entry *at = find(fd);

    if (sw_engine_self() == NULL || at == NULL || sw_fds_kind(fd) != SW_FD_OTHER || at->reported ||
        (at->made && !at->standard) || is_empty(fd))
        return;
    int saved = errno;
    /* Once each: a program that reads its input in a loop says nothing new. */
    at->reported = 1;
    sw_engine_uncontrolled("%s from outside, descriptor %d", name_of(fd), fd);
    errno = saved;
}
