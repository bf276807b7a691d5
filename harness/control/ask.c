/* SPDX-License-Identifier: MIT
 *
 * ask.c - asking the driver, and writing down what it answered.
 */
#include <assert.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine_state.h"
#include "livelock.h"
#include "real.h"
#include "stacks.h"

static struct sw_driver *begin_named(struct sw_board *board)
{
    board->strategy_name[SW_STRATEGY_NAME - 1] = '\0';
    const struct sw_strategy *strategy = sw_strategies_find(board->strategy_name);
    if (strategy == NULL)
        sw_engine_end(SW_END_ERROR, "there is no strategy '%s'", board->strategy_name);
    sw_strategies_lend(&board->profile, &board->trace);
    return strategy->begin(board->seed, board->strategy_argument);
}

struct sw_driver *sw_ask_driver(struct sw_engine *engine)
{
    struct sw_board *board = engine->board;

    switch (board->strategy) {
    case SW_STRATEGY_RANDOM:
        return sw_walk_random(&engine->walk, board->seed);
    case SW_STRATEGY_SWITCH:
        return sw_walk_switch(&engine->walk, board->seed);
    case SW_STRATEGY_REPLAY:
        return sw_follow_start(&engine->follow, board->wanted.deviations, board->wanted.count,
                               board->wanted.pool);
    case SW_STRATEGY_NAMED:
        return begin_named(board);
    default:
        return sw_walk_default();
    }
}

static void format_candidates(char *buf, size_t size, unsigned kind, const uint32_t *candidates,
                              uint32_t count)
{
    size_t used = 0;
    char one[32];

    buf[0] = '\0';
    for (uint32_t i = 0; i < count && used + sizeof one + 1 < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%s%s", i > 0 ? " " : "",
                                 sw_decision_format(kind, candidates[i], one, sizeof one));
}

static void __attribute__((noreturn)) report_divergence(const struct sw_decision *decision)
{
    const struct sw_follow *follow = &sw_engine.follow;
    const struct sw_deviation *wanted = &follow->deviations[follow->next];
    char could[1024], should[1024], choice[32];

    format_candidates(could, sizeof could, decision->kind, decision->candidates, decision->count);
    format_candidates(should, sizeof should, wanted->kind, follow->pool + wanted->first,
                      wanted->count);
    sw_engine_end(SW_END_DIVERGED,
                  "step %llu: %s: wanted T%u at %s to %s %s of %s; there is T%u at %s, and it can "
                  "%s %s; hash so far %016llx",
                  (unsigned long long)decision->index, follow->why, wanted->thread,
                  sw_decision_place(wanted->place), sw_decision_verb(wanted->kind),
                  sw_decision_format(wanted->kind, wanted->choice, choice, sizeof choice), should,
                  decision->thread, sw_decision_place(decision->place),
                  sw_decision_verb(decision->kind), could,
                  (unsigned long long)sw_engine.board->hash);
}

static void record_deviation(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_board_list *taken = &sw_engine.board->taken;

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

static void record_recent(const struct sw_decision *decision, uint32_t choice)
{
    sw_engine.board->recent[decision->index % SW_RECENT_MAX] = (struct sw_recent){
        .kind = (uint16_t)decision->kind,
        .place = (uint16_t)decision->place,
        .thread = decision->thread,
        .object = decision->object,
        .choice = decision->candidates[choice],
    };
}

static void log_decision(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_board *board = sw_engine.board;
    struct sw_board_log *log = &board->log;

    if (decision->index < board->log_from)
        return;
    if (log->count == SW_LOG_MAX || decision->count > SW_LOG_POOL_MAX - log->pool_used) {
        log->lost = 1;
        return;
    }
    log->decisions[log->count++] = (struct sw_logged){
        .index = decision->index,
        .kind = (uint16_t)decision->kind,
        .place = (uint16_t)decision->place,
        .thread = decision->thread,
        .choice = decision->candidates[choice],
        .fallback = decision->candidates[decision->fallback],
        .first = log->pool_used,
        .count = decision->count,
    };
    memcpy(log->pool + log->pool_used, decision->candidates,
           decision->count * sizeof *decision->candidates);
    log->pool_used += decision->count;
}

/* A run whose schedule is too long to be kept is of no use. */
static void check_budget(void)
{
    const struct sw_board *board = sw_engine.board;

    if ((board->decisions_max != 0 && board->decision_count >= board->decisions_max) ||
        board->taken.count == SW_DEVIATIONS_MAX ||
        SW_POOL_MAX - board->taken.pool_used <= SW_LIVE_THREADS_MAX)
        sw_livelock_end();
}

/* For a profile (profile.h); where there is no trace, nothing better is known. */
static void count_chosen(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_board *board = sw_engine.board;
    uint32_t who = decision->candidates[choice] & ~SW_EARLY;
    uint32_t newest = decision->candidates[decision->count - 1];

    if (decision->kind != SW_DECIDE_RUN)
        return;
    if (who < SW_PROFILE_THREADS)
        board->chosen[who]++;
    if (newest < SW_PROFILE_THREADS && board->made_by[newest] == 0)
        board->made_by[newest] = decision->thread + 1;
}

static void futex(uint32_t *word, int operation, uint32_t value)
{
    SW_REAL(syscall)(SYS_futex, word, operation, value, NULL, NULL, 0);
}

/* The runner looks at the C stacks meanwhile. */
static void halt(struct sw_board *board)
{
    __atomic_store_n(&board->halted, 1, __ATOMIC_RELEASE);
    futex(&board->halted, FUTEX_WAKE, 1);
    while (__atomic_load_n(&board->resumed, __ATOMIC_ACQUIRE) == 0)
        futex(&board->resumed, FUTEX_WAIT, 0);
}

static const struct sw_thread *find_live(uint32_t ordinal)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_engine_live(&threads);

    for (uint32_t i = 0; i < count; i++)
        if (threads[i]->ordinal == ordinal)
            return threads[i];
    return NULL;
}

/* For whoever wants to see where a schedule turns. */
static void show(struct sw_board *board)
{
    for (int i = 0; i < SW_SHOWN_THREADS; i++) {
        const struct sw_thread *thread = find_live(board->shown_threads[i]);
        dprintf(STDERR_FILENO, "T%u%s\n", board->shown_threads[i],
                thread != NULL ? "" : " is not there");
        if (thread != NULL)
            sw_stacks_print_one(thread);
        board->halted_tids[i] = thread != NULL ? thread->tid : 0;
    }
    halt(board);
}

uint32_t sw_ask(struct sw_decision *decision)
{
    struct sw_board *board = sw_engine.board;

    assert(decision->count >= 2 && decision->fallback < decision->count);
    decision->index = board->decision_count;
    decision->thread = sw_engine.current->ordinal;
    check_budget();
    if (board->shows && decision->index == board->shown &&
        (board->loop_count == 0 || board->loop_under_way))
        show(board);
    int choice = sw_engine.driver->choose(sw_engine.driver, decision);
    if (choice < 0)
        report_divergence(decision);
    assert((uint32_t)choice < decision->count);
    board->hash = sw_decision_hash(board->hash, decision, (uint32_t)choice);
    record_recent(decision, (uint32_t)choice);
    count_chosen(decision, (uint32_t)choice);
    board->decision_count++;
    if ((uint32_t)choice != decision->fallback)
        record_deviation(decision, (uint32_t)choice);
    if (board->log_wanted)
        log_decision(decision, (uint32_t)choice);
    return (uint32_t)choice;
}

/* ---- what is not asked ---- */

void sw_ask_happened(struct sw_decision *decision)
{
    struct sw_board *board = sw_engine.board;

    assert(decision->count == 1 && !SW_IS_ASKED(decision->kind));
    check_budget();
    decision->index = board->decision_count;
    board->hash = sw_decision_hash(board->hash, decision, 0);
    record_recent(decision, 0);
    board->decision_count++;
    record_deviation(decision, 0);
    sw_engine.follow.next += (uint32_t)sw_ask_replays();
}

void sw_ask_passed(void)
{
    struct sw_board *board = sw_engine.board;

    check_budget();
    board->recent[board->decision_count++ % SW_RECENT_MAX] =
        (struct sw_recent){.kind = SW_DECIDE_COUNT, .thread = sw_engine.current->ordinal};
}

int sw_ask_replays(void)
{
    return sw_engine.driver == &sw_engine.follow.driver;
}

void sw_ask_misfit(enum sw_decision_kind kind, const char *why)
{
    struct sw_decision decision = {.index = sw_engine.board->decision_count,
                                   .kind = kind,
                                   .place = SW_AT_IO_WAIT,
                                   .thread = sw_engine.current->ordinal};

    sw_engine.follow.why = why;
    report_divergence(&decision);
}

int sw_ask_is_due(enum sw_decision_kind kind, uint32_t *choice)
{
    struct sw_follow *follow = &sw_engine.follow;
    int due = sw_follow_due(follow, sw_engine.board->decision_count, kind, choice);

    if (due < 0)
        sw_ask_misfit(kind, follow->why);
    return due;
}
