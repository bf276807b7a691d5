/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/formats/sched/sched_data.h"
#include "harness/formats/sched/sched_paths.h"
#include "contract/exit.h"
#include "contract/layout.h"
#include "contract/version.h"
#include "harness/runner/batch.h"
#include "harness/runner/interrupt.h"
#include "run_inputs.h"
#include "run_once.h"
#include "sched_file.h"

enum { SKIPPED_STATUS = 77 };

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

/* FILE TEST ARG... for the starter; a program's own.  Returns room. */
static char **args_of(const struct sw_trial_order *order, char *room[SW_TRIAL_ARGS])
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
               "exit %d; no schedule was begun: an error before the test, or %s has no ctypes",
               status, order->interp);
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

/* Where it goes, and whether that has been looked for. */
struct place {
    struct sw_sched_file file;
    const char *kind; /* "" or ".unsure" */
    int status; /* 1: it is taken; 0: not yet; -1 with e */
    struct sw_error e;
};

/* F.sched becomes F.unsure.sched. */
static int take_output(const struct sw_trial_order *order, struct place *place)
{
    static const char suffix[] = ".sched";
    char path[PATH_MAX];
    size_t length = strlen(order->output), end = sizeof suffix - 1;
    int has_suffix = length > end && strcmp(order->output + length - end, suffix) == 0;

    if (*place->kind == '\0')
        return sw_sched_file_take_named(&place->file, order->output, &place->e);
    int used = snprintf(path, sizeof path, "%.*s%s%s", (int)(has_suffix ? length - end : length),
                        order->output, place->kind, suffix);
    return used < (int)sizeof path
               ? sw_sched_file_take_named(&place->file, path, &place->e)
               : sw_error_set(&place->e, order->output, 0, 0, "the name is too long");
}

/* drew: it has drawn random numbers, of use or not: where it has, imports and all are of that chance. */
static uint32_t chance_of(const struct sw_trial_order *order, int drew)
{
    if (order->schedule.chance_how == SW_CHANCE_FIXED)
        return setting_of(order)->chance;
    return drew ? sw_chance_of_seed(order->schedule.chance_how, order->schedule.seed) : 0;
}

static uint32_t layout_of(const struct sw_trial_order *order)
{
    const struct sw_settings *setting = setting_of(order);

    if (order->schedule.layout_how == SW_CHANCE_FIXED)
        return setting->layout;
    return sw_layout_of_seed(order->schedule.layout_how, sw_layout_count(setting->layouts),
                             order->schedule.seed);
}

void sw_trial_fill_sched(const struct sw_trial_order *order, char *args[SW_TRIAL_ARGS],
                         struct sw_sched *sched)
{
    sched->args = args_of(order, args);
    sched->program = (char *)program_of(order);
    sched->input = order->test != NULL ? (char *)order->file : NULL;
    sched->interp = (char *)order->interp;
    sched->folder = (char *)order->folder;
    sched->setting = *setting_of(order);
    sched->setting.layout = layout_of(order);
    sched->setting.layouts = 0;
    while (sched->args[sched->arg_count] != NULL)
        sched->arg_count++;
}

static int is_folder(const char *output)
{
    return output != NULL && *output != '\0' && output[strlen(output) - 1] == '/';
}

static void take_place(const struct sw_trial_order *order, struct place *place)
{
    const struct sw_sched_file_name name = {is_folder(order->output) ? order->output : "",
                                            order->file, order->test, place->kind};
    char *room[SW_TRIAL_ARGS];
    struct sw_sched target = {0};

    sw_trial_fill_sched(order, room, &target);
    int failed = order->output != NULL && !is_folder(order->output)
                     ? take_output(order, place)
                     : sw_sched_file_take(&place->file, &name, &target, &place->e);
    place->status = failed < 0 ? -1 : 1;
}

/* What cannot be written is printed: the search that has found it may have taken hours. */
static void write_there(struct place *place, const struct sw_sched *sched, struct sw_trial *trial)
{
    if (place->status > 0 && sw_sched_paths_write(place->file.path, sched, &place->e) < 0)
        place->status = -1;
    if (place->status > 0) {
        tell(trial, "again: spillway replay %s", place->file.path);
        snprintf(trial->path, sizeof trial->path, "%s", place->file.path);
        return;
    }
    sw_sched_file_print(sched, &place->e);
    snprintf(trial->unkept, sizeof trial->unkept, "%.600s: %s", place->e.path, place->e.text);
    tell(trial, "no schedule is kept: %s", trial->unkept);
}

/* Of a file that the program finds by that name. */
static int hash_found(const struct sw_sched *sched, const char *name, char hash[33],
                      struct sw_error *e)
{
    char *file = sw_sched_paths_file(sched, name);
    int status = file != NULL ? sw_sched_hash_file(file, hash, e)
                              : sw_error_set(e, name, 0, 0, "out of memory");

    free(file);
    return status;
}

/* So that a replay can say that a file is another before it says that the run is. */
static int hash_files(struct sw_sched *sched, struct sw_error *e)
{
    if (sched->arg_count > SW_SCHED_ARGS_MAX)
        return sw_error_set(e, sched->program, 0, 0, "more than %d arguments", SW_SCHED_ARGS_MAX);
    if (sched->input != NULL && hash_found(sched, sched->input, sched->input_hash, e) < 0)
        return -1;
    if (sched->input == NULL && hash_found(sched, sched->program, sched->program_hash, e) < 0)
        return -1;
    return sched->interp_version == NULL ? sw_sched_hash_file(sched->interp, sched->interp_hash, e)
                                         : 0;
}

/* "portfolio seed 14" */
static char *describe_found(const struct sw_trial_order *order, char *buf, size_t size)
{
    char strategy[64];

    snprintf(buf, size, "default");
    if (order->schedule.strategy == SW_STRATEGY_REPLAY)
        snprintf(buf, size, "%s", order->found);
    else if (order->schedule.strategy != SW_STRATEGY_DEFAULT)
        snprintf(buf, size, "%s seed %llu", describe_strategy(order, strategy, sizeof strategy),
                 (unsigned long long)order->schedule.seed);
    return buf;
}

/* sched has what was decided, and how it ended. */
static void write_sched(const struct sw_trial_order *order, struct place *place,
                        struct sw_sched *sched, struct sw_trial *trial)
{
    char found[128], version[] = SW_VERSION;

    sched->writer = version;
    sched->found = describe_found(order, found, sizeof found);
    if (place->status == 0)
        take_place(order, place);
    if (hash_files(sched, &place->e) < 0)
        place->status = -1;
    write_there(place, sched, trial);
}

/* Above what is in the story: it is what a reader wants to know first. */
static void explain(const struct sw_trial_order *order, const struct sw_sched *sched,
                    struct sw_trial *trial)
{
    char *story = NULL, *below = trial->story;

    if (!order->explains)
        return;
    sw_explained_make(&trial->explained, sched, order->how);
    if (trial->explained.text == NULL ||
        asprintf(&story, "%s%s", trial->explained.text, below != NULL ? below : "") < 0)
        return;
    /* A newline stands between lines only. */
    if (below == NULL)
        story[strlen(story) - 1] = '\0';
    free(trial->explained.text);
    trial->explained.text = NULL;
    free(below);
    trial->story = story;
}

static void keep(const struct sw_process *run, const struct sw_trial_order *order, char *outcome,
                 struct place *place, struct sw_trial *trial)
{
    char chosen[1024], *room[SW_TRIAL_ARGS];
    struct sw_sched sched = {.outcome = outcome};

    sw_trial_fill_sched(order, room, &sched);
    sched.setting.chance = chance_of(order, run->shm->drew != 0);
    sw_process_fill(run, &sched);
    sched.interp_version = (char *)sw_process_interp_version(run);
    if (*sw_sched_data_format(&sched, chosen, sizeof chosen) != '\0')
        tell(trial, "chose: %s", chosen);
    if ((run->shm->follows & SW_FOLLOWS_CHANCE) != 0)
        tell(trial, "it drew random numbers: those of chance %u",
             sched.setting.chance > 0 ? sched.setting.chance : SW_CHANCE_FIRST);
    if (sched.setting.layout > 0)
        tell(trial, "its objects lay as in layout %u", sched.setting.layout);
    sw_run_inputs_collect(run, &sched);
    if (sched.has_unnoted)
        tell(trial, SW_RUN_INPUTS_UNNOTED);
    write_sched(order, place, &sched, trial);
    explain(order, &sched, trial);
    sw_run_inputs_free(&sched);
}

void sw_trial_keep_unsure(const struct sw_trial_order *order,
                          const struct sw_trial_schedule *schedule, struct sw_trial *trial)
{
    char *room[SW_TRIAL_ARGS];
    struct place place = {.file.fd = -1, .kind = ".unsure"};
    struct sw_sched sched = {.outcome = (char *)schedule->outcome,
                             .deviations = (struct sw_deviation *)schedule->decisions.deviations,
                             .deviation_count = schedule->decisions.count,
                             .pool = (uint32_t *)schedule->decisions.pool,
                             .pool_used = schedule->decisions.pool_used,
                             .decision_count = schedule->decision_count,
                             .hash = schedule->hash};

    sw_trial_fill_sched(order, room, &sched);
    sched.setting.chance = chance_of(order, 1);
    write_sched(order, &place, &sched, trial);
    sw_sched_file_release(&place.file);
}

/* ---- its standard error ---- */

enum { ERRORS_BYTES_MAX = 64 << 10 }; /* the last of it: there is the traceback */

/* A descriptor for it; 0: it is the runner's own. */
static int open_errors(const struct sw_trial_order *order)
{
    int fd = order->keeps_errors && !order->silent ? memfd_create("errors", MFD_CLOEXEC) : 0;

    return fd > 0 ? fd : 0;
}

static void copy_errors(int fd, off_t from, off_t end, FILE *out)
{
    char buf[4096];
    ssize_t got = 1;

    for (off_t at = from; at < end && got > 0; at += got) {
        got = pread(fd, buf, sizeof buf, at);
        fwrite(buf, 1, got > 0 ? (size_t)got : 0, out);
    }
}

static void take_errors(int fd, struct sw_trial *trial)
{
    size_t size = 0;
    off_t end = fd > 0 ? lseek(fd, 0, SEEK_END) : 0;
    FILE *out = fd > 0 ? open_memstream(&trial->errors, &size) : NULL;

    if (fd > 0)
        copy_errors(fd, 0, end, stderr);
    if (out != NULL) {
        copy_errors(fd, end > ERRORS_BYTES_MAX ? end - ERRORS_BYTES_MAX : 0, end, out);
        fclose(out);
    }
    if (fd > 0)
        close(fd);
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

static void tell_lives_on(struct sw_trial *trial, uint32_t threads)
{
    char line[160];

    if (trial->verdict.kind == SW_AS_EXPECTED && threads > 0)
        tell(trial, "%s", sw_trial_format_lives_on(threads, line, sizeof line));
}

/* Of a test that came to its end its process says less than its result. */
static int is_wanted(const struct sw_process *run, const struct sw_trial_order *order)
{
    struct sw_end end = run->end;

    if (run->end.kind == SW_ENDED_EXITED && run->shm->result_count == 1)
        sw_run_end_of_test(&end, &run->shm->results[0]);
    return order->alike == NULL || sw_run_end_is_alike(&end, order->alike);
}

static void run_in(struct sw_process *run, const struct sw_trial_order *order, struct place *place,
                   struct sw_trial *trial)
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
    process.errors = open_errors(order);
    int status = sw_run_once_run(run, &process, &schedule, &e);
    take_errors(process.errors, trial);
    if (status < 0) {
        decide(trial, run->interrupted ? SW_INCONCLUSIVE : SW_HARNESS_ERROR, "start", "%s", e.text);
        return;
    }
    status = sw_process_check(run);
    if (status != SW_EXIT_OK) {
        decide(trial, status == SW_EXIT_UNSURE ? SW_INCONCLUSIVE : SW_HARNESS_ERROR, "control",
               "the control itself failed");
        return;
    }
    sw_run_end_format(&run->end, outcome, sizeof outcome);
    /* It is another run, which shows nothing of the one that was meant. */
    if (run->end.kind == SW_ENDED_DIVERGED) {
        decide(trial, SW_INCONCLUSIVE, "diverged", "diverges: %s", run->end.text);
        return;
    }
    judge(run, order, outcome, trial);
    if (!is_wanted(run, order))
        decide(trial, SW_INCONCLUSIVE, "otherwise", "it ends otherwise: %s", outcome);
    tell_lives_on(trial, run->shm->lives_on);
    /* Before the line about what was not controlled, which is the last of the story. */
    if (trial->verdict.kind == SW_FAILED || trial->verdict.kind == SW_CRASHED)
        keep(run, order, outcome, place, trial);
    tell_uncontrolled(trial, run->shm->uncontrolled, run->shm->uncontrolled_count);
}

static void run_one(const struct sw_trial_order *order, struct sw_trial *trial)
{
    struct sw_process run;
    struct place place = {.file.fd = -1, .kind = ""};

    *trial = (struct sw_trial){0};
    if (order->test == NULL)
        take_place(order, &place);
    run_in(&run, order, &place, trial);
    sw_process_close(&run);
    sw_sched_file_release(&place.file);
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
    tell_lives_on(trial, totals->lives_on);
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
    char *args[SW_TRIAL_ARGS];
    struct sw_batch_order warm = {.run = sw_trial_process(order, args),
                                  .schedule = order->schedule,
                                  .on_result = on_result,
                                  .context = search};

    warm.run.silent = 1;
    warm.schedule.loop_count = order->schedules;
    warm.schedule.decisions_max = SW_DECISIONS_MAX;
    return sw_batch_run(&warm, totals, e);
}

/* What was run before that stands, and is told. */
static void tell_interruption(const struct sw_trial_order *order, const struct search *search,
                              struct sw_trial *trial)
{
    tell(trial, "it was interrupted: go on with --seed %llu",
         (unsigned long long)(order->schedule.seed + search->count));
    if (!trial->skipped)
        trial->verdict.kind = SW_INCONCLUSIVE;
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
        if (sw_interrupt_came())
            tell_interruption(order, &search, trial);
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
