/* SPDX-License-Identifier: MIT */
#include "run_inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "harness/formats/sched/sched_paths.h"

/* Lines that are still read; chosen freely. */
enum { SHOWN_MAX = 10 };

/* ---- what was opened ---- */

/* Calls it for each name that the child has noted, with 'r' or 'w' before it. */
static void walk(const struct sw_inputs *inputs, void (*each)(void *context, const char *name),
                 void *context)
{
    uint32_t used = inputs->used <= SW_INPUTS_TEXT_MAX ? inputs->used : SW_INPUTS_TEXT_MAX;

    for (uint32_t at = 0; at < used;) {
        const char *end = memchr(inputs->text + at, '\0', used - at);
        if (end == NULL)
            return;
        each(context, inputs->text + at);
        at = (uint32_t)(end - inputs->text) + 1;
    }
}

struct names {
    const struct sw_sched *sched;
    char **list; /* SW_INPUTS_MAX; as the files are called, the compiled by their source */
    uint32_t count;
    const char *written; /* the one that is looked for */
    int found;
};

static void look_for_written(void *context, const char *name)
{
    struct names *names = context;

    names->found |= name[0] == 'w' && strcmp(name + 1, names->written) == 0;
}

static int is_file(const struct sw_sched *sched, const char *name)
{
    struct stat status;
    char *path = sw_sched_paths_file(sched, name);
    int is = path != NULL && stat(path, &status) == 0 && S_ISREG(status.st_mode);

    free(path);
    return is;
}

/* "a/__pycache__/b.cpython-311.pyc" as "a/b.py", if there is one. */
static char *source_of(const struct sw_sched *sched, const char *name)
{
    static const char cache[] = "__pycache__/";
    const char *at = strstr(name, cache), *module = at != NULL ? at + sizeof cache - 1 : NULL;
    char *source = NULL;

    if (at == NULL || strchr(module, '/') != NULL || strchr(module, '.') == NULL)
        return strdup(name);
    if (asprintf(&source, "%.*s%.*s.py", (int)(at - name), name, (int)strcspn(module, "."),
                 module) < 0)
        return NULL;
    if (is_file(sched, source))
        return source;
    free(source);
    return strdup(name);
}

/* By whatever name: an interpreter opens its program by an absolute one. */
static int is_same_file(const struct sw_sched *sched, const char *name, const char *other)
{
    struct stat one, two;
    char *path = sw_sched_paths_file(sched, name), *path2 = sw_sched_paths_file(sched, other);
    int same = path != NULL && path2 != NULL && stat(path, &one) == 0 && stat(path2, &two) == 0 &&
               one.st_dev == two.st_dev && one.st_ino == two.st_ino;

    free(path);
    free(path2);
    return same;
}

static int is_named_anyway(const struct sw_sched *sched, const char *name)
{
    static const char *const folders[] = {"/proc/", "/dev/", "/sys/"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strncmp(name, folders[i], strlen(folders[i])) == 0)
            return 1;
    return sw_sched_paths_is_ours(name) ||
           is_same_file(sched, name, sched->input != NULL ? sched->input : sched->program);
}

static void add_name(void *context, const char *name)
{
    struct names *names = context;

    if (name[0] != 'r' || names->count == SW_INPUTS_MAX || !is_file(names->sched, name + 1))
        return;
    char *source = source_of(names->sched, name + 1);
    if (source == NULL || is_named_anyway(names->sched, source))
        free(source);
    else
        names->list[names->count++] = source;
}

/* ---- their hashes ---- */

static int by_name(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* How long the name of the folder is, if it is the interpreter's own library: ".../lib/python3.11".
 * 0: it is not. */
static size_t library_length(const char *name)
{
    const char *at = strstr(name, "/lib/python");

    if (at == NULL)
        at = strstr(name, "/lib/pypy");
    if (at == NULL || strstr(at, "/site-packages/") != NULL ||
        strstr(at, "/dist-packages/") != NULL)
        return 0;
    const char *end = strchr(at + 5, '/');
    return end != NULL ? (size_t)(end - name) : 0;
}

static int hash_name(const struct sw_sched *sched, const char *name, char hash[33])
{
    struct sw_error e;
    char *path = sw_sched_paths_file(sched, name);
    int failed = path == NULL || sw_sched_hash_file(path, hash, &e) < 0;

    free(path);
    return failed ? -1 : 0;
}

/* From names[*at] on, all that are in the same library; *at is then behind them. */
static void add_library(const struct names *names, uint32_t *at, size_t length,
                        struct sw_sched_read *read)
{
    const char *first = names->list[*at];
    XXH3_state_t *state = XXH3_createState();
    char hash[33];

    if (state != NULL)
        XXH3_128bits_reset(state);
    for (; *at < names->count && library_length(names->list[*at]) == length &&
           memcmp(names->list[*at], first, length) == 0;
         ++*at) {
        const char *name = names->list[*at];
        if (state == NULL || hash_name(names->sched, name, hash) < 0)
            continue;
        XXH3_128bits_update(state, name + length, strlen(name + length) + 1);
        XXH3_128bits_update(state, hash, 32);
        read->file_count++;
    }
    XXH128_hash_t all = state != NULL ? XXH3_128bits_digest(state) : (XXH128_hash_t){0, 0};
    snprintf(read->hash, sizeof read->hash, "%016llx%016llx", (unsigned long long)all.high64,
             (unsigned long long)all.low64);
    XXH3_freeState(state);
    read->path = strndup(first, length);
}

static void add_read(const struct names *names, uint32_t *at, struct sw_sched *sched)
{
    struct sw_sched_read *read = &sched->reads[sched->read_count];
    const char *name = names->list[*at];
    size_t length = library_length(name);

    if (length > 0) {
        add_library(names, at, length, read);
    } else {
        ++*at;
        if (hash_name(sched, name, read->hash) < 0)
            return;
        read->path = strdup(name);
    }
    sched->read_count += read->path != NULL;
}

/* A name that was noted as written, too, is the run's own: taken out. */
static void leave_out_written(const struct sw_inputs *inputs, struct names *names)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < names->count; i++) {
        names->written = names->list[i];
        names->found = 0;
        walk(inputs, look_for_written, names);
        if (names->found || (kept > 0 && strcmp(names->list[kept - 1], names->list[i]) == 0))
            free(names->list[i]);
        else
            names->list[kept++] = names->list[i];
    }
    names->count = kept;
    names->found = 0;
}

void sw_run_inputs_collect(const struct sw_process *run, struct sw_sched *sched)
{
    struct names names = {.sched = sched, .list = calloc(SW_INPUTS_MAX, sizeof *names.list)};

    sched->read_count = 0;
    sched->has_unnoted = run->shm->inputs.lost != 0;
    sched->reads = calloc(SW_INPUTS_MAX, sizeof *sched->reads);
    if (names.list != NULL && sched->reads != NULL) {
        walk(&run->shm->inputs, add_name, &names);
        qsort(names.list, names.count, sizeof *names.list, by_name);
        leave_out_written(&run->shm->inputs, &names);
        for (uint32_t at = 0; at < names.count;)
            add_read(&names, &at, sched);
    }
    for (uint32_t i = 0; i < names.count; i++)
        free(names.list[i]);
    free(names.list);
}

void sw_run_inputs_free(struct sw_sched *sched)
{
    for (uint32_t i = 0; sched->reads != NULL && i < sched->read_count; i++)
        free(sched->reads[i].path);
    free(sched->reads);
    sched->reads = NULL;
    sched->read_count = 0;
}

/* ---- then and now ---- */

static const struct sw_sched_read *find(const struct sw_sched *sched, const char *path)
{
    for (uint32_t i = 0; i < sched->read_count; i++)
        if (strcmp(sched->reads[i].path, path) == 0)
            return &sched->reads[i];
    return NULL;
}

struct teller {
    void (*say)(const void *context, const char *line);
    const void *context;
    uint32_t count;
};

static void tell(struct teller *teller, const char *path, const char *what)
{
    char line[4400];

    if (teller->count++ >= SHOWN_MAX)
        return;
    snprintf(line, sizeof line, "%.4000s %s", path, what);
    teller->say(teller->context, line);
}

static void tell_all(struct teller *teller, const struct sw_sched *then, const struct sw_sched *now)
{
    char more[64];

    for (uint32_t i = 0; i < then->read_count; i++) {
        const struct sw_sched_read *read = find(now, then->reads[i].path);
        if (read == NULL)
            tell(teller, then->reads[i].path, "was read when it was recorded, and is not now");
        else if (strcmp(read->hash, then->reads[i].hash) != 0)
            tell(teller, read->path, "is no longer what it was");
    }
    for (uint32_t i = 0; i < now->read_count; i++)
        if (find(then, now->reads[i].path) == NULL)
            tell(teller, now->reads[i].path, "is read now, and was not when it was recorded");
    snprintf(more, sizeof more, "and %u more files", teller->count - SHOWN_MAX);
    if (teller->count > SHOWN_MAX)
        teller->say(teller->context, more);
    if (then->has_unnoted || now->has_unnoted)
        teller->say(teller->context, SW_RUN_INPUTS_UNNOTED);
}

void sw_run_inputs_compare(const struct sw_process *run, const char *path,
                           const struct sw_sched *sched,
                           void (*say)(const void *context, const char *line), const void *context)
{
    struct teller teller = {say, context, 0};
    struct sw_sched now = *sched, named;
    struct sw_error e;

    /* Of an archive, or an older one: nothing was noted. */
    if (sched->read_count == 0 && !sched->has_unnoted)
        return;
    sw_run_inputs_collect(run, &now);
    /* By the names that they would have in the schedule. */
    if (sw_sched_paths_portable(path, &now, &named, &e) == 0)
        tell_all(&teller, sched, &named);
    sw_sched_paths_free(&named);
    sw_run_inputs_free(&now);
}
