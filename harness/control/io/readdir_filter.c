/* SPDX-License-Identifier: MIT
 *
 * readdir_filter.c - a program under control does not see the schedules in a folder.
 *
 * What a folder holds is an input: Python lists the folder of the program to
 * import from it, and from then on its objects have other addresses.  By default
 * a schedule is written there, so that without this a replay would begin with
 * another input than the recording that it repeats.  Of the other names a digest is noted.
 */
#include <string.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "inputs.h"

static int is_schedule(const char *name)
{
    const char *suffix = strrchr(name, '.');

    return suffix != NULL && (strcmp(suffix, ".sched") == 0 || strcmp(suffix, ".schedz") == 0);
}

/* Nor does a replay see what has come since. */
static int is_hidden(const void *folder, const char *name)
{
    return sw_engine_self() != NULL && (is_schedule(name) || sw_inputs_hides(folder, name));
}

SW_EXPORT struct dirent *readdir(DIR *folder)
{
    struct dirent *entry;

    do
        entry = SW_REAL(readdir)(folder);
    while (entry != NULL && is_hidden(folder, entry->d_name));
    sw_inputs_list(folder, entry != NULL ? entry->d_name : NULL);
    return entry;
}

SW_EXPORT struct dirent64 *readdir64(DIR *folder)
{
    struct dirent64 *entry;

    do
        entry = SW_REAL(readdir64)(folder);
    while (entry != NULL && is_hidden(folder, entry->d_name));
    sw_inputs_list(folder, entry != NULL ? entry->d_name : NULL);
    return entry;
}
