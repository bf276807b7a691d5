/* SPDX-License-Identifier: MIT */
#include "postmortem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"

static void (*after)(void); /* not NULL: ask() is under way */

/* Of the engine, as it was before. */
static struct {
    struct sw_wait wait;
    struct sw_thread *resting;
    struct sw_thread *live[SW_LIVE_THREADS_MAX];
    uint32_t live_count;
    uint64_t now_ns;
    uint64_t decision_count, decisions_max, hash;
    uint32_t taken, pool_used;
    uint32_t explained, explained_lost;
} before;

/* All that the questions could change and the report tells.  The threads' records stay as they are,
 * since nobody else runs. */
static void save(const struct sw_thread *self)
{
    const struct sw_control_shm *shm = sw_engine.shm;

    before.wait = self->wait;
    before.resting = sw_engine.resting;
    memcpy(before.live, sw_engine.live, sizeof before.live);
    before.live_count = sw_engine.live_count;
    before.now_ns = sw_engine.now_ns;
    before.decision_count = shm->decision_count;
    before.decisions_max = shm->decisions_max;
    before.hash = shm->hash;
    before.taken = shm->taken.count;
    before.pool_used = shm->taken.pool_used;
    before.explained = shm->explain.count;
    before.explained_lost = shm->explain.lost;
}

static void restore(struct sw_thread *self)
{
    struct sw_control_shm *shm = sw_engine.shm;

    self->wait = before.wait;
    sw_engine.resting = before.resting;
    memcpy(sw_engine.live, before.live, sizeof before.live);
    sw_engine.live_count = before.live_count;
    sw_engine.now_ns = before.now_ns;
    shm->decision_count = before.decision_count;
    shm->decisions_max = before.decisions_max;
    shm->hash = before.hash;
    shm->taken.count = before.taken;
    shm->taken.pool_used = before.pool_used;
    shm->explain.count = before.explained;
    shm->explain.lost = before.explained_lost;
}

static void __attribute__((noreturn)) finish(void)
{
    void (*then)(void) = after;

    /* Before the report: what waits in there is no question any more. */
    after = NULL;
    restore(sw_engine.current);
    sw_engine_stop();
    then();
    __builtin_unreachable();
}

/* What a C library's stream holds would be lost, and nobody else can write it. */
static void flush_stdout(void)
{
    if (ftrylockfile(stdout) != 0)
        return;
    fflush_unlocked(stdout);
    funlockfile(stdout);
}

void sw_postmortem_ask(void (*ask)(void), void (*then)(void))
{
    struct sw_thread *self = sw_engine.current;

    assert(after == NULL && self == sw_engine_own);
    flush_stdout();
    save(self);
    after = then;
    if (self->state != SW_THREAD_LIVE)
        finish(); /* it is on its way out, and no thread of any interpreter */
    sw_engine.resting = NULL;
    /* Alone: no point is a decision, and whoever waits is stuck at once, which ends the
     * questions. */
    sw_engine.live[0] = self;
    sw_engine.live_count = 1;
    self->wait = (struct sw_wait){.clause = NULL};
    /* A verdict of "too many decisions" must not come upon itself. */
    sw_engine.shm->decisions_max = 0;
    sw_engine.driver = sw_random_driver_default_answers();
    sw_engine.busy = 0;
    ask();
    finish();
}

void sw_postmortem_stuck(void)
{
    if (after != NULL)
        finish();
}
