/* SPDX-License-Identifier: MIT */
#include "recorded_world.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "contract/fnv.h"
#include "harness/formats/sched/sched_paths.h"

/* 0: it is nowhere. */
static uint64_t hash_of(const struct sw_sched *sched, const char *name)
{
    char real[PATH_MAX], *path = sw_sched_paths_file(sched, name);
    uint64_t hash = path != NULL && realpath(path, real) != NULL ? sw_fnv_64_text(real) : 0;

    free(path);
    return hash;
}

static void add_folder(struct sw_as_recorded *as, const struct sw_sched_read *read, uint64_t path)
{
    if (as->folder_count == SW_AS_RECORDED_FOLDERS_MAX ||
        read->name_count + read->later_count > SW_LISTED_NAMES_MAX - as->name_count)
        return;
    uint32_t count = read->name_count + read->later_count;
    as->folders[as->folder_count++] =
        (struct sw_as_recorded_folder){path, as->name_count, read->name_count, read->later_count};
    memcpy(as->names + as->name_count, read->names, count * sizeof *read->names);
    as->name_count += count;
}

static int is_source(const struct sw_sched_read *read)
{
    size_t length = strlen(read->path);

    return !read->is_folder && read->file_count == 0 && !read->is_compiled && length > 3 &&
           strcmp(read->path + length - 3, ".py") == 0;
}

void sw_recorded_world_fill(const struct sw_sched *sched, struct sw_control_shm *shm)
{
    struct sw_as_recorded *as = &shm->as_recorded;

    as->folder_count = as->source_count = as->name_count = 0;
    for (uint32_t i = 0; i < sched->read_count; i++) {
        const struct sw_sched_read *read = &sched->reads[i];
        int is_named = read->is_folder && read->names != NULL;
        uint64_t path = is_named || is_source(read) ? hash_of(sched, read->path) : 0;
        if (path != 0 && is_named)
            add_folder(as, read, path);
        else if (path != 0 && as->source_count < SW_AS_RECORDED_SOURCES_MAX)
            as->sources[as->source_count++] = path;
    }
}
