/* SPDX-License-Identifier: MIT
 *
 * fds.h - the program's descriptors: what is behind each, and who can make it ready.
 *
 *      kind     what                            made by
 *      FILE     a regular file, a folder,       open(); known at first sight
 *               /dev/null: it never blocks
 *      RANDOM   /dev/urandom, /dev/random       the same; read() gives random_bytes.h's bytes
 *      LOCAL    a pipe, a socket pair, an       pipe(), socketpair(), eventfd()
 *               event counter
 *      MAPPED   a TCP socket that is none       socket(), accept(); net.h
 *      EPOLL    a set of others                 epoll_create(); epoll.c
 *      TIMER    a timer in virtual time         timerfd_create(); timers.c
 *      OTHER    a terminal, a real socket, a    anything else
 *               named pipe
 *      CHILD    a child's end                   children.c
 *
 * A descriptor is INSIDE when only this process can make it ready: then it is
 * ready at the same step of every run.  LOCAL, MAPPED, EPOLL and TIMER are,
 * until a fork() shares them with another process; they are OUTSIDE from then
 * on, as OTHER and CHILD always are.  Whether something outside is ready is up to others,
 * and is recorded (readiness.h).
 *
 * To be OUTSIDE costs time but no determinism, so that nothing is ever made
 * INSIDE again; when in doubt, a descriptor is OTHER.
 *
 * The table has one entry a number.  What is opened without our seeing it (by
 * the C library for itself) is UNSEEN until somebody asks, then looked at.
 * It works in the child of a fork too, where the engine does not.
 */
#ifndef SW_FDS_H
#define SW_FDS_H

#include <stdint.h>

enum sw_fd_kind {
    SW_FD_UNSEEN,
    SW_FD_FILE,
    SW_FD_RANDOM,
    SW_FD_LOCAL,
    SW_FD_MAPPED,
    SW_FD_EPOLL,
    SW_FD_TIMER,
    SW_FD_OTHER,
    SW_FD_CHILD,
};

enum { SW_FDS_MAX = 65536 }; /* from here on each is OTHER */

/* What a kind knows besides; shared by the descriptors that dup() made of one.
 * The first member of the kind's own struct. */
struct sw_fd_about {
    uint32_t references;
    void (*end)(struct sw_fd_about *about); /* the last descriptor has been closed */
};

/* Does this process keep the table?  Not one that nobody ever controlled. */
int sw_fds_kept(void);

/* A descriptor has been made; about may be NULL, and else has one reference more. */
void sw_fds_add(int fd, enum sw_fd_kind kind, struct sw_fd_about *about);
/* `to` is now another name of `from`. */
void sw_fds_copy(int from, int to);
/* It is to be closed, or has been. */
void sw_fds_forget(int fd);
void sw_fds_forget_range(unsigned first, unsigned last);
/* Another process has them all too. */
void sw_fds_share(void);

/* It is OUTSIDE from now on. */
void sw_fds_expose(int fd);

enum sw_fd_kind sw_fds_kind(int fd);
int sw_fds_is_outside(int fd);
/* NULL if it is of another kind. */
struct sw_fd_about *sw_fds_about(int fd, enum sw_fd_kind kind);
/* The next descriptor after fd with that about; -1: none.  Begin with -1. */
int sw_fds_next(const struct sw_fd_about *about, int fd);

/* Is its flag O_NONBLOCK off? */
int sw_fds_is_blocking(int fd);
/* Was it opened for reading, or for writing? */
int sw_fds_can(int fd, int writes);
/* One of the process's standard files, which it did not open itself, or a copy of one.
 * It is OTHER, whatever the runner has given this time. */
int sw_fds_is_standard(int fd);
/* Says once that what comes from there is not controlled. */
void sw_fds_report(int fd);

#endif
