/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include <stdio.h>
#include <string.h>

#include "run_once.h"
#include "timeline_build.h"

/* ---- one run ---- */

/* A program that was changed may decide as before, and end in another way.  What else an end can
 * be is not told alike by a run that explains. */
static int has_recorded_status(const struct sw_end *end, const struct sw_sched *sched)
{
    struct sw_end recorded;

    if (sched->outcome == NULL)
        return 1;
    sw_run_end_parse(&recorded, sched->outcome);
    if ((recorded.kind != SW_ENDED_EXITED && recorded.kind != SW_ENDED_CRASHED) ||
        (end->kind != SW_ENDED_EXITED && end->kind != SW_ENDED_CRASHED))
        return 1;
    return sw_run_end_is_recorded(end, sched->outcome);
}

/* What it has followed, and where it has left the recorded run. */
static void keep_ways(struct sw_timeline *timeline, const struct sw_control_shm *shm)
{
    timeline->follows = shm->follows;
    snprintf(timeline->left, sizeof timeline->left, "%.*s", (int)strcspn(shm->left, ":"),
             shm->left);
}

static int run_as(struct sw_timeline *timeline, const struct sw_sched *sched,
                  struct sw_schedule_order schedule, int wanted, int explains, struct sw_error *e)
{
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_process one;

    process.silent = 1;
    process.explains = explains;
    schedule.explain_wanted = wanted;
    int status = sw_run_once_run(&one, &process, &schedule, e);
    if (status == 0 && one.interrupted)
        status = sw_error_set(e, NULL, 0, 0, "interrupted");
    if (status == 0)
        status = sw_timeline_take(timeline, &one, e);
    if (status == 0)
        keep_ways(timeline, one.shm);
    if (status == 0 && explains && sw_timeline_agent_add(timeline, &one) < 0)
        status = sw_error_set(e, NULL, 0, 0, "out of memory");
    if (status == 0 && explains)
        sw_timeline_agent_mark_hops(timeline, &one, sched);
    sw_process_close(&one);
    timeline->is_same = status == 0 && timeline->end.kind != SW_ENDED_DIVERGED &&
                        sw_sched_is_same_run(sched, timeline->decision_count, timeline->hash) &&
                        has_recorded_status(&timeline->end, sched);
    return status;
}

static int run(struct sw_timeline *timeline, const struct sw_sched *sched, int wanted, int explains,
               struct sw_error *e)
{
    return run_as(timeline, sched, sw_schedule_order_replay(sched), wanted, explains, e);
}

/* ---- one that looks at reads and writes is another run ---- */

/* It follows the decisions as far as they fit, and goes on with the defaults: often that is behind
 * all that matters, as among the joins at the end.  If it fails as the recorded one did, what it has
 * read and written tells more than nothing, and the note says from where on it is another run.  It
 * takes the place of *timeline, which is the recorded run without accesses. */
static int take_similar(struct sw_timeline *timeline, const struct sw_sched *sched, int explains,
                        struct sw_error *e)
{
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_timeline similar = {0};

    schedule.anyway = 1;
    if (run_as(&similar, sched, schedule, SW_EXPLAIN_ACCESSES, explains, e) < 0)
        return -1;
    if (similar.end.kind != timeline->end.kind || !sw_run_end_is_failure(&similar.end) ||
        !has_recorded_status(&similar.end, sched)) {
        sw_timeline_free(&similar);
        return 0;
    }
    snprintf(
        similar.note, sizeof similar.note,
        "accesses and values are those of a run that looks at them, which fails as well, and is "
        "another one%s%s%s",
        *similar.left != '\0' ? " from " : "", similar.left, *similar.left != '\0' ? " on" : "");
    similar.is_same = 1;
    sw_timeline_free(timeline);
    *timeline = similar;
    return 1;
}

/* The frames that the tracer is given lie where objects would, so that a set may be in another order;
 * and a program may see that it is looked at. */
static int fill_otherwise(struct sw_timeline *timeline, const struct sw_sched *sched, int explains,
                          struct sw_error *e)
{
    sw_timeline_free(timeline);
    if (run(timeline, sched, SW_EXPLAIN_NO_ACCESSES, explains, e) < 0)
        return -1;
    if (!timeline->is_same)
        return 0;
    int taken = take_similar(timeline, sched, explains, e);
    if (taken == 0)
        snprintf(timeline->note, sizeof timeline->note,
                 "accesses and values are not known: a run that looks at them is another one");
    return taken < 0 ? -1 : 0;
}

static int fill(struct sw_timeline *timeline, const struct sw_sched *sched, int explains,
                struct sw_error *e)
{
    *timeline = (struct sw_timeline){0};
    if (run(timeline, sched, SW_EXPLAIN_ACCESSES, explains, e) < 0)
        return -1;
    if (!timeline->is_same && fill_otherwise(timeline, sched, explains, e) < 0)
        return -1;
    if (!timeline->is_same)
        snprintf(timeline->note, sizeof timeline->note,
                 "the run that notes what happens is not the recorded one");
    else if (timeline->lost > 0)
        snprintf(timeline->note, sizeof timeline->note, "%llu entries did not fit",
                 (unsigned long long)timeline->lost);
    return 0;
}

int sw_timeline_fill(struct sw_timeline *timeline, const struct sw_sched *sched, struct sw_error *e)
{
    return fill(timeline, sched, 0, e);
}

int sw_timeline_fill_all(struct sw_timeline *timeline, const struct sw_sched *sched,
                         struct sw_error *e)
{
    return fill(timeline, sched, 1, e);
}

int sw_timeline_fill_defaults(struct sw_timeline *timeline, const struct sw_sched *sched,
                              struct sw_error *e)
{
    struct sw_sched plain = *sched;

    *timeline = (struct sw_timeline){0};
    plain.deviation_count = 0;
    return run(timeline, &plain, SW_EXPLAIN_ACCESSES, 0, e);
}

int sw_timeline_fill_random(struct sw_timeline *timeline, const struct sw_sched *sched,
                            uint64_t seed, struct sw_error *e)
{
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);

    *timeline = (struct sw_timeline){0};
    schedule.strategy = SW_STRATEGY_RANDOM;
    schedule.seed = seed;
    return run_as(timeline, sched, schedule, SW_EXPLAIN_ACCESSES, 0, e);
}
