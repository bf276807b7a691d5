/* SPDX-License-Identifier: MIT
 *
 * expected.c - the .out file beside a spec (transcript.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transcript.h"

enum { EXPECTED_BYTES_MAX = 4 << 20 };

static void out_path(const struct sw_spec *spec, char *buf, size_t size)
{
    size_t length = strlen(spec->path);

    if (length > 5 && strcmp(spec->path + length - 5, ".spec") == 0)
        length -= 5;
    snprintf(buf, size, "%.*s.out", (int)length, spec->path);
}

static void write_head(FILE *out, const struct sw_spec *spec)
{
    char name[300];

    sw_transcript_spec_name(spec->path, name, sizeof name);
    fprintf(out, "spec %s hash %016llx\n", name, (unsigned long long)spec->hash);
}

void sw_expected_load(const struct sw_spec *spec, struct sw_expected *expected)
{
    char path[4096], *head = NULL;
    size_t size = 0;

    memset(expected, 0, sizeof *expected);
    out_path(spec, path, sizeof path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return;
    expected->text = calloc(1, EXPECTED_BYTES_MAX + 1);
    if (expected->text != NULL && fread(expected->text, 1, EXPECTED_BYTES_MAX, file) == 0)
        expected->text[0] = '\0';
    fclose(file);
    FILE *buffer = open_memstream(&head, &size);
    if (buffer == NULL)
        return;
    write_head(buffer, spec);
    fclose(buffer);
    expected->stale = expected->text == NULL || strncmp(expected->text, head, size) != 0;
    free(head);
}

void sw_expected_free(struct sw_expected *expected)
{
    free(expected->text);
    expected->text = NULL;
}

/* The section of a schedule: from its first line to the next one's. */
static char *section_of(const char *text, const char *schedule)
{
    char head[300];

    snprintf(head, sizeof head, "schedule %s\n", schedule);
    for (const char *at = text; at != NULL && *at != '\0';) {
        const char *line = strchr(at, '\n');
        if (strncmp(at, head, strlen(head)) == 0) {
            const char *end = strstr(line, "\nschedule ");
            return strndup(at, end != NULL ? (size_t)(end + 1 - at) : strlen(at));
        }
        at = line != NULL ? line + 1 : NULL;
    }
    return strdup("");
}

static int next_line(const char **at, const char **line)
{
    if (**at == '\0')
        return -1;
    *line = *at;
    const char *end = strchr(*at, '\n');
    int length = end != NULL ? (int)(end - *at) : (int)strlen(*at);
    *at += length + (end != NULL);
    return length;
}

/* Line by line: enough to see where two runs part, which is what matters. */
static char *difference(const char *wanted, const char *got)
{
    char *diff = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&diff, &size);

    if (out == NULL)
        return NULL;
    for (;;) {
        const char *a = NULL, *b = NULL;
        int m = next_line(&wanted, &a), n = next_line(&got, &b);
        if (m < 0 && n < 0)
            break;
        if (m >= 0 && m == n && memcmp(a, b, (size_t)m) == 0) {
            fprintf(out, "   %.*s\n", m, a);
            continue;
        }
        if (m >= 0)
            fprintf(out, "-  %.*s\n", m, a);
        if (n >= 0)
            fprintf(out, "+  %.*s\n", n, b);
    }
    fclose(out);
    return diff;
}

int sw_expected_compare(const struct sw_expected *expected, const char *schedule,
                        const char *section, char **diff)
{
    char *wanted = section_of(expected->text != NULL ? expected->text : "", schedule);
    int differs = wanted == NULL || strcmp(wanted, section) != 0;

    *diff = differs && wanted != NULL ? difference(wanted, section) : NULL;
    free(wanted);
    return differs ? -1 : 0;
}

int sw_expected_write(const struct sw_spec *spec, const char *sections, struct sw_error *e)
{
    char path[4096], temporary[4110];

    out_path(spec, path, sizeof path);
    snprintf(temporary, sizeof temporary, "%s.new", path);
    FILE *file = fopen(temporary, "w");
    if (file == NULL)
        return sw_error_set(e, spec->path, 0, 0, "cannot write %s: %s", temporary,
                            strerror(errno));
    write_head(file, spec);
    fputs(sections, file);
    int failed = ferror(file);
    failed |= fclose(file) != 0;
    if (failed || rename(temporary, path) != 0) {
        remove(temporary);
        return sw_error_set(e, spec->path, 0, 0, "cannot write %s: %s", path, strerror(errno));
    }
    return 0;
}
