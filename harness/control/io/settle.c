/* SPDX-License-Identifier: MIT */
#include "settle.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "fds.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"
#include "harness/control/process/children.h"
#include "owed.h"
#include "pipes.h"

enum {
    /* Real time, in which a look that found nothing new is repeated. */
    SLICE_MS = 1,
    /* So many of them when no process of the children's runs: each has gone to sleep.  More than
     * one, since they are not all asked in the same moment. */
    QUIET_SLICES = 3,
    /* And when one does: a quarter of a second, after which it is a computation of its own. */
    BUSY_SLICES = 250,
    PIECE = 4096,
    ONE_LOOK_OF = 4, /* a power of 2 */
    DELAY_MAX = 10,
};

static uint8_t seen[SW_FDS_MAX];
static uint8_t talks[SW_FDS_MAX]; /* it has gone to sleep before its end: it may do so again */
static size_t settled_bytes; /* that there were when it was last waited */
static uint32_t vain; /* waits, one after the other, in which a child did not come to its end */
static uint64_t not_before; /* no look before that decision */
static uint64_t last; /* when there was one */

int sw_settle_is_childs(const struct pollfd *one)
{
    return sw_fds_kind(one->fd) == SW_FD_CHILD || sw_pipes_is_childs(one->fd);
}

void sw_settle_was_seen(int fd)
{
    if (fd >= 0 && fd < SW_FDS_MAX)
        seen[fd] = 1;
}

void sw_settle_forget(int fd)
{
    if (fd >= 0 && fd < SW_FDS_MAX)
        seen[fd] = talks[fd] = 0;
}

/* ---- one descriptor ---- */

static size_t count_bytes(int fd)
{
    int there = 0;

    return SW_REAL(ioctl)(fd, FIONREAD, &there) == 0 && there > 0 ? (size_t)there : 0;
}

static int is_full(int fd, size_t bytes)
{
    int room = SW_REAL(fcntl)(fd, F_GETPIPE_SZ);

    return room > 0 && bytes + PIECE > (size_t)room;
}

static int has_settled(int fd, size_t wanted, size_t bytes)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    int ready = SW_REAL(poll)(&one, 1, 0);

    if (sw_fds_kind(fd) == SW_FD_CHILD)
        return ready != 0;
    return ready < 0 || (one.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 || bytes >= wanted ||
           is_full(fd, bytes);
}

/* ---- all of them ---- */

/* What all of the children's have come to. */
struct state {
    int unsettled; /* how many */
    int silent; /* how many of these have not gone to sleep before */
    size_t bytes;
};

static struct state look(const struct pollfd *fds, nfds_t count, size_t wanted)
{
    struct state state = {0};

    for (nfds_t i = 0; i < count; i++) {
        int fd = fds[i].fd, is_pipe = sw_fds_kind(fd) != SW_FD_CHILD;
        if (!sw_settle_is_childs(&fds[i]))
            continue;
        size_t bytes = is_pipe ? count_bytes(fd) : 0;
        int unsettled = !has_settled(fd, wanted, bytes);
        state.unsettled += unsettled;
        state.silent += unsettled && (fd >= SW_FDS_MAX || !talks[fd]);
        state.bytes += bytes;
    }
    return state;
}

static void note_talk(const struct pollfd *fds, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++)
        if (fds[i].fd >= 0 && fds[i].fd < SW_FDS_MAX && sw_settle_is_childs(&fds[i]))
            talks[fds[i].fd] = 1;
}

/* 0: they did not all settle. */
static int wait_until_settled(const struct pollfd *fds, nfds_t count, size_t wanted)
{
    static const struct timespec slice = {0, SLICE_MS * 1000000};
    struct state before = {0}, state;
    int quiet = 0, busy = 0;

    while ((state = look(fds, count, wanted)).unsettled > 0) {
        sw_owed_pay();
        int runs = sw_children_run();
        int is_same = state.bytes == before.bytes && state.unsettled == before.unsettled;
        quiet = is_same && !runs ? quiet + 1 : 0;
        busy = is_same && runs ? busy + 1 : 0;
        if (busy == BUSY_SLICES || quiet == (state.silent > 0 ? QUIET_SLICES : 1))
            break;
        before = state;
        SW_REAL(nanosleep)(&slice, NULL);
    }
    settled_bytes = state.bytes;
    if (state.unsettled > 0)
        note_talk(fds, count);
    return state.unsettled == 0;
}

static int settle(const struct pollfd *fds, nfds_t count, size_t wanted)
{
    int saved = errno, settled = wait_until_settled(fds, count, wanted);

    errno = saved;
    return settled;
}

void sw_settle_wait(const struct pollfd *fds, nfds_t count)
{
    settle(fds, count, SIZE_MAX);
}

/* Mostly it was waited for to be ready just before, and that as long. */
void sw_settle_wait_for_bytes(int fd, size_t size)
{
    struct pollfd one = {.fd = fd};

    if (sw_pipes_is_childs(fd) && (count_bytes(fd) != settled_bytes || sw_children_run()))
        settle(&one, 1, size);
}

/* ---- at a look ---- */

/* By the seed and the place in the schedule, so that it is the same again.  What is asked for in
 * vain is asked for more and more rarely. */
static int is_time(void)
{
    uint64_t count = sw_engine.shm->decision_count, state = sw_engine.shm->seed ^ count << 32;

    if (count < last) /* it is another schedule */
        not_before = vain = 0;
    last = count;
    return count >= not_before && sw_decision_random(&state) % ONE_LOOK_OF == 0;
}

/* Until it is no longer ready, and is waited for anew. */
static int is_seen(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    if (fd < SW_FDS_MAX && seen[fd] && SW_REAL(poll)(&one, 1, 0) == 0)
        seen[fd] = 0;
    return fd < SW_FDS_MAX && seen[fd];
}

int sw_settle_may_see(const struct pollfd *one)
{
    if (!sw_settle_is_childs(one))
        return 1;
    if (is_seen(one->fd))
        return 1;
    if (!is_time())
        return 0;
    if (settle(one, 1, SIZE_MAX)) {
        vain = 0;
        return 1;
    }
    vain += vain < DELAY_MAX;
    not_before = last + (64u << vain);
    return 1;
}
