/* SPDX-License-Identifier: MIT */
#include "corpus.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "harness/formats/files/atomic_files.h"
#include "contract/decision_kind.h"
#include "contract/whole_file.h"

#define HEAD "spillway plan 1"

enum {
    NAME_BYTES = 16 + 5, /* of "1f0c2a9b77d30412.plan" */
    /* A million plans, and plans of 4 MiB, some hundred thousand deviations: more is a folder that
     * something else has filled. */
    KNOWN_MAX = 1 << 20,
    FILE_MAX = 1 << 22
};

struct sw_corpus {
    char *folder;
    uint64_t of;
    uint64_t *known; /* names of plans that are not new to this process; owned */
    size_t known_count, known_room;
};

/* ---- as text ---- */

char *sw_corpus_format(const struct sw_relative_schedule *plan, uint64_t of)
{
    char *text = NULL, choice[SW_DECISION_TEXT];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    fprintf(out, HEAD "\nof %016" PRIx64 "\n", of);
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct sw_deviation *deviation = &plan->list[i];
        fprintf(out, "T%u %" PRIu64 " %s %s\n", deviation->thread, deviation->index,
                sw_decision_verb(deviation->kind),
                sw_decision_format(deviation->kind, deviation->choice, choice, sizeof choice));
    }
    fflush(out);
    uint64_t check = XXH3_64bits(text, size);
    fprintf(out, "check %016" PRIx64 "\n", check);
    return fclose(out) == 0 ? text : NULL;
}

_Static_assert(SW_DECISION_TEXT == 63 + 1, "the next line's pattern takes any choice");

/* "T1 12 run T2" */
static int parse_line(const char *line, struct sw_relative_schedule *plan)
{
    struct sw_deviation deviation = {0};
    char verb[16], choice[SW_DECISION_TEXT];
    int end = 0;

    if (sscanf(line, "T%" SCNu32 " %" SCNu64 " %15[a-z] %63[^ \n]%n", &deviation.thread,
               &deviation.index, verb, choice, &end) != 4 ||
        line[end] != '\0')
        return -1;
    int kind = sw_decision_find_verb(verb);
    if (kind < 0 || !sw_decision_kind((unsigned)kind)->is_asked)
        return -1;
    size_t length = sw_decision_parse((enum sw_decision_kind)kind, choice, &deviation.choice);
    if (length == 0 || choice[length] != '\0')
        return -1;
    deviation.kind = (uint32_t)kind;
    return sw_relative_schedule_append(plan, &deviation);
}

/* number: of the line, from 1; before: the text up to it.  1: it is the last. */
static int parse_numbered(const char *line, unsigned number, const char *text, size_t before,
                          uint64_t of, struct sw_relative_schedule *plan)
{
    uint64_t hash;
    int end = 0;

    if (number == 1)
        return strcmp(line, HEAD) == 0 ? 0 : -1;
    if (number == 2)
        return sscanf(line, "of %16" SCNx64 "%n", &hash, &end) == 1 && line[end] == '\0' &&
                       hash == of
                   ? 0
                   : -1;
    if (sscanf(line, "check %16" SCNx64 "%n", &hash, &end) == 1 && line[end] == '\0')
        return hash == XXH3_64bits(text, before) ? 1 : -1;
    return parse_line(line, plan);
}

int sw_corpus_parse(const char *path, const char *text, uint64_t of,
                    struct sw_relative_schedule *plan, struct sw_error *e)
{
    const char *at = text, *end;
    unsigned number = 0;
    int status = 0;
    char line[128];

    *plan = (struct sw_relative_schedule){0};
    for (; status == 0 && (end = strchr(at, '\n')) != NULL; at = end + 1) {
        int fits = snprintf(line, sizeof line, "%.*s", (int)(end - at), at) < (int)sizeof line;
        status = fits ? parse_numbered(line, ++number, text, (size_t)(at - text), of, plan) : -1;
    }
    if (status == 1 && *at == '\0')
        return 0;
    sw_relative_schedule_free(plan);
    return sw_error_set(e, path, number > 0 ? number : 1, 1,
                        number == 2 ? "it is a plan of another program, or of another setting"
                                    : "it is no plan, or a damaged one");
}

/* ---- the folder ---- */

struct sw_corpus *sw_corpus_open(const char *folder, uint64_t of, struct sw_error *e)
{
    struct sw_corpus *corpus = calloc(1, sizeof *corpus);

    if (corpus == NULL || (corpus->folder = strdup(folder)) == NULL) {
        free(corpus);
        sw_error_set(e, folder, 0, 0, "out of memory");
        return NULL;
    }
    corpus->of = of;
    if (sw_atomic_files_make_folder(folder, e) == 0)
        return corpus;
    sw_corpus_close(corpus);
    return NULL;
}

void sw_corpus_close(struct sw_corpus *corpus)
{
    if (corpus == NULL)
        return;
    free(corpus->folder);
    free(corpus->known);
    free(corpus);
}

/* Of its deviations; what program they are of does not matter. */
static uint64_t name_of(const struct sw_relative_schedule *plan)
{
    XXH3_state_t *state = XXH3_createState();
    uint64_t name = 0;

    if (state == NULL)
        return 0;
    XXH3_64bits_reset(state);
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct sw_deviation *one = &plan->list[i];
        uint64_t parts[] = {one->thread, one->index, one->kind, one->choice};
        XXH3_64bits_update(state, parts, sizeof parts);
    }
    name = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return name;
}

/* One by one: a corpus has some hundred plans, and this is asked once for each that is new. */
static int is_known(const struct sw_corpus *corpus, uint64_t name)
{
    for (size_t i = 0; i < corpus->known_count; i++)
        if (corpus->known[i] == name)
            return 1;
    return 0;
}

static int note_known(struct sw_corpus *corpus, uint64_t name)
{
    if (corpus->known_count == corpus->known_room) {
        size_t room = corpus->known_room > 0 ? 2 * corpus->known_room : 256;
        uint64_t *known = room <= KNOWN_MAX ? realloc(corpus->known, room * sizeof *known) : NULL;
        if (known == NULL)
            return -1;
        corpus->known = known;
        corpus->known_room = room;
    }
    corpus->known[corpus->known_count++] = name;
    return 0;
}

int sw_corpus_save(struct sw_corpus *corpus, const struct sw_relative_schedule *plan,
                   struct sw_error *e)
{
    uint64_t name = name_of(plan);
    char path[PATH_MAX], *text;

    if (is_known(corpus, name))
        return 0;
    snprintf(path, sizeof path, "%s/%016" PRIx64 ".plan", corpus->folder, name);
    text = sw_corpus_format(plan, corpus->of);
    int status = text == NULL || note_known(corpus, name) < 0
                     ? sw_error_set(e, corpus->folder, 0, 0, "out of memory")
                     : sw_atomic_files_write_new(path, text, strlen(text), e);
    free(text);
    return status < 0 ? -1 : 0;
}

/* The name that a file's name says; 0: it is no plan's. */
static uint64_t name_in(const char *file)
{
    uint64_t name;
    int end = 0;

    return strlen(file) == NAME_BYTES && sscanf(file, "%16" SCNx64 ".plan%n", &name, &end) == 1 &&
                   end == NAME_BYTES
               ? name
               : 0;
}

static int load(const struct sw_corpus *corpus, const char *file, struct sw_relative_schedule *plan)
{
    struct sw_error e = {0};
    char path[PATH_MAX];
    size_t size;

    snprintf(path, sizeof path, "%s/%s", corpus->folder, file);
    char *text = sw_whole_file_read(path, FILE_MAX, &size, &e);
    int status = -1;
    if (text != NULL)
        status = strlen(text) == size ? sw_corpus_parse(path, text, corpus->of, plan, &e)
                                      : sw_error_set(&e, path, 1, 1, "it is no plan");
    if (status < 0)
        sw_error_print(&e);
    free(text);
    return status;
}

int sw_corpus_next(struct sw_corpus *corpus, struct sw_relative_schedule *plan, struct sw_error *e)
{
    DIR *folder = opendir(corpus->folder);
    int status = 0;

    if (folder == NULL)
        return sw_error_set(e, corpus->folder, 0, 0, "%s", strerror(errno));
    for (struct dirent *entry; status == 0 && (entry = readdir(folder)) != NULL;) {
        uint64_t name = name_in(entry->d_name);
        if (name == 0 || is_known(corpus, name))
            continue;
        /* Known even if it is damaged: else it would be reported again and again. */
        if (note_known(corpus, name) < 0)
            status = sw_error_set(e, corpus->folder, 0, 0, "out of memory");
        else
            status = load(corpus, entry->d_name, plan) == 0;
    }
    closedir(folder);
    return status;
}
