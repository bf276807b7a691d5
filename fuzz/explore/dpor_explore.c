/* SPDX-License-Identifier: MIT */
#include "dpor_explore.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "contract/decision_kind.h"

__attribute__((format(printf, 2, 3))) static void stop(struct sw_dpor_explore *result,
                                                       const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(result->why_not, sizeof result->why_not, format, arguments);
    va_end(arguments);
}

static struct sw_schedule_order order_of(const struct sw_dpor_run *run)
{
    return (struct sw_schedule_order){.strategy = SW_STRATEGY_NAMED,
                                      .name = "prefix",
                                      .prefix = {.threads = run->prefix,
                                                 .sleeping = run->sleeping,
                                                 .count = run->prefix_count,
                                                 .sleeping_at = run->sleeping_at,
                                                 .sleeping_count = run->sleeping_count}};
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

/* Runs one schedule.  1: go on; 0: enough; -1: *e. */
static int step(const struct sw_dpor_explore_order *order, struct sw_session *session,
                struct sw_dpor *dpor, const struct sw_dpor_run *run, struct sw_dpor_explore *result,
                struct sw_error *e)
{
    struct sw_batch_result one;
    const struct sw_control_shm *shm;
    const char *why;
    char line[SW_END_LINE_MAX];

    if (!fits(run)) {
        stop(result, "a schedule has more than %d operations", SW_PREFIX_MAX);
        return 0;
    }
    const struct sw_schedule_order schedule = order_of(run);
    if (sw_session_run(session, &schedule, &one, &shm, e) < 0)
        return -1;
    sw_control_shm_keep_most(&result->uncontrolled, shm->uncontrolled, shm->uncontrolled_count);
    note_beside(result, shm);
    result->drew |= shm->drew != 0;
    if (result->refused[0] == '\0')
        snprintf(result->refused, sizeof result->refused, "%.*s", SW_TRACE_REFUSED - 1,
                 shm->trace.refused);
    if (one.end->kind == SW_ENDED_ENGINE_ERROR || one.end->kind == SW_ENDED_LIVELOCK) {
        stop(result, "%s", sw_run_end_format(one.end, line, sizeof line));
        return 0;
    }
    if (sw_dpor_observe(dpor, &shm->trace, &why) < 0) {
        stop(result, "%s", why);
        return 0;
    }
    result->operations += shm->trace.count;
    result->failures += (uint64_t)sw_run_end_is_failure(one.end);
    if (order->on_trace != NULL && order->on_trace(order->context, &one, shm)) {
        stop(result, "it was stopped");
        return 0;
    }
    if (sw_run_end_is_failure(one.end) && !order->goes_on) {
        stop(result, "it ended with the first failure");
        return 0;
    }
    return 1;
}

static int search(const struct sw_dpor_explore_order *order, struct sw_session *session,
                  struct sw_dpor *dpor, struct sw_dpor_explore *result, struct sw_error *e)
{
    struct sw_dpor_run run;
    int status = 1;

    while (status == 1 && sw_dpor_next(dpor, &run)) {
        if (order->traces_max > 0 && sw_dpor_counts(dpor)->traces == order->traces_max) {
            stop(result, "there are more than %llu", (unsigned long long)order->traces_max);
            return 0;
        }
        status = step(order, session, dpor, &run, result, e);
    }
    result->complete = status == 1;
    return status < 0 ? -1 : 0;
}

int sw_dpor_explore_run(const struct sw_dpor_explore_order *order, struct sw_dpor_explore *result,
                        struct sw_error *e)
{
    struct sw_dpor *dpor = sw_dpor_new();
    struct sw_session *session =
        order->opened != NULL ? order->opened : sw_session_open(&order->session, e);
    int failed = -1;

    *result = (struct sw_dpor_explore){0};
    if (dpor == NULL)
        sw_error_set(e, NULL, 0, 0, "out of memory");
    else if (session != NULL)
        failed = search(order, session, dpor, result, e);
    if (dpor != NULL)
        result->counts = *sw_dpor_counts(dpor);
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
        stop(result, "%llu orders were wanted that cannot be",
             (unsigned long long)result->counts.infeasible);
    }
    if (order->opened == NULL)
        sw_session_close(session);
    sw_dpor_free(dpor);
    return failed;
}
