/* SPDX-License-Identifier: MIT */
#include "readiness.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "fds.h"
#include "harness/control/engine/decide.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"
#include "harness/control/net/net.h"
#include "owed.h"
#include "settle.h"
#include "harness/control/process/children.h"

enum {
    EXPECTED_MAX = 256,
    /* Real time for which the outside may do something before virtual deadlines pass.  After
     * something has come from there more may follow, at the pace of another program: seconds.
     * After something was sent there an answer may come at once, or never: 20 ms are many times
     * what a process on the same machine takes, and nobody notices them once. */
    PATIENCE_MS = 5000,
    PATIENCE_AFTER_IO_MS = 20,
    LATER_NS = 1000000,
    BYTES_MAX = 1 << 24, /* of one read */
    /* A signal's handler may run on an OS thread that is not the one that polls, whose poll() it
     * does not interrupt: so often that thread looks whether one has run. */
    SLICE_MS = 100,
    /* Where somebody has to look before the kernel can tell (children.h): so often. */
    LOOKED_SLICE_MS = 2,
    /* So often it is asked whether the wait is in vain. */
    VAIN_SLICE_MS = 10,
};

static int expected[EXPECTED_MAX]; /* pidfds */
static uint32_t expected_count;
static uint32_t waiting; /* threads that wait for descriptors */
static int dirty; /* a descriptor may have become ready */
static int patience_ms;
static int pausing; /* threads that wait for a signal only */
static volatile sig_atomic_t interrupted; /* a signal has come from outside */
static void (*look_first)(void); /* NULL: the kernel knows all */
static int (*in_vain)(const struct pollfd *fds, nfds_t count); /* NULL: nobody can tell */

/* ---- asking the kernel ---- */

/* Nobody waits to write to a standard file: it takes what it gets (io.c). */
static int takes_all(const struct pollfd *one)
{
    return sw_fds_is_standard(one->fd) && (one->events & (POLLIN | POLLPRI)) == 0;
}

int sw_readiness_is_outside(const struct pollfd *one)
{
    return sw_fds_is_outside(one->fd) && !takes_all(one);
}

void sw_readiness_look_first(void (*look)(void))
{
    look_first = look;
}

/* Is there something to be done while it waits? */
static int is_busy(void)
{
    return look_first != NULL || sw_owed_any();
}

/* One slice of a wait.  A stand-in for a child has to be looked at before the kernel can answer for
 * it. */
static int poll_slice(struct pollfd *fds, nfds_t count, int most_ms)
{
    if (look_first != NULL)
        look_first();
    sw_owed_pay();
    if (is_busy() && most_ms > LOOKED_SLICE_MS)
        most_ms = LOOKED_SLICE_MS;
    return SW_REAL(poll)(fds, count, most_ms);
}

void sw_readiness_give_up_when(int (*is_in_vain)(const struct pollfd *fds, nfds_t count))
{
    in_vain = is_in_vain;
}

/* None was ready.  Before it is given up the kernel is asked once more: what is there now was there
 * before nobody was left who could bring it. */
static int is_in_vain(struct pollfd *fds, nfds_t count, int *ready)
{
    if (in_vain == NULL || !in_vain(fds, count))
        return 0;
    *ready = poll_slice(fds, count, 0);
    return 1;
}

static int poll_in_slices(struct pollfd *fds, nfds_t count, int timeout_ms, int slice_ms,
                          int gives_up)
{
    /* The kernel's time is counted in slices and not by a clock: how long it really takes does not
     * matter, only that it ends. */
    int saved = errno, left_ms = timeout_ms, ready;

    slice_ms = is_busy() ? LOOKED_SLICE_MS : slice_ms;
    do {
        ready = poll_slice(fds, count, timeout_ms < 0 || left_ms > slice_ms ? slice_ms : left_ms);
        left_ms -= slice_ms;
    } while (ready <= 0 && (timeout_ms < 0 || left_ms > 0) && !interrupted &&
             !(gives_up && is_in_vain(fds, count, &ready)));
    errno = saved;
    return ready;
}

int sw_readiness_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    return poll_in_slices(fds, count, timeout_ms, SLICE_MS, 0);
}

int sw_readiness_poll_or_give_up(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    return poll_in_slices(fds, count, timeout_ms, in_vain != NULL ? VAIN_SLICE_MS : SLICE_MS, 1);
}

void sw_readiness_await(struct pollfd *one)
{
    if (!sw_owed_await(one))
        sw_readiness_poll(one, 1, -1);
}

void sw_readiness_interrupt(void)
{
    interrupted = 1;
}

int sw_readiness_was_interrupted(void)
{
    int was = interrupted;

    interrupted = 0;
    return was;
}

/* ---- what has been found ---- */

void sw_readiness_announce(struct sw_thread *thread, struct pollfd *fds, nfds_t k, short revents)
{
    uint32_t choice = thread->ordinal | (uint32_t)k << SW_READY_SHIFT;
    struct sw_decision decision = {.kind = SW_DECIDE_READY,
                                   .place = SW_AT_IO_WAIT,
                                   .thread = thread->ordinal,
                                   .count = 1,
                                   .candidates = &choice};

    assert(thread->ordinal < 1u << SW_READY_SHIFT && choice < SW_EARLY && revents != 0);
    fds[k].revents = sw_net_events(fds[k].fd, revents);
    /* Something has come: whoever sent it may send more. */
    patience_ms = PATIENCE_MS;
    sw_settle_was_seen(fds[k].fd);
    sw_decide_happened(&decision);
}

void sw_readiness_io_done(void)
{
    /* Where nobody waits nobody needs to be told: who comes later asks the kernel first. */
    dirty = waiting > 0;
    if (patience_ms < PATIENCE_AFTER_IO_MS)
        patience_ms = PATIENCE_AFTER_IO_MS;
}

int sw_readiness_is_dirty(void)
{
    int was = dirty;

    dirty = 0;
    return was;
}

uint32_t sw_readiness_waiting(void)
{
    return waiting;
}

int sw_readiness_patience(void)
{
    return patience_ms;
}

void sw_readiness_lose_patience(int ms)
{
    patience_ms -= ms;
}

/* ---- for the calling thread ---- */

static int observe_outside(struct pollfd *fds, nfds_t count)
{
    struct sw_thread *self = sw_engine.current;
    uint32_t choice;
    int found = 0;

    /* A replay knows which were ready, and waits until they are: it may be faster than the
     * recording was.  A recording asks the kernel, once. */
    if (sw_decide_replays()) {
        while (sw_decide_is_due(SW_DECIDE_READY, &choice)) {
            nfds_t k = choice >> SW_READY_SHIFT;
            /* READY says whose descriptor, and which of them: another thread's, or one that is not
             * outside, shows that the program does something else than it did. */
            if ((choice & ((1u << SW_READY_SHIFT) - 1)) != self->ordinal || k >= count ||
                !sw_readiness_is_outside(&fds[k])) {
                sw_decide_misfit(SW_DECIDE_READY, "this thread looks at other descriptors");
                break;
            }
            sw_readiness_await(&fds[k]);
            sw_readiness_announce(self, fds, k, fds[k].revents);
            found++;
        }
    } else {
        for (nfds_t k = 0; k < count; k++) {
            struct pollfd one = fds[k];
            if (!sw_readiness_is_outside(&one) || !sw_settle_may_see(&one) ||
                sw_readiness_poll(&one, 1, 0) <= 0)
                continue;
            sw_readiness_announce(self, fds, k, one.revents);
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
        if (sw_readiness_is_outside(&fds[k]))
            (*outside)++;
        else if (takes_all(&fds[k]))
            fds[k].revents = fds[k].events & POLLOUT;
        else if (sw_readiness_poll(&fds[k], 1, 0) > 0)
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
        /* A signal's handler that comes during the look must not begin another one. */
        sw_engine.busy = 1;
        observe_outside(fds, count);
        sw_engine.busy = 0;
    }
    return count_ready(fds, count);
}

/* What was announced may have been taken by another thread meanwhile: between the look and this
 * thread's turn others have run.  Then it waits again, as if nothing had been. */
static int after_waking(struct pollfd *fds, nfds_t count)
{
    int outside;

    for (nfds_t k = 0; k < count; k++) {
        struct pollfd one = fds[k];
        if (fds[k].revents != 0 && sw_readiness_is_outside(&one) &&
            sw_readiness_poll(&one, 1, 0) == 0 && !sw_owed_is_promised(&one))
            fds[k].revents = 0;
    }
    ask_inside(fds, count, &outside);
    return count_ready(fds, count);
}

/* ---- waiting ---- */

static int is_ready(const struct sw_wait *wait)
{
    return wait->woken;
}

static void describe(const struct sw_thread *thread, char *buf, size_t size)
{
    const struct sw_readiness_fds *wanted = thread->wait.address;

    int fd = wanted->fds != NULL ? wanted->fds[0].fd : -1;

    if (!sw_children_describe(fd, buf, size))
        snprintf(buf, size, "waits for descriptor %d", fd);
}

static const struct sw_clause for_fds = {.has_come = is_ready,
                                         .describe = describe,
                                         .waiting = &waiting,
                                         .interruptible = 1,
                                         .cancellable = 1};

const struct sw_readiness_fds *sw_readiness_wanted(const struct sw_thread *thread)
{
    return thread->wait.clause == &for_fds && !thread->wait.woken ? thread->wait.address : NULL;
}

static int block(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    const struct sw_readiness_fds wanted = {fds, count};
    int failed = sw_engine_block(&(struct sw_wait){.clause = &for_fds,
                                                   .place = SW_AT_IO_WAIT,
                                                   .address = &wanted,
                                                   .deadline_ns = deadline_ns});

    if (failed == 0)
        return after_waking(fds, count);
    errno = failed;
    return -1;
}

int sw_readiness_wait(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    int saved = errno; /* that the time is up is no error */
    int ready = sw_readiness_observe(fds, count);

    /* Woken does not mean ready; see after_waking(). */
    while (ready == 0)
        ready = block(fds, count, deadline_ns);
    if (ready >= 0 || errno != ETIMEDOUT)
        return ready;
    errno = saved;
    return 0;
}

int sw_readiness_wait_once(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    int ready = sw_readiness_observe(fds, count);

    return ready > 0 ? ready : block(fds, count, deadline_ns);
}

void sw_readiness_pause(void)
{
    pausing++;
    sw_readiness_wait(NULL, 0, 0);
    pausing--;
}

int sw_readiness_pausing(void)
{
    return pausing;
}

void sw_readiness_wake(const struct pollfd *fds)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        const struct sw_readiness_fds *wanted = sw_readiness_wanted(sw_engine.live[i]);
        if (wanted != NULL && wanted->fds == fds)
            sw_engine.live[i]->wait.woken = 1;
    }
}

/* ---- how much there is ---- */

/* More may be coming: the kernel tells only that there is some.  How much a read got is recorded,
 * so that a replay waits for as much. */
static void wait_for_bytes(int fd, uint32_t wanted)
{
    struct pollfd one = {.fd = fd};
    int there = 0;

    while (SW_REAL(ioctl)(fd, FIONREAD, &there) == 0 && (uint32_t)there < wanted &&
           sw_readiness_poll(&one, 1, 1) == 0) /* but for POLLHUP, the time is up */
        continue;
}

size_t sw_readiness_before_read(int fd, size_t size)
{
    uint32_t bytes = size < BYTES_MAX ? (uint32_t)size : BYTES_MAX;

    if (!sw_decide_replays()) {
        sw_settle_wait_for_bytes(fd, bytes);
        return bytes;
    }
    int due = sw_decide_is_due(SW_DECIDE_BYTES, &bytes);
    /* 0 was the end of the stream, of which one has not to wait for bytes. */
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

    /* A read that got all that it asked for is the default; only a short one has to be in the
     * schedule. */
    if (bytes < most)
        sw_decide_happened(&decision);
    else
        sw_decide_passed();
}

int sw_readiness_try_later(void)
{
    /* Virtual time always goes on, so that others come first.  In real time it waits only when
     * there are no others: then another process has what is wanted. */
    int saved = errno, alone = !sw_engine_others_may_run();

    sw_engine_sleep(SW_AT_IO_WAIT, sw_engine.now_ns + LATER_NS);
    if (alone)
        SW_REAL(nanosleep)(&(struct timespec){.tv_nsec = LATER_NS}, NULL);
    errno = saved;
    return alone;
}

/* ---- children ---- */

void sw_readiness_be_patient(void)
{
    patience_ms = PATIENCE_MS;
}

void sw_readiness_expect(int pidfd)
{
    uint32_t i = 0;

    while (i < expected_count && expected[i] != pidfd)
        i++;
    /* One too many is only not waited for: virtual time then goes on while it lives. */
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

int sw_readiness_expects(void)
{
    return expected_count > 0;
}

void sw_readiness_wait_for_expected(int timeout_ms)
{
    struct pollfd fds[EXPECTED_MAX];

    if (expected_count == 0 || timeout_ms <= 0 || sw_decide_replays())
        return;
    for (uint32_t i = 0; i < expected_count; i++)
        fds[i] = (struct pollfd){.fd = expected[i], .events = POLLIN};
    sw_readiness_poll_or_give_up(fds, expected_count, timeout_ms);
    /* Time has waited for it: whoever asks next is told. */
    for (uint32_t i = 0; i < expected_count; i++)
        if (fds[i].revents != 0)
            sw_settle_was_seen(fds[i].fd);
}
