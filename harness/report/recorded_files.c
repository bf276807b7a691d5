/* SPDX-License-Identifier: MIT */
#include "recorded_files.h"

#include <stdlib.h>
#include <string.h>

#include "harness/formats/sched/sched_paths.h"

static int compare(const char *sched_path, const char *what, const char *path, const char *wanted,
                   struct sw_error *e)
{
    char hash[33];

    if (sw_sched_hash_file(path, hash, e) < 0)
        return -1;
    if (strcmp(hash, wanted) == 0)
        return 0;
    sw_error_set(e, sched_path, 0, 0, "it is of another %s: %s is xxh128 %s now, not %s", what,
                 path, hash, wanted);
    return 1;
}

/* One that the program finds by that name. */
static int compare_found(const char *sched_path, const struct sw_sched *sched, const char *what,
                         const char *name, const char *wanted, struct sw_error *e)
{
    char *file = sw_sched_paths_file(sched, name);
    int status = file != NULL ? compare(sched_path, what, file, wanted, e)
                              : sw_error_set(e, sched_path, 0, 0, "out of memory");

    free(file);
    return status;
}

int sw_recorded_files_program(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    return sched->input != NULL
               ? compare_found(path, sched, "input", sched->input, sched->input_hash, e)
               : compare_found(path, sched, "program", sched->program, sched->program_hash, e);
}

int sw_recorded_files_interp(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    return sched->interp_version == NULL && !sw_sched_paths_is_ours(sched->interp)
               ? compare(path, "interpreter", sched->interp, sched->interp_hash, e)
               : 0;
}
