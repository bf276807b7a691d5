/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cancel.h"
#include "decide.h"
#include "engine_state.h"
#include "explain.h"
#include "real.h"

enum {
    /* A clock is read, or somebody chosen, in a microsecond: the order of what either takes on a
     * real machine, so that loops "until a second has passed" end after a million looks. */
    TICK_NS = 1000,
};

struct sw_engine sw_engine;
__thread struct sw_thread *sw_engine_own;

/* Busy says no, too: a signal's handler that runs in the middle of a choice, and calls what we
 * stand in front of, gets the C library's function and leaves the engine alone. */
struct sw_thread *sw_engine_self(void)
{
    struct sw_thread *own = sw_engine_own;

    return sw_engine.on && own != NULL && own == sw_engine.current && !sw_engine.busy ? own : NULL;
}

struct sw_control_shm *sw_engine_shm(void)
{
    return sw_engine.shm;
}

/* `since` orders threads by when they last ran, and the default goes by it: so it counts switches,
 * which are the same in every run, and no clock's time. */
static void switch_to(struct sw_thread *self, struct sw_thread *next)
{
    int saved = errno; /* nobody expects a lock to change it */

    if (next == self)
        return;
    self->since = ++sw_engine.switches;
    self->stays = 0;
    sw_engine.shm->switch_count = sw_engine.switches;
    sw_engine.current = next;
    sw_engine.carrier->hand_over(self, next);
    errno = saved;
}

/* ---- who can run ---- */

/* What a thread waits for is asked for at every choice anew, and not noted when it comes: a lock
 * that is free now may be taken again before its waiter is chosen. */
static int has_come(const struct sw_wait *wait)
{
    return wait->clause == NULL || wait->clause->has_come(wait);
}

static int can_run(const struct sw_thread *thread)
{
    const struct sw_wait *wait = &thread->wait;

    return (wait->deadline_ns != 0 && wait->deadline_ns <= sw_engine.now_ns) || wait->interrupted ||
           has_come(wait);
}

int sw_engine_is_woken(const struct sw_wait *wait)
{
    return wait->woken;
}

/* A thread with a deadline may run as soon as time has gone on, which the next choice of who runs
 * does by itself. */
int sw_engine_others_may_run(void)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_thread *other = sw_engine.live[i];
        if (other != sw_engine.current && (other->wait.deadline_ns != 0 || can_run(other)))
            return 1;
    }
    return 0;
}

int sw_engine_others_can_run(void)
{
    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        if (sw_engine.live[i] != sw_engine.current && can_run(sw_engine.live[i]))
            return 1;
    return 0;
}

/* ---- decisions ---- */

/* The candidates' default: the running thread, else who has waited longest.  So the default
 * schedule switches only where it must, and each deviation from it is a preemption, or lets another
 * one go first. */
static uint32_t find_fallback(struct sw_thread *const *candidates, uint32_t count,
                              const struct sw_thread *staying)
{
    uint32_t oldest = count;

    for (uint32_t i = 0; i < count; i++) {
        if (candidates[i] == staying)
            return i;
        if (candidates[i] != sw_engine.current &&
            (oldest == count || candidates[i]->since < candidates[oldest]->since))
            oldest = i;
    }
    return oldest == count ? 0 : oldest;
}

/* Whose deadline may pass although others can run; NULL: nobody's.  A timed wait may end early on a
 * real machine too: the others were only slow.  Time never jumps over a deadline, so that only the
 * earliest one can be meant; and a strategy may do so early_max times, or every schedule would
 * consist of time-outs. */
static struct sw_thread *find_early(void)
{
    if (sw_engine.early_taken >= sw_engine.shm->early_max)
        return NULL;
    struct sw_thread *earliest = sw_thread_table_earliest();
    return earliest != NULL && !can_run(earliest) ? earliest : NULL;
}

/* One decision among these threads.  Where there is one candidate nobody is asked, and it has no
 * number: what is no choice must not make a schedule longer. */
static struct sw_thread *choose(enum sw_decision_kind kind, enum sw_place place, uint32_t object,
                                struct sw_thread *const *candidates, uint32_t count,
                                const struct sw_thread *staying)
{
    uint32_t ordinals[SW_LIVE_THREADS_MAX + 1];
    struct sw_pending pending[SW_LIVE_THREADS_MAX + 1];
    struct sw_thread *early = kind == SW_DECIDE_RUN ? find_early() : NULL;

    assert(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        ordinals[i] = candidates[i]->ordinal;
        pending[i] = candidates[i]->pending;
    }
    /* The last candidate, marked as what it is: a driver that does not know the mark never chooses
     * it, since the default is another one. */
    if (early != NULL) {
        ordinals[count] = early->ordinal | SW_EARLY;
        pending[count] = (struct sw_pending){.op = SW_OP_UNKNOWN};
    }
    struct sw_decision decision = {
        .kind = kind,
        .place = place,
        .object = object,
        .count = count + (early != NULL),
        .fallback = find_fallback(candidates, count, staying),
        .candidates = ordinals,
        .pending = kind == SW_DECIDE_RUN ? pending : NULL,
    };
    uint32_t choice = decision.count > 1 ? sw_decide_ask(&decision) : 0;
    if (choice < count)
        return candidates[choice];
    /* Others could have run, but their time was up to this deadline: so time is there now. */
    sw_engine.early_taken++;
    sw_engine.now_ns = early->wait.deadline_ns;
    return early;
}

static void end_deadlocked(void)
{
    if (sw_engine.grain != NULL)
        sw_engine.grain->record_blocked();
    sw_engine.hooks->end_deadlock();
}

/* Those who can run, at least one; the process ends when nobody ever can. */
static uint32_t find_candidates(struct sw_thread **candidates)
{
    uint32_t count = 0;

    /* Before the candidates are counted: who has become ready meanwhile is one of them. */
    sw_engine.hooks->look();
    for (;;) {
        for (uint32_t i = 0; i < sw_engine.live_count; i++)
            if (can_run(sw_engine.live[i]))
                candidates[count++] = sw_engine.live[i];
        if (count > 0)
            return count;
        /* Nobody can run.  In this order: whoever asks the interpreter for its stacks has the
         * answer; then the outside and time may bring something; then who rests may go on, since
         * there is nothing to wait for; and only then it is a deadlock. */
        sw_engine.hooks->stuck();
        if (sw_engine.hooks->go_on())
            continue;
        if (sw_engine.resting == NULL)
            end_deadlocked();
        candidates[0] = sw_engine.resting;
        return 1;
    }
}

/* Who runs from here on.  `stays`: the calling thread is the default if it can go on, does not
 * yield, and has not been kept for SW_QUANTUM decisions.  That number ends loops that wait by
 * spinning: a spinner is replaced at the latest after so many looks, and the default schedule goes
 * on. 10,000 is far more decisions than a thread has between two waits (reorder_100 of fuzz/bench,
 * with its hundred threads, makes 300 in all), so that it never cuts what would have ended by
 * itself; and 10,000 decisions take some tens of milliseconds. */
static struct sw_thread *choose_next(struct sw_thread *self, enum sw_place place, uint32_t object)
{
    struct sw_thread *candidates[SW_LIVE_THREADS_MAX];
    int stays = self->state == SW_THREAD_LIVE && self->wait.clause == NULL && !self->yields &&
                self->stays < SW_QUANTUM;
    int saved = errno;

    sw_engine.busy = 1;
    /* Else who computes would keep a sleeper asleep for ever. */
    if (sw_engine.grain == NULL || sw_engine.grain->takes_time())
        sw_engine_tick();
    uint32_t count = find_candidates(candidates);
    const struct sw_grain *grain = sw_engine.grain;
    /* It stands before an operation that it can do, and nobody may come between this and the one
     * before: the operation is in the trace, and no choice. */
    if (self->keeps_gil && self->announced && can_run(self)) {
        candidates[0] = self;
        count = 1;
    }
    /* At grain "access" who is between two operations runs on, unasked; only among those who stand
     * before one there is a choice (access.h). */
    struct sw_thread *next = grain != NULL ? grain->moving(self, candidates, count) : NULL;
    if (next == NULL) {
        next = choose(SW_DECIDE_RUN, place, object, candidates, count, stays ? self : NULL);
        if (grain != NULL)
            grain->record(candidates, count, next);
    }
    /* Only decisions count in which somebody else could have run: alone, a thread may go on for
     * ever. */
    self->stays = next == self && count > 1 && stays ? self->stays + 1 : 0;
    sw_engine.busy = 0;
    errno = saved;
    return next;
}

void sw_engine_point(enum sw_place place, uint32_t object)
{
    struct sw_thread *self = sw_engine.current;

    assert(self == sw_engine_own && self->wait.clause == NULL);
    /* Alone there is nobody to choose.  In the loader nobody may be: its lock is out of sight, and
     * who ran into it would sleep in the kernel as the current thread. */
    if (sw_engine.live_count == 1 || self->pinned > 0)
        return;
    /* Who yields is a candidate, but not the default: sched_yield() in a loop must let others run
     * in the default schedule, too. */
    self->yields = place == SW_AT_YIELD;
    self->wait.place = place;
    switch_to(self, choose_next(self, place, object));
    self->yields = 0;
    if (sw_engine.signals_sent > 0)
        sw_engine.hooks->signals_arrive();
}

void sw_engine_defer(void)
{
    struct sw_thread *self = sw_engine.current, *next = self;

    for (uint32_t i = 0; i < sw_engine.live_count; i++) {
        struct sw_thread *other = sw_engine.live[i];
        if (other != self && can_run(other) && (next == self || other->since < next->since))
            next = other;
    }
    switch_to(self, next);
}

/* Counts the calling thread among those who wait by that clause, or no longer. */
static void count_waiting(const struct sw_clause *clause, uint32_t one)
{
    if (clause->waiting != NULL)
        *clause->waiting += one;
}

int sw_engine_block(const struct sw_wait *wait)
{
    struct sw_thread *self = sw_engine.current;
    const struct sw_clause *clause = wait->clause; /* its own may change when it is woken */

    assert(self == sw_engine_own && clause != NULL);
    if (sw_engine.signals_sent > 0)
        sw_engine.hooks->signals_arrive();
    /* From here on the thread is no candidate unless what it waits for is there already. */
    self->wait = *wait;
    sw_cancel_interrupt(self);
    count_waiting(clause, 1);
    if (!has_come(wait))
        sw_explain_block(wait);
    switch_to(self, choose_next(self, wait->place, wait->object));
    count_waiting(clause, (uint32_t)-1);
    /* It runs, but why? What it waited for comes first: when the lock has become free in the same
     * moment in which the deadline passed, POSIX lets the wait succeed, and so fewer programs see a
     * time-out that they need not see. */
    int came = self->wait.woken || has_come(&self->wait), interrupted = self->wait.interrupted;
    self->wait.clause = NULL;
    self->wait.deadline_ns = 0;
    if (sw_engine.signals_sent > 0)
        sw_engine.hooks->signals_arrive();
    if (!came)
        sw_explain_timeout(wait);
    return came ? 0 : interrupted ? EINTR : ETIMEDOUT;
}

/* ---- waits of the engine's own: for time, and for all others ---- */

static int never_comes(const struct sw_wait *wait)
{
    (void)wait;
    return 0;
}

static void describe_sleep(const struct sw_thread *thread, char *buf, size_t size)
{
    (void)thread;
    snprintf(buf, size, "sleeps");
}

static void describe_rest(const struct sw_thread *thread, char *buf, size_t size)
{
    (void)thread;
    snprintf(buf, size, "waits until no other can run");
}

static const struct sw_clause sleeping = {
    .has_come = never_comes, .describe = describe_sleep, .interruptible = 1, .cancellable = 1};
static const struct sw_clause resting = {.has_come = never_comes, .describe = describe_rest};

int sw_engine_sleep(enum sw_place place, uint64_t deadline_ns)
{
    return sw_engine_block(
        &(struct sw_wait){.clause = &sleeping, .place = place, .deadline_ns = deadline_ns});
}

void sw_engine_rest(void)
{
    struct sw_thread *self = sw_engine.current;

    /* One thread at most conducts the others: were there two, each would wait for the other's
     * end. */
    assert(sw_engine.resting == NULL && self == sw_engine_own);
    sw_engine.resting = self;
    self->wait = (struct sw_wait){.clause = &resting, .place = SW_AT_REST};
    switch_to(self, choose_next(self, SW_AT_REST, 0));
    self->wait.clause = NULL;
    sw_engine.resting = NULL;
}

/* ---- waking ---- */

/* By the function, and not by the clause: each file may have a clause of its own for being woken,
 * to describe it in its own words. */
static int waits_at(const struct sw_thread *thread, const void *address)
{
    const struct sw_wait *wait = &thread->wait;

    return wait->clause != NULL && wait->clause->has_come == sw_engine_is_woken &&
           wait->address == address && !wait->woken;
}

uint32_t sw_engine_count_waiting(const void *address)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        count += (uint32_t)waits_at(sw_engine.live[i], address);
    return count;
}

/* Who has to have something else before it can go on waits for that, however long. */
static void wake(struct sw_thread *thread)
{
    struct sw_wait *wait = &thread->wait;

    wait->woken = 1;
    sw_explain_note(SW_TIMELINE_WAKE, wait->place, wait->object, thread->ordinal);
    if (wait->then == NULL)
        return;
    wait->clause = wait->then;
    wait->address = wait->then_address;
    wait->deadline_ns = 0;
}

uint32_t sw_engine_wake(const void *address, enum sw_place place, uint32_t object, int all)
{
    struct sw_thread *waiters[SW_LIVE_THREADS_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        if (waits_at(sw_engine.live[i], address))
            waiters[count++] = sw_engine.live[i];
    /* With a broadcast there is nothing to choose here: who of the woken ones runs first is the
     * next decision.  With a signal it matters who is woken; at grain "access" a signal is an
     * operation like any other, and the one that has waited longest gets it, as the C library
     * mostly does. */
    if (all) {
        for (uint32_t i = 0; i < count; i++)
            wake(waiters[i]);
    } else if (count > 0) {
        wake(sw_engine.grain != NULL ? waiters[find_fallback(waiters, count, NULL)]
                                     : choose(SW_DECIDE_WAKE, place, object, waiters, count, NULL));
    }
    return count;
}

/* ---- decisions about something else than threads ---- */

int sw_engine_act(unsigned place, enum sw_action action)
{
    const uint32_t candidates[] = {SW_ACTION_NOTHING, action};
    struct sw_decision decision = {
        .kind = SW_DECIDE_ACT, .place = place, .count = 2, .candidates = candidates};

    assert(place >= SW_PLACE_POINTS && sw_engine_own == sw_engine.current);
    /* Nothing is switched by this: it is only asked, numbered and written down. */
    sw_engine.busy = 1;
    uint32_t choice = sw_decide_ask(&decision);
    sw_engine.busy = 0;
    sw_engine.fails_taken += choice == 1 && action == SW_ACTION_FAIL;
    return choice == 1;
}

int sw_engine_may_fail(void)
{
    return sw_engine.fails_taken < sw_engine.shm->fail_max;
}

/* A spec's moves: what its threads do next, chosen among those that are possible. */
uint32_t sw_engine_move(const uint32_t *moves, uint32_t count)
{
    assert(count > 0 && sw_engine_own == sw_engine.current);
    if (count == 1)
        return moves[0];
    struct sw_decision decision = {
        .kind = SW_DECIDE_MOVE, .place = SW_AT_REST, .count = count, .candidates = moves};
    sw_engine.busy = 1;
    uint32_t choice = sw_decide_ask(&decision);
    sw_engine.busy = 0;
    return moves[choice];
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

/* ---- threads ---- */

void sw_engine_leave(struct sw_thread *self)
{
    assert(self == sw_engine.current);
    /* EXITED before the choice: its joiner is a candidate already.  The last thread chooses
     * nobody. */
    sw_explain_note(SW_TIMELINE_END, SW_AT_THREAD_EXIT, 0, SW_EXPLAIN_NOBODY);
    self->state = SW_THREAD_EXITED;
    sw_thread_table_retire(self);
    struct sw_thread *next =
        sw_engine.live_count > 0 ? choose_next(self, SW_AT_THREAD_EXIT, 0) : NULL;
    sw_engine.shm->switch_count = ++sw_engine.switches;
    sw_engine.current = next;
    sw_engine.carrier->leave(self, next);
}

/* ---- begin and end ---- */

void sw_engine_start(struct sw_control_shm *shm, const struct sw_hooks *hooks)
{
    sw_engine.shm = shm;
    sw_engine.hooks = hooks;
    /* A program that says itself where a schedule begins does so later: see schedule_loop.h. */
    sw_engine.driver =
        shm->loop_count > 0 ? sw_random_driver_default_answers() : sw_decide_driver(&sw_engine);
    /* The carrier is no part of the schedule: all three make the same decisions. */
    sw_engine.carrier = shm->engine == SW_ENGINE_THREADS ? &sw_carrier_threads : &sw_carrier_fibers;
    shm->hash = SW_DECISION_SEED;
    sw_explain_begin();
    /* The process's first thread is T0; it is running already. */
    struct sw_thread *self = sw_thread_table_add();
    self->handle = pthread_self();
    self->tid = SW_REAL(getpid)();
    sw_engine_own = sw_engine.current = self;
    sw_engine.carrier->start(self);
    shm->started = 1;
    /* Last: from now on what we stand in front of asks the engine. */
    sw_engine.on = 1;
}

void sw_engine_set_driver(struct sw_driver *driver)
{
    sw_engine.driver = driver;
}

void sw_engine_stop(void)
{
    sw_engine.on = 0;
}

void sw_engine_uncontrolled(const char *format, ...)
{
    struct sw_control_shm *shm = sw_engine.shm;
    char what[SW_UNCONTROLLED_TEXT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    uint32_t i = 0;
    /* Equal texts are one entry with a count: a program that does such a thing in a loop must not
     * fill the list. */
    while (i < shm->uncontrolled_count && strcmp(shm->uncontrolled[i].what, what) != 0)
        i++;
    if (i == SW_UNCONTROLLED_MAX)
        return; /* that there were so many says enough */
    strcpy(shm->uncontrolled[i].what, what);
    shm->uncontrolled[i].count++;
    shm->uncontrolled_count += i == shm->uncontrolled_count;
}
