/* SPDX-License-Identifier: MIT */
#include "readiness.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "harness/control/process/children.h"
#include "engine_state.h"
#include "harness/control/io/fds.h"
#include "harness/control/net/net.h"
#include "real.h"
#include "harness/control/process/signals.h"
#include "harness/control/time/timers.h"

enum {
    TICK_NS = 1000,
    LOOK_EVERY = 64,
    POLL_MAX = 4096,
    EXPECTED_MAX = 256,
    /* Real time for which the outside may do something before virtual deadlines
     * pass: so much after something has come from there, or been sent there. */
    PATIENCE_MS = 5000,
    PATIENCE_AFTER_IO_MS = 20,
    LATER_NS = 1000000,
    BYTES_MAX = 1 << 24, /* of one read */
    VAIN_MAX = 1000, /* timers that wake nobody */
    /* A signal's handler may run on an OS thread that is not the one that polls. */
    SLICE_MS = 100,
};

/* A thread and one of the descriptors that it waits for. */
struct waiter {
    struct sw_thread *thread;
    nfds_t k;
};

static struct pollfd polled[POLL_MAX];
static struct waiter waiters[POLL_MAX];
static int expected[EXPECTED_MAX]; /* pidfds */
static uint32_t expected_count;
static uint32_t since_look;
static int in_vain; /* timers that have gone off since somebody ran */

/* ---- asking the kernel ---- */

/* Nobody waits to write to a standard file: it takes what it gets (io.c). */
static int takes_all(const struct pollfd *one)
{
    return sw_fds_is_standard(one->fd) && (one->events & (POLLIN | POLLPRI)) == 0;
}

static int is_outside(const struct pollfd *one)
{
    return sw_fds_is_outside(one->fd) && !takes_all(one);
}

static int poll_slice(struct pollfd *fds, nfds_t count, int most_ms)
{
    if (!sw_children_must_look())
        return SW_REAL(poll)(fds, count, most_ms);
    sw_children_look();
    return SW_REAL(poll)(fds, count,
                         most_ms < SW_CHILDREN_SLICE_MS ? most_ms : SW_CHILDREN_SLICE_MS);
}

static int poll_really(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    int slice_ms = sw_children_must_look() ? SW_CHILDREN_SLICE_MS : SLICE_MS;
    int saved = errno, left_ms = timeout_ms, ready;

    do {
        ready = poll_slice(fds, count, timeout_ms < 0 || left_ms > slice_ms ? slice_ms : left_ms);
        left_ms -= slice_ms;
    } while (ready <= 0 && (timeout_ms < 0 || left_ms > 0) && !sw_signals_came);
    errno = saved;
    return ready;
}

/* What threads wait for, of one side; how many. */
static uint32_t gather(int outside)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_wait *wait = &sw_engine.live[i]->wait;
        for (nfds_t k = 0; wait->kind == SW_WAIT_IO && !wait->woken && k < wait->fd_count; k++) {
            if (is_outside(&wait->fds[k]) != outside || count == POLL_MAX)
                continue;
            waiters[count] = (struct waiter){sw_engine.live[i], k};
            polled[count++] = wait->fds[k];
        }
    }
    return count;
}

/* ---- inside ---- */

static int look_inside(void)
{
    uint32_t count = gather(0);
    int ready = count > 0 ? poll_really(polled, count, 0) : 0;

    for (uint32_t i = 0; i < count && ready > 0; i++)
        if (polled[i].revents != 0)
            waiters[i].thread->wait.woken = 1;
    return ready > 0;
}

/* ---- outside ---- */

static void announce(struct sw_thread *thread, struct pollfd *fds, nfds_t k, short revents)
{
    uint32_t choice = thread->ordinal | (uint32_t)k << SW_READY_SHIFT;
    struct sw_decision decision = {.kind = SW_DECIDE_READY,
                                   .place = SW_AT_IO_WAIT,
                                   .thread = thread->ordinal,
                                   .count = 1,
                                   .candidates = &choice};

    assert(thread->ordinal < 1u << SW_READY_SHIFT && choice < SW_EARLY && revents != 0);
    fds[k].revents = sw_net_events(fds[k].fd, revents);
    sw_engine.patience_ms = PATIENCE_MS;
    sw_decide_happened(&decision);
}

/* Is the descriptor of one that has been announced in this look already?  Only
 * one thread may go for it, or the others would find it empty. */
static int was_announced(uint32_t i)
{
    for (uint32_t j = 0; j < i; j++)
        if (polled[j].fd == polled[i].fd && polled[j].revents != 0 &&
            waiters[j].thread != waiters[i].thread)
            return 1;
    return 0;
}

static int record_outside(uint32_t count, int timeout_ms)
{
    int found = 0;

    if (poll_really(polled, count, timeout_ms) > 0)
        for (uint32_t i = 0; i < count; i++) {
            if (polled[i].revents == 0)
                continue;
            if (was_announced(i)) {
                polled[i].revents = 0;
                continue;
            }
            struct sw_wait *wait = &waiters[i].thread->wait;
            announce(waiters[i].thread, wait->fds, waiters[i].k, polled[i].revents);
            wait->woken = 1;
            found++;
        }
    sw_decide_passed();
    return found;
}

static uint32_t find_waiter(uint32_t choice, uint32_t count)
{
    uint32_t i = 0;

    while (i < count &&
           (waiters[i].thread->ordinal | (uint32_t)waiters[i].k << SW_READY_SHIFT) != choice)
        i++;
    return i;
}

/* The real thing may take its time: it did when this was recorded. */
static int replay_outside(uint32_t count)
{
    uint32_t choice;
    int found = 0;

    while (sw_decide_is_due(SW_DECIDE_READY, &choice)) {
        uint32_t i = find_waiter(choice, count);
        if (i == count)
            sw_decide_misfit(SW_DECIDE_READY, "nobody waits for that descriptor");
        struct sw_wait *wait = &waiters[i].thread->wait;
        poll_really(&polled[i], 1, -1);
        announce(waiters[i].thread, wait->fds, waiters[i].k, polled[i].revents);
        wait->woken = 1;
        found++;
    }
    sw_decide_passed();
    return found;
}

/* Waits at most for the time, and not at all in a replay, which knows. */
static int look_outside(int timeout_ms)
{
    uint32_t count = gather(1);

    since_look = 0;
    if (count == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        waiters[i].thread->wait.fds[waiters[i].k].revents = 0;
    return sw_decide_replays() ? replay_outside(count) : record_outside(count, timeout_ms);
}

/* ---- for the engine ---- */

void sw_readiness_look(void)
{
    in_vain = 0;
    sw_timers_fire();
    if (sw_engine.io_waiters == 0 || (!sw_engine.io_dirty && ++since_look < LOOK_EVERY))
        return;
    if (sw_engine.io_dirty)
        look_inside();
    sw_engine.io_dirty = 0;
    look_outside(0);
}

void sw_readiness_io_done(void)
{
    sw_engine.io_dirty = sw_engine.io_waiters > 0;
    if (sw_engine.patience_ms < PATIENCE_AFTER_IO_MS)
        sw_engine.patience_ms = PATIENCE_AFTER_IO_MS;
}

/* ---- for the calling thread ---- */

static int observe_outside(struct pollfd *fds, nfds_t count)
{
    struct sw_thread *self = sw_engine.current;
    uint32_t choice;
    int found = 0;

    if (sw_decide_replays()) {
        while (sw_decide_is_due(SW_DECIDE_READY, &choice)) {
            nfds_t k = choice >> SW_READY_SHIFT;
            if ((choice & ((1u << SW_READY_SHIFT) - 1)) != self->ordinal || k >= count ||
                !is_outside(&fds[k]))
                sw_decide_misfit(SW_DECIDE_READY, "this thread looks at other descriptors");
            poll_really(&fds[k], 1, -1);
            announce(self, fds, k, fds[k].revents);
            found++;
        }
    } else {
        for (nfds_t k = 0; k < count; k++) {
            struct pollfd one = fds[k];
            if (!is_outside(&one) || poll_really(&one, 1, 0) <= 0)
                continue;
            announce(self, fds, k, one.revents);
            found++;
        }
    }
    sw_decide_passed();
    return found;
}

static int count_ready(const struct pollfd *fds, nfds_t count)
{
    int ready = 0;

    for (nfds_t k = 0; k < count; k++)
        ready += fds[k].revents != 0;
    return ready;
}

/* Asks the kernel about those of one side, and leaves the others as they are. */
static void ask_inside(struct pollfd *fds, nfds_t count, int *outside)
{
    *outside = 0;
    for (nfds_t k = 0; k < count; k++) {
        if (is_outside(&fds[k]))
            (*outside)++;
        else if (takes_all(&fds[k]))
            fds[k].revents = fds[k].events & POLLOUT;
        else if (poll_really(&fds[k], 1, 0) > 0)
            fds[k].revents = sw_net_events(fds[k].fd, fds[k].revents);
    }
}

int sw_readiness_observe(struct pollfd *fds, nfds_t count)
{
    int outside;

    for (nfds_t k = 0; k < count; k++)
        fds[k].revents = 0;
    ask_inside(fds, count, &outside);
    if (outside > 0) {
        sw_engine.busy = 1;
        observe_outside(fds, count);
        sw_engine.busy = 0;
    }
    return count_ready(fds, count);
}

/* What was announced may have been taken by another thread meanwhile. */
static int after_waking(struct pollfd *fds, nfds_t count)
{
    int outside;

    for (nfds_t k = 0; k < count; k++) {
        struct pollfd one = fds[k];
        if (fds[k].revents != 0 && is_outside(&one) && poll_really(&one, 1, 0) == 0)
            fds[k].revents = 0;
    }
    ask_inside(fds, count, &outside);
    return count_ready(fds, count);
}

static int block(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    int failed = sw_engine_block(&(struct sw_wait){.kind = SW_WAIT_IO,
                                                   .place = SW_AT_IO_WAIT,
                                                   .fds = fds,
                                                   .fd_count = count,
                                                   .deadline_ns = deadline_ns});
    if (failed == 0)
        return after_waking(fds, count);
    errno = failed;
    return -1;
}

int sw_readiness_wait(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    int ready = sw_readiness_observe(fds, count);

    while (ready == 0)
        ready = block(fds, count, deadline_ns);
    return ready < 0 && errno == ETIMEDOUT ? 0 : ready;
}

int sw_readiness_wait_once(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    int ready = sw_readiness_observe(fds, count);

    return ready > 0 ? ready : block(fds, count, deadline_ns);
}

void sw_readiness_wake(const struct pollfd *fds)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_wait *wait = &sw_engine.live[i]->wait;
        if (wait->kind == SW_WAIT_IO && wait->fds == fds)
            wait->woken = 1;
    }
}

/* ---- how much there is ---- */

/* More may be coming: the kernel tells only that there is some. */
static void wait_for_bytes(int fd, uint32_t wanted)
{
    struct pollfd one = {.fd = fd};
    int there = 0;

    while (SW_REAL(ioctl)(fd, FIONREAD, &there) == 0 && (uint32_t)there < wanted &&
           poll_really(&one, 1, 1) == 0) /* but for POLLHUP, the time is up */
        continue;
}

size_t sw_readiness_before_read(int fd, size_t size)
{
    uint32_t bytes = size < BYTES_MAX ? (uint32_t)size : BYTES_MAX;

    if (!sw_decide_replays())
        return bytes;
    int due = sw_decide_is_due(SW_DECIDE_BYTES, &bytes);
    if (due && (bytes == 0 || bytes > size))
        return size; /* its end; or another run, as the hash will tell */
    wait_for_bytes(fd, bytes);
    return bytes;
}

void sw_readiness_after_read(size_t size, ssize_t got)
{
    uint32_t bytes = got > 0 ? (uint32_t)got : 0,
             most = size < BYTES_MAX ? (uint32_t)size : BYTES_MAX;
    struct sw_decision decision = {.kind = SW_DECIDE_BYTES,
                                   .place = SW_AT_IO_WAIT,
                                   .thread = sw_engine.current->ordinal,
                                   .count = 1,
                                   .candidates = &bytes};

    if (bytes < most)
        sw_decide_happened(&decision);
    else
        sw_decide_passed();
}

/* Could anybody but the calling thread run, now or when time goes on? */
static int others_go_on(void)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        if (sw_engine.live[i] != sw_engine.current && sw_engine.live[i]->wait.deadline_ns != 0)
            return 1;
    return sw_engine_others_can_run();
}

int sw_readiness_try_later(void)
{
    int saved = errno, alone = !others_go_on();

    sw_engine_block(&(struct sw_wait){
        .kind = SW_WAIT_SLEEP, .place = SW_AT_IO_WAIT, .deadline_ns = sw_engine.now_ns + LATER_NS});
    if (alone)
        SW_REAL(nanosleep)(&(struct timespec){.tv_nsec = LATER_NS}, NULL);
    errno = saved;
    return alone;
}

void sw_readiness_be_patient(void)
{
    sw_engine.patience_ms = PATIENCE_MS;
}

void sw_readiness_expect(int pidfd)
{
    uint32_t i = 0;

    while (i < expected_count && expected[i] != pidfd)
        i++;
    if (i == EXPECTED_MAX || i < expected_count)
        return;
    expected[expected_count++] = pidfd;
}

void sw_readiness_forget(int pidfd)
{
    for (uint32_t i = 0; i < expected_count; i++)
        if (expected[i] == pidfd) {
            expected[i] = expected[--expected_count];
            return;
        }
}

/* ---- time ---- */

uint64_t sw_engine_now(void)
{
    return sw_engine.now_ns;
}

void sw_engine_tick(void)
{
    sw_engine.now_ns += TICK_NS;
}

struct sw_thread *sw_readiness_earliest(void)
{
    struct sw_thread *earliest = NULL;

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_thread *thread = sw_engine.live[i];
        uint64_t deadline = thread->wait.deadline_ns;
        if (deadline != 0 && (earliest == NULL || deadline < earliest->wait.deadline_ns))
            earliest = thread;
    }
    return earliest;
}

/* How long the outside may take before virtual time goes on to the deadline. */
static int find_timeout(uint64_t deadline)
{
    if (deadline == 0)
        return -1;
    uint64_t left_ms = (deadline - sw_engine.now_ns + 999999) / 1000000;
    return left_ms < (uint64_t)sw_engine.patience_ms ? (int)left_ms : sw_engine.patience_ms;
}

/* Somebody asks again and again whether a child has ended, and sleeps in between. */
static void wait_for_expected(int timeout_ms)
{
    if (expected_count == 0 || timeout_ms <= 0 || sw_decide_replays())
        return;
    for (uint32_t i = 0; i < expected_count; i++)
        polled[i] = (struct pollfd){.fd = expected[i], .events = POLLIN};
    poll_really(polled, expected_count, timeout_ms);
}

/* The next thing that time brings; 0: nothing. */
static uint64_t find_deadline(void)
{
    const struct sw_thread *earliest = sw_readiness_earliest();
    uint64_t thread = earliest != NULL ? earliest->wait.deadline_ns : 0;
    uint64_t timer = in_vain < VAIN_MAX ? sw_timers_next() : 0;

    return timer != 0 && (thread == 0 || timer < thread) ? timer : thread;
}

int sw_readiness_go_on(void)
{
    uint64_t deadline = find_deadline();
    int timeout_ms = find_timeout(deadline);

    if (sw_engine.io_waiters > 0 && (look_inside() || look_outside(timeout_ms)))
        return 1;
    if (deadline == 0 && timeout_ms < 0 && sw_signals_pausing() > 0 && sw_engine.resting == NULL)
        poll_really(NULL, 0, -1);
    if (sw_signals_came) {
        sw_signals_came = 0;
        return 1;
    }
    if (deadline == 0)
        return 0;
    if (sw_engine.io_waiters > 0 || expected_count > 0)
        sw_engine.patience_ms -= timeout_ms > 0 ? timeout_ms : 0;
    wait_for_expected(timeout_ms);
    if (deadline > sw_engine.now_ns)
        sw_engine.now_ns = deadline;
    in_vain += sw_timers_fire();
    return 1;
}
