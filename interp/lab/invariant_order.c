/* SPDX-License-Identifier: MIT
 *
 * invariant_order.c - first in, first out: the queue of a channel, and the ring.
 *
 * Whoever comes to the end of one gets a number, which grows.  So in a queue the numbers grow from
 * first to last.  In a ring they grow from the one behind the head on; but not of those that were
 * put behind the head on purpose (after a hand-over, or by run() from another thread), nor of those
 * that were passed over when the head went on to another one than the next, as run() and switch()
 * make it do: the number since which such a ring is in order is its thread's.
 */
#include "interp/cpython.h"

#include "interp/channel.h"
#include "invariants.h"
#include "interp/tasklet.h"
#include "interp/thread.h"

static uint64_t numbers;

/* ---- queues ---- */

void slp_invariant_order_enqueued(slp_tasklet *t, const slp_channel *channel)
{
    t->watch.ticket = ++numbers;
    if (channel->last != t)
        slp_invariants_violated(SLP_I33, (void *)channel,
                                "who has come last is not the last of its queue");
}

void slp_invariant_order_served(const slp_tasklet *waiter, const slp_channel *channel)
{
    if (channel->first != NULL && channel->first->watch.ticket < waiter->watch.ticket)
        slp_invariants_violated(SLP_I33, (void *)channel,
                                "one is served, and another one has waited longer");
}

void slp_invariant_order_queue(const slp_channel *channel)
{
    for (const slp_tasklet *t = channel->first; t != NULL && t->next != NULL; t = t->next) {
        if (t->watch.ticket < t->next->watch.ticket)
            continue;
        slp_invariants_violated(SLP_I33, (void *)channel,
                                "its queue is not in the order in which "
                                "they came");
        return;
    }
}

/* ---- rings ---- */

void slp_invariant_order_enters(slp_tasklet *t, const slp_tasklet *place)
{
    t->watch.turn = ++numbers;
    t->watch.jumped = place != NULL;
    /* Who has run goes to the end; only others are put before those that wait. */
    if (place != NULL && t->thread->current == t)
        slp_invariants_violated(SLP_I33, t, "it has run, and is put before others that wait");
}

void slp_invariant_order_leaves(const slp_tasklet *t, slp_tasklet *behind)
{
    if (t->thread->current == t)
        t->thread->watch.heir = behind;
}

void slp_invariant_order_inserted(slp_tasklet *t)
{
    const slp_tasklet *head = t->thread->ring;

    if (head != t && t->next != head)
        slp_invariants_violated(SLP_I33, t, "it is inserted, and not at the end of its ring");
}

void slp_invariant_order_switch(slp_tasklet *prev, const slp_tasklet *next)
{
    struct slp_thread *here = prev->thread;
    int is_in_turn = prev->scheduled ? prev->next == next : here->watch.heir == next;

    if (prev->scheduled) {
        prev->watch.turn = ++numbers;
        prev->watch.jumped = !is_in_turn;
    }
    if (!is_in_turn)
        here->watch.since = ++numbers;
    here->watch.heir = NULL;
}

void slp_invariant_order_ring(const struct slp_thread *thread)
{
    const slp_tasklet *head = thread->ring;
    uint64_t last = thread->watch.since;

    /* Before its switch is complete a ring may be turned and not yet numbered. */
    if (head == NULL || head != thread->current)
        return;
    for (slp_tasklet *t = head->next; t != head; t = t->next) {
        if (t->watch.jumped || t->watch.turn <= thread->watch.since)
            continue;
        if (t->watch.turn < last) {
            slp_invariants_violated(SLP_I33, t, "it is in its ring behind one that came later");
            return;
        }
        last = t->watch.turn;
    }
}
