/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "deadlock.h"
#include "follow.h"
#include "real.h"
#include "walk.h"

enum {
    TICK_NS = 1000,
    /* Real time for which others may make descriptors ready before a virtual
     * deadline passes; spent once, until there has been I/O again. */
    FOREIGN_WAIT_MS = 20,
    POLL_MAX = 4096,
};

static struct engine {
    int on;
    struct sw_thread *current;
    struct sw_thread *dying; /* has handed the baton on, may still be in the kernel */
    struct sw_thread *live[SW_LIVE_THREADS_MAX];
    uint32_t live_count;
    uint32_t next_ordinal;
    uint64_t switches;
    uint64_t now_ns;
    int busy; /* a signal's handler that comes now is to leave it alone */
    int io_waiters;
    int io_dirty;
    int patience_ms; /* of the real time above */
    struct sw_driver *driver;
    struct sw_walk walk;
    struct sw_follow follow;
    struct sw_board *board;
    struct sw_thread threads[SW_LIVE_THREADS_MAX];
} engine;

static __thread struct sw_thread *self_thread;

struct sw_thread *sw_engine_self(void)
{
    struct sw_thread *self = self_thread;

    return engine.on && self != NULL && self == engine.current && !engine.busy ? self : NULL;
}

struct sw_board *sw_engine_board(void)
{
    return engine.board;
}

/* ---- the baton ---- */

static long futex(uint32_t *word, int operation, uint32_t value)
{
    return SW_REAL(syscall)(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

/* noipa: everything static changes while a thread sleeps here, and the compiler
 * must not conclude otherwise from what it sees of this function. */
static __attribute__((noipa)) void sleep_until_current(struct sw_thread *self)
{
    while (__atomic_load_n(&self->go, __ATOMIC_ACQUIRE) == 0)
        futex(&self->go, FUTEX_WAIT, 0);
    __atomic_store_n(&self->go, 0, __ATOMIC_RELAXED);
}

static __attribute__((noipa)) void give_baton(struct sw_thread *to)
{
    engine.current = to;
    __atomic_store_n(&to->go, 1, __ATOMIC_RELEASE);
    futex(&to->go, FUTEX_WAKE, 1);
}

/* The dying thread is still on the C library's exit path: nobody runs before it is gone. */
static void see_off_the_dying(void)
{
    struct sw_thread *dying = engine.dying;

    engine.dying = NULL;
    if (dying == NULL)
        return;
    if (dying->detached) {
        SW_REAL(pthread_join)(dying->handle, NULL);
        sw_engine_remove(dying);
        return;
    }
    /* A join would give its handle away; and the first thread never leaves the kernel. */
    while (dying->ordinal != 0 && SW_REAL(syscall)(SYS_tgkill, getpid(), dying->tid, 0) == 0)
        SW_REAL(sched_yield)();
    dying->gone = 1;
}

static void switch_to(struct sw_thread *self, struct sw_thread *next)
{
    if (next == self)
        return;
    self->since = ++engine.switches;
    self->stays = 0;
    engine.board->switch_count = engine.switches;
    give_baton(next);
    sleep_until_current(self);
    see_off_the_dying();
}

/* ---- who can run ---- */

static int sem_has_value(const void *sem)
{
    int value = 0;

    SW_REAL(sem_getvalue)((sem_t *)sem, &value);
    return value > 0;
}

static int has_come(const struct sw_wait *wait)
{
    switch (wait->kind) {
    case SW_WAIT_NONE:
        return 1;
    case SW_WAIT_MUTEX:
        return ((const pthread_mutex_t *)wait->address)->__data.__lock == 0;
    case SW_WAIT_SEM:
        return sem_has_value(wait->address);
    case SW_WAIT_GIL:
        return *(const volatile int *)wait->address == 0;
    case SW_WAIT_JOIN:
        return ((const struct sw_thread *)wait->address)->state == SW_THREAD_EXITED;
    case SW_WAIT_WAKE:
    case SW_WAIT_IO:
        return wait->woken;
    case SW_WAIT_SLEEP:
        return 0;
    }
    return 0;
}

static int can_run(const struct sw_thread *thread)
{
    const struct sw_wait *wait = &thread->wait;

    return (wait->deadline_ns != 0 && wait->deadline_ns <= engine.now_ns) || has_come(wait);
}

int sw_engine_others_can_run(void)
{
    for (uint32_t i = 0; i < engine.live_count; i++)
        if (engine.live[i] != engine.current && can_run(engine.live[i]))
            return 1;
    return 0;
}

/* ---- descriptors ---- */

static uint32_t gather(struct pollfd *all, struct sw_thread **owners)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < engine.live_count; i++) {
        struct sw_wait *wait = &engine.live[i]->wait;
        for (nfds_t k = 0; wait->kind == SW_WAIT_IO && k < wait->fd_count; k++) {
            if (count == POLL_MAX)
                return count;
            owners[count] = engine.live[i];
            all[count++] = wait->fds[k];
        }
    }
    return count;
}

/* Waits until a descriptor is ready for which a thread waits; how many were. */
static int look_at_descriptors(int timeout_ms)
{
    static struct pollfd all[POLL_MAX];
    static struct sw_thread *owners[POLL_MAX];
    uint32_t count = gather(all, owners);
    int ready;

    engine.io_dirty = 0;
    do
        ready = SW_REAL(poll)(all, count, timeout_ms);
    while (ready < 0 && errno == EINTR && timeout_ms < 0);
    for (uint32_t i = 0; i < count && ready > 0; i++)
        if (all[i].revents != 0)
            owners[i]->wait.woken = 1;
    return ready;
}

void sw_engine_io_done(void)
{
    engine.io_dirty = engine.io_waiters > 0;
    engine.patience_ms = FOREIGN_WAIT_MS;
}

/* ---- time ---- */

uint64_t sw_engine_now(void)
{
    return engine.now_ns;
}

void sw_engine_tick(void)
{
    engine.now_ns += TICK_NS;
}

static uint64_t earliest_deadline(void)
{
    uint64_t earliest = 0;

    for (uint32_t i = 0; i < engine.live_count; i++) {
        uint64_t deadline = engine.live[i]->wait.deadline_ns;
        if (deadline != 0 && (earliest == 0 || deadline < earliest))
            earliest = deadline;
    }
    return earliest;
}

/* Nothing can run: something outside, or time, must go on.  0 if nothing is left. */
static int go_on(void)
{
    uint64_t deadline = earliest_deadline();
    int timeout_ms = -1;

    assert(deadline == 0 || deadline > engine.now_ns);
    if (deadline != 0) {
        uint64_t left_ms = (deadline - engine.now_ns + 999999) / 1000000;
        timeout_ms = left_ms < (uint64_t)engine.patience_ms ? (int)left_ms : engine.patience_ms;
        engine.patience_ms -= engine.io_waiters > 0 ? timeout_ms : 0;
    }
    if (engine.io_waiters > 0 && look_at_descriptors(timeout_ms) > 0)
        return 1;
    if (deadline == 0)
        return 0;
    engine.now_ns = deadline;
    return 1;
}

/* ---- decisions ---- */

static void format_ordinals(char *buf, size_t size, const uint32_t *ordinals, uint32_t count)
{
    size_t used = 0;

    buf[0] = '\0';
    for (uint32_t i = 0; i < count && used + 16 < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%sT%u", i > 0 ? " " : "", ordinals[i]);
}

static void __attribute__((noreturn)) report_divergence(const struct sw_decision *decision)
{
    const struct sw_deviation *wanted = &engine.follow.deviations[engine.follow.next];
    char could[1024], should[1024];

    format_ordinals(could, sizeof could, decision->candidates, decision->count);
    format_ordinals(should, sizeof should, engine.follow.pool + wanted->first, wanted->count);
    sw_engine_end(SW_END_DIVERGED,
                  "step %llu: %s: wanted T%u at %s to %s T%u of %s; there is T%u at %s, and it can "
                  "%s %s; hash so far %016llx",
                  (unsigned long long)decision->index, engine.follow.why, wanted->thread,
                  sw_decision_place(wanted->place), sw_decision_verb(wanted->kind), wanted->choice,
                  should, decision->thread, sw_decision_place(decision->place),
                  sw_decision_verb(decision->kind), could, (unsigned long long)engine.board->hash);
}

static void record(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_board_list *taken = &engine.board->taken;

    if (taken->count == SW_DEVIATIONS_MAX || SW_POOL_MAX - taken->pool_used < decision->count) {
        engine.board->lost++;
        return;
    }
    taken->deviations[taken->count] = (struct sw_deviation){
        .index = decision->index,
        .kind = (uint16_t)decision->kind,
        .place = (uint16_t)decision->place,
        .thread = decision->thread,
        .choice = decision->candidates[choice],
        .first = taken->pool_used,
        .count = decision->count,
    };
    memcpy(taken->pool + taken->pool_used, decision->candidates,
           decision->count * sizeof *decision->candidates);
    taken->pool_used += decision->count;
    taken->count++;
}

/* Index of the chosen candidate. */
static uint32_t ask(struct sw_decision *decision)
{
    struct sw_board *board = engine.board;

    decision->index = board->decision_count;
    if (board->decisions_max != 0 && decision->index >= board->decisions_max)
        sw_engine_end(SW_END_BUDGET, "%llu decisions and no end",
                      (unsigned long long)decision->index);
    int choice = engine.driver->choose(engine.driver, decision);
    if (choice < 0)
        report_divergence(decision);
    assert((uint32_t)choice < decision->count);
    board->hash = sw_decision_hash(board->hash, decision, (uint32_t)choice);
    board->decision_count++;
    if ((uint32_t)choice != decision->fallback)
        record(decision, (uint32_t)choice);
    return (uint32_t)choice;
}

/* The candidates' default: the running thread, else who has waited longest. */
static uint32_t find_fallback(struct sw_thread *const *candidates, uint32_t count,
                              const struct sw_thread *staying)
{
    uint32_t oldest = count;

    for (uint32_t i = 0; i < count; i++) {
        if (candidates[i] == staying)
            return i;
        if (candidates[i] != engine.current &&
            (oldest == count || candidates[i]->since < candidates[oldest]->since))
            oldest = i;
    }
    return oldest == count ? 0 : oldest;
}

static struct sw_thread *choose(enum sw_decision_kind kind, enum sw_place place, uint32_t object,
                                struct sw_thread *const *candidates, uint32_t count,
                                const struct sw_thread *staying)
{
    uint32_t ordinals[SW_LIVE_THREADS_MAX];

    assert(count > 0);
    if (count == 1)
        return candidates[0];
    for (uint32_t i = 0; i < count; i++)
        ordinals[i] = candidates[i]->ordinal;
    struct sw_decision decision = {
        .kind = kind,
        .place = place,
        .thread = engine.current->ordinal,
        .object = object,
        .count = count,
        .fallback = find_fallback(candidates, count, staying),
        .candidates = ordinals,
    };
    return candidates[ask(&decision)];
}

/* Those who can run, at least one; the process ends when nobody ever can. */
static uint32_t find_candidates(struct sw_thread **candidates)
{
    uint32_t count = 0;

    if (engine.io_dirty)
        look_at_descriptors(0);
    for (;;) {
        for (uint32_t i = 0; i < engine.live_count; i++)
            if (can_run(engine.live[i]))
                candidates[count++] = engine.live[i];
        if (count > 0)
            return count;
        if (!go_on())
            sw_deadlock_end();
    }
}

static struct sw_thread *choose_next(struct sw_thread *self, enum sw_place place, uint32_t object)
{
    struct sw_thread *candidates[SW_LIVE_THREADS_MAX];
    int stays = self->state == SW_THREAD_LIVE && self->wait.kind == SW_WAIT_NONE && !self->yields &&
                self->stays < SW_QUANTUM;

    engine.busy = 1;
    uint32_t count = find_candidates(candidates);
    struct sw_thread *next =
        choose(SW_DECIDE_RUN, place, object, candidates, count, stays ? self : NULL);
    self->stays = next == self && count > 1 && stays ? self->stays + 1 : 0;
    engine.busy = 0;
    return next;
}

void sw_engine_point(enum sw_place place, uint32_t object)
{
    struct sw_thread *self = engine.current;

    assert(self == self_thread && self->wait.kind == SW_WAIT_NONE);
    if (engine.live_count == 1 || self->pinned > 0)
        return;
    self->yields = place == SW_AT_YIELD;
    self->wait.place = place;
    switch_to(self, choose_next(self, place, object));
    self->yields = 0;
}

void sw_engine_defer(void)
{
    struct sw_thread *self = engine.current, *next = self;

    for (uint32_t i = 0; i < engine.live_count; i++) {
        struct sw_thread *other = engine.live[i];
        if (other != self && can_run(other) && (next == self || other->since < next->since))
            next = other;
    }
    switch_to(self, next);
}

int sw_engine_block(const struct sw_wait *wait)
{
    struct sw_thread *self = engine.current;

    assert(self == self_thread && wait->kind != SW_WAIT_NONE);
    self->wait = *wait;
    engine.io_waiters += wait->kind == SW_WAIT_IO;
    switch_to(self, choose_next(self, wait->place, wait->object));
    engine.io_waiters -= wait->kind == SW_WAIT_IO;
    int came = self->wait.woken || has_come(&self->wait);
    self->wait.kind = SW_WAIT_NONE;
    self->wait.deadline_ns = 0;
    return came ? 0 : ETIMEDOUT;
}

static void wake(struct sw_thread *thread)
{
    struct sw_wait *wait = &thread->wait;

    wait->woken = 1;
    if (wait->mutex == NULL)
        return;
    wait->kind = SW_WAIT_MUTEX;
    wait->address = wait->mutex;
    wait->deadline_ns = 0;
}

void sw_engine_wake(const void *address, enum sw_place place, uint32_t object, int all)
{
    struct sw_thread *waiters[SW_LIVE_THREADS_MAX];
    uint32_t count = 0;

    for (uint32_t i = 0; i < engine.live_count; i++) {
        struct sw_thread *thread = engine.live[i];
        if (thread->wait.kind == SW_WAIT_WAKE && thread->wait.address == address &&
            !thread->wait.woken)
            waiters[count++] = thread;
    }
    if (all) {
        for (uint32_t i = 0; i < count; i++)
            wake(waiters[i]);
    } else if (count > 0) {
        wake(choose(SW_DECIDE_WAKE, place, object, waiters, count, NULL));
    }
}

/* ---- threads ---- */

struct sw_thread *sw_engine_add(void)
{
    for (uint32_t i = 0; i < SW_LIVE_THREADS_MAX; i++) {
        struct sw_thread *thread = &engine.threads[i];
        if (thread->state != SW_THREAD_FREE)
            continue;
        memset(thread, 0, sizeof *thread);
        thread->state = SW_THREAD_LIVE;
        thread->ordinal = engine.next_ordinal++;
        thread->since = ++engine.switches;
        engine.live[engine.live_count++] = thread;
        return thread;
    }
    return NULL;
}

static void drop_live(struct sw_thread *thread)
{
    for (uint32_t i = 0; i < engine.live_count; i++) {
        if (engine.live[i] != thread)
            continue;
        engine.live_count--;
        memmove(&engine.live[i], &engine.live[i + 1],
                (engine.live_count - i) * sizeof *engine.live);
        return;
    }
}

void sw_engine_remove(struct sw_thread *thread)
{
    drop_live(thread);
    thread->state = SW_THREAD_FREE;
}

void sw_engine_enter(struct sw_thread *self)
{
    self_thread = self;
    self->tid = (pid_t)SW_REAL(syscall)(SYS_gettid);
    sleep_until_current(self);
    see_off_the_dying();
}

void sw_engine_leave(struct sw_thread *self)
{
    assert(self == engine.current);
    self->state = SW_THREAD_EXITED;
    drop_live(self);
    if (engine.live_count == 0)
        return; /* the process ends with its last thread */
    struct sw_thread *next = choose_next(self, SW_AT_THREAD_EXIT, 0);
    engine.board->switch_count = ++engine.switches;
    engine.dying = self;
    give_baton(next);
}

struct sw_thread *sw_engine_find(pthread_t handle)
{
    for (uint32_t i = 0; i < SW_LIVE_THREADS_MAX; i++) {
        struct sw_thread *thread = &engine.threads[i];
        if (thread->state != SW_THREAD_FREE && pthread_equal(thread->handle, handle))
            return thread;
    }
    return NULL;
}

uint32_t sw_engine_live(struct sw_thread *const **threads)
{
    *threads = engine.live;
    return engine.live_count;
}

/* ---- begin and end ---- */

static struct sw_driver *make_driver(struct sw_board *board)
{
    switch (board->strategy) {
    case SW_STRATEGY_RANDOM:
        return sw_walk_random(&engine.walk, board->seed);
    case SW_STRATEGY_REPLAY:
        return sw_follow_start(&engine.follow, board->wanted.deviations, board->wanted.count,
                               board->wanted.pool);
    default:
        return sw_walk_default();
    }
}

void sw_engine_start(struct sw_board *board)
{
    engine.board = board;
    engine.driver = make_driver(board);
    board->hash = SW_DECISION_SEED;
    struct sw_thread *self = sw_engine_add();
    self->handle = pthread_self();
    self->tid = getpid();
    self_thread = engine.current = self;
    board->started = 1;
    engine.on = 1;
}

void sw_engine_stop(void)
{
    engine.on = 0;
}

void sw_engine_end(enum sw_board_end end, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(engine.board->report, sizeof engine.board->report, format, arguments);
    va_end(arguments);
    engine.board->end = end;
    _exit(1);
}
