/* SPDX-License-Identifier: MIT */
#include "idle.h"

#include "harness/control/engine/decide.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/time/timers.h"
#include "readiness.h"
#include "settle.h"

enum {
    /* A look outside costs a system call, and a number of the decisions'. At every choice it would
     * double what a choice costs; at every 64th it is lost in the rest, and the outside still waits
     * for less than a millisecond, since choices come that fast. */
    LOOK_EVERY = 64,
    POLL_MAX = 4096,
    /* Timers that wake nobody, one after the other: an interval timer without a handler would keep
     * virtual time running for ever where the program is in a deadlock. */
    VAIN_MAX = 1000,
};

/* A thread and one of the descriptors that it waits for. */
struct waiter {
    struct sw_thread *thread;
    struct pollfd *fds; /* all of its */
    nfds_t k;
};

static struct pollfd polled[POLL_MAX];
static struct waiter waiters[POLL_MAX];
static uint32_t since_look;
static int in_vain; /* timers that have gone off since somebody ran */

/* What threads wait for, of one side; how many. */
static uint32_t gather(int outside)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        const struct sw_readiness_fds *wanted = sw_readiness_wanted(sw_engine.live[i]);
        for (nfds_t k = 0; wanted != NULL && k < wanted->count; k++) {
            if (sw_readiness_is_outside(&wanted->fds[k]) != outside || count == POLL_MAX)
                continue;
            waiters[count] = (struct waiter){sw_engine.live[i], wanted->fds, k};
            polled[count++] = wanted->fds[k];
        }
    }
    return count;
}

/* ---- inside ---- */

/* The kernel knows, and what it says follows from what this process has done: no number is taken,
 * and nothing is written down. */
static int look_inside(void)
{
    uint32_t count = gather(0);
    int ready = count > 0 ? sw_readiness_poll(polled, count, 0) : 0;

    for (uint32_t i = 0; i < count && ready > 0; i++)
        if (polled[i].revents != 0)
            waiters[i].thread->wait.woken = 1;
    return ready > 0;
}

/* ---- outside ---- */

/* Is the descriptor of one that has been announced in this look already? Only one thread may go for
 * it: what there is to read is for one, and the others would block in the kernel, out of sight. */
static int was_announced(uint32_t i)
{
    for (uint32_t j = 0; j < i; j++)
        if (polled[j].fd == polled[i].fd && polled[j].revents != 0 &&
            waiters[j].thread != waiters[i].thread)
            return 1;
    return 0;
}

/* It is ready: its thread is told, and can run. */
static void find(uint32_t i)
{
    sw_readiness_announce(waiters[i].thread, waiters[i].fds, waiters[i].k, polled[i].revents);
    waiters[i].thread->wait.woken = 1;
}

/* While others can run, what children do is not to be seen just because it is there; and when
 * nobody can, all of it is, and none is cut short. */
static int poll_outside(uint32_t count, int timeout_ms, int is_idle)
{
    int ready = sw_readiness_poll_or_give_up(polled, count, is_idle ? timeout_ms : 0);

    if (is_idle && ready > 0) {
        sw_settle_wait(polled, count);
        return sw_readiness_poll(polled, count, 0);
    }
    for (uint32_t i = 0; i < count && !is_idle; i++)
        if (!sw_settle_may_see(&polled[i]))
            polled[i].revents = 0;
        else if (sw_settle_is_childs(&polled[i]))
            ready += sw_readiness_poll(&polled[i], 1, 0);
    return ready;
}

static int record_outside(uint32_t count, int timeout_ms, int is_idle)
{
    int found = 0;

    if (poll_outside(count, timeout_ms, is_idle) > 0)
        for (uint32_t i = 0; i < count; i++) {
            if (polled[i].revents == 0)
                continue;
            if (was_announced(i)) {
                polled[i].revents = 0;
                continue;
            }
            find(i);
            found++;
        }
    /* The end of the look takes a number also when nothing was found: a replay must look as
     * often. */
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
        if (i == count) {
            sw_decide_misfit(SW_DECIDE_READY, "nobody waits for that descriptor");
            break;
        }
        sw_readiness_await(&polled[i]);
        find(i);
        found++;
    }
    sw_decide_passed();
    return found;
}

/* Waits at most for the time, and not at all in a replay, which knows. */
static int look_outside(int timeout_ms, int is_idle)
{
    uint32_t count = gather(1);

    /* A look is a look, whoever asked for it. */
    since_look = 0;
    if (count == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        waiters[i].fds[waiters[i].k].revents = 0;
    return sw_decide_replays() ? replay_outside(count) : record_outside(count, timeout_ms, is_idle);
}

/* A replay has nothing to wait for any more, but when it was recorded nobody brought it, for good:
 * so it is here, too, once the children have come to where they wait. */
static void wait_in_vain(void)
{
    uint32_t count = gather(1);

    if (count > 0)
        sw_readiness_poll_or_give_up(polled, count, -1);
}

/* ---- before each choice of who runs ---- */

void sw_idle_look(void)
{
    /* Somebody can run again: what time has brought was of use. */
    in_vain = 0;
    sw_timers_fire();
    if (sw_readiness_waiting() == 0)
        return;
    /* Only an operation of our own can have made something INSIDE ready; without one, only the
     * outside is worth a look, and that only now and then. */
    if (sw_readiness_is_dirty())
        look_inside();
    else if (++since_look < LOOK_EVERY)
        return;
    look_outside(0, 0);
}

/* ---- when nobody can run ---- */

/* How long the outside may take before virtual time goes on to the deadline. */
static int find_timeout(uint64_t deadline)
{
    if (deadline == 0)
        return -1;
    uint64_t left_ms = (deadline - sw_engine.now_ns + 999999) / 1000000;
    return left_ms < (uint64_t)sw_readiness_patience() ? (int)left_ms : sw_readiness_patience();
}

/* The next thing that time brings; 0: nothing. */
static uint64_t find_deadline(void)
{
    const struct sw_thread *earliest = sw_thread_table_earliest();
    uint64_t thread = earliest != NULL ? earliest->wait.deadline_ns : 0;
    uint64_t timer = in_vain < VAIN_MAX ? sw_timers_next() : 0;

    return timer != 0 && (thread == 0 || timer < thread) ? timer : thread;
}

int sw_idle_go_on(void)
{
    uint64_t deadline = find_deadline();
    /* -1: without a deadline there is only the outside, however long it takes. */
    int timeout_ms = find_timeout(deadline);

    if (sw_readiness_waiting() > 0 && (look_inside() || look_outside(timeout_ms, 1)))
        return 1;
    /* All that is left is a signal from outside: a thread waits for one, and nobody for anything
     * else. */
    if (deadline == 0 && timeout_ms < 0 && sw_readiness_pausing() > 0 && sw_engine.resting == NULL)
        sw_readiness_poll(NULL, 0, -1);
    if (sw_readiness_was_interrupted())
        return 1;
    if (deadline == 0 && sw_readiness_waiting() > 0 && sw_decide_replays())
        wait_in_vain();
    if (deadline == 0)
        return 0;
    if (sw_readiness_waiting() > 0 || sw_readiness_expects())
        sw_readiness_lose_patience(timeout_ms > 0 ? timeout_ms : 0);
    sw_readiness_wait_for_expected(timeout_ms);
    /* Time jumps: nobody could have done anything until then. */
    if (sw_engine.grain != NULL)
        deadline = sw_engine.grain->time_jumps(deadline);
    if (deadline > sw_engine.now_ns)
        sw_engine.now_ns = deadline;
    in_vain += sw_timers_fire();
    return 1;
}
