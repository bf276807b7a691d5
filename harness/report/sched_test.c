/* SPDX-License-Identifier: MIT */
#include "sched_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/formats/sched/sched_paths.h"
#include "replay.h"
#include "contract/exit.h"
#include "run_once.h"

/* What could not even be run. The place is a part of the text here, since a test has one line. */
static void refuse(struct sw_trial *trial, const struct sw_error *e)
{
    char place[64] = "";

    if (e->line > 0)
        snprintf(place, sizeof place, "line %u, column %u: ", e->line, e->column);
    sw_judge_decide(&trial->verdict, SW_HARNESS_ERROR, "schedule", 0, 0, "%s%s%s%s", e->path,
                    *e->path != '\0' ? ": " : "", place, e->text);
}

static void judge(const struct sw_process *run, const struct sw_sched *sched,
                  struct sw_trial *trial)
{
    const struct sw_control_shm *shm = run->shm;
    char outcome[SW_END_LINE_MAX];
    /* By other decisions it may come to the same end: an interpreter that was mended asks
     * elsewhere. That is a pass, and is said. */
    int is_same_run = sw_sched_is_same_run(sched, shm->decision_count, shm->hash);

    sw_run_end_format(&run->end, outcome, sizeof outcome);
    if (run->end.kind == SW_ENDED_DIVERGED)
        sw_judge_decide(&trial->verdict, SW_FAILED, "replay", 0, 0,
                        "it cannot be repeated: diverged at %s", run->end.text);
    else if (!sw_run_end_is_recorded(&run->end, sched->outcome))
        sw_judge_decide(&trial->verdict, SW_FAILED, "outcome", 0, 0, "%s; recorded was: %s",
                        outcome, sched->outcome);
    else
        sw_judge_decide(
            &trial->verdict, SW_AS_EXPECTED, "", 0, 0, "%s, as recorded%s; %llu decisions", outcome,
            is_same_run ? "" : ", by other decisions", (unsigned long long)shm->decision_count);
    /* A failure stands. A pass proves nothing if something took part that nobody controls. */
    if (shm->uncontrolled_count > 0 && trial->verdict.kind == SW_AS_EXPECTED)
        sw_judge_decide(&trial->verdict, SW_INCONCLUSIVE, "control", 0, 0,
                        "%s, as recorded, but not controlled: %.*s", outcome, SW_UNCONTROLLED_TEXT,
                        shm->uncontrolled[0].what);
}

/* ---- one that was promoted ---- */

/* How many of its choices were made.  Those that the run did not come to are not among them. */
static uint32_t count_followed(const struct sw_control_shm *shm, const struct sw_sched *sched)
{
    uint32_t count = shm->left[0] != '\0' ? shm->left_count : shm->taken.count;

    return count < sched->deviation_count ? count : sched->deviation_count;
}

static void describe_fit(const struct sw_control_shm *shm, const struct sw_sched *sched, char *buf,
                         size_t size)
{
    uint32_t followed = count_followed(shm, sched);

    if (followed == sched->deviation_count)
        snprintf(buf, size, "its schedule fits");
    else
        snprintf(buf, size, "the code has moved: %u of %u choices of its schedule fit%s%.*s",
                 followed, sched->deviation_count, shm->left[0] != '\0' ? ", and not at " : "",
                 SW_LEFT_MAX - 1, shm->left);
}

static void judge_promoted(const struct sw_process *run, const struct sw_sched *sched,
                           struct sw_trial *trial)
{
    const struct sw_control_shm *shm = run->shm;
    int passes = run->end.kind == SW_ENDED_EXITED && run->end.code == 0;
    int wants_pass = sched->setting.expects == SW_EXPECTS_PASS;
    int proves_nothing = sched->deviation_count > 0 && count_followed(shm, sched) == 0;
    char outcome[SW_END_LINE_MAX], fit[SW_LEFT_MAX + 100];

    describe_fit(shm, sched, fit, sizeof fit);
    sw_run_end_format(&run->end, outcome, sizeof outcome);
    if (!passes && wants_pass)
        sw_judge_decide(&trial->verdict, SW_FAILED, "promoted", 0, 0, "it fails: %s; %s", outcome,
                        fit);
    else if (!passes)
        sw_judge_decide(&trial->verdict, SW_AS_EXPECTED, "", 0, 0,
                        "it fails, as is expected: %s; %s", outcome, fit);
    else if (proves_nothing)
        sw_judge_decide(&trial->verdict, SW_INCONCLUSIVE, "promoted", 0, 0,
                        "it passes, which proves nothing: %s; explore it again", fit);
    else if (wants_pass)
        sw_judge_decide(&trial->verdict, SW_AS_EXPECTED, "", 0, 0, "it passes; %s", fit);
    else
        sw_judge_decide(&trial->verdict, SW_FAILED, "promoted", 0, 0,
                        "it passes, and is expected to fail; %s", fit);
    if (shm->uncontrolled_count > 0 && trial->verdict.kind == SW_AS_EXPECTED && passes)
        sw_judge_decide(&trial->verdict, SW_INCONCLUSIVE, "control", 0, 0,
                        "it passes, but not controlled: %.*s", SW_UNCONTROLLED_TEXT,
                        shm->uncontrolled[0].what);
}

static void run_sched(const struct sw_sched_test_order *order, const struct sw_sched *sched,
                      struct sw_trial *trial)
{
    struct sw_process run;
    struct sw_error e = {0};
    struct sw_process_order how = sw_process_order_of(sched);
    struct sw_schedule_order schedule = sw_schedule_order_replay(sched);

    /* That is what such a test is for: the same decisions in another build of the interpreter. */
    how.interp = order->interp != NULL ? order->interp : sched->interp;
    how.watchdog_s = order->watchdog_s;
    how.stdout_is_ours = order->stdout_is_ours;
    schedule.engine = order->engine;
    schedule.anyway = sched->setting.expects != SW_EXPECTS_RECORDED;
    if (sw_run_once_run(&run, &how, &schedule, &e) < 0)
        refuse(trial, &e);
    else if (sw_process_check(&run) != SW_EXIT_OK)
        sw_judge_decide(&trial->verdict, SW_HARNESS_ERROR, "control", 0, 0,
                        "the control itself failed");
    else if (sched->setting.expects != SW_EXPECTS_RECORDED)
        judge_promoted(&run, sched, trial);
    else
        judge(&run, sched, trial);
    sw_process_close(&run);
}

void sw_sched_test_run(const struct sw_sched_test_order *order, struct sw_trial *trial)
{
    struct sw_sched *sched = NULL;
    struct sw_error e = {0};

    *trial = (struct sw_trial){0};
    /* Not sw_replay_check(): the interpreter may be another, the program may not. */
    if (sw_sched_load(order->path, &sched, &e) < 0 || sw_sched_paths(order->path, sched, &e) < 0 ||
        (sched->setting.expects == SW_EXPECTS_RECORDED &&
         sw_replay_check_program(order->path, sched, &e) < 0))
        refuse(trial, &e);
    else
        run_sched(order, sched, trial);
    sw_sched_free(sched);
}
