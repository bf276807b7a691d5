/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/exit.h"
#include "harness/formats/sched/sched_data.h"
#include "harness/formats/sched/schedz.h"
#include "contract/version.h"
#include "run_once.h"

/* *number is that in an archive, 0 of a file of its own. */
static int write_file(const char *path, const struct sw_sched *sched, uint64_t *number)
{
    struct sw_error e;

    *number = 0;
    if (sw_schedz_is_archive(path)) {
        if (sw_schedz_append(path, &sched, 1, number, &e) == 0)
            return SW_EXIT_OK;
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    FILE *out = fopen(path, "w");
    if (out == NULL || sw_sched_write(out, sched) < 0) {
        fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
        if (out != NULL)
            fclose(out);
        return SW_EXIT_ERROR;
    }
    fclose(out);
    return SW_EXIT_OK;
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

static int keep(const struct sw_record_order *record, const struct sw_process *run,
                struct sw_sched *sched, const char *path)
{
    char outcome[SW_END_LINE_MAX], found[64] = "default";
    uint64_t number;

    if (record->schedule.strategy == SW_STRATEGY_RANDOM)
        snprintf(found, sizeof found, "random seed %llu",
                 (unsigned long long)record->schedule.seed);
    sched->found = found;
    sched->outcome = sw_run_end_format(&run->end, outcome, sizeof outcome);
    sw_process_fill(run, sched);
    /* It is kept whatever came of it: a recorded pass is what a later failure is compared with. */
    int failed = sw_run_end_is_failure(&run->end);
    if (write_file(path, sched, &number) != SW_EXIT_OK)
        return SW_EXIT_ERROR;
    if (!record->quiet || failed)
        tell(run, sched, path, number);
    return failed ? SW_EXIT_FAILED : SW_EXIT_OK;
}

static const char *output_path(const struct sw_record_order *record, char *buf, size_t size)
{
    if (record->output != NULL)
        return record->output;
    snprintf(buf, size, "%s.sched", record->program[0]);
    return buf;
}

/* The schedule's head, all but how it ends.  Its texts are the command line's. */
static int describe(const struct sw_record_order *record, struct sw_sched *sched,
                    struct sw_error *e)
{
    static char version[] = SW_VERSION;

    *sched = (struct sw_sched){
        .writer = version,
        .program = record->program[0],
        .args = record->program + 1,
        .interp = (char *)record->interp,
        .setting = record->setting,
    };
    while (sched->args[sched->arg_count] != NULL)
        sched->arg_count++;
    if (sched->arg_count > SW_SCHED_ARGS_MAX)
        return sw_error_set(e, NULL, 0, 0, "more than %d arguments", SW_SCHED_ARGS_MAX);
    return sw_sched_hash_file(sched->program, sched->program_hash, e) < 0 ||
                   sw_sched_hash_file(sched->interp, sched->interp_hash, e) < 0
               ? -1
               : 0;
}

/* The file is there before the run, as it will be before a replay: CPython reads the program's
 * folder, and one name more in it moves all that is allocated later.  Returns 1 if it is new, 0,
 * or -1 with *e. */
static int make_output(const char *path, struct sw_error *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd >= 0) {
        close(fd);
        return 1;
    }
    if (errno != EEXIST || access(path, W_OK) < 0)
        return sw_error_set(e, path, 0, 0, "cannot be written: %s", strerror(errno));
    return 0;
}

/* All that can be wrong before anything has run. */
static int prepare(const struct sw_record_order *record, const char *path, struct sw_sched *sched,
                   struct sw_error *e)
{
    if (describe(record, sched, e) < 0 ||
        sw_settings_check(&record->setting, record->interp, e) < 0)
        return -1;
    return sw_schedz_is_archive(path) ? sw_schedz_admits(path, sched, e) : 0;
}

static int run_it(const struct sw_record_order *record, struct sw_sched *sched, const char *path)
{
    struct sw_process_order process = sw_process_order_of(sched);
    struct sw_process run;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    process.under = record->under;
    process.watchdog_s = record->watchdog_s;
    if (sw_run_once_run(&run, &process, &record->schedule, &e) < 0) {
        sw_error_print(&e);
    } else {
        status = sw_process_check(&run);
        if (status == SW_EXIT_OK)
            status = keep(record, &run, sched, path);
        sw_process_warn(&run);
    }
    sw_process_close(&run);
    return status;
}

int sw_record_run(const struct sw_record_order *record)
{
    struct sw_sched sched;
    struct sw_error e;
    char buf[4096];
    int status = SW_EXIT_ERROR;
    const char *path = output_path(record, buf, sizeof buf);
    /* 1: the file is new, and is taken away again if there is nothing to put into it. */
    int made = prepare(record, path, &sched, &e);

    if (made == 0)
        made = make_output(path, &e);
    if (made < 0)
        sw_error_print(&e);
    else
        status = run_it(record, &sched, path);
    /* Others may be about to add to an archive, so that one stays, empty. */
    if (made > 0 && status != SW_EXIT_OK && status != SW_EXIT_FAILED && !sw_schedz_is_archive(path))
        unlink(path);
    return status;
}
