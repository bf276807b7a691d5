/* SPDX-License-Identifier: MIT */
#include "dpor_explore.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "contract/decision_kind.h"
#include "dpor_ahead.h"
#include "dpor_session.h"
#include "harness/runner/interrupt.h"

__attribute__((format(printf, 2, 3))) static void stop(struct sw_dpor_explore *result,
                                                       const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(result->why_not, sizeof result->why_not, format, arguments);
    va_end(arguments);
}

/* The control memory has room for so many; of a longer prefix the child would follow only a
 * part. */
static int fits(const struct sw_dpor_run *run)
{
    return run->prefix_count <= SW_PREFIX_MAX && run->sleeping_count <= SW_SLEEPERS_MAX;
}

/* Equivalence is about the order of operations: of what else is decided only the default is tried,
 * which is no proof for the other choices. */
static void note_beside(struct sw_dpor_explore *result, const struct sw_control_shm *shm)
{
    const struct sw_recent *one = &shm->beside;

    if (shm->beside_count == 0 || result->beside[0] != '\0')
        return;
    if (sw_decision_kind(one->kind)->is_schedule)
        snprintf(result->beside, sizeof result->beside, "which time-out comes early");
    else
        snprintf(result->beside, sizeof result->beside, "what to %s at %s",
                 sw_decision_verb(one->kind), sw_decision_place(one->place));
}

/* One search, and who runs its schedules. */
struct search {
    const struct sw_dpor_explore_order *order;
    struct sw_dpor *dpor;
    struct sw_session *session; /* one job: here, each when it is wanted */
    struct sw_dpor_ahead *ahead; /* several; NULL: one */
    struct sw_dpor_explore *result;
    int is_sound; /* the search stands between two runs, and can be kept */
};

static int run_one(struct search *search, const struct sw_dpor_run *run,
                   struct sw_batch_result *one, const struct sw_control_shm **shm,
                   struct sw_error *e)
{
    if (search->ahead != NULL)
        return sw_dpor_ahead_run(search->ahead, run, one, shm, e);
    return sw_dpor_session_run(search->session, NULL, run, one, shm, e);
}

/* It may run the schedule again, and take its time; the workers go on meanwhile. */
static int tell(struct search *search, const struct sw_batch_result *one,
                const struct sw_control_shm *shm)
{
    const struct sw_dpor_explore_order *order = search->order;

    if (order->on_trace == NULL || search->ahead == NULL)
        return order->on_trace != NULL && order->on_trace(order->context, one, shm);
    struct sw_turns *turns = sw_dpor_ahead_turns(search->ahead);
    sw_dpor_ahead_leave(search->ahead);
    int taken = sw_run_end_is_failure(one->end) ? sw_turns_take(turns) : 0;
    int enough = order->on_trace(order->context, one, shm);
    sw_turns_give(turns, taken, NULL);
    sw_dpor_ahead_enter(search->ahead);
    return enough;
}

/* Runs one schedule.  1: go on; 0: enough; -1: *e. */
static int step(struct search *search, const struct sw_dpor_run *run, struct sw_error *e)
{
    struct sw_dpor_explore *result = search->result;
    struct sw_batch_result one;
    const struct sw_control_shm *shm;
    const char *why;
    char line[SW_END_LINE_MAX];

    if (!fits(run)) {
        stop(result, "a schedule has more than %d operations", SW_PREFIX_MAX);
        return 0;
    }
    if (run_one(search, run, &one, &shm, e) < 0)
        return -1;
    /* Whoever interrupts this process may have sent the same to what it runs. */
    if (sw_interrupt_came()) {
        stop(result, "it was interrupted");
        return 0;
    }
    search->is_sound = 0;
    sw_control_shm_keep_most(&result->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
    note_beside(result, shm);
    sw_control_shm_keep_greater(&result->lives_on, shm->lives_on);
    result->follows |= shm->follows | shm->followed;
    if (result->refused[0] == '\0')
        snprintf(result->refused, sizeof result->refused, "%.*s", SW_TRACE_REFUSED - 1,
                 shm->trace.refused);
    if (one.end->kind == SW_ENDED_ENGINE_ERROR || one.end->kind == SW_ENDED_LIVELOCK) {
        stop(result, "%s", sw_run_end_format(one.end, line, sizeof line));
        return 0;
    }
    if (sw_dpor_observe(search->dpor, &shm->trace, &why) < 0) {
        stop(result, "%s", why);
        return 0;
    }
    search->is_sound = 1;
    result->operations += shm->trace.count;
    result->failures += (uint64_t)sw_run_end_is_failure(one.end);
    if (tell(search, &one, shm)) {
        stop(result, "it was stopped");
        return 0;
    }
    if (sw_run_end_is_failure(one.end) && !search->order->goes_on) {
        stop(result, "it ended with the first failure");
        return 0;
    }
    return 1;
}

static int keep(struct search *search, int is_over, struct sw_error *e)
{
    const struct sw_dpor_explore_order *order = search->order;

    return order->on_step != NULL
               ? order->on_step(order->context, search->dpor, search->result, is_over, e)
               : 0;
}

static int run_all(struct search *search, struct sw_error *e)
{
    uint64_t most = search->order->traces_max;
    struct sw_dpor_run run;
    int status = 1;

    while (status == 1) {
        int more = sw_dpor_next(search->dpor, &run);
        if (more < 0)
            return sw_error_set(e, NULL, 0, 0, "out of memory");
        if (more == 0)
            break;
        if (most > 0 && sw_dpor_counts(search->dpor)->traces >= most) {
            stop(search->result, "there are more than %llu", (unsigned long long)most);
            return keep(search, 1, e);
        }
        status = step(search, &run, e);
        if (status > 0 && keep(search, 0, e) < 0)
            return -1;
    }
    search->result->complete = status == 1;
    return status < 0 || (search->is_sound && keep(search, 1, e) < 0) ? -1 : 0;
}

/* 0, or -1 with *e. */
static int run_in_jobs(struct search *search, struct sw_error *e)
{
    const struct sw_dpor_explore_order *order = search->order;
    const struct sw_dpor_ahead_order ahead = {
        .session = &order->session, .jobs = order->jobs, .search = search->dpor};

    search->ahead = sw_dpor_ahead_open(&ahead, e);
    if (search->ahead == NULL)
        return -1;
    sw_dpor_ahead_enter(search->ahead);
    int status = run_all(search, e);
    sw_dpor_ahead_leave(search->ahead);
    sw_search_tell_turns(sw_dpor_ahead_turns(search->ahead), order->jobs, search->result->in_turns,
                         sizeof search->result->in_turns);
    search->result->in_vain = sw_dpor_ahead_in_vain(search->ahead);
    sw_dpor_ahead_close(search->ahead);
    return status;
}

static int run_alone(struct search *search, struct sw_error *e)
{
    const struct sw_dpor_explore_order *order = search->order;

    search->session = order->opened != NULL ? order->opened : sw_session_open(&order->session, e);
    int status = search->session != NULL ? run_all(search, e) : -1;
    if (order->opened == NULL)
        sw_session_close(search->session);
    return status;
}

int sw_dpor_explore_run(const struct sw_dpor_explore_order *order, struct sw_dpor_explore *result,
                        struct sw_error *e)
{
    struct search search = {.order = order, .dpor = sw_dpor_new(), .result = result};

    *result = (struct sw_dpor_explore){0};
    if (search.dpor == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    int failed = order->begin != NULL ? order->begin(order->context, search.dpor, result, e) : 0;
    search.is_sound = 1;
    if (failed == 0)
        failed = order->jobs > 1 && order->opened == NULL ? run_in_jobs(&search, e)
                                                          : run_alone(&search, e);
    result->counts = *sw_dpor_counts(search.dpor);
    if (result->complete && result->beside[0] != '\0') {
        result->complete = 0;
        stop(result,
             "it decides %s, too, and dpor tries the default only; preemptions and delays "
             "try all",
             result->beside);
    }
    if (result->complete && result->refused[0] != '\0') {
        result->complete = 0;
        stop(result, "%s", result->refused);
    }
    /* An order that was wanted and cannot be: then the trace does not show all that one event waits
     * for, and something may be missing elsewhere, too. */
    if (result->complete && result->counts.infeasible > 0) {
        result->complete = 0;
        stop(result,
             "%llu orders of two operations were wanted that cannot be: one comes only behind the "
             "other, and no operation says why",
             (unsigned long long)result->counts.infeasible);
    }
    sw_dpor_free(search.dpor);
    return failed;
}
