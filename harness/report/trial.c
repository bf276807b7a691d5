/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contract/exit.h"
#include "harness/runner/held_output.h"
#include "harness/runner/spec_run.h"
#include "program_kind.h"
#include "run_once.h"
#include "trial_internal.h"
#include "trial_many.h"
#include "trial_sched.h"

enum { SKIPPED_STATUS = 77 };

/* What spillway_starter.py does: it calls the test between the begin and the end of a schedule. */
static const struct sw_settings begins = {.begins = 1};

void sw_trial_decide(struct sw_trial *trial, enum sw_verdict_kind kind, const char *oracle,
                     const char *format, ...)
{
    char text[sizeof trial->verdict.text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sw_judge_decide(&trial->verdict, kind, oracle, 0, 0, "%s", text);
}

void sw_trial_tell(struct sw_trial *trial, const char *format, ...)
{
    char line[4096], *story = NULL;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    /* Without memory the line is left out: the verdict does not depend on it. */
    if (asprintf(&story, "%s%s%s", trial->story != NULL ? trial->story : "",
                 trial->story != NULL ? "\n" : "", line) < 0)
        return;
    free(trial->story);
    trial->story = story;
}

void sw_trial_tell_uncontrolled(struct sw_trial *trial, const struct sw_uncontrolled *list,
                                uint32_t count)
{
    for (uint32_t i = 0; i < count && i < SW_UNCONTROLLED_MAX; i++)
        sw_trial_tell(trial, "not controlled: %.*s (%llu time%s)", SW_UNCONTROLLED_TEXT,
                      list[i].what, (unsigned long long)list[i].count,
                      list[i].count == 1 ? "" : "s");
    /* A failure stands, and a skipped test has shown nothing. But a pass next to something that
     * nobody controls may be luck. */
    if (count > 0 && trial->verdict.kind == SW_AS_EXPECTED && !trial->skipped)
        trial->verdict.kind = SW_INCONCLUSIVE;
}

/* ---- one schedule ---- */

char *sw_trial_describe_strategy(const struct sw_trial_order *order, char *buf, size_t size)
{
    if (order->schedule.strategy != SW_STRATEGY_NAMED)
        snprintf(buf, size, "random");
    else if (order->schedule.argument == 0)
        snprintf(buf, size, "%s", order->schedule.name);
    else
        snprintf(buf, size, "%s:%llu", order->schedule.name,
                 (unsigned long long)order->schedule.argument);
    return buf;
}

char *sw_trial_describe(const struct sw_trial_order *order, char *buf, size_t size)
{
    char strategy[64];

    if (order->schedule.strategy == SW_STRATEGY_DEFAULT)
        snprintf(buf, size, "the default schedule");
    else if (order->schedule.strategy == SW_STRATEGY_REPLAY)
        snprintf(buf, size, "%s", order->found);
    else if (order->schedule.strategy == SW_STRATEGY_RANDOM)
        snprintf(buf, size, "the random walk of seed %llu",
                 (unsigned long long)order->schedule.seed);
    else
        snprintf(buf, size, "%s of seed %llu",
                 sw_trial_describe_strategy(order, strategy, sizeof strategy),
                 (unsigned long long)order->schedule.seed);
    return buf;
}

const struct sw_settings *sw_trial_setting_of(const struct sw_trial_order *order)
{
    return order->setting != NULL ? order->setting : &begins;
}

const char *sw_trial_program_of(const struct sw_trial_order *order)
{
    return order->test != NULL ? order->starter : order->file;
}

char **sw_trial_args_of(const struct sw_trial_order *order, char *room[SW_TRIAL_ARGS])
{
    int count = 0;

    if (order->test != NULL) {
        room[count++] = (char *)order->file;
        room[count++] = (char *)order->test;
    }
    for (char **arg = order->args; arg != NULL && *arg != NULL && count < SW_TRIAL_ARGS - 1; arg++)
        room[count++] = *arg;
    room[count] = NULL;
    return room;
}

struct sw_process_order sw_trial_process(const struct sw_trial_order *order,
                                         char *args[SW_TRIAL_ARGS])
{
    return (struct sw_process_order){.interp = order->interp,
                                     .program = sw_trial_program_of(order),
                                     .args = sw_trial_args_of(order, args),
                                     .setting = sw_trial_setting_of(order),
                                     .folder = order->folder,
                                     .stdout_is_ours = order->stdout_is_ours,
                                     .watchdog_s = order->watchdog_s,
                                     .silent = order->silent};
}

/* The process ended without a schedule. */
static void judge_before(const struct sw_trial_order *order, int status, struct sw_trial *trial)
{
    /* The starter imports the file before it begins a schedule: what goes wrong there has no
     * schedule, and only its exit status tells which it was. */
    if (status == SKIPPED_STATUS) {
        trial->skipped = 1;
        sw_trial_decide(trial, SW_AS_EXPECTED, "", "skipped");
    } else if (status == SW_EXIT_ERROR) {
        sw_trial_decide(trial, SW_HARNESS_ERROR, "start", "the test could not be started");
    } else if (status == 0 || status == 1) {
        sw_trial_decide(
            trial, status == 0 ? SW_INCONCLUSIVE : SW_FAILED, "ctypes",
            "exit %d; no schedule was begun: an error before the test, or %s has no ctypes", status,
            order->interp);
    } else {
        sw_trial_decide(trial, SW_HARNESS_ERROR, "start", "exit %d before the test began", status);
    }
}

/* The test ended, or the process in the middle of it. */
static void judge_exit(const struct sw_process *run, const struct sw_trial_order *order,
                       struct sw_trial *trial)
{
    const struct sw_control_shm *shm = run->shm;
    /* With a result the test came to its end, and then what its process exited with says nothing
     * more. */
    int status = run->end.code, ended = shm->result_count == 1;
    uint32_t outcome = ended ? shm->results[0].outcome : SW_LOOP_PASSED;
    uint64_t decisions = ended ? shm->results[0].decision_count : shm->decision_count;
    char schedule[128];

    sw_trial_describe(order, schedule, sizeof schedule);
    trial->skipped = outcome == SW_LOOP_SKIPPED && status == SKIPPED_STATUS;
    if (trial->skipped)
        sw_trial_decide(trial, SW_AS_EXPECTED, "", "skipped");
    else if (outcome == SW_LOOP_PASSED && status == 0)
        sw_trial_decide(trial, SW_AS_EXPECTED, "", "1 schedule, %s; %llu decisions", schedule,
                        (unsigned long long)decisions);
    else if (ended)
        sw_trial_decide(trial, SW_FAILED, "failed", "failed under %s; %llu decisions", schedule,
                        (unsigned long long)decisions);
    else
        sw_trial_decide(trial, SW_FAILED, "exit", "exit %d in the middle of it, under %s", status,
                        schedule);
}

static void judge_program(const struct sw_process *run, const struct sw_trial_order *order,
                          struct sw_trial *trial)
{
    char schedule[128], why[300];
    int status = run->end.code;

    sw_trial_describe(order, schedule, sizeof schedule);
    if (!sw_spec_run_is(order->file) &&
        sw_program_kind_is_no_python(run, order->interp, order->file, why, sizeof why))
        sw_trial_decide(trial, SW_HARNESS_ERROR, "start", "%s", why);
    else if (status == 0)
        sw_trial_decide(trial, SW_AS_EXPECTED, "", "1 schedule, %s; %llu decisions", schedule,
                        (unsigned long long)run->shm->decision_count);
    else
        sw_trial_decide(trial, SW_FAILED, "exit", "exit %d under %s; %llu decisions", status,
                        schedule, (unsigned long long)run->shm->decision_count);
}

static void judge(const struct sw_process *run, const struct sw_trial_order *order,
                  const char *outcome, struct sw_trial *trial)
{
    const struct sw_control_shm *shm = run->shm;
    char schedule[128], word[SW_END_WORD_MAX];

    sw_trial_describe(order, schedule, sizeof schedule);
    sw_run_end_word(&run->end, word);
    /* The word is what another run of it must have, too, and what a report is filtered by. */
    if (run->end.kind == SW_ENDED_CRASHED)
        sw_trial_decide(trial, SW_CRASHED, word, "%s under %s", outcome, schedule);
    else if (run->end.kind != SW_ENDED_EXITED)
        sw_trial_decide(trial, SW_FAILED, word, "under %s: %s", schedule, outcome);
    else if (order->test == NULL)
        judge_program(run, order, trial);
    else if (shm->result_count == 0 && !shm->loop_under_way)
        judge_before(order, run->end.code, trial);
    else
        judge_exit(run, order, trial);
}

/* ---- what it prints ---- */

/* Static: each is 80 KiB, and one run is under way. */
static struct sw_held_output held_output, held_errors;

static void hold(const struct sw_trial_order *order, struct sw_process_order *process)
{
    held_output.fd = held_errors.fd = 0;
    if (order->silent)
        return;
    if (order->holds_output && !order->stdout_is_ours)
        sw_held_output_start(&held_output);
    if (order->holds_output || order->keeps_errors)
        sw_held_output_start(&held_errors);
    process->output = held_output.fd;
    process->errors = held_errors.fd;
}

static void show_held(struct sw_trial *trial)
{
    sw_held_output_stop(&held_output);
    sw_held_output_stop(&held_errors);
    sw_held_output_print(&held_output, stdout);
    fflush(stdout);
    sw_held_output_print(&held_errors, stderr);
    trial->errors = sw_held_output_end(&held_errors);
}

/* ---- a process of its own ---- */

char *sw_trial_format_lives_on(uint32_t threads, char *buf, size_t size)
{
    if (threads == 1)
        snprintf(buf, size,
                 "1 thread lives on when it has passed, a daemon or a pool's: no schedule "
                 "has what it does then");
    else
        snprintf(buf, size,
                 "%u threads live on when it has passed, daemons or a pool's: no schedule "
                 "has what they do then",
                 threads);
    return buf;
}

void sw_trial_tell_lives_on(struct sw_trial *trial, uint32_t threads)
{
    char line[160];

    if (trial->verdict.kind == SW_AS_EXPECTED && threads > 0)
        sw_trial_tell(trial, "%s", sw_trial_format_lives_on(threads, line, sizeof line));
}

/* Of a test that came to its end its process says less than its result. */
static int is_wanted(const struct sw_process *run, const struct sw_trial_order *order)
{
    struct sw_end end = run->end;

    if (run->end.kind == SW_ENDED_EXITED && run->shm->result_count == 1)
        sw_run_end_of_test(&end, &run->shm->results[0]);
    return order->alike == NULL || sw_run_end_is_alike(&end, order->alike);
}

static void run_in(struct sw_process *run, const struct sw_trial_order *order,
                   struct sw_trial_sched *place, struct sw_trial *trial)
{
    char outcome[SW_END_LINE_MAX];
    char *room[SW_TRIAL_ARGS];
    struct sw_error e;
    struct sw_schedule_order schedule = order->schedule;
    struct sw_process_order process = sw_trial_process(order, room);

    /* Whatever the caller looked for: a trial has one limit, and the same in every process. */
    schedule.decisions_max = SW_DECISIONS_MAX;
    if (order->decisions != NULL) {
        schedule.strategy = SW_STRATEGY_REPLAY;
        schedule.wanted = *order->decisions;
    }
    hold(order, &process);
    int status = sw_run_once_run(run, &process, &schedule, &e);
    show_held(trial);
    if (status < 0) {
        sw_trial_decide(trial, run->interrupted ? SW_INCONCLUSIVE : SW_HARNESS_ERROR, "start", "%s",
                        e.text);
        return;
    }
    status = sw_process_check(run);
    if (status != SW_EXIT_OK) {
        sw_trial_decide(trial, status == SW_EXIT_UNSURE ? SW_INCONCLUSIVE : SW_HARNESS_ERROR,
                        "control", "the control itself failed");
        return;
    }
    sw_run_end_format(&run->end, outcome, sizeof outcome);
    /* It is another run, which shows nothing of the one that was meant. */
    if (run->end.kind == SW_ENDED_DIVERGED) {
        sw_trial_decide(trial, SW_INCONCLUSIVE, "diverged", "diverges: %s", run->end.text);
        return;
    }
    judge(run, order, outcome, trial);
    if (!is_wanted(run, order))
        sw_trial_decide(trial, SW_INCONCLUSIVE, "otherwise", "it ends otherwise: %s", outcome);
    sw_trial_tell_lives_on(trial, run->shm->lives_on);
    /* Before the line about what was not controlled, which is the last of the story. */
    if (trial->verdict.kind == SW_FAILED || trial->verdict.kind == SW_CRASHED)
        sw_trial_sched_keep(run, order, outcome, place, trial);
    sw_trial_tell_uncontrolled(trial, run->shm->uncontrolled, run->shm->uncontrolled_count);
}

void sw_trial_run_one(const struct sw_trial_order *order, struct sw_trial *trial)
{
    struct sw_process run;
    struct sw_trial_sched place = {.file.fd = -1, .kind = ""};

    *trial = (struct sw_trial){0};
    if (order->test == NULL)
        sw_trial_sched_take(order, &place);
    run_in(&run, order, &place, trial);
    sw_process_close(&run);
    sw_sched_file_release(&place.file);
}

void sw_trial_run(const struct sw_trial_order *order, struct sw_trial *trial)
{
    assert(order->schedules >= 1 && order->schedules <= SW_TRIAL_SCHEDULES_MAX);
    assert(order->schedules == 1 || order->schedule.strategy != SW_STRATEGY_DEFAULT);
    *trial = (struct sw_trial){0};
    if (order->schedules == 1)
        sw_trial_run_one(order, trial);
    else
        sw_trial_many_run(order, trial);
}
