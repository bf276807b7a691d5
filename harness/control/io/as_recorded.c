/* SPDX-License-Identifier: MIT */
#include "as_recorded.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/fnv.h"
#include "harness/control/engine/engine.h"

/* NULL: nothing is told, as in a recording. */
static const struct sw_as_recorded *told(void)
{
    return sw_engine_self() != NULL ? &sw_engine_shm()->as_recorded : NULL;
}

/* 0: there is no such file. */
static uint64_t hash_of(const char *path)
{
    char real[PATH_MAX];
    int saved = errno;
    uint64_t hash = realpath(path, real) != NULL ? sw_fnv_64_text(real) : 0;

    errno = saved;
    return hash;
}

const struct sw_as_recorded_folder *sw_as_recorded_folder(const char *path)
{
    const struct sw_as_recorded *as = told();
    uint64_t hash = as != NULL && as->folder_count > 0 ? hash_of(path) : 0;

    for (uint32_t i = 0; hash != 0 && i < as->folder_count; i++)
        if (as->folders[i].path == hash)
            return &as->folders[i];
    return NULL;
}

int sw_as_recorded_hides(const struct sw_as_recorded_folder *folder, const char *name, int is_later)
{
    const struct sw_as_recorded *as = told();
    uint32_t wanted = sw_listed_name(sw_fnv_64_text(name));

    uint32_t count = folder->count + (is_later ? folder->later_count : 0);

    for (uint32_t i = 0; as != NULL && i < count; i++)
        if (as->names[folder->first + i] == wanted)
            return 0;
    return as != NULL;
}

/* "a/__pycache__/b.cpython-311.pyc" as "a/b.py".  0: it is no such name. */
static int source_of(const char *path, char *source, size_t size)
{
    static const char cache[] = "__pycache__/";
    const char *at = strstr(path, cache), *module = at != NULL ? at + sizeof cache - 1 : NULL;

    return at != NULL && strchr(module, '/') == NULL && strstr(module, ".pyc") != NULL &&
           snprintf(source, size, "%.*s%.*s.py", (int)(at - path), path, (int)strcspn(module, "."),
                    module) < (int)size;
}

int sw_as_recorded_hides_compiled(const char *path)
{
    const struct sw_as_recorded *as = told();
    char source[PATH_MAX];

    if (as == NULL || as->source_count == 0 || !source_of(path, source, sizeof source))
        return 0;
    uint64_t hash = hash_of(source);
    for (uint32_t i = 0; hash != 0 && i < as->source_count; i++)
        if (as->sources[i] == hash)
            return 1;
    return 0;
}
