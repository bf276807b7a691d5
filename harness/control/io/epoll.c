/* SPDX-License-Identifier: MIT */
#include "epoll.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "fds.h"
#include "harness/control/net/net.h"
#include "readiness.h"
#include "harness/control/engine/real.h"
#include "harness/control/time/vtime.h"

enum { SETS_MAX = 64, MEMBERS_MAX = 1024 };

struct member {
    int fd;
    struct epoll_event event;
};

struct set {
    struct sw_fd_about about; /* first */
    int used;
    int lost; /* there are more members than we know */
    int count;
    int first; /* whose turn it is to be reported first */
    const struct pollfd *waiting; /* of who waits member by member; NULL: nobody */
    struct member members[MEMBERS_MAX]; /* in the order in which they came */
};

static struct set sets[SETS_MAX];

/* ---- who is in it ---- */

static void end(struct sw_fd_about *about)
{
    ((struct set *)about)->used = 0;
}

/* One too many is the kernel's affair, and OUTSIDE: less is known of it, but all that happens is
 * recorded. */
static int add_set(int fd)
{
    if (fd < 0 || !sw_fds_kept())
        return fd;
    for (int i = 0; i < SETS_MAX; i++) {
        if (sets[i].used)
            continue;
        sets[i] = (struct set){.about.end = end, .used = 1};
        sw_fds_add(fd, SW_FD_EPOLL, &sets[i].about);
        return fd;
    }
    sw_fds_add(fd, SW_FD_OTHER, NULL);
    return fd;
}

static struct set *find_set(int fd)
{
    return (struct set *)sw_fds_about(fd, SW_FD_EPOLL);
}

static void drop(struct set *set, unsigned first, unsigned last)
{
    /* The order stays: it is that in which members are looked at and reported. */
    int kept = 0;

    for (int i = 0; i < set->count; i++)
        if ((unsigned)set->members[i].fd < first || (unsigned)set->members[i].fd > last)
            set->members[kept++] = set->members[i];
    set->count = kept;
}

static void put(struct set *set, int fd, const struct epoll_event *event)
{
    for (int i = 0; i < set->count; i++)
        if (set->members[i].fd == fd) {
            set->members[i].event = *event;
            return;
        }
    if (set->count == MEMBERS_MAX)
        set->lost = 1;
    else
        set->members[set->count++] = (struct member){fd, *event};
}

/* A socket has been put in the place of another, on the same number.  The kernel keeps files in its
 * sets, not numbers, and has dropped the old one. */
void sw_epoll_again(int fd)
{
    for (int i = 0; i < SETS_MAX; i++)
        for (int k = 0; sets[i].used && k < sets[i].count; k++)
            if (sets[i].members[k].fd == fd)
                SW_REAL(epoll_ctl)
    (sw_fds_next(&sets[i].about, -1), EPOLL_CTL_ADD, fd, &sets[i].members[k].event);
}

void sw_epoll_forget(unsigned first, unsigned last)
{
    for (int i = 0; i < SETS_MAX; i++)
        if (sets[i].used)
            drop(&sets[i], first, last);
}

SW_EXPORT int epoll_create(int size)
{
    return add_set(SW_REAL(epoll_create)(size));
}

SW_EXPORT int epoll_create1(int flags)
{
    return add_set(SW_REAL(epoll_create1)(flags));
}

SW_EXPORT int epoll_ctl(int set_fd, int operation, int fd, struct epoll_event *event)
{
    struct set *set = find_set(set_fd);
    if (operation == EPOLL_CTL_ADD) /* an empty one can be put back */
        sw_checkpoint_before_outside("its first epoll set");
    int failed = SW_REAL(epoll_ctl)(set_fd, operation, fd, event);

    if (failed != 0 || set == NULL)
        return failed;
    if (operation == EPOLL_CTL_DEL)
        drop(set, (unsigned)fd, (unsigned)fd);
    else
        put(set, fd, event);
    if (sw_engine_self() != NULL) {
        sw_readiness_io_done();
        /* Who waits in it member by member has a list of the old ones: it is woken, and looks
         * again. */
        if (set->waiting != NULL)
            sw_readiness_wake(set->waiting);
    }
    return 0;
}

/* ---- waiting ---- */

enum side { INSIDE, BY_MEMBER, AS_A_WHOLE };

/* A set within a set has members that are not looked at here; a whole one is. */
static enum side find_side(const struct set *set)
{
    enum side side = INSIDE;

    if (set == NULL || set->lost)
        return AS_A_WHOLE;
    for (int i = 0; i < set->count; i++) {
        if (!sw_fds_is_outside(set->members[i].fd) &&
            sw_fds_kind(set->members[i].fd) != SW_FD_EPOLL)
            continue;
        side = BY_MEMBER;
        break;
    }
    for (int i = 0; side == BY_MEMBER && i < set->count; i++)
        if ((set->members[i].event.events & (EPOLLET | EPOLLONESHOT)) != 0 ||
            sw_fds_kind(set->members[i].fd) == SW_FD_EPOLL)
            side = AS_A_WHOLE;
    return side;
}

static int report(struct set *set, const struct pollfd *fds, int count, struct epoll_event *events,
                  int max)
{
    /* Beginning behind the one that was last reported, as the kernel does: with room for one event
     * at a time each member has its turn. */
    int reported = 0, first = set->first;

    for (int n = 0; n < count && reported < max; n++) {
        int i = (first + n) % count;
        if (fds[i].revents == 0 || (fds[i].revents & POLLNVAL) != 0)
            continue;
        events[reported].events = (uint16_t)fds[i].revents;
        events[reported++].data = set->members[i].event.data;
        if (reported == max)
            set->first = i + 1;
    }
    return reported;
}

static int wait_by_member(struct set *set, struct epoll_event *events, int max, int timeout_is_0,
                          uint64_t deadline_ns)
{
    struct pollfd fds[MEMBERS_MAX];

    for (;;) {
        int count = set->count;
        for (int i = 0; i < count; i++)
            fds[i] = (struct pollfd){.fd = set->members[i].fd,
                                     .events = (short)set->members[i].event.events};
        set->waiting = fds;
        int ready = timeout_is_0 ? sw_readiness_observe(fds, (nfds_t)count)
                                 : sw_readiness_wait_once(fds, (nfds_t)count, deadline_ns);
        set->waiting = NULL;
        if (ready < 0)
            return errno == ETIMEDOUT ? 0 : -1;
        /* A member that came or went during the wait: the list is made anew. */
        if (ready > 0 && set->count == count)
            return report(set, fds, count, events, max);
        if (timeout_is_0)
            return 0;
    }
}

/* The kernel's answer, of sockets that are mapped as TCP would give it. */
static int ask_kernel(int fd, const struct set *set, struct epoll_event *events, int max)
{
    int ready = SW_REAL(epoll_wait)(fd, events, max, 0);

    for (int i = 0; i < ready; i++)
        for (int k = 0; set != NULL && k < set->count; k++)
            if (set->members[k].event.data.u64 == events[i].data.u64)
                events[i].events =
                    (events[i].events & ~0xffffu) |
                    (uint16_t)sw_net_events(set->members[k].fd, (short)events[i].events);
    return ready;
}

static int wait_for(int fd, struct epoll_event *events, int max, int timeout_is_0,
                    uint64_t deadline_ns)
{
    struct set *set = find_set(fd);
    enum side side = find_side(set);
    struct pollfd one = {.fd = fd, .events = POLLIN};

    /* Wrong arguments: the kernel has the right errno for them, and does not wait. */
    if (max <= 0 || sw_fds_kind(fd) == SW_FD_UNSEEN)
        return SW_REAL(epoll_wait)(fd, events, max, 0);
    if (side == BY_MEMBER)
        return wait_by_member(set, events, max, timeout_is_0, deadline_ns);
    if (side == AS_A_WHOLE && set != NULL && !sw_fds_is_outside(fd))
        sw_fds_expose(fd);
    int ready =
        timeout_is_0 ? sw_readiness_observe(&one, 1) : sw_readiness_wait(&one, 1, deadline_ns);
    return ready > 0 ? ask_kernel(fd, set, events, max) : ready;
}

static int wait_ms(int fd, struct epoll_event *events, int max, int timeout_ms)
{
    uint64_t deadline_ns = timeout_ms <= 0 ? 0 : sw_vtime_relative((uint64_t)timeout_ms * 1000000);

    return wait_for(fd, events, max, timeout_ms == 0, deadline_ns);
}

SW_EXPORT int epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(epoll_wait)(fd, events, max, timeout_ms);
    sw_cancel_point();
    return sw_cancel_after(wait_ms(fd, events, max, timeout_ms));
}

SW_EXPORT int epoll_pwait(int fd, struct epoll_event *events, int max, int timeout_ms,
                          const sigset_t *mask)
{
    sigset_t old;

    if (sw_engine_self() == NULL)
        return SW_REAL(epoll_pwait)(fd, events, max, timeout_ms, mask);
    sw_cancel_point();
    if (mask != NULL)
        pthread_sigmask(SIG_SETMASK, mask, &old);
    int ready = wait_ms(fd, events, max, timeout_ms);
    if (mask != NULL)
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    return sw_cancel_after(ready);
}

SW_EXPORT int epoll_pwait2(int fd, struct epoll_event *events, int max,
                           const struct timespec *timeout, const sigset_t *mask)
{
    sigset_t old;

    if (sw_engine_self() == NULL)
        return SW_REAL(epoll_pwait2)(fd, events, max, timeout, mask);
    if (timeout != NULL && (timeout->tv_sec < 0 || !sw_vtime_is_valid(timeout))) {
        errno = EINVAL;
        return -1;
    }
    uint64_t ns = timeout != NULL ? sw_vtime_of_timespec(timeout) : 1;
    sw_cancel_point();
    if (mask != NULL)
        pthread_sigmask(SIG_SETMASK, mask, &old);
    int ready = wait_for(fd, events, max, ns == 0, timeout != NULL ? sw_vtime_relative(ns) : 0);
    if (mask != NULL)
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    return sw_cancel_after(ready);
}
