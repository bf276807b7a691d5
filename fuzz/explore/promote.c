/* SPDX-License-Identifier: MIT */
#include "promote.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/runner/process.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/runner/schedule_order.h"
#include "harness/report/replay.h"
#include "contract/exit.h"
#include "contract/version.h"
#include "atomic_files.h"

enum { FILE_MAX = 64 << 20 };

/* ---- the copy ---- */

static int read_file(const char *path, char **bytes, size_t *size, struct sw_error *e)
{
    FILE *in = fopen(path, "re");
    *bytes = in != NULL ? malloc(FILE_MAX) : NULL;

    if (*bytes == NULL) {
        sw_error_set(e, path, 0, 0, "%s", strerror(errno));
        if (in != NULL)
            fclose(in);
        return -1;
    }
    *size = fread(*bytes, 1, FILE_MAX, in);
    int failed = ferror(in) || *size == FILE_MAX;
    fclose(in);
    return failed ? sw_error_set(e, path, 0, 0, "it cannot be read, or is too large") : 0;
}

static int copy_file(const char *from, const char *to, int force, struct sw_error *e)
{
    char *bytes;
    size_t size;
    int status = read_file(from, &bytes, &size, e);

    if (status == 0)
        status = force ? sw_atomic_files_write(to, bytes, size, e)
                       : sw_atomic_files_write_new(to, bytes, size, e);
    free(bytes);
    return status > 0 ? sw_error_set(e, to, 0, 0, "it is there already: --force") : status;
}

/* ---- the schedule ---- */

static int write_sched(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int status = -1;

    if (out == NULL || sw_sched_write(out, sched) < 0)
        sw_error_set(e, path, 0, 0, "out of memory");
    if (out != NULL && fclose(out) == 0)
        status = sw_atomic_files_write(path, text, size, e);
    free(text);
    return status;
}

/* It names its file and what comes with spillway without a folder. */
static int rename_files(struct sw_sched *sched, const char *file)
{
    int is_test = sched->input != NULL;
    char *program = strdup(is_test ? sw_sched_paths_name(sched->program) : file);
    char *input = is_test ? strdup(file) : NULL, *argument = is_test ? strdup(file) : NULL;
    char *interp = strdup(sw_sched_paths_name(sched->interp));

    if (program == NULL || interp == NULL || (is_test && (input == NULL || argument == NULL)))
        return -1;
    free(sched->program);
    free(sched->input);
    free(sched->interp);
    sched->program = program;
    sched->input = input;
    sched->interp = interp;
    if (is_test) {
        free(sched->args[0]);
        sched->args[0] = argument;
    }
    return 0;
}

/* In its new place.  0, and what it decided there is in the control memory; or -1. */
static int run_there(struct sw_process *run, const struct sw_sched *sched, struct sw_error *e)
{
    char outcome[SW_END_LINE_MAX];
    const struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process_order order = sw_process_order_of(sched);

    order.silent = 1;
    sw_schedule_order_fill(&schedule, run->shm);
    if (sw_process_run(run, &order, e) < 0)
        return -1;
    if (sw_process_check(run) != SW_EXIT_OK || !sw_run_end_is_recorded(&run->end, sched->outcome))
        return sw_error_set(e, NULL, 0, 0,
                            "in its new folder it does not end so: %s; recorded was: %s",
                            sw_run_end_format(&run->end, outcome, sizeof outcome), sched->outcome);
    return 0;
}

/* path: of the new schedule, where its files are already. */
static int record_there(const char *path, struct sw_sched *sched, struct sw_error *e)
{
    char version[] = SW_VERSION;
    struct sw_process run;
    struct sw_sched located = *sched, written = *sched;

    /* Found as "spillway run" will find them, but written without a folder. */
    located.program = strdup(sched->program);
    located.interp = strdup(sched->interp);
    located.folder = NULL;
    int status = sw_sched_paths(path, &located, e);
    if (status == 0 && sw_process_open(&run, e) < 0)
        status = -1;
    else if (status == 0) {
        status = run_there(&run, &located, e);
        written.writer = version;
        if (status == 0 && sw_sched_hash_file(located.program, written.program_hash, e) < 0 &&
            sched->input != NULL)
            status = -1;
        if (status == 0 && sw_sched_hash_file(located.interp, written.interp_hash, e) < 0)
            status = -1;
        sw_process_fill(&run, &written);
        if (status == 0)
            status = write_sched(path, &written, e);
        sw_process_close(&run);
    }
    free(located.program);
    free(located.interp);
    free(located.folder);
    return status;
}

int sw_promote_program(const struct sw_promote_order *order, struct sw_sched *sched,
                       struct sw_error *e)
{
    char file[PATH_MAX], path[PATH_MAX], name[NAME_MAX + 8];
    char *from = sw_sched_paths_file(sched, sched->input != NULL ? sched->input : sched->program);

    snprintf(name, sizeof name, "%s.py", order->name);
    snprintf(file, sizeof file, "%s/%s", order->folder, name);
    snprintf(path, sizeof path, "%s/%s.sched", order->folder, order->name);
    int status = from == NULL ? sw_error_set(e, NULL, 0, 0, "out of memory")
                              : sw_atomic_files_make_folder(order->folder, e);
    if (status == 0 && !order->force && access(path, F_OK) == 0)
        status = sw_error_set(e, path, 0, 0, "it is there already: --force");
    if (status == 0 && (status = copy_file(from, file, order->force, e)) == 0) {
        status = rename_files(sched, name) < 0 ? sw_error_set(e, NULL, 0, 0, "out of memory")
                                               : record_there(path, sched, e);
        if (status < 0 && !order->force)
            unlink(file);
    }
    free(from);
    if (status < 0 && (e->path == file || e->path == path))
        e->path = order->folder;
    if (status == 0)
        printf("%s\n%s\nagain: spillway run %s\n", file, path, path);
    return status;
}

/* ---- either kind ---- */

static int is_spec(const struct sw_sched *sched)
{
    size_t length = strlen(sched->program);

    return length > 5 && strcmp(sched->program + length - 5, ".spec") == 0;
}

int sw_promote_run(const struct sw_promote_order *order)
{
    struct sw_sched *sched = NULL;
    struct sw_error e = {0};
    int status = -1;

    if (sw_sched_load(order->path, &sched, &e) == 0 &&
        sw_sched_paths(order->path, sched, &e) == 0 && sw_replay_check(order->path, sched, &e) == 0)
        status = is_spec(sched) ? sw_promote_spec(order, sched, &e)
                                : sw_promote_program(order, sched, &e);
    if (status < 0)
        sw_error_print(&e); /* while its path is there */
    sw_sched_free(sched);
    return status;
}
