/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/formats/sched/sched_data.h"
#include "harness/formats/sched/sched_paths.h"
#include "contract/exit.h"
#include "contract/version.h"
#include "harness/runner/batch.h"
#include "run_once.h"

enum { SKIPPED_STATUS = 77, PATH_BYTES = 512 };

/* What spillway_starter.py does: it calls the test between the begin and the end of a schedule. */
static const struct sw_settings begins = {.begins = 1};

__attribute__((format(printf, 4, 5))) static void decide(struct sw_trial *trial,
                                                         enum sw_verdict_kind kind,
                                                         const char *oracle, const char *format,
                                                         ...)
{
    char text[sizeof trial->verdict.text];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sw_judge_decide(&trial->verdict, kind, oracle, 0, 0, "%s", text);
}

/* One more line of the story. */
__attribute__((format(printf, 2, 3))) static void tell(struct sw_trial *trial, const char *format,
                                                       ...)
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

static void tell_uncontrolled(struct sw_trial *trial, const struct sw_uncontrolled *list,
                              uint32_t count)
{
    for (uint32_t i = 0; i < count && i < SW_UNCONTROLLED_MAX; i++)
        tell(trial, "not controlled: %.*s (%llu time%s)", SW_UNCONTROLLED_TEXT, list[i].what,
             (unsigned long long)list[i].count, list[i].count == 1 ? "" : "s");
    /* A failure stands, and a skipped test has shown nothing. But a pass next to something that
     * nobody controls may be luck. */
    if (count > 0 && trial->verdict.kind == SW_AS_EXPECTED && !trial->skipped)
        trial->verdict.kind = SW_INCONCLUSIVE;
}

/* ---- one schedule ---- */

/* "pct:3" */
static char *describe_strategy(const struct sw_trial_order *order, char *buf, size_t size)
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
        snprintf(buf, size, "%s of seed %llu", describe_strategy(order, strategy, sizeof strategy),
                 (unsigned long long)order->schedule.seed);
    return buf;
}

static const struct sw_settings *setting_of(const struct sw_trial_order *order)
{
    return order->setting != NULL ? order->setting : &begins;
}

static const char *program_of(const struct sw_trial_order *order)
{
    return order->test != NULL ? order->starter : order->file;
}

/* The program's, in room for three if it is the starter.  Returns them. */
static char **args_of(const struct sw_trial_order *order, char *room[3])
{
    if (order->test == NULL && order->args != NULL)
        return order->args;
    /* FILE TEST for the starter; of a program without arguments none. */
    room[0] = order->test != NULL ? (char *)order->file : NULL;
    room[1] = (char *)order->test;
    room[2] = NULL;
    return room;
}

struct sw_process_order sw_trial_process(const struct sw_trial_order *order, char *args[3])
{
    return (struct sw_process_order){.interp = order->interp,
                                     .program = program_of(order),
                                     .args = args_of(order, args),
                                     .setting = setting_of(order),
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
        decide(trial, SW_AS_EXPECTED, "", "skipped");
    } else if (status == SW_EXIT_ERROR) {
        decide(trial, SW_HARNESS_ERROR, "start", "the test could not be started");
    } else if (status == 0 || status == 1) {
        decide(trial, status == 0 ? SW_INCONCLUSIVE : SW_FAILED, "ctypes",
               "exit %d; no schedule was begun: %s has no ctypes", status, order->interp);
    } else {
        decide(trial, SW_HARNESS_ERROR, "start", "exit %d before the test began", status);
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
        decide(trial, SW_AS_EXPECTED, "", "skipped");
    else if (outcome == SW_LOOP_PASSED && status == 0)
        decide(trial, SW_AS_EXPECTED, "", "1 schedule, %s; %llu decisions", schedule,
               (unsigned long long)decisions);
    else if (ended)
        decide(trial, SW_FAILED, "failed", "failed under %s; %llu decisions", schedule,
               (unsigned long long)decisions);
    else
        decide(trial, SW_FAILED, "exit", "exit %d in the middle of it, under %s", status, schedule);
}

static void judge_program(const struct sw_process *run, const struct sw_trial_order *order,
                          struct sw_trial *trial)
{
    char schedule[128];
    int status = run->end.code;

    sw_trial_describe(order, schedule, sizeof schedule);
    if (status == 0)
        decide(trial, SW_AS_EXPECTED, "", "1 schedule, %s; %llu decisions", schedule,
               (unsigned long long)run->shm->decision_count);
    else
        decide(trial, SW_FAILED, "exit", "exit %d under %s; %llu decisions", status, schedule,
               (unsigned long long)run->shm->decision_count);
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
        decide(trial, SW_CRASHED, word, "%s under %s", outcome, schedule);
    else if (run->end.kind != SW_ENDED_EXITED)
        decide(trial, SW_FAILED, word, "under %s: %s", schedule, outcome);
    else if (order->test == NULL)
        judge_program(run, order, trial);
    else if (shm->result_count == 0 && !shm->loop_under_way)
        judge_before(order, run->end.code, trial);
    else
        judge_exit(run, order, trial);
}

/* ---- its .sched ---- */

void sw_trial_sched_path(const struct sw_trial_order *order, char *path, size_t size)
{
    const char *slash = strrchr(order->file, '/');
    const char *name = slash != NULL ? slash + 1 : order->file;

    if (order->output != NULL || order->test == NULL) {
        snprintf(path, size, "%s%s", order->output != NULL ? order->output : name,
                 order->output != NULL ? "" : ".sched");
        return;
    }
    /* test_bank.py and TestBank::test_move make test_bank-TestBank.test_move.sched; 3 is for
     * ".py". */
    size_t used = (size_t)snprintf(path, size, "%.*s-", (int)strlen(name) - 3, name);

    for (const char *at = order->test; *at != '\0' && used + sizeof ".sched" < size; at++) {
        path[used++] = *at == ':' ? '.' : *at;
        at += at[0] == ':' && at[1] == ':';
    }
    path[used] = '\0';
    /* A parametrized name has brackets, blanks and whatever else; a file's name should need no
     * quotes. */
    for (char *at = path; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("._-", *at) == NULL)
            *at = '_';
    snprintf(path + used, size - used, ".sched");
}

static int write_file(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    FILE *out = fopen(path, "we");
    int failed = out == NULL || sw_sched_write(out, sched) < 0;

    if (failed)
        sw_error_set(e, path, 0, 0, "cannot be written: %s", strerror(errno));
    if (out != NULL)
        fclose(out);
    return failed ? -1 : 0;
}

static void fill_sched(const struct sw_process *run, const struct sw_trial_order *order,
                       struct sw_sched *sched)
{
    *sched = (struct sw_sched){.program = (char *)program_of(order),
                               .args = sched->args,
                               .input = order->test != NULL ? (char *)order->file : NULL,
                               .interp = (char *)order->interp,
                               .folder = (char *)order->folder,
                               .setting = *setting_of(order)};
    while (sched->args[sched->arg_count] != NULL)
        sched->arg_count++;
    sw_process_fill(run, sched);
}

/* Of a file that the program finds by that name. */
static int hash_found(const struct sw_sched *sched, const char *name, char hash[33],
                      struct sw_error *e)
{
    char *file = sw_sched_paths_file(sched, name);
    int status = file != NULL ? sw_sched_hash_file(file, hash, e)
                              : sw_error_set(e, name, 0, 0, "out of memory");

    e->path = name;
    free(file);
    return status;
}

/* All three, so that a replay can say that a file is another before it says that the run is. */
static int hash_files(struct sw_sched *sched, struct sw_error *e)
{
    if (sched->arg_count > SW_SCHED_ARGS_MAX)
        return sw_error_set(e, sched->program, 0, 0, "more than %d arguments", SW_SCHED_ARGS_MAX);
    if (sched->input != NULL && hash_found(sched, sched->input, sched->input_hash, e) < 0)
        return -1;
    return hash_found(sched, sched->program, sched->program_hash, e) < 0 ||
                   sw_sched_hash_file(sched->interp, sched->interp_hash, e) < 0
               ? -1
               : 0;
}

static void keep(const struct sw_process *run, const struct sw_trial_order *order, char *outcome,
                 struct sw_trial *trial)
{
    char path[PATH_BYTES], found[128] = "default", strategy[64], version[] = SW_VERSION, *room[3];
    char chosen[1024];
    struct sw_sched sched = {.args = args_of(order, room)};
    struct sw_error e;

    fill_sched(run, order, &sched);
    sched.writer = version;
    sched.found = found;
    sched.outcome = outcome;
    if (order->schedule.strategy == SW_STRATEGY_REPLAY)
        snprintf(found, sizeof found, "%s", order->found);
    else if (order->schedule.strategy != SW_STRATEGY_DEFAULT)
        snprintf(found, sizeof found, "%s seed %llu",
                 describe_strategy(order, strategy, sizeof strategy),
                 (unsigned long long)order->schedule.seed);
    if (*sw_sched_data_format(&sched, chosen, sizeof chosen) != '\0')
        tell(trial, "chose: %s", chosen);
    sw_trial_sched_path(order, path, sizeof path);
    if (hash_files(&sched, &e) < 0 || write_file(path, &sched, &e) < 0)
        tell(trial, "no schedule is kept: %s: %s", e.path, e.text);
    else
        tell(trial, "again: spillway replay %s", path);
}

/* ---- a process of its own ---- */

static void run_in(struct sw_process *run, const struct sw_trial_order *order,
                   struct sw_trial *trial)
{
    char outcome[SW_END_LINE_MAX];
    char *room[3];
    struct sw_error e;
    struct sw_schedule_order schedule = order->schedule;
    struct sw_process_order process = sw_trial_process(order, room);

    /* Whatever the caller looked for: a trial has one limit, and the same in every process. */
    schedule.decisions_max = SW_DECISIONS_MAX;
    int status = sw_run_once_run(run, &process, &schedule, &e);
    if (status < 0) {
        decide(trial, SW_HARNESS_ERROR, "start", "%s", e.text);
        return;
    }
    status = sw_process_check(run);
    if (status != SW_EXIT_OK) {
        decide(trial, status == SW_EXIT_UNSURE ? SW_INCONCLUSIVE : SW_HARNESS_ERROR, "control",
               "the control itself failed");
        return;
    }
    sw_run_end_format(&run->end, outcome, sizeof outcome);
    judge(run, order, outcome, trial);
    /* Before the line about what was not controlled, which is the last of the story. */
    if (trial->verdict.kind == SW_FAILED || trial->verdict.kind == SW_CRASHED)
        keep(run, order, outcome, trial);
    tell_uncontrolled(trial, run->shm->uncontrolled, run->shm->uncontrolled_count);
}

static void run_one(const struct sw_trial_order *order, struct sw_trial *trial)
{
    struct sw_process run;

    *trial = (struct sw_trial){0};
    run_in(&run, order, trial);
    sw_process_close(&run);
}

/* ---- many schedules ---- */

struct search {
    uint64_t *hashes; /* of each schedule */
    uint64_t count, room;
    uint64_t skipped;
    int failed;
    uint64_t failing_seed;
    struct sw_end failing; /* how */
};

static int add_hash(struct search *search, uint64_t hash)
{
    /* Twice as many each time: so each is copied about once, however many there are. */
    if (search->count == search->room) {
        uint64_t room = search->room > 0 ? 2 * search->room : 1024;
        uint64_t *hashes = realloc(search->hashes, room * sizeof *hashes);
        if (hashes == NULL)
            return -1;
        search->hashes = hashes;
        search->room = room;
    }
    search->hashes[search->count++] = hash;
    return 0;
}

static int on_result(void *context, const struct sw_batch_result *result)
{
    struct search *search = context;

    if (add_hash(search, result->hash) < 0)
        return 1;
    if (result->end->kind == SW_ENDED_SKIPPED)
        return ++search->skipped == search->count; /* the first: so will be all */
    if (!sw_run_end_is_failure(result->end))
        return 0;
    search->failed = 1;
    search->failing_seed = result->seed;
    search->failing = *result->end;
    return 1;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

uint64_t sw_trial_count_distinct(uint64_t *hashes, uint64_t count)
{
    uint64_t distinct = count > 0;

    if (count > 0)
        qsort(hashes, count, sizeof *hashes, compare_numbers);
    /* Sorted, equal ones stand side by side. */
    for (uint64_t i = 1; i < count; i++)
        distinct += hashes[i] != hashes[i - 1];
    return distinct;
}

char *sw_trial_format_rate(char *buf, size_t size, double rate)
{
    uint64_t number = (uint64_t)rate, step = 1;

    /* Timers and other load make the rest of the digits noise. */
    while (number / step >= 1000)
        step *= 10;
    number = number / step * step;
    if (number >= 1000000)
        snprintf(buf, size, "%llu %03llu %03llu", (unsigned long long)number / 1000000,
                 (unsigned long long)number / 1000 % 1000, (unsigned long long)number % 1000);
    else if (number >= 1000)
        snprintf(buf, size, "%llu %03llu", (unsigned long long)number / 1000,
                 (unsigned long long)number % 1000);
    else
        snprintf(buf, size, "%llu", (unsigned long long)number);
    return buf;
}

static void claim(const struct sw_trial_order *order, struct search *search,
                  const struct sw_batch_totals *totals, struct sw_trial *trial)
{
    char rate[32] = "", skipped[64] = "", processes[64] = "", how_fast[64] = "";

    if (search->skipped > 0 && search->skipped == search->count) {
        trial->skipped = 1;
        decide(trial, SW_AS_EXPECTED, "", "skipped");
        return;
    }
    if (search->skipped > 0)
        snprintf(skipped, sizeof skipped, ", %llu skipped", (unsigned long long)search->skipped);
    if (totals->processes > 1) /* whose starts are in no rate */
        snprintf(processes, sizeof processes, ", in %llu processes",
                 (unsigned long long)totals->processes);
    else if (totals->real_ns > 0) {
        sw_trial_format_rate(rate, sizeof rate,
                             (double)search->count * 1e9 / (double)totals->real_ns);
        snprintf(how_fast, sizeof how_fast, ", %s a second", rate);
    }
    decide(trial, SW_AS_EXPECTED, "",
           "%llu schedules of a random walk, seeds %llu to %llu%s, %llu distinct%s%s",
           (unsigned long long)search->count, (unsigned long long)order->schedule.seed,
           (unsigned long long)(order->schedule.seed + search->count - 1), skipped,
           (unsigned long long)sw_trial_count_distinct(search->hashes, search->count), processes,
           how_fast);
}

/* Does it fail in the way that was found among other schedules? */
static int is_alike(const struct sw_trial *trial, const struct sw_end *failing)
{
    char word[SW_END_WORD_MAX];

    /* The oracle of a verdict is the word of its end. */
    return strcmp(trial->verdict.oracle, sw_run_end_word(failing, word)) == 0;
}

/* Only what a process of its own shows is believed. */
static void confirm(const struct sw_trial_order *order, const struct search *search,
                    struct sw_trial *trial)
{
    struct sw_trial_order one = *order;
    char failing[SW_END_LINE_MAX];

    sw_run_end_format(&search->failing, failing, sizeof failing);
    one.schedule.seed = search->failing_seed;
    run_one(&one, trial);
    /* A test that leaves something behind (a module's state, a file) can fail for what the
     * schedules before it did. That is worth a look, but it is not the failure of this schedule. */
    if (trial->verdict.kind == SW_AS_EXPECTED) {
        decide(trial, SW_INCONCLUSIVE, "cold",
               "seed %llu, number %llu of %llu: %s among other schedules, but in a process of its "
               "own it %s",
               (unsigned long long)one.schedule.seed, (unsigned long long)search->count,
               (unsigned long long)order->schedules, failing,
               trial->skipped ? "is skipped" : "passes");
        trial->skipped = 0;
    } else if (trial->verdict.kind == SW_FAILED || trial->verdict.kind == SW_CRASHED) {
        tell(trial, "number %llu of %llu schedules", (unsigned long long)search->count,
             (unsigned long long)order->schedules);
        if (!is_alike(trial, &search->failing))
            tell(trial, "among other schedules it was: %s", failing);
    }
}

static int search_many(const struct sw_trial_order *order, struct search *search,
                       struct sw_batch_totals *totals, struct sw_error *e)
{
    char *args[3];
    struct sw_batch_order warm = {.run = sw_trial_process(order, args),
                                  .schedule = order->schedule,
                                  .on_result = on_result,
                                  .context = search};

    warm.run.silent = 1;
    warm.schedule.loop_count = order->schedules;
    warm.schedule.decisions_max = SW_DECISIONS_MAX;
    return sw_batch_run(&warm, totals, e);
}

static void run_many(const struct sw_trial_order *order, struct sw_trial *trial)
{
    struct search search = {0};
    struct sw_batch_totals totals;
    struct sw_error e;

    if (search_many(order, &search, &totals, &e) < 0) {
        run_one(order, trial); /* which says why */
        if (trial->verdict.kind == SW_AS_EXPECTED && !trial->skipped)
            decide(trial, SW_HARNESS_ERROR, "start", "%s", e.text);
    } else if (search.failed) {
        confirm(order, &search, trial);
    } else {
        claim(order, &search, &totals, trial);
        tell_uncontrolled(trial, totals.uncontrolled.list, totals.uncontrolled.count);
    }
    free(search.hashes);
}

void sw_trial_run(const struct sw_trial_order *order, struct sw_trial *trial)
{
    assert(order->schedules >= 1 && order->schedules <= SW_TRIAL_SCHEDULES_MAX);
    assert(order->schedules == 1 || order->schedule.strategy != SW_STRATEGY_DEFAULT);
    *trial = (struct sw_trial){0};
    if (order->schedules == 1)
        run_one(order, trial);
    else
        run_many(order, trial);
}
