/* SPDX-License-Identifier: MIT */
#include "bench_side.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/formats/files/path_program.h"

/* ---- which configuration ---- */

static int is_assignment(const char *word)
{
    size_t name = strcspn(word, "=");

    for (size_t i = 0; i < name; i++)
        if (!isalnum((unsigned char)word[i]) && word[i] != '_')
            return 0;
    return name > 0 && word[name] == '=' && !isdigit((unsigned char)*word);
}

/* Is it a program, on PATH if there is no slash in it? */
static int can_start(const char *name)
{
    char path[4096];

    if (strchr(name, '/') != NULL)
        return access(name, X_OK) == 0;
    if (sw_path_program_find(name, 0, path, sizeof path))
        return 1;
    errno = ENOENT;
    return 0;
}

int sw_bench_side_parse(struct sw_bench_side *side, const char *label, char *const *words,
                        char *const *otherwise, struct sw_error *e)
{
    *side = (struct sw_bench_side){.label = label, .assignments = words};
    while (words[side->assignment_count] != NULL && is_assignment(words[side->assignment_count]))
        side->assignment_count++;
    side->argv = words + side->assignment_count;
    if (side->argv[0] == NULL)
        side->argv = otherwise;
    while (side->argv[side->argc] != NULL)
        side->argc++;
    if (side->argc > SW_BENCH_SIDE_WORDS_MAX - 16)
        return sw_error_set(e, NULL, 0, 0, "%s has more than %d words", label,
                            SW_BENCH_SIDE_WORDS_MAX - 16);
    if (!can_start(side->argv[0]))
        return sw_error_set(e, NULL, 0, 0, "%s: cannot start %s: %s", label, side->argv[0],
                            strerror(errno));
    return 0;
}

char *sw_bench_side_format(const struct sw_bench_side *side, char *buf, size_t size)
{
    size_t used = 0;

    *buf = '\0';
    for (int i = 0; i < side->assignment_count && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%s ", side->assignments[i]);
    for (int i = 0; i < side->argc && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, i > 0 ? " %s" : "%s", side->argv[i]);
    return buf;
}

int sw_bench_side_wants(const struct sw_bench_way *way, const char *name)
{
    size_t length = strlen(name);

    if (strcmp(way->tests, "all") == 0)
        return 1;
    for (const char *at = way->tests; *at != '\0'; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && memcmp(at, name, length) == 0)
            return 1;
    return 0;
}

static int has_name(const struct sw_bench_side_sample *sample, const char *name, size_t length)
{
    for (int i = 0; i < sample->count; i++)
        if (strlen(sample->rows[i].name) == length &&
            memcmp(sample->rows[i].name, name, length) == 0)
            return 1;
    return 0;
}

static int check_name(const struct sw_bench_side_sample *samples, const char *name, size_t length,
                      struct sw_error *e)
{
    const char *names[2 * SW_BENCH_SIDE_ROWS_MAX];
    char word[SW_BENCH_SIDE_NAME];
    int count = 0;

    if (has_name(&samples[0], name, length) || has_name(&samples[1], name, length))
        return 0;
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < samples[side].count; i++)
            names[count++] = samples[side].rows[i].name;
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    const char *nearest = sw_error_nearest(word, names, count);
    return sw_error_set(e, NULL, 0, 0, "neither side measures '%s'%s%s%s", word,
                        nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                        nearest != NULL ? "?" : "");
}

int sw_bench_side_check_names(const struct sw_bench_way *way,
                              const struct sw_bench_side_sample samples[2], struct sw_error *e)
{
    const char *at = strcmp(way->tests, "all") == 0 ? "" : way->tests;

    for (; *at != '\0'; at += strcspn(at, ","), at += *at == ',')
        if (check_name(samples, at, strcspn(at, ","), e) < 0)
            return -1;
    return *way->plant == '\0' ? 0 : check_name(samples, way->plant, strcspn(way->plant, "="), e);
}
