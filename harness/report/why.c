/* SPDX-License-Identifier: MIT */
#include "why.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/exit.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/sched_trust.h"
#include "harness/formats/sched/schedz.h"
#include "harness/runner/interrupt.h"
#include "explanation_chance.h"
#include "replay.h"
#include "run_once.h"
#include "why_judge.h"
#include "why_path.h"
#include "why_print.h"
#include "why_threads.h"

/* ---- the explaining run ---- */

#define NOT_RECORDED \
    "explained, it is another run than the recorded one; 'spillway replay' says whether it is " \
    "without that, too"
#define NO_FAILURE "it does not fail; --value follows something all the same"

static int refuse(const char *path, int status, const char *why)
{
    fprintf(stderr, "spillway: %s: %s\n", path, why);
    return status;
}

/* "#3", or a name. */
static int read_wanted(const struct sw_why_order *order, struct sw_why_wanted *wanted)
{
    *wanted = (struct sw_why_wanted){.text = order->value};
    if (order->value == NULL || order->value[0] != '#')
        return 0;
    char *end;
    errno = 0;
    unsigned long number = strtoul(order->value + 1, &end, 10);
    if (!isdigit((unsigned char)order->value[1]) || *end != '\0' || errno != 0 || number == 0 ||
        number > UINT32_MAX)
        return -1;
    *wanted = (struct sw_why_wanted){.number = (uint32_t)number};
    return 0;
}

static int is_recorded_run(const struct sw_process *run, const struct sw_sched *sched)
{
    return run->end.kind != SW_ENDED_DIVERGED &&
           sw_sched_is_same_run(sched, run->shm->decision_count, run->shm->hash);
}

/* Nothing is shared by threads.  A failure may still be explained: by chance. */
static int refuse_threads(const struct sw_why_order *order, const struct sw_sched *sched,
                          const struct sw_timeline *timeline)
{
    struct sw_explanation explanation;

    if (timeline->note[0] != '\0')
        return refuse(order->path, SW_EXIT_UNSURE, timeline->note);
    sw_explanation_make(&explanation, timeline);
    if (order->value == NULL && sw_explanation_chance_find(&explanation, timeline, sched))
        return refuse(order->path, SW_EXIT_UNSURE, explanation.reason);
    return refuse(order->path, SW_EXIT_UNSURE,
                  timeline->has_accesses
                      ? "no variable that was written has been used by two threads"
                  : timeline->thread_count < 2
                      ? "no second thread has run, so that no variable has been used by two"
                      : "what its threads read and write is not known: that takes a test, in "
                        "CPython 3.11; --value follows a lock");
}

/* Without events of values and tasklets: what the threads have read, written and locked. */
static int explain_threads(const struct sw_why_order *order, const struct sw_sched *sched)
{
    struct sw_why_threads why = {0};
    struct sw_timeline timeline;
    struct sw_error e;
    int found = sw_timeline_fill(&timeline, sched, &e), status = SW_EXIT_ERROR;

    if (found == 0 && !timeline.is_same)
        status = refuse(order->path, SW_EXIT_FAILED, NOT_RECORDED);
    else if (found == 0 && order->value == NULL && !sw_run_end_is_failure(&timeline.end))
        status = refuse(order->path, SW_EXIT_FAILED, NO_FAILURE);
    else if (found == 0 && (found = sw_why_threads_find(&why, &timeline, order->value, &e)) == 0)
        status = SW_EXIT_OK;
    if (found < 0)
        sw_error_print(&e);
    else if (found > 0)
        status = refuse_threads(order, sched, &timeline);
    if (status == SW_EXIT_OK && order->json)
        sw_why_threads_print_json(stdout, &why, order->last_first);
    else if (status == SW_EXIT_OK)
        sw_why_threads_print(stdout, &why, order->last_first);
    sw_why_threads_free(&why);
    sw_timeline_free(&timeline);
    return status;
}

/* What was said of values and tasklets explains most; where nothing was, threads may. */
static int is_about_values(const struct sw_process *run, const struct sw_why *why)
{
    return run->spec.spec != NULL || why->verdict.event != 0;
}

static int explain(const struct sw_why_order *order, const struct sw_sched *sched,
                   const struct sw_process *run)
{
    static struct sw_why why; /* its hops have room of their own */
    struct sw_why_wanted wanted;
    struct sw_error e;

    if (!is_recorded_run(run, sched))
        return refuse(order->path, SW_EXIT_FAILED, NOT_RECORDED);
    memset(&why, 0, sizeof why);
    sw_why_judge(run, sched, &why.verdict);
    if (why.verdict.kind == SW_AS_EXPECTED && order->value == NULL)
        return refuse(order->path, SW_EXIT_FAILED, NO_FAILURE);
    if (order->value == NULL && !is_about_values(run, &why))
        return explain_threads(order, sched);
    if (read_wanted(order, &wanted) < 0 ||
        sw_why_path_find(&why, run->spec.event_shm, &wanted, &e) < 0) {
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    if (order->json)
        return sw_why_print_json(stdout, &why, order->last_first) < 0 ? SW_EXIT_ERROR : SW_EXIT_OK;
    sw_why_print(stdout, &why, order->last_first);
    return SW_EXIT_OK;
}

static int run_and_explain(const struct sw_why_order *order, const struct sw_sched *sched)
{
    struct sw_process_order process = sw_process_order_of(sched);
    const struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process run;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    process.explains = 1;
    process.silent = 1;
    if (sw_run_once_run(&run, &process, &schedule, &e) < 0)
        sw_error_print(&e);
    else if (run.interrupted)
        fputs("interrupted\n", stderr);
    else if ((status = sw_process_check(&run)) == SW_EXIT_OK)
        status = explain(order, sched, &run);
    sw_process_close(&run);
    return status;
}

static int has_agent(const struct sw_sched *sched)
{
    return sw_settings_interp_exports(sched->interp, "slp_point_current_hook") == 1;
}

int sw_why_run(const struct sw_why_order *order)
{
    struct sw_sched *sched = NULL;
    struct sw_why_wanted wanted;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    sw_interrupt_begin();
    if (read_wanted(order, &wanted) < 0)
        return refuse("--value", SW_EXIT_ERROR, "a value's number is from 1, as in '#3'");
    if (sw_schedz_is_archive(order->path))
        return refuse(order->path, SW_EXIT_ERROR,
                      "it is an archive: 'spillway convert' takes one schedule out of it");
    if (sw_sched_load(order->path, &sched, &e) < 0 || sw_sched_paths(order->path, sched, &e) < 0) {
        sw_error_print(&e);
    } else {
        sw_sched_trust_tell(order->path, sched);
        sw_replay_warn(order->path, sched, NULL);
        status = has_agent(sched) ? run_and_explain(order, sched) : explain_threads(order, sched);
    }
    sw_sched_free(sched);
    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : status;
}
