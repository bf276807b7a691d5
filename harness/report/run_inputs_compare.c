/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/fnv.h"
#include "harness/formats/sched/sched_paths.h"
#include "run_inputs.h"

/* Lines that are still read; chosen freely. */
enum { SHOWN_MAX = 10, FOLDER_NAMES_MAX = 4096 };

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
    char line[4800];

    if (teller->count++ >= SHOWN_MAX)
        return;
    snprintf(line, sizeof line, "%.4000s %.700s", path, what);
    teller->say(teller->context, line);
}

/* ---- a folder with other names ---- */

/* The names that are in a folder now, each with its hash. */
struct folder {
    char *names[FOLDER_NAMES_MAX];
    uint64_t hashes[FOLDER_NAMES_MAX];
    uint32_t count;
};

static void read_folder(struct folder *folder, const char *path)
{
    DIR *stream = opendir(path);
    struct dirent *entry;

    folder->count = 0;
    while (stream != NULL && folder->count < FOLDER_NAMES_MAX &&
           (entry = readdir(stream)) != NULL) {
        char *name = strdup(entry->d_name);
        if (name == NULL)
            break;
        folder->names[folder->count] = name;
        folder->hashes[folder->count++] = sw_fnv_64_text(name);
    }
    if (stream != NULL)
        closedir(stream);
}

/* The names whose hashes have that sum: the one, or the two, that have come.  0: it is not told. */
static int name_new(const struct folder *folder, int count, uint64_t sum, char *text, size_t size)
{
    for (uint32_t i = 0; i < folder->count; i++) {
        if (count == 1 && folder->hashes[i] == sum)
            return snprintf(text, size, ": %.255s", folder->names[i]) > 0;
        for (uint32_t k = 0; count == 2 && k < i; k++)
            if (folder->hashes[i] + folder->hashes[k] == sum)
                return snprintf(text, size, ": %.255s and %.255s", folder->names[i],
                                folder->names[k]) > 0;
    }
    return 0;
}

static uint64_t sum_of(const struct sw_sched_read *read)
{
    char digits[17];

    snprintf(digits, sizeof digits, "%.16s", read->hash);
    return strtoull(digits, NULL, 16);
}

/* What has come to it, or gone; here, in what the run had listed. */
static void tell_folder(struct teller *teller, const struct sw_sched *sched,
                        const struct sw_sched_read *then, const struct sw_sched_read *now)
{
    char what[700], which[600] = "", *path = sw_sched_paths_file(sched, now->path);
    struct folder *folder = calloc(1, sizeof *folder);
    int more = (int)now->name_count - (int)then->name_count;
    uint64_t sum = sum_of(now) - sum_of(then);

    if (path != NULL && folder != NULL && (more == 1 || more == 2)) {
        read_folder(folder, path);
        name_new(folder, more, sum, which, sizeof which);
    }
    if (more > 0)
        snprintf(what, sizeof what, "has %d more name%s than when it was recorded%s", more,
                 more == 1 ? "" : "s", which);
    else if (more < 0)
        snprintf(what, sizeof what, "has %d name%s less than when it was recorded", -more,
                 more == -1 ? "" : "s");
    else
        snprintf(what, sizeof what, "has %s",
                 sum != 0 ? "other names than when it was recorded"
                          : "its names in another order than when it was recorded");
    tell(teller, now->path, what);
    for (uint32_t i = 0; folder != NULL && i < folder->count; i++)
        free(folder->names[i]);
    free(folder);
    free(path);
}

/* ---- all of them ---- */

static void tell_one(struct teller *teller, const struct sw_sched *sched,
                     const struct sw_sched_read *then, const struct sw_sched_read *now)
{
    int is_same = strcmp(now->hash, then->hash) == 0;

    if (now->is_folder && then->is_folder) {
        if (!is_same || now->name_count != then->name_count)
            tell_folder(teller, sched, then, now);
        return;
    }
    if (!is_same)
        tell(teller, now->path, "is no longer what it was");
    if (now->is_compiled && !then->is_compiled)
        tell(teller, now->path,
             "is read compiled now, as a .pyc, and was not when it was recorded");
    else if (!now->is_compiled && then->is_compiled)
        tell(teller, now->path,
             "was read compiled when it was recorded, as a .pyc, and is not now");
}

static void tell_all(struct teller *teller, const struct sw_sched *then, const struct sw_sched *now)
{
    char more[64];

    for (uint32_t i = 0; i < then->read_count; i++) {
        const struct sw_sched_read *read = find(now, then->reads[i].path);
        if (read == NULL)
            tell(teller, then->reads[i].path, "was read when it was recorded, and is not now");
        else
            tell_one(teller, then, &then->reads[i], read);
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
