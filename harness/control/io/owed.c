/* SPDX-License-Identifier: MIT */
#include "owed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "fds.h"
#include "harness/control/engine/real.h"

enum {
    DEBTS_MAX = 8, /* children that are behind at once; one too many is waited for */
    OWED_MAX = 1 << 18, /* to each */
    FIRST_FD = 700, /* out of the program's way */
    SLICE_MS = 1,
    /* So often no process of the children's ran: each has gone to sleep. */
    QUIET_SLICES = 3,
};

struct debt {
    int fd; /* our own name of the program's end, since it may close its own; 0: nothing is owed */
    ino_t inode;
    size_t paid, size;
    char bytes[OWED_MAX];
};

static struct debt debts[DEBTS_MAX];
static int debt_count;
static ino_t promised; /* 0: none */
static int (*runs)(void); /* NULL: there are no children */

void sw_owed_while(int (*some_run)(void))
{
    runs = some_run;
}

static int all_sleep(void)
{
    return runs == NULL || !runs();
}

int sw_owed_is_to_a_child(int fd)
{
    return sw_fds_kind(fd) == SW_FD_LOCAL && sw_fds_is_outside(fd);
}

static ino_t inode_of(int fd)
{
    struct stat status;

    return SW_REAL(fstat)(fd, &status) == 0 ? status.st_ino : 0;
}

static short look(int fd, short events)
{
    struct pollfd one = {.fd = fd, .events = events};

    return SW_REAL(poll)(&one, 1, 0) > 0 ? one.revents : 0;
}

/* ---- debts ---- */

static struct debt *debt_of(ino_t inode)
{
    for (int i = 0; i < DEBTS_MAX && debt_count > 0; i++)
        if (debts[i].fd != 0 && debts[i].inode == inode)
            return &debts[i];
    return NULL;
}

static struct debt *new_debt(int fd, ino_t inode)
{
    int i = 0;

    while (i < DEBTS_MAX && debts[i].fd != 0)
        i++;
    int own = i < DEBTS_MAX ? SW_REAL(fcntl)(fd, F_DUPFD_CLOEXEC, FIRST_FD) : -1;
    if (own < 0)
        return NULL;
    debts[i].fd = own;
    debts[i].inode = inode;
    debts[i].paid = debts[i].size = 0;
    debt_count++;
    return &debts[i];
}

static void end(struct debt *debt)
{
    SW_REAL(close)(debt->fd);
    debt->fd = 0;
    debt_count--;
}

/* A piece at a time, which never blocks.  A child that has gone away is owed nothing. */
static void pay(struct debt *debt)
{
    short revents;

    while (debt->paid < debt->size && (revents = look(debt->fd, POLLOUT)) != 0) {
        size_t left = debt->size - debt->paid, piece = left < PIPE_BUF ? left : PIPE_BUF;
        ssize_t n = revents == POLLOUT ? SW_REAL(write)(debt->fd, debt->bytes + debt->paid, piece)
                                       : (ssize_t)left;
        if (n < 0)
            return;
        debt->paid += (size_t)n;
    }
    if (debt->paid == debt->size)
        end(debt);
}

void sw_owed_pay(void)
{
    int saved = errno;

    for (int i = 0; i < DEBTS_MAX && debt_count > 0; i++)
        if (debts[i].fd != 0)
            pay(&debts[i]);
    errno = saved;
}

static void wait_and_pay(void)
{
    static const struct timespec slice = {0, SLICE_MS * 1000000};

    SW_REAL(nanosleep)(&slice, NULL);
    sw_owed_pay();
}

int sw_owed_any(void)
{
    return debt_count > 0;
}

/* 0: it is owed too much already. */
static int add(struct debt *debt, const void *buf, size_t size)
{
    if (size > OWED_MAX - (debt->size - debt->paid))
        return 0;
    memmove(debt->bytes, debt->bytes + debt->paid, debt->size - debt->paid);
    debt->size -= debt->paid;
    debt->paid = 0;
    memcpy(debt->bytes + debt->size, buf, size);
    debt->size += size;
    return 1;
}

/* ---- promises ---- */

int sw_owed_await(struct pollfd *one)
{
    if ((one->events & POLLOUT) == 0 || !sw_owed_is_to_a_child(one->fd))
        return 0;
    for (int quiet = 0; quiet < QUIET_SLICES; quiet = all_sleep() ? quiet + 1 : 0) {
        sw_owed_pay();
        if (SW_REAL(poll)(one, 1, SLICE_MS) > 0)
            return 1;
    }
    promised = inode_of(one->fd);
    one->revents = POLLOUT;
    return 1;
}

int sw_owed_is_promised(const struct pollfd *one)
{
    return promised != 0 && (one->events & POLLOUT) != 0 && inode_of(one->fd) == promised;
}

ssize_t sw_owed_write(int fd, const void *buf, size_t size)
{
    if ((promised == 0 && debt_count == 0) || !sw_owed_is_to_a_child(fd))
        return SW_REAL(write)(fd, buf, size);
    sw_owed_pay();
    ino_t inode = inode_of(fd);
    struct debt *debt = debt_of(inode);
    if (debt == NULL && promised == inode && look(fd, POLLOUT) == 0)
        debt = new_debt(fd, inode);
    if (promised == inode)
        promised = 0;
    if (debt == NULL)
        return SW_REAL(write)(fd, buf, size);
    while (!add(debt, buf, size))
        wait_and_pay();
    return (ssize_t)size;
}

/* ---- the end ---- */

void sw_owed_settle(void)
{
    for (int quiet = 0; debt_count > 0 && quiet < QUIET_SLICES; quiet = all_sleep() ? quiet + 1 : 0)
        wait_and_pay();
}

void sw_owed_forget(void)
{
    for (int i = 0; i < DEBTS_MAX && debt_count > 0; i++)
        if (debts[i].fd != 0)
            end(&debts[i]);
}
