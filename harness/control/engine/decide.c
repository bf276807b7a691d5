/* SPDX-License-Identifier: MIT */
#include "decide.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "contract/futex.h"
#include "debug_stop.h"
#include "engine_state.h"
#include "explain.h"
#include "harness/control/drivers/strategies.h"
#include "outcome.h"
#include "real.h"
#include "thread_table.h"
#include "contract/decision_kind.h"

/* A strategy is known by name, so that a schedule file can say it; what it may look at is lent to
 * it. */
static struct sw_driver *begin_named(struct sw_control_shm *shm)
{
    /* The runner's memory: a name without an end would be read past it. */
    shm->strategy_name[SW_STRATEGY_NAME - 1] = '\0';
    const struct sw_strategy *strategy = sw_strategies_find(shm->strategy_name);
    if (strategy == NULL)
        sw_outcome_end(SW_END_ERROR, "there is no strategy '%s'", shm->strategy_name);
    sw_strategies_lend(&shm->profile, &shm->trace);
    sw_strategies_lend_order(&shm->wanted, &shm->prefix);
    return strategy->begin(shm->seed, shm->strategy_argument);
}

struct sw_driver *sw_decide_driver(struct sw_engine *engine)
{
    struct sw_control_shm *shm = engine->shm;

    shm->beside_count = 0;
    sw_place_name_lend(&shm->place_names); /* what is said of a divergence wants the names */
    switch (shm->strategy) {
    /* Each begins anew with the seed: a schedule depends on nothing that was before it in this
     * process. */
    case SW_STRATEGY_RANDOM:
        return sw_random_driver_init(&engine->random, shm->seed);
    case SW_STRATEGY_SWITCH:
        return sw_random_driver_switch(&engine->random, shm->seed);
    case SW_STRATEGY_REPLAY:
        return sw_replay_driver_start(&engine->replay, shm->wanted.deviations, shm->wanted.count,
                                      shm->wanted.pool);
    case SW_STRATEGY_NAMED:
        return begin_named(shm);
    default:
        return sw_random_driver_default_answers();
    }
}

/* From here on the defaults, to the end.  Those that follow would be of another situation: the
 * first that does not fit is the last that is looked at. */
static void leave(const char *why)
{
    struct sw_control_shm *shm = sw_engine.shm;

    snprintf(shm->left, sizeof shm->left, "%s", why);
    shm->left_count = sw_engine.replay.next;
    sw_engine.driver = sw_random_driver_default_answers();
}

/* The schedule's next deviation does not fit what is here: another program, other inputs, or
 * something that nobody controls.  Says what was wanted and what there is, and the hash, which
 * tells whether the runs were already different before.  Returns if it is to go on anyway. */
static void report_divergence(const struct sw_decision *decision)
{
    char text[SW_LEFT_MAX];
    const struct sw_replay_driver *replay = &sw_engine.replay;
    const struct sw_deviation *wanted = &replay->deviations[replay->next];
    char could[1024], should[1024], choice[SW_DECISION_TEXT];

    sw_decision_format_all(decision->kind, decision->candidates, decision->count, could,
                           sizeof could);
    sw_decision_format_all(wanted->kind, replay->pool + wanted->first, wanted->count, should,
                           sizeof should);
    snprintf(text, sizeof text,
             "step %llu: %s: wanted T%u at %s to %s %s of %s; there is T%u at %s, and it can "
             "%s %s; hash so far %016llx",
             (unsigned long long)decision->index, replay->why, wanted->thread,
             sw_decision_place(wanted->place), sw_decision_verb(wanted->kind),
             sw_decision_format(wanted->kind, wanted->choice, choice, sizeof choice), should,
             decision->thread, sw_decision_place(decision->place), sw_decision_verb(decision->kind),
             could, (unsigned long long)sw_engine.shm->hash);
    if (!sw_engine.shm->anyway)
        sw_outcome_end(SW_END_DIVERGED, "%s", text);
    leave(text);
}

/* A schedule is the list of its deviations from the default, each with its candidates, so that a
 * replay can tell that it is in the same situation and not only at the same number. */
static void record_deviation(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_control_shm_list *taken = &sw_engine.shm->taken;

    taken->deviations[taken->count] = (struct sw_deviation){
        .index = decision->index,
        .kind = decision->kind,
        .place = decision->place,
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

/* A ring of the last ones, for the story of a livelock: cheaper than the log, and always on. */
/* Is it, or is it in part, about something else than which thread runs?  An early time-out makes
 * time jump, too; it is the last candidate. */
static int is_beside(const struct sw_decision *decision)
{
    const struct sw_decision_kind_row *kind = sw_decision_kind(decision->kind);
    uint32_t last = decision->candidates[decision->count - 1];

    return kind->is_asked && (!kind->is_schedule || (last & SW_EARLY) != 0);
}

static void record_recent(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_control_shm *shm = sw_engine.shm;
    struct sw_recent one = {
        .kind = decision->kind,
        .place = decision->place,
        .thread = decision->thread,
        .object = decision->object,
        .choice = decision->candidates[choice],
    };

    shm->recent[decision->index % SW_RECENT_MAX] = one;
    if (is_beside(decision) && shm->beside_count++ == 0)
        shm->beside = one;
}

static void log_decision(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_control_shm *shm = sw_engine.shm;
    struct sw_control_shm_log *log = &shm->log;

    if (decision->index < shm->log_from)
        return;
    /* A search that needs all of them must know that some are missing: it then claims less. */
    if (log->count == SW_LOG_MAX || decision->count > SW_LOG_POOL_MAX - log->pool_used) {
        log->lost = 1;
        return;
    }
    log->decisions[log->count++] = (struct sw_logged){
        .index = decision->index,
        .kind = decision->kind,
        .place = decision->place,
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

/* A run whose schedule is too long to be kept is of no use.  The pool must have room for the
 * candidates of one decision more: at most as many as there are threads. */
static void check_budget(void)
{
    const struct sw_control_shm *shm = sw_engine.shm;

    if ((shm->decisions_max != 0 && shm->decision_count >= shm->decisions_max) ||
        shm->taken.count == SW_DEVIATIONS_MAX ||
        SW_POOL_MAX - shm->taken.pool_used <= SW_LIVE_THREADS_MAX)
        sw_engine.hooks->end_livelock();
}

/* For a profile (thread_profile.h); where there is no trace, nothing better is known.  A new thread
 * gets the highest ordinal, and is a candidate from its maker's next decision on: so who decides
 * when it is the last candidate for the first time has made it. */
static void count_chosen(const struct sw_decision *decision, uint32_t choice)
{
    struct sw_control_shm *shm = sw_engine.shm;
    uint32_t who = decision->candidates[choice] & ~SW_EARLY;
    uint32_t newest = decision->candidates[decision->count - 1];

    if (!sw_decision_kind(decision->kind)->is_schedule)
        return;
    if (who < SW_THREAD_PROFILE_THREADS)
        shm->chosen[who]++;
    if (newest < SW_THREAD_PROFILE_THREADS && shm->made_by[newest] == 0)
        shm->made_by[newest] = decision->thread + 1;
}

/* The runner looks at the C stacks meanwhile.  A futex and not a signal: nothing of the program's
 * may run, and nothing here may depend on how long that takes. */
static void halt(struct sw_control_shm *shm)
{
    sw_futex_set(SW_REAL(syscall), &shm->halted, 1, 0);
    sw_futex_wait_while(SW_REAL(syscall), &shm->resumed, 0, 0);
}

/* For whoever wants to see where a schedule turns. */
static void show(struct sw_control_shm *shm)
{
    for (int i = 0; i < SW_SHOWN_THREADS; i++) {
        const struct sw_thread *thread = sw_thread_table_find_ordinal(shm->shown_threads[i]);
        dprintf(STDERR_FILENO, "T%u%s\n", shm->shown_threads[i],
                thread != NULL ? "" : " is not there");
        if (thread != NULL)
            sw_engine.hooks->print_stack(thread);
        shm->halted_tids[i] = thread != NULL ? thread->tid : 0;
    }
    halt(shm);
}

/* What is decided before a test begins, and behind its end, is in no schedule. */
static int is_in_schedule(const struct sw_control_shm *shm)
{
    return shm->loop_count == 0 || shm->loop_under_way;
}

uint32_t sw_decide_ask(struct sw_decision *decision)
{
    struct sw_control_shm *shm = sw_engine.shm;

    assert(decision->count >= 2 && decision->fallback < decision->count);
    if (sw_engine.live_count == 1)
        sw_engine.hooks->before_decision();
    decision->index = shm->decision_count;
    decision->thread = sw_engine.current->ordinal;
    /* Before the driver is asked: what it answers would be noted nowhere. */
    check_budget();
    if (shm->shows && decision->index == shm->shown && is_in_schedule(shm))
        show(shm);
    sw_debug_stop_before(shm, decision);
    /* The driver sees the decision with its number; an answer below 0 is that of a replay that does
     * not fit. */
    int choice = sw_engine.driver->choose(sw_engine.driver, decision);
    if (choice < 0) {
        report_divergence(decision);
        choice = (int)decision->fallback;
    }
    assert((uint32_t)choice < decision->count);
    /* The hash is of all decisions, the defaults too: two runs with equal hashes are one schedule,
     * and one that goes another way is found out at its end at the latest. */
    shm->hash = sw_decision_hash(shm->hash, decision, (uint32_t)choice);
    record_recent(decision, (uint32_t)choice);
    count_chosen(decision, (uint32_t)choice);
    shm->decision_count++;
    /* Only what is not the default has to be kept. */
    if ((uint32_t)choice != decision->fallback)
        record_deviation(decision, (uint32_t)choice);
    if (shm->log_wanted && is_in_schedule(shm))
        log_decision(decision, (uint32_t)choice);
    sw_explain_decision(decision, (uint32_t)choice);
    return (uint32_t)choice;
}

/* ---- what is not asked ---- */

void sw_decide_happened(struct sw_decision *decision)
{
    struct sw_control_shm *shm = sw_engine.shm;

    assert(decision->count == 1 && !sw_decision_kind(decision->kind)->is_asked);
    check_budget();
    decision->index = shm->decision_count;
    sw_debug_stop_before(shm, decision);
    shm->hash = sw_decision_hash(shm->hash, decision, 0);
    record_recent(decision, 0);
    shm->decision_count++;
    /* It is not asked about, but it is in the schedule: without it a replay would not know when to
     * wait for it. */
    record_deviation(decision, 0);
    /* The replay had it at this number: it is at the next entry now. */
    sw_engine.replay.next += (uint32_t)sw_decide_replays();
}

void sw_decide_passed(void)
{
    struct sw_control_shm *shm = sw_engine.shm;

    check_budget();
    sw_debug_stop_before(shm, NULL);
    shm->recent[shm->decision_count++ % SW_RECENT_MAX] =
        (struct sw_recent){.kind = SW_DECISION_KINDS, .thread = sw_engine.current->ordinal};
}

int sw_decide_replays(void)
{
    return sw_engine.driver == &sw_engine.replay.driver;
}

void sw_decide_misfit(enum sw_decision_kind kind, const char *why)
{
    struct sw_decision decision = {.index = sw_engine.shm->decision_count,
                                   .kind = kind,
                                   .place = SW_AT_IO_WAIT,
                                   .thread = sw_engine.current->ordinal};

    sw_engine.replay.why = why;
    report_divergence(&decision);
}

int sw_decide_is_due(enum sw_decision_kind kind, uint32_t *choice)
{
    struct sw_replay_driver *replay = &sw_engine.replay;
    int due = sw_replay_driver_due(replay, sw_engine.shm->decision_count, kind, choice);

    if (due < 0)
        sw_decide_misfit(kind, replay->why);
    return due > 0;
}
