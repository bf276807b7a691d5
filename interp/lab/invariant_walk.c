/* SPDX-License-Identifier: MIT
 *
 * invariant_walk.c - every ring, queue and tasklet, looked at as they are.
 *
 * A walk is over all that live, so it is not made after every operation when
 * there are many: the work of the walks stays in proportion to that of the
 * operations.  When depends on counts only, and is the same in every run.
 */
#include "interp/cpython.h"

#include "interp/channel.h"
#include "interp/datastack.h"
#include "invariants.h"
#include "interp/tasklet.h"
#include "interp/thread.h"

static struct slp_tasklet *tasklets;
static struct slp_channel *channels;
static long alive; /* of both */
static long since_last; /* operations */

/* ---- who lives ---- */

slp_tasklet *slp_invariant_walk_first(void)
{
    return tasklets;
}

void slp_invariant_walk_tasklet_new(slp_tasklet *t)
{
    t->watch.next = tasklets;
    t->watch.link = &tasklets;
    if (tasklets != NULL)
        tasklets->watch.link = &t->watch.next;
    tasklets = t;
    t->watch.home = t->thread;
    alive++;
}

void slp_invariant_walk_tasklet_gone(slp_tasklet *t)
{
    if (t->watch.link == NULL)
        return;
    *t->watch.link = t->watch.next;
    if (t->watch.next != NULL)
        t->watch.next->watch.link = t->watch.link;
    t->watch.link = NULL;
    alive--;
}

void slp_invariant_walk_channel_new(slp_channel *channel)
{
    channel->watch.next = channels;
    channel->watch.link = &channels;
    if (channels != NULL)
        channels->watch.link = &channel->watch.next;
    channels = channel;
    alive++;
}

void slp_invariant_walk_channel_gone(slp_channel *channel)
{
    if (channel->watch.link == NULL)
        return;
    *channel->watch.link = channel->watch.next;
    if (channel->watch.next != NULL)
        channel->watch.next->watch.link = channel->watch.link;
    channel->watch.link = NULL;
    alive--;
}

void slp_invariant_walk_thread_gone(const struct slp_thread *thread)
{
    for (slp_tasklet *t = tasklets; t != NULL; t = t->watch.next)
        if (t->thread == thread)
            slp_invariants_violated(SLP_I12, t, "its thread's record is freed");
}

void slp_invariant_walk_visited(slp_tasklet *t)
{
    if (t->watch.dying)
        slp_invariants_violated(SLP_I16, t, "the collector visits it, and it is being freed");
}

/* ---- rings ---- */

static void check_ring(struct slp_thread *thread, int is_here)
{
    const slp_tasklet *t = thread->ring;
    int count = 0;

    if (t != NULL) {
        /* One more than are counted is enough to know that the count is wrong. */
        do {
            if (t->next == NULL || t->next->prev != t || !t->scheduled || t->thread != thread) {
                slp_invariants_violated(SLP_I7, (void *)t, "a ring is broken here, after %d",
                                        count);
                return;
            }
            count++;
            t = t->next;
        } while (t != thread->ring && count <= thread->runcount);
    }
    if (count != thread->runcount)
        slp_invariants_violated(SLP_I7, (void *)thread->ring,
                                "thread %llu counts %d runnable ones, its ring has %d%s",
                                (unsigned long long)thread->id, thread->runcount, count,
                                count > thread->runcount ? " or more" : "");
    /* Of other threads this may be looked at in the middle of a switch. */
    if (is_here && thread->ring != thread->current)
        slp_invariants_violated(SLP_I7, thread->current, "it runs, and is not the ring's head");
    if (is_here && count == thread->runcount)
        slp_invariant_order_ring(thread);
    if (thread->waiting && thread->ring != NULL)
        slp_invariants_violated(SLP_I22, thread->ring, "thread %llu waits, and could run it",
                                (unsigned long long)thread->id);
}

/* ---- queues ---- */

static void check_queue(slp_channel *channel)
{
    int sign = channel->balance < 0 ? -1 : 1, count = 0;
    const slp_tasklet *previous = NULL;

    for (const slp_tasklet *t = channel->first; t != NULL; previous = t, t = t->next, count++) {
        /* The balance bounds the walk: a queue that is linked in a circle ends, too. */
        if (t->channel != channel || t->prev != previous || t->scheduled ||
            count > channel->balance * sign) {
            slp_invariants_violated(SLP_I7, channel, "its queue is broken after %d", count);
            return;
        }
        if (t->direction != sign)
            slp_invariants_violated(SLP_I6, channel, "its balance is %d, and one that %s waits",
                                    channel->balance, t->direction < 0 ? "receives" : "sends");
    }
    if (count != channel->balance * sign || channel->last != previous)
        slp_invariants_violated(SLP_I6, channel, "its balance is %d, and %d wait", channel->balance,
                                count);
    else
        slp_invariant_order_queue(channel);
}

/* ---- tasklets ---- */

/* The references that the core itself owns. */
int slp_invariant_walk_owners(const slp_tasklet *t)
{
    return t->scheduled + (t->direction != 0) + t->in_run + (t->thread->main == t) +
           (t->thread->deferred == (PyObject *)t);
}

static void check_tasklet(slp_tasklet *t)
{
    int ended_thread = t->thread->tstate == NULL;

    if (t->watch.dying) /* nothing of it need be in order any more */
        return;
    if (t->watch.home != t->thread)
        slp_invariant_binding_home(t);
    if (t->lost && slp_tasklet_alive(t))
        slp_invariants_violated(SLP_I39, t, "its thread has ended, and it is alive");
    if (Py_REFCNT(t) < slp_invariant_walk_owners(t) || Py_REFCNT(t) <= 0)
        slp_invariants_violated(SLP_I12, t, "it has %zd references, the core owns %d of it",
                                Py_REFCNT(t), slp_invariant_walk_owners(t));
    /* A paused one is in none of the three. */
    if (t->scheduled + (t->direction != 0) + t->in_run > 1)
        slp_invariants_violated(SLP_I8, t, "it is runnable, blocked or in run(): not one of them");
    if ((t->direction != 0) != (t->channel != NULL))
        slp_invariants_violated(SLP_I8, t, "it %s, and has %s channel",
                                t->direction ? "waits" : "does not wait", t->channel ? "a" : "no");
    if (t->scheduled != t->watch.in_ring)
        slp_invariants_violated(SLP_I7, t, "it says that it is %sin a ring",
                                t->scheduled ? "" : "not ");
    /* With an exception to raise, or with what the program has given it, it may be paused. */
    if (t->watch.operating && t->direction == 0 && !t->scheduled && t->thread->current != t &&
        !t->watch.assigned && !slp_bomb_check(t->tempval) && !t->lost && !ended_thread)
        slp_invariants_violated(SLP_I8, t,
                                "its operation has not been completed, and it waits nowhere");
    if (t->ended && !t->lost && t->tempval != Py_None && !t->watch.assigned &&
        t->thread->current != t)
        slp_invariants_violated(SLP_I4, t, "it has ended, and its mailbox is full");
    if (t->ended && (t->scheduled || t->direction != 0) && t->thread->current != t)
        slp_invariants_violated(SLP_I8, t, "it has ended, and is in a ring or a queue");
    if (ended_thread && (t->scheduled || t->direction != 0 || t->in_run))
        slp_invariants_violated(SLP_I27, t, "its thread has ended, and it %s",
                                t->direction ? "waits on a channel" : "is in a ring");
}

/* A thread's record counts its tasklets; a data stack belongs to one that runs. */
static void check_counts(void)
{
    /* Those that are lent, minus those that some tasklet has: what is left nobody has.  Not
     * the other way round: a tasklet may have none, without memory for it. */
    long stacks = slp_datastack_lent();

    for (const slp_tasklet *t = tasklets; t != NULL; t = t->watch.next) {
        stacks -= t->started && !t->is_main && (!t->ended || t->lost || t->thread->current == t);
        t->thread->watch.seen++;
    }
    for (struct slp_thread *thread = slp_thread_first(); thread != NULL; thread = thread->next) {
        if (thread->references != thread->watch.seen + 1)
            slp_invariants_violated(SLP_I12, thread->main,
                                    "its thread has %ld references, and %ld tasklets",
                                    thread->references, thread->watch.seen);
    }
    for (const slp_tasklet *t = tasklets; t != NULL; t = t->watch.next)
        t->thread->watch.seen = 0; /* for the next walk, and of threads that have ended, too */
    if (stacks > 0)
        slp_invariants_violated(SLP_I20, NULL, "%ld data stacks belong to nobody", stacks);
}

void slp_invariant_walk_all(void)
{
    struct slp_thread *here = slp_thread_peek();

    for (struct slp_thread *thread = slp_thread_first(); thread != NULL; thread = thread->next)
        check_ring(thread, thread == here && here->in_callback == 0);
    for (slp_channel *channel = channels; channel != NULL; channel = channel->watch.next)
        check_queue(channel);
    for (slp_tasklet *t = tasklets; t != NULL; t = t->watch.next)
        check_tasklet(t);
    check_counts();
}

void slp_invariant_walk(void)
{
    /* With up to eight that live, after each operation; with n of them after n / 8. */
    enum { WORK_PER_OPERATION = 8 };

    if (++since_last * WORK_PER_OPERATION < alive)
        return;
    since_last = 0;
    slp_invariant_walk_all();
}
