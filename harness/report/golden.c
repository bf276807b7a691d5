/* SPDX-License-Identifier: MIT
 *
 * golden.c - the .out file beside a spec (transcript.h).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/whole_file.h"
#include "harness/formats/files/atomic_files.h"
#include "transcript.h"

enum { FILE_BYTES_MAX = 64 << 20 };

/* x.spec has x.out beside it; of another name nothing is cut away. */
static void out_path(const struct sw_spec *spec, char *buf, size_t size)
{
    size_t length = strlen(spec->path);

    if (length > 5 && strcmp(spec->path + length - 5, ".spec") == 0)
        length -= 5;
    snprintf(buf, size, "%.*s.out", (int)length, spec->path);
}

enum { HEAD_MAX = SW_TRANSCRIPT_NAME_MAX + 40 };

static void format_head(const struct sw_spec *spec, char *buf, size_t size)
{
    char name[SW_TRANSCRIPT_NAME_MAX];

    sw_transcript_spec_name(spec->path, name, sizeof name);
    snprintf(buf, size, "spec %s hash %016llx\n", name, (unsigned long long)spec->hash);
}

/* The name in the head is for readers: a folder may be renamed. */
static int is_stale(const struct sw_spec *spec, const char *text)
{
    char tail[40];
    const char *line = strchr(text, '\n');
    size_t length =
        (size_t)snprintf(tail, sizeof tail, " hash %016llx\n", (unsigned long long)spec->hash);

    return line == NULL || (size_t)(line + 1 - text) < length ||
           memcmp(line + 1 - length, tail, length) != 0;
}

int sw_golden_load(const struct sw_spec *spec, struct sw_expected *expected, struct sw_error *e)
{
    char path[PATH_MAX];
    size_t size;

    memset(expected, 0, sizeof *expected);
    out_path(spec, path, sizeof path);
    expected->text = sw_whole_file_read(path, FILE_BYTES_MAX, &size, e);
    if (expected->text == NULL && errno != ENOENT)
        return sw_error_set(e, spec->path, 0, 0, "cannot read its transcript %s: %s", path,
                            strerror(errno));
    expected->stale = expected->text != NULL && is_stale(spec, expected->text);
    return 0;
}

void sw_golden_free(struct sw_expected *expected)
{
    free(expected->text);
    expected->text = NULL;
}

/* The section of a schedule: from its first line to the next one's; empty if there is none. */
static const char *section_of(const char *text, const char *schedule, size_t *size)
{
    char head[300];

    snprintf(head, sizeof head, "schedule %s\n", schedule);
    /* Line by line: the word stands at a line's start only there, since what is indented is a move
     * or an event. */
    for (const char *at = text; at != NULL && *at != '\0';) {
        const char *line = strchr(at, '\n');
        if (strncmp(at, head, strlen(head)) == 0) {
            const char *end = strstr(line, "\nschedule ");
            *size = end != NULL ? (size_t)(end + 1 - at) : strlen(at);
            return at;
        }
        at = line != NULL ? line + 1 : NULL;
    }
    *size = 0;
    return "";
}

static size_t line_length(const char *text)
{
    const char *end = strchr(text, '\n');

    return end != NULL ? (size_t)(end + 1 - text) : strlen(text);
}

/* As diff does, with the mark in the first column. */
static void write_lines(FILE *out, char mark, const char *text, const char *end)
{
    while (text < end) {
        size_t length = line_length(text);
        fprintf(out, "%c  %.*s", mark, (int)length, text);
        if (text[length - 1] != '\n')
            fputc('\n', out);
        text += length;
    }
}

/* How many bytes of whole lines both texts begin with. */
static size_t common_start(const char *a, const char *b)
{
    size_t at = 0;

    while (a[at] != '\0') {
        size_t length = line_length(a + at);
        if (length != line_length(b + at) || memcmp(a + at, b + at, length) != 0)
            break;
        at += length;
    }
    return at;
}

/* The same for the end; a and b end at the NUL, both sizes are limits. */
static size_t common_end(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t most = a_size < b_size ? a_size : b_size, same = 0, whole = 0;

    while (same < most && a[a_size - 1 - same] == b[b_size - 1 - same]) {
        same++;
        if ((same == a_size || a[a_size - 1 - same] == '\n') &&
            (same == b_size || b[b_size - 1 - same] == '\n'))
            whole = same;
    }
    return whole;
}

/* One block of lines that differ, between what is the same: two runs part once. */
char *sw_golden_difference(const char *wanted, const char *got)
{
    char *diff = NULL;
    size_t size = 0, start = common_start(wanted, got);
    FILE *out = open_memstream(&diff, &size);

    if (out == NULL)
        return NULL;
    const char *wanted_rest = wanted + start, *got_rest = got + start;
    size_t m = strlen(wanted_rest), n = strlen(got_rest);
    /* Of what is left when the same start is away, so that the two cannot overlap: of "a a" and "a"
     * one line is missing, and not a negative number of them. */
    size_t end = common_end(wanted_rest, m, got_rest, n);
    write_lines(out, ' ', wanted, wanted_rest);
    write_lines(out, '-', wanted_rest, wanted_rest + m - end);
    write_lines(out, '+', got_rest, got_rest + n - end);
    write_lines(out, ' ', got_rest + n - end, got_rest + n);
    if (fclose(out) != 0) {
        free(diff);
        return NULL;
    }
    return diff;
}

int sw_golden_compare(const struct sw_expected *expected, const char *schedule, const char *section,
                      char **diff)
{
    size_t size;
    const char *wanted = section_of(expected->text != NULL ? expected->text : "", schedule, &size);

    /* Without memory, so that the want of it is no failure of the scenario. */
    *diff = NULL;
    if (strlen(section) == size && memcmp(wanted, section, size) == 0)
        return 0;
    char *copy = strndup(wanted, size);
    *diff = copy != NULL ? sw_golden_difference(copy, section) : NULL;
    free(copy);
    return -1;
}

int sw_golden_write(const struct sw_spec *spec, const char *sections, struct sw_error *e)
{
    char path[PATH_MAX], head[SW_TRANSCRIPT_NAME_MAX + 40], *text = NULL;

    out_path(spec, path, sizeof path);
    format_head(spec, head, sizeof head);
    int length = asprintf(&text, "%s%s", head, sections);
    if (length < 0)
        return sw_error_set(e, spec->path, 0, 0, "out of memory");
    int status = sw_atomic_files_write(path, text, (size_t)length, e);
    if (status < 0) {
        /* The path ends with this function. */
        struct sw_error why = *e;
        sw_error_set(e, spec->path, 0, 0, "%s: %s", path, why.text);
    }
    free(text);
    return status;
}
