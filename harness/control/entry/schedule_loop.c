/* SPDX-License-Identifier: MIT */
#include "schedule_loop.h"

#include <stdio.h>
#include <string.h>

#include "access.h"
#include "harness/control/checkpoint/checkpoint.h"
#include "contract/futex.h"
#include "contract/real_time.h"
#include "harness/control/time/random_bytes.h"
#include "harness/control/time/random_seeds.h"
#include "harness/control/engine/decide.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/explain.h"
#include "harness/control/drivers/strategies.h"
#include "harness/control/net/net.h"
#include "harness/control/process/outside.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"

/* A thread leaves within some tens of decisions; a hundred threads within thousands. */
enum { DRAIN_MAX = 100000 };

static struct {
    uint64_t begun;
    uint64_t first_ns; /* virtual time at the first begin */
    uint64_t first_random; /* where the sequence of random bytes was */
    uint32_t first_object;
    uint32_t first_ordinal; /* of a thread that a schedule makes */
    uint64_t first_real_ns;
} loop;

/* Those that imports have left keep their numbers, and who of them has waited for how long. */
static void restart_threads(struct sw_thread *self)
{
    if (sw_engine.live_count == 1)
        sw_engine.switches = 0;
    sw_engine.next_ordinal = sw_engine.live[sw_engine.live_count - 1]->ordinal + 1;
    loop.first_ordinal = sw_engine.next_ordinal;
    self->since = self->stays = 0;
}

static uint32_t count_made(void)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        count += sw_engine.live[i]->ordinal >= loop.first_ordinal;
    return count;
}

/* Everything that is counted begins anew, from where it was at the first begin and not from 0: the
 * interpreter's own objects and the time that its start took stay as they are. */
static void restart(struct sw_control_shm *shm)
{
    /* What was there before the first schedule is there before each. */
    if (loop.begun == 0) {
        loop.first_ns = sw_engine.now_ns;
        loop.first_real_ns = sw_real_time_ns(SW_REAL(clock_gettime));
        loop.first_random = sw_random_bytes_state();
        loop.first_object = sw_sync_objects_last();
    }
    sw_engine.now_ns = loop.first_ns;
    sw_random_bytes_restart(loop.first_random);
    /* Objects that a schedule has left are others if they are used again. */
    if (loop.begun > 0)
        sw_sync_objects_forget_after(loop.first_object);
    sw_sync_objects_begin();
    /* One that begins in the middle of a program goes on with what it had. */
    if (shm->from == 0) {
        sw_net_restart();
        sw_outside_restart();
    }
    restart_threads(sw_engine.current);
    sw_engine.early_taken = 0;
    sw_engine.fails_taken = 0;
    /* The schedule's own part of the shared memory; the runner reads it after each. */
    shm->decision_count = 0;
    shm->signature = 0;
    /* What imports have gone over is over; what they have drawn may yet be used. */
    shm->followed |= loop.begun > 0 ? shm->follows : 0;
    shm->follows = shm->drew ? SW_FOLLOWS_CHANCE : 0;
    sw_random_seeds_begin();
    shm->hash = SW_DECISION_SEED;
    shm->taken.count = shm->taken.pool_used = 0;
    shm->log.count = shm->log.pool_used = shm->log.lost = 0;
    sw_access_begin(shm);
    sw_explain_begin();
    memset(shm->chosen, 0, sizeof shm->chosen);
    memset(shm->made_by, 0, sizeof shm->made_by);
    /* Last: a strategy may look at what has been reset. */
    sw_engine.driver = sw_decide_driver(&sw_engine);
}

/* -1: it was the last. */
static int wait_for_order(struct sw_control_shm *shm)
{
    uint32_t done = (uint32_t)loop.begun;

    sw_futex_wait_while(SW_REAL(syscall), &shm->posted, done, 0);
    return shm->posted_last ? -1 : 0;
}

static void tell_served(struct sw_control_shm *shm)
{
    sw_futex_set(SW_REAL(syscall), &shm->served, (uint32_t)loop.begun, 0);
}

int64_t spillway_loop_begin(void)
{
    struct sw_control_shm *shm = sw_engine.shm;
    uint64_t count = shm != NULL && shm->loop_count > 0 ? shm->loop_count : 1;

    /* A process that was to have a checkpoint, and has none, runs one schedule. */
    int is_alone = sw_checkpoint_at_begin();
    if (shm != NULL && shm->checkpoint != SW_CHECKPOINT_NONE)
        count = 1;
    if (loop.begun >= count) /* the runner may lower it at any time */
        return -1;
    if (shm != NULL && shm->ordered && !is_alone && wait_for_order(shm) < 0)
        return -1;
    if (sw_engine_self() != NULL) {
        if ((sw_engine.live_count > 1 && loop.begun > 0) || sw_engine.current->ordinal != 0)
            return -2;
        /* Orders bring their own seeds; else each schedule has the one before's and a step. */
        shm->seed += loop.begun > 0 && !shm->ordered ? shm->loop_step : 0;
        restart(shm);
    }
    if (shm != NULL)
        shm->loop_under_way = 1;
    return (int64_t)loop.begun++;
}

uint32_t spillway_from_line(void)
{
    return sw_engine.shm != NULL ? sw_engine.shm->from : 0;
}

static void write_result(struct sw_control_shm *shm, int outcome)
{
    shm->results[shm->result_count % SW_RESULTS_MAX] = (struct sw_result){
        .seed = shm->seed,
        .decision_count = shm->decision_count,
        .hash = shm->hash,
        .outcome = (uint32_t)outcome,
        .signature = shm->signature,
    };
    shm->result_count++;
    shm->loop_real_ns = sw_real_time_ns(SW_REAL(clock_gettime)) - loop.first_real_ns;
}

/* Threads that have been joined are still on their way out: each needs a few decisions until it has
 * left.  The limit is for those that never will, which run in circles: the caller is told. */
static void drain(void)
{
    for (int i = 0; i < DRAIN_MAX && sw_engine.live_count > 1 && sw_engine_others_can_run(); i++)
        sw_engine_point(SW_AT_YIELD, 0);
}

static void end_named(const struct sw_control_shm *shm)
{
    if (!shm->loop_under_way || shm->strategy != SW_STRATEGY_NAMED)
        return;
    const struct sw_strategy *strategy = sw_strategies_find(shm->strategy_name);
    if (strategy != NULL && strategy->end != NULL)
        strategy->end();
}

int spillway_loop_end(int outcome)
{
    struct sw_control_shm *shm = sw_engine.shm;

    if (sw_engine_self() == NULL)
        return 0;
    if (shm->loop_under_way)
        sw_access_finish();
    /* The schedule is over: what the test's threads do on their way out is no part of it, and must
     * not ask a strategy that has been told it is done. */
    sw_engine.driver = sw_random_driver_default_answers();
    sw_access_end();
    end_named(shm);
    drain();
    if (shm->loop_under_way && outcome == 0)
        sw_control_shm_keep_greater(&shm->lives_on, count_made());
    sw_random_seeds_end();
    if (shm->loop_under_way)
        write_result(shm, outcome);
    shm->loop_under_way = 0;
    if (loop.begun > 0)
        sw_checkpoint_end(0);
    if (shm->ordered && loop.begun > 0)
        tell_served(shm);
    return (int)sw_engine.live_count - 1;
}

void spillway_tell_failure(uint32_t signature)
{
    struct sw_control_shm *shm = sw_engine.shm;

    if (shm != NULL && shm->signature == 0)
        shm->signature = signature;
}

void spillway_tell_refusal(const char *text)
{
    struct sw_control_shm *shm = sw_engine.shm;

    if (shm != NULL && *shm->refusal == '\0')
        snprintf(shm->refusal, sizeof shm->refusal, "%s", text);
}

int spillway_rest(void)
{
    if (sw_engine_self() == NULL)
        return -1;
    sw_engine_rest();
    return 0;
}
