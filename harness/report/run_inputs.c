/* SPDX-License-Identifier: MIT */
#include "run_inputs.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "contract/own_path.h"
#include "harness/formats/sched/sched_paths.h"

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

struct name {
    char *path; /* as the file is called; a compiled one by its source */
    int is_compiled;
};

struct names {
    const struct sw_sched *sched;
    struct name *list; /* SW_INPUTS_MAX */
    uint32_t count;
    const char *temp; /* the folder of its temporary files; "": it had none */
    const char *written; /* the one that is looked for */
    int found;
    struct stat program; /* its file, or the input's; valid with has_program */
    int has_program;
};

static void look_for_written(void *context, const char *name)
{
    struct names *names = context;

    names->found |= name[0] == 'w' && strcmp(name + 1, names->written) == 0;
}

/* 0, and *status is its; or -1: there is none. */
static int look_at(const struct sw_sched *sched, const char *name, struct stat *status)
{
    char *path = sw_sched_paths_file(sched, name);
    int failed = path == NULL || stat(path, status) < 0;

    free(path);
    return failed ? -1 : 0;
}

static int is_file(const struct sw_sched *sched, const char *name)
{
    struct stat status;

    return look_at(sched, name, &status) == 0 && S_ISREG(status.st_mode);
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
static int is_program(const struct names *names, const char *name)
{
    struct stat status;

    return names->has_program && look_at(names->sched, name, &status) == 0 &&
           status.st_dev == names->program.st_dev && status.st_ino == names->program.st_ino;
}

static int is_of_system(const char *name)
{
    static const char *const folders[] = {"/proc/", "/dev/", "/sys/"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strncmp(name, folders[i], strlen(folders[i])) == 0)
            return 1;
    return 0;
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

static int is_named_anyway(const struct names *names, const char *name)
{
    return is_of_system(name) || sw_sched_paths_is_ours(name) ||
           (library_length(name) == 0 && is_program(names, name));
}

/* It was empty when the run began. */
static int is_temporary(const char *temp, const char *name)
{
    size_t length = strlen(temp);

    return length > 0 && strncmp(name, temp, length) == 0 &&
           (name[length] == '/' || name[length] == '\0');
}

static void add_name(void *context, const char *name)
{
    struct names *names = context;

    if (name[0] != 'r' || names->count == SW_INPUTS_MAX || is_temporary(names->temp, name + 1) ||
        !is_file(names->sched, name + 1))
        return;
    char *source = source_of(names->sched, name + 1);
    if (source == NULL || is_named_anyway(names, source))
        free(source);
    else
        names->list[names->count++] = (struct name){source, strcmp(source, name + 1) != 0};
}

/* ---- their hashes ---- */

static int by_name(const void *one, const void *other)
{
    return strcmp(((const struct name *)one)->path, ((const struct name *)other)->path);
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
    const char *first = names->list[*at].path;
    XXH3_state_t *state = XXH3_createState();
    char hash[33];

    if (state != NULL)
        XXH3_128bits_reset(state);
    for (; *at < names->count && library_length(names->list[*at].path) == length &&
           memcmp(names->list[*at].path, first, length) == 0;
         ++*at) {
        const char *name = names->list[*at].path;
        if (state == NULL || hash_name(names->sched, name, hash) < 0)
            continue;
        XXH3_128bits_update(state, name + length, strlen(name + length) + 1);
        XXH3_128bits_update(state, hash, 32);
        if (!names->list[*at].is_compiled)
            XXH3_128bits_update(state, "source", 6);
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
    const char *name = names->list[*at].path;
    size_t length = library_length(name);

    if (length > 0) {
        add_library(names, at, length, read);
    } else {
        read->is_compiled = (uint32_t)names->list[*at].is_compiled;
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
        names->written = names->list[i].path;
        names->found = 0;
        walk(inputs, look_for_written, names);
        int is_again = kept > 0 && strcmp(names->list[kept - 1].path, names->list[i].path) == 0;
        if (is_again)
            names->list[kept - 1].is_compiled |= names->list[i].is_compiled;
        if (names->found || is_again)
            free(names->list[i].path);
        else
            names->list[kept++] = names->list[i];
    }
    names->count = kept;
    names->found = 0;
}

/* ---- the folders that were listed ---- */

struct folders {
    const struct sw_inputs *inputs;
    struct sw_sched *sched; /* its reads have room */
    uint32_t next; /* in inputs->listings */
    const char *own; /* spillway's folder "lib" */
    const char *temp; /* that of the run's temporary files, "": it had none */
};

/* Of spillway's own (NULL: nobody knows where it is): the starter's, which Python lists, too. */
static int is_our_folder(const char *own, const char *name)
{
    char real[PATH_MAX];
    size_t length = own != NULL ? strlen(own) : 0;

    return own != NULL && realpath(name, real) != NULL && strncmp(real, own, length) == 0 &&
           (real[length] == '\0' || real[length] == '/');
}

/* Of the same folder the first counts: a checkpoint's schedules list it again. */
static int is_there(const struct sw_sched *sched, const char *path)
{
    for (uint32_t i = 0; i < sched->read_count; i++)
        if (sched->reads[i].is_folder && strcmp(sched->reads[i].path, path) == 0)
            return 1;
    return 0;
}

static int is_kept(const struct sw_listing *listing, const char *path)
{
    return !listing->is_unnamed && listing->name_count > 0 &&
           listing->name_count <= SW_LISTED_NAMES_EACH &&
           listing->first <= SW_LISTED_NAMES_MAX - listing->name_count &&
           strstr(path, "/lib/python") == NULL && strstr(path, "/lib/pypy") == NULL;
}

/* Not of a library's folder, which changes with what is installed, and has hundreds. */
static void keep_names(const struct sw_inputs *inputs, const struct sw_listing *listing,
                       struct sw_sched_read *read)
{
    uint32_t number = (uint32_t)(listing - inputs->listings);
    uint32_t most = inputs->later_count <= SW_LISTED_NAMES_EACH ? inputs->later_count : 0;

    if (!is_kept(listing, read->path))
        return;
    read->names = calloc((size_t)listing->name_count + most, sizeof *read->names);
    if (read->names == NULL)
        return;
    memcpy(read->names, inputs->names + listing->first, listing->name_count * sizeof *read->names);
    for (uint32_t i = 0; i < most; i++)
        if (inputs->later[i].listing == number)
            read->names[read->name_count + read->later_count++] = inputs->later[i].name;
}

static void add_folder(void *context, const char *name)
{
    struct folders *folders = context;
    struct sw_sched *sched = folders->sched;
    struct sw_sched_read *read = &sched->reads[sched->read_count];
    char *path = NULL;

    if (name[0] != 'l' || folders->next >= SW_LISTINGS_MAX)
        return;
    const struct sw_listing *listing = &folders->inputs->listings[folders->next++];
    if (sched->read_count == SW_INPUTS_MAX || is_of_system(name + 1) ||
        is_our_folder(folders->own, name + 1) || is_temporary(folders->temp, name + 1) ||
        asprintf(&path, "%s/.", name + 1) < 0)
        return;
    if (is_there(sched, path)) {
        free(path);
        return;
    }
    *read = (struct sw_sched_read){.path = path, .is_folder = 1, .name_count = listing->name_count};
    keep_names(folders->inputs, listing, read);
    snprintf(read->hash, sizeof read->hash, "%016llx%016llx", (unsigned long long)listing->sum,
             (unsigned long long)listing->order);
    sched->read_count++;
}

static void add_folders(const struct sw_inputs *inputs, const char *temp, struct sw_sched *sched)
{
    char *own = sw_own_path_find(1, "lib");
    struct folders folders = {.inputs = inputs, .sched = sched, .own = own, .temp = temp};

    walk(inputs, add_folder, &folders);
    free(own);
}

void sw_run_inputs_collect(const struct sw_process *run, struct sw_sched *sched)
{
    struct names names = {
        .sched = sched, .list = calloc(SW_INPUTS_MAX, sizeof *names.list), .temp = run->temp.path};
    const char *program = sched->input != NULL ? sched->input : sched->program;

    names.has_program = look_at(sched, program, &names.program) == 0;
    sched->read_count = 0;
    sched->has_unnoted = run->shm->inputs.lost != 0;
    sched->reads = calloc(SW_INPUTS_MAX, sizeof *sched->reads);
    if (names.list != NULL && sched->reads != NULL) {
        walk(&run->shm->inputs, add_name, &names);
        qsort(names.list, names.count, sizeof *names.list, by_name);
        leave_out_written(&run->shm->inputs, &names);
        for (uint32_t at = 0; at < names.count;)
            add_read(&names, &at, sched);
        add_folders(&run->shm->inputs, names.temp, sched);
    }
    for (uint32_t i = 0; i < names.count; i++)
        free(names.list[i].path);
    free(names.list);
}

void sw_run_inputs_free(struct sw_sched *sched)
{
    for (uint32_t i = 0; sched->reads != NULL && i < sched->read_count; i++) {
        free(sched->reads[i].path);
        free(sched->reads[i].names);
    }
    free(sched->reads);
    sched->reads = NULL;
    sched->read_count = 0;
}
