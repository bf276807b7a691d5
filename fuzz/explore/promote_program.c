/* SPDX-License-Identifier: MIT */
#include "promote.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/exit.h"
#include "contract/version.h"
#include "contract/whole_file.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/report/run_once.h"
#include "harness/formats/files/atomic_files.h"

enum { FILE_BYTES_MAX = 64 << 20 }; /* no program is as large */

/* ---- the copy ---- */

static int copy_file(const char *from, const char *to, int force, struct sw_error *e)
{
    size_t size;
    char *bytes = sw_whole_file_read(from, FILE_BYTES_MAX, &size, e);

    if (bytes == NULL)
        return -1;
    int status = force ? sw_atomic_files_write(to, bytes, size, e)
                       : sw_atomic_files_write_new(to, bytes, size, e);
    free(bytes);
    return status > 0 ? sw_error_set(e, to, 0, 0, "it is there already: --force") : status;
}

/* ---- the schedule ---- */

/* A copy in place of it, which may point into it.  0; or -1, and it is as it was. */
static int put_text(char **text, const char *other)
{
    char *copy = strdup(other);

    if (copy == NULL)
        return -1;
    free(*text);
    *text = copy;
    return 0;
}

/* It names its file without a folder; so it can be moved, with its program.  0, or -1. */
static int rename_files(struct sw_sched *sched, const char *file)
{
    if (sched->input == NULL)
        return put_text(&sched->program, file);
    /* What starts a test is told the file as its first argument. */
    return put_text(&sched->input, file) < 0 || put_text(&sched->args[0], file) < 0 ? -1 : 0;
}

/* ---- the run in its new place ---- */

/* Finds the files as "spillway run" will find them; the texts are owned. */
static int locate(const char *path, const struct sw_sched *sched, struct sw_sched *located,
                  struct sw_error *e)
{
    *located = *sched;
    located->format = SW_SCHED_VERSION;
    located->program = strdup(sched->program);
    located->interp = strdup(sched->interp);
    located->interp_missing = located->folder = NULL;
    if (located->program == NULL || located->interp == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    return sw_sched_paths(path, located, e);
}

static void free_located(struct sw_sched *located)
{
    free(located->program);
    free(located->interp);
    free(located->interp_missing);
    free(located->folder);
}

/* Runs it there, to the recorded end.  0, and what it decided is in the control memory; or -1. */
static int run_there(struct sw_process *run, const struct sw_sched *located, struct sw_error *e)
{
    char outcome[SW_END_LINE_MAX];
    const struct sw_schedule_order schedule = sw_schedule_order_replay(located);
    struct sw_process_order order = sw_process_order_of(located);

    order.silent = 1;
    if (sw_run_once_run(run, &order, &schedule, e) < 0)
        return -1;
    if (sw_process_check(run) != SW_EXIT_OK || !sw_run_end_is_recorded(&run->end, located->outcome))
        return sw_error_set(
            e, NULL, 0, 0, "in its new folder it does not end so: %s; recorded was: %s",
            sw_run_end_format(&run->end, outcome, sizeof outcome), located->outcome);
    return 0;
}

/* The hash of a schedule depends on the folder, as the interpreter reads it.  So what is written is
 * not the schedule that was found, but what the run in the new folder decided. */
static int write_run(const struct sw_process *run, const char *path, const struct sw_sched *located,
                     struct sw_error *e)
{
    char version[] = SW_VERSION;
    struct sw_sched here = *located;

    /* The program is a copy, and keeps its hash. */
    here.writer = version;
    here.interp_version = (char *)sw_process_interp_version(run);
    if (here.interp_version == NULL && sw_sched_hash_file(here.interp, here.interp_hash, e) < 0)
        return -1;
    sw_process_fill(run, &here);
    return sw_sched_paths_write(path, &here, e);
}

/* path: of the new schedule, where its files are already. */
static int record_there(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    struct sw_sched located;
    struct sw_process run;
    int status = locate(path, sched, &located, e);

    if (status == 0) {
        status = run_there(&run, &located, e);
        if (status == 0)
            status = write_run(&run, path, &located, e);
        sw_process_close(&run);
    }
    free_located(&located);
    return status;
}

/* ---- the whole ---- */

/* Where the test is to be. */
struct place {
    char name[NAME_MAX + 8]; /* of the program, without its folder */
    char file[PATH_MAX]; /* the program */
    char path[PATH_MAX]; /* the schedule */
};

static struct place place_of(const struct sw_promote_order *order)
{
    struct place place;

    snprintf(place.name, sizeof place.name, "%s.py", order->name);
    snprintf(place.file, sizeof place.file, "%s/%s", order->folder, place.name);
    snprintf(place.path, sizeof place.path, "%s/%s.sched", order->folder, order->name);
    return place;
}

static int put_there(const struct sw_promote_order *order, const char *from,
                     const struct place *place, struct sw_sched *sched, struct sw_error *e)
{
    if (sw_atomic_files_make_folder(order->folder, e) < 0)
        return -1;
    if (!order->force && access(place->path, F_OK) == 0)
        return sw_error_set(e, place->path, 0, 0, "it is there already: --force");
    if (copy_file(from, place->file, order->force, e) < 0)
        return -1;
    int status = rename_files(sched, place->name) < 0 ? sw_error_set(e, NULL, 0, 0, "out of memory")
                                                      : record_there(place->path, sched, e);
    /* With --force the old program is gone anyway, and this one is at least whole. */
    if (status < 0 && !order->force)
        unlink(place->file);
    return status;
}

int sw_promote_program(const struct sw_promote_order *order, struct sw_sched *sched,
                       struct sw_error *e)
{
    const struct place place = place_of(order);
    char *from = sw_sched_paths_file(sched, sched->input != NULL ? sched->input : sched->program);
    int status = from == NULL ? sw_error_set(e, NULL, 0, 0, "out of memory")
                              : put_there(order, from, &place, sched, e);

    free(from);
    if (status == 0)
        printf("%s\n%s\nagain: spillway run %s\n", place.file, place.path, place.path);
    return status;
}
