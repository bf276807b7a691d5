/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/exit.h"
#include "harness/formats/files/atomic_files.h"
#include "harness/formats/sched/sched_data.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/schedz.h"
#include "contract/version.h"
#include "contract/whole_file.h"
#include "harness/runner/interrupt.h"
#include "harness/runner/spec_run.h"
#include "program_kind.h"
#include "run_inputs.h"
#include "run_once.h"
#include "sched_file.h"
#include "target.h"

/* *number is that in an archive, 0 of a file of its own. */
static int write_file(const char *path, const struct sw_sched *sched, uint64_t *number)
{
    struct sw_error e;

    *number = 0;
    int status = sw_schedz_is_archive(path) ? sw_schedz_append(path, &sched, 1, number, &e)
                                            : sw_sched_write(path, sched, &e);
    if (status == 0)
        return SW_EXIT_OK;
    sw_sched_file_print(sched, &e);
    return SW_EXIT_ERROR;
}

/* How fine the decisions were. */
static const char *mode_of(const struct sw_control_shm *shm)
{
    /* A reader wants to know what a schedule can show at all: without checks of the GIL a thread is
     * interrupted only where it lets the lock go. */
    if (shm->gil == 2)
        return "the GIL's checks were decisions";
    return shm->gil == 1 ? "the GIL's releases were decisions"
                         : "no GIL was recognised: every release was a decision";
}

static void tell(const struct sw_process *run, const struct sw_sched *sched, const char *path,
                 uint64_t number)
{
    char option[40] = "", chosen[1024];

    if (*sw_sched_data_format(sched, chosen, sizeof chosen) != '\0')
        fprintf(stderr, "spillway: chose: %s\n", chosen);
    if (number > 0)
        snprintf(option, sizeof option, " --number %llu", (unsigned long long)number);
    fprintf(stderr,
            "spillway: %s; %llu decisions, %u deviations, hash %016llx\n"
            "spillway: %s; again: spillway replay%s %s\n",
            sched->outcome, (unsigned long long)sched->decision_count, sched->deviation_count,
            (unsigned long long)sched->hash, mode_of(run->shm), option, path);
}

/* As it is found again where the project has been moved to. */
static int write_portable(const char *path, const struct sw_sched *sched, uint64_t *number)
{
    struct sw_sched file;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    if (sw_sched_paths_portable(path, sched, &file, &e) < 0)
        sw_error_print(&e);
    else
        status = write_file(path, &file, number);
    sw_sched_paths_free(&file);
    return status;
}

static int hash_interp(struct sw_sched *sched)
{
    struct sw_error e;
    int status = sw_sched_hash_file(sched->interp, sched->interp_hash, &e);

    if (status < 0)
        sw_error_print(&e);
    return status;
}

static int keep(const struct sw_record_order *record, const struct sw_process *run,
                struct sw_sched *sched, const char *path)
{
    char outcome[SW_END_LINE_MAX], found[64] = "default";
    uint64_t number;

    if (record->schedule.strategy == SW_STRATEGY_RANDOM)
        snprintf(found, sizeof found, "random seed %llu",
                 (unsigned long long)record->schedule.seed);
    sched->found = found;
    sched->outcome = run->interrupted ? strcpy(outcome, "interrupted")
                                      : sw_run_end_format(&run->end, outcome, sizeof outcome);
    sched->interp_version = (char *)sw_process_interp_version(run);
    if (sched->interp_version == NULL && hash_interp(sched) < 0)
        return SW_EXIT_ERROR;
    sw_process_fill(run, sched);
    sw_run_inputs_collect(run, sched);
    /* It is kept whatever came of it: a recorded pass is what a later failure is compared with. */
    int failed = sw_run_end_is_failure(&run->end);
    int status = write_portable(path, sched, &number);
    sw_run_inputs_free(sched);
    if (sched->has_unnoted)
        fputs("spillway: " SW_RUN_INPUTS_UNNOTED "\n", stderr);
    if (status != SW_EXIT_OK)
        return SW_EXIT_ERROR;
    if (!record->quiet || failed)
        tell(run, sched, path, number);
    return failed ? SW_EXIT_FAILED : SW_EXIT_OK;
}

/* Its hash is megabytes of work, and is wanted only where it does not say its version, which is known
 * once it has run.  An archive wants it before.  0, or -1 with *e: it cannot be read. */
static int find_interp(const struct sw_record_order *record, struct sw_sched *sched,
                       struct sw_error *e)
{
    if (record->output != NULL && sw_schedz_is_archive(record->output))
        return sw_sched_hash_file(sched->interp, sched->interp_hash, e);
    int fd = sw_whole_file_open(sched->interp, e);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

/* The starter begins it, with its file and name as arguments. */
static void describe_test(const struct sw_record_order *record, char *starter, char **args,
                          struct sw_sched *sched)
{
    args[0] = record->program[0];
    args[1] = (char *)record->test;
    sched->program = starter;
    sched->args = args;
    sched->input = record->program[0];
    sched->setting.begins = 1;
}

/* The schedule's head, all but how it ends.  Its texts are the command line's, and those of a test. */
static int describe(const struct sw_record_order *record, char *starter, char **args,
                    struct sw_sched *sched, struct sw_error *e)
{
    static char version[] = SW_VERSION;

    *sched = (struct sw_sched){
        .writer = version,
        .program = record->program[0],
        .args = record->program + 1,
        .interp = (char *)record->interp,
        .setting = record->setting,
    };
    if (record->test != NULL)
        describe_test(record, starter, args, sched);
    while (sched->args[sched->arg_count] != NULL)
        sched->arg_count++;
    if (sched->arg_count > SW_SCHED_ARGS_MAX)
        return sw_error_set(e, NULL, 0, 0, "more than %d arguments", SW_SCHED_ARGS_MAX);
    return sw_sched_hash_file(sched->program, sched->program_hash, e) < 0 ||
                   (sched->input != NULL &&
                    sw_sched_hash_file(sched->input, sched->input_hash, e) < 0) ||
                   find_interp(record, sched, e) < 0
               ? -1
               : 0;
}

/* Of the program's own name, beside it, if the user has named none; of a test where a search would
 * keep what fails, and beside that.  0, or -1 with *e. */
static int take_file(const struct sw_record_order *record, const struct sw_sched *sched,
                     struct sw_sched_file *file, struct sw_error *e)
{
    char folder[PATH_MAX];
    const char *slash = record->test == NULL ? strrchr(record->program[0], '/') : NULL;
    int length = slash != NULL ? (int)(slash - record->program[0]) + 1 : 0;
    const struct sw_sched_file_name name = {folder, record->program[0], record->test,
                                            record->test != NULL ? ".recorded" : ""};

    snprintf(folder, sizeof folder, "%.*s", length, record->program[0]);
    return record->output != NULL ? sw_sched_file_take_named(file, record->output, e)
                                  : sw_sched_file_take(file, &name, sched, e);
}

static int check_archive(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    struct sw_sched file;
    int status = sw_sched_paths_portable(path, sched, &file, e);

    if (status == 0)
        status = sw_schedz_admits(path, &file, e);
    sw_sched_paths_free(&file);
    return status;
}

/* Others may be about to add to an archive, so that one stays, if it is empty. */
static int take_output(const struct sw_record_order *record, const struct sw_sched *sched,
                       struct sw_sched_file *file, struct sw_error *e)
{
    if (record->output == NULL || !sw_schedz_is_archive(record->output))
        return take_file(record, sched, file, e);
    file->fd = -1;
    snprintf(file->path, sizeof file->path, "%s", record->output);
    if (sw_atomic_files_check_output(file->path, e) < 0 || check_archive(file->path, sched, e) < 0)
        return -1;
    int fd = open(file->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return sw_error_set(e, file->path, 0, 0, "cannot be written: %s", strerror(errno));
    close(fd);
    return 0;
}

/* All that can be wrong before anything has run. */
static int prepare(const struct sw_record_order *record, char *starter, char **args,
                   struct sw_sched *sched, struct sw_sched_file *file, struct sw_error *e)
{
    return describe(record, starter, args, sched, e) < 0 ||
                   sw_settings_check(&record->setting, record->interp, e) < 0 ||
                   take_output(record, sched, file, e) < 0
               ? -1
               : 0;
}

/* There is nothing to be kept.  What starts tests has said why this one cannot begin. */
static int is_no_run(const struct sw_record_order *record, const struct sw_process *run)
{
    const char *program = record->program[0];
    char why[300];

    if (record->test != NULL || sw_spec_run_is(program))
        return *run->shm->refusal != '\0';
    if (!sw_program_kind_is_no_python(run, record->interp, program, why, sizeof why))
        return 0;
    fprintf(stderr, "spillway: %s: %s\n", program, why);
    return 1;
}

static int run_it(const struct sw_record_order *record, struct sw_sched *sched, const char *path)
{
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_process run;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    process.under = record->under;
    process.watchdog_s = record->watchdog_s;
    sw_interrupt_begin();
    if (sw_run_once_run(&run, &process, &record->schedule, &e) < 0 && !run.interrupted) {
        sw_error_print(&e);
    } else {
        status = sw_process_check(&run);
        if (status == SW_EXIT_OK)
            status = is_no_run(record, &run) ? SW_EXIT_ERROR : keep(record, &run, sched, path);
        sw_process_warn(&run);
    }
    sw_process_close(&run);
    return sw_interrupt_came() && status != SW_EXIT_ERROR ? SW_EXIT_INTERRUPTED : status;
}

int sw_record_run(const struct sw_record_order *record)
{
    struct sw_sched sched;
    struct sw_sched_file file = {.fd = -1};
    struct sw_error e;
    char *args[3] = {NULL}, *starter = NULL;
    int status = SW_EXIT_ERROR;

    if (record->test != NULL && (starter = sw_target_find_starter()) == NULL)
        return SW_EXIT_ERROR;
    if (prepare(record, starter, args, &sched, &file, &e) < 0)
        sw_error_print(&e);
    else
        status = run_it(record, &sched, file.path);
    sw_sched_file_release(&file);
    free(starter);
    return status;
}
