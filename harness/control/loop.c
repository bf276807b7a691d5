/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>

#include "access.h"
#include "chance.h"
#include "engine_state.h"
#include "net.h"
#include "objects.h"
#include "real.h"

enum { DRAIN_MAX = 100000 };

static struct {
    uint64_t begun;
    uint64_t first_ns; /* virtual time at the first begin */
    uint32_t first_object;
    uint64_t first_real_ns;
} loop;

static uint64_t real_ns(void)
{
    struct timespec now;

    SW_REAL(clock_gettime)(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void restart(struct sw_board *board)
{
    struct sw_thread *self = sw_engine.current;

    if (loop.begun == 0) {
        loop.first_ns = sw_engine.now_ns;
        loop.first_real_ns = real_ns();
        loop.first_object = sw_objects_last();
    }
    sw_engine.now_ns = loop.first_ns;
    sw_objects_forget_after(loop.first_object);
    sw_chance_restart();
    sw_net_restart();
    sw_engine.next_ordinal = self->ordinal + 1;
    sw_engine.switches = 0;
    sw_engine.early_taken = 0;
    sw_engine.fails_taken = 0;
    self->since = self->stays = 0;
    board->decision_count = 0;
    board->signature = 0;
    board->hash = SW_DECISION_SEED;
    board->taken.count = board->taken.pool_used = 0;
    board->log.count = board->log.pool_used = board->log.lost = 0;
    sw_access_begin(board);
    memset(board->chosen, 0, sizeof board->chosen);
    memset(board->made_by, 0, sizeof board->made_by);
    sw_engine.driver = sw_ask_driver(&sw_engine);
}

static void futex(uint32_t *word, int operation, uint32_t value)
{
    SW_REAL(syscall)(SYS_futex, word, operation, value, NULL, NULL, 0);
}

/* -1: it was the last. */
static int wait_for_order(struct sw_board *board)
{
    uint32_t done = (uint32_t)loop.begun;

    while (__atomic_load_n(&board->posted, __ATOMIC_ACQUIRE) == done)
        futex(&board->posted, FUTEX_WAIT, done);
    return board->posted_last ? -1 : 0;
}

static void tell_served(struct sw_board *board)
{
    __atomic_store_n(&board->served, (uint32_t)loop.begun, __ATOMIC_RELEASE);
    futex(&board->served, FUTEX_WAKE, 1);
}

int64_t spillway_loop_begin(void)
{
    struct sw_board *board = sw_engine.board;
    uint64_t count = board != NULL && board->loop_count > 0 ? board->loop_count : 1;

    if (loop.begun >= count) /* the runner may lower it at any time */
        return -1;
    if (board != NULL && board->ordered && wait_for_order(board) < 0)
        return -1;
    if (sw_engine_self() != NULL) {
        if (sw_engine.live_count > 1 || sw_engine.current->ordinal != 0)
            return -2;
        board->seed += loop.begun > 0 && !board->ordered ? board->loop_step : 0;
        restart(board);
    }
    if (board != NULL)
        board->loop_under_way = 1;
    return (int64_t)loop.begun++;
}

static void write_result(struct sw_board *board, int outcome)
{
    board->results[board->result_count % SW_RESULTS_MAX] = (struct sw_result){
        .seed = board->seed,
        .decision_count = board->decision_count,
        .hash = board->hash,
        .outcome = (uint32_t)outcome,
        .signature = board->signature,
    };
    board->result_count++;
    board->loop_real_ns = real_ns() - loop.first_real_ns;
}

/* Threads that have been joined are still on their way out. */
static void drain(void)
{
    for (int i = 0; i < DRAIN_MAX && sw_engine.live_count > 1 && sw_engine_others_can_run(); i++)
        sw_engine_point(SW_AT_YIELD, 0);
}

static void end_named(const struct sw_board *board)
{
    if (!board->loop_under_way || board->strategy != SW_STRATEGY_NAMED)
        return;
    const struct sw_strategy *strategy = sw_strategies_find(board->strategy_name);
    if (strategy != NULL && strategy->end != NULL)
        strategy->end();
}

int spillway_loop_end(int outcome)
{
    struct sw_board *board = sw_engine.board;

    if (sw_engine_self() == NULL)
        return 0;
    sw_engine.driver = sw_walk_default();
    sw_access_end();
    end_named(board);
    drain();
    if (board->loop_under_way)
        write_result(board, outcome);
    board->loop_under_way = 0;
    if (board->ordered && loop.begun > 0)
        tell_served(board);
    return (int)sw_engine.live_count - 1;
}

void spillway_tell_failure(uint32_t signature)
{
    struct sw_board *board = sw_engine.board;

    if (board != NULL && board->signature == 0)
        board->signature = signature;
}

int spillway_rest(void)
{
    if (sw_engine_self() == NULL)
        return -1;
    sw_engine_rest();
    return 0;
}
