/* SPDX-License-Identifier: MIT
 *
 * ready.c - who waits for descriptors, and what happens when nothing can run.
 */
#include <assert.h>
#include <errno.h>

#include "engine_state.h"
#include "real.h"

enum {
    TICK_NS = 1000,
    /* Real time for which others may make descriptors ready before a virtual
     * deadline passes; spent once, until there has been I/O again. */
    FOREIGN_WAIT_MS = 20,
    POLL_MAX = 4096,
};

/* ---- descriptors ---- */

static uint32_t gather(struct pollfd *all, struct sw_thread **owners)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_wait *wait = &sw_engine.live[i]->wait;
        for (nfds_t k = 0; wait->kind == SW_WAIT_IO && k < wait->fd_count; k++) {
            if (count == POLL_MAX)
                return count;
            owners[count] = sw_engine.live[i];
            all[count++] = wait->fds[k];
        }
    }
    return count;
}

/* Waits until a descriptor is ready for which a thread waits; how many were. */
static int look(int timeout_ms)
{
    static struct pollfd all[POLL_MAX];
    static struct sw_thread *owners[POLL_MAX];
    uint32_t count = gather(all, owners);
    int ready;

    sw_engine.io_dirty = 0;
    do
        ready = SW_REAL(poll)(all, count, timeout_ms);
    while (ready < 0 && errno == EINTR && timeout_ms < 0);
    for (uint32_t i = 0; i < count && ready > 0; i++)
        if (all[i].revents != 0)
            owners[i]->wait.woken = 1;
    return ready;
}

void sw_ready_look(void)
{
    if (sw_engine.io_dirty)
        look(0);
}

void sw_engine_io_done(void)
{
    sw_engine.io_dirty = sw_engine.io_waiters > 0;
    sw_engine.patience_ms = FOREIGN_WAIT_MS;
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

struct sw_thread *sw_ready_earliest(void)
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

int sw_ready_go_on(void)
{
    const struct sw_thread *earliest = sw_ready_earliest();
    uint64_t deadline = earliest != NULL ? earliest->wait.deadline_ns : 0;
    int timeout_ms = sw_engine.resting != NULL ? 0 : -1;

    assert(deadline == 0 || deadline > sw_engine.now_ns);
    if (deadline != 0) {
        uint64_t left_ms = (deadline - sw_engine.now_ns + 999999) / 1000000;
        timeout_ms =
            left_ms < (uint64_t)sw_engine.patience_ms ? (int)left_ms : sw_engine.patience_ms;
        sw_engine.patience_ms -= sw_engine.io_waiters > 0 ? timeout_ms : 0;
    }
    if (sw_engine.io_waiters > 0 && look(timeout_ms) > 0)
        return 1;
    if (deadline == 0)
        return 0;
    sw_engine.now_ns = deadline;
    return 1;
}
