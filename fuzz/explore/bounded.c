/* SPDX-License-Identifier: MIT */
#include "bounded.h"
#include "contract/decision_kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A schedule that is still to be run: its deviations.  All but the last are those of a schedule
 * that has been run; the last one is new. */
struct plan {
    struct plan *next;
    uint32_t count;
    uint32_t pool_count;
    struct sw_deviation *deviations; /* in the same allocation, with the pool behind them */
    uint32_t *pool;
};

struct search {
    const struct sw_bounded_order *order;
    struct sw_bounded *result;
    struct plan *plans[SW_BOUNDED_MAX + 1]; /* by cost */
    uint64_t open[SW_BOUNDED_MAX + 1]; /* how many there are */
    struct sw_session *session;
};

__attribute__((format(printf, 2, 3))) static void stop(struct sw_bounded *result,
                                                       const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(result->why_not, sizeof result->why_not, format, arguments);
    va_end(arguments);
}

/* ---- plans ---- */

static struct plan *new_plan(uint32_t count, uint32_t pool_count)
{
    struct plan *plan =
        malloc(sizeof *plan + count * sizeof *plan->deviations + pool_count * sizeof *plan->pool);

    if (plan == NULL)
        return NULL;
    *plan = (struct plan){.count = count, .pool_count = pool_count};
    plan->deviations = (struct sw_deviation *)(plan + 1);
    plan->pool = (uint32_t *)(plan->deviations + count);
    return plan;
}

/* That one's deviations, and one more. */
static struct plan *extend(const struct plan *plan, const struct sw_control_shm_log *log,
                           const struct sw_logged *decision, uint32_t choice)
{
    struct plan *more = new_plan(plan->count + 1, plan->pool_count + decision->count);

    if (more == NULL)
        return NULL;
    memcpy(more->deviations, plan->deviations, plan->count * sizeof *plan->deviations);
    memcpy(more->pool, plan->pool, plan->pool_count * sizeof *plan->pool);
    memcpy(more->pool + plan->pool_count, log->pool + decision->first,
           decision->count * sizeof *more->pool);
    more->deviations[plan->count] = (struct sw_deviation){.index = decision->index,
                                                          .kind = decision->kind,
                                                          .place = decision->place,
                                                          .thread = decision->thread,
                                                          .choice = choice,
                                                          .first = plan->pool_count,
                                                          .count = decision->count};
    return more;
}

static uint32_t cost_of(const struct search *search, const struct sw_logged *decision)
{
    return sw_decision_kind_cost(decision->kind, decision->thread, decision->fallback,
                                 search->order->kind);
}

static void put(struct search *search, struct plan *plan, uint32_t cost)
{
    plan->next = search->plans[cost];
    search->plans[cost] = plan;
    search->open[cost]++;
}

/* The schedules with one deviation more than this one, which has just been run.  The new one comes
 * behind the last: so each set of deviations is made once, by adding them in their order, and all
 * schedules form a tree with the default schedule as its root.  -1: no memory. */
static int branch(struct search *search, const struct plan *plan, uint32_t cost,
                  const struct sw_control_shm *shm)
{
    const struct sw_control_shm_log *log = &shm->log;

    for (uint32_t i = 0; i < log->count; i++) {
        const struct sw_logged *decision = &log->decisions[i];
        uint32_t total = cost + cost_of(search, decision);
        if (total > search->order->bound) {
            search->result->whole = 0;
            continue;
        }
        for (uint32_t k = 0; k < decision->count; k++) {
            uint32_t choice = log->pool[decision->first + k];
            struct plan *more;
            if (choice == decision->choice)
                continue;
            more = extend(plan, log, decision, choice);
            if (more == NULL)
                return -1;
            put(search, more, total);
        }
    }
    return 0;
}

/* ---- a run ---- */

/* Its log begins behind its last deviation: what is before has been branched already. */
static struct sw_schedule_order order_of(const struct plan *plan)
{
    return (struct sw_schedule_order){
        .strategy = SW_STRATEGY_REPLAY,
        .wanted = {.deviations = plan->deviations,
                   .pool = plan->pool,
                   .count = plan->count,
                   .pool_used = plan->pool_count},
        .log_wanted = 1,
        .log_from = plan->count > 0 ? plan->deviations[plan->count - 1].index + 1 : 0};
}

/* Why this run cannot be part of a proof; NULL: it can.  One flaw ends the search: "all" would not
 * be true any more. */
static const char *find_flaw(const struct sw_control_shm *shm, const struct sw_batch_result *one,
                             char line[SW_END_LINE_MAX])
{
    const struct sw_control_shm_log *log = &shm->log;

    if (one->end->kind == SW_ENDED_DIVERGED)
        return "the same decisions led elsewhere: the program is not the same each time";
    if (one->end->kind == SW_ENDED_ENGINE_ERROR || one->end->kind == SW_ENDED_LIVELOCK)
        return sw_run_end_format(one->end, line, SW_END_LINE_MAX);
    if (log->lost || log->count > SW_LOG_MAX || log->pool_used > SW_LOG_POOL_MAX)
        return "a schedule has too many decisions";
    for (uint32_t i = 0; i < log->count; i++)
        if (log->decisions[i].first > log->pool_used ||
            log->decisions[i].count > log->pool_used - log->decisions[i].first)
            return "the log of decisions is damaged";
    return NULL;
}

static uint64_t count_open(const struct search *search)
{
    uint64_t count = 0;

    for (uint32_t cost = 0; cost <= search->order->bound; cost++)
        count += search->open[cost];
    return count;
}

/* 1: go on; 0: enough; -1: *e. */
static int run_plan(struct search *search, const struct plan *plan, uint32_t cost,
                    struct sw_error *e)
{
    struct sw_bounded *result = search->result;
    struct sw_batch_result one;
    const struct sw_control_shm *shm;
    char line[SW_END_LINE_MAX];

    if (plan->count > SW_DEVIATIONS_MAX || plan->pool_count > SW_POOL_MAX) {
        stop(result, "a schedule has too many deviations");
        return 0;
    }
    const struct sw_schedule_order schedule = order_of(plan);
    if (sw_session_run(search->session, &schedule, &one, &shm, e) < 0)
        return -1;
    result->schedules++;
    result->of_cost[cost]++;
    result->open = count_open(search);
    sw_control_shm_keep_most(&result->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
    sw_control_shm_keep_greater(&result->lives_on, shm->lives_on);
    result->follows |= shm->follows | shm->followed;
    const char *flaw = find_flaw(shm, &one, line);
    if (flaw == NULL && sw_run_end_is_failure(one.end) && result->failures++ == 0)
        result->least = cost;
    if (flaw == NULL && search->order->on_run != NULL &&
        search->order->on_run(search->order->context, &one, shm, cost))
        flaw = "it was stopped";
    if (flaw == NULL && sw_run_end_is_failure(one.end) && !search->order->goes_on)
        flaw = "it ended with the first failure";
    if (flaw == NULL && branch(search, plan, cost, shm) < 0)
        flaw = "out of memory";
    if (flaw != NULL)
        stop(result, "%s", flaw);
    return flaw == NULL;
}

/* By cost.  A plan never costs less than the one it extends, so none is added to a cost that is
 * over; but a forced choice costs no preemption, and is added to the list that is being worked on.
 * Taking and adding at its head goes depth first there: as many plans are open as the present
 * schedule has other choices, and not a whole level of the tree. */
static int run_all(struct search *search, struct sw_error *e)
{
    int status = 1;

    for (uint32_t cost = 0; cost <= search->order->bound && status == 1; cost++) {
        while (search->plans[cost] != NULL && status == 1) {
            struct plan *plan = search->plans[cost];
            uint64_t more = search->order->whole_costs ? search->open[cost] : 1;
            if (search->order->schedules_max > 0 &&
                search->result->schedules + more > search->order->schedules_max) {
                stop(search->result, "there are more than %llu",
                     (unsigned long long)search->order->schedules_max);
                return 0;
            }
            search->plans[cost] = plan->next;
            search->open[cost]--;
            status = run_plan(search, plan, cost, e);
            free(plan);
        }
    }
    search->result->complete = status == 1;
    return status < 0 ? -1 : 0;
}

int sw_bounded_run(const struct sw_bounded_order *order, struct sw_bounded *result,
                   struct sw_error *e)
{
    struct search search = {.order = order, .result = result};
    struct plan *first = new_plan(0, 0);
    int failed = -1;

    *result = (struct sw_bounded){.whole = 1};
    search.session = sw_session_open(&order->session, e);
    if (first == NULL)
        sw_error_set(e, NULL, 0, 0, "out of memory");
    else
        put(&search, first, 0);
    if (first != NULL && search.session != NULL)
        failed = run_all(&search, e);
    for (uint32_t cost = 0; cost <= SW_BOUNDED_MAX; cost++) {
        while (search.plans[cost] != NULL) {
            struct plan *plan = search.plans[cost];
            search.plans[cost] = plan->next;
            free(plan);
        }
    }
    sw_session_close(search.session);
    return failed;
}
