/* SPDX-License-Identifier: MIT */
#include "bench_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows the word and a tab; NULL: the line begins otherwise. */
static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);

    return strncmp(line, word, length) == 0 && line[length] == '\t' ? line + length + 1 : NULL;
}

/* Copies a word up to a tab, and returns what follows that; NULL: it does not fit, or is empty, or
 * `last` and there is a tab. */
static const char *take_word(const char *at, char *word, size_t size, int last)
{
    size_t length = strcspn(at, "\t");

    if (length == 0 || length >= size || (at[length] == '\0') != last)
        return NULL;
    snprintf(word, size, "%.*s", (int)length, at);
    return at + length + !last;
}

const char *sw_bench_output_refusal(const char *line)
{
    return behind(line, "refused");
}

/* A whole number above 0, as workload.py prints one; a shorter time than any is none. */
int sw_bench_output_parse_ns(const char *line, double *ns)
{
    char *end;

    *ns = strtod(line, &end);
    return end != line && *end == '\0' && *ns > 0 && *ns < 1e18 ? 0 : -1;
}

int sw_bench_output_parse_python(const char *line, struct sw_bench_side_sample *sample)
{
    const char *at = behind(line, "python");

    if (at == NULL || (at = take_word(at, sample->version, sizeof sample->version, 0)) == NULL ||
        (at = take_word(at, sample->timer, sizeof sample->timer, 0)) == NULL)
        return -1;
    return sw_bench_output_parse_ns(at, &sample->resolution_ns);
}

int sw_bench_output_parse_tests(const char *line, struct sw_bench_side_sample *sample)
{
    const char *at = behind(line, "tests");

    if (at == NULL && strcmp(line, "tests") != 0)
        return -1;
    while (at != NULL && *at != '\0') {
        struct sw_bench_side_row *row = &sample->rows[sample->count];
        if (sample->count == SW_BENCH_SIDE_ROWS_MAX)
            return -1;
        row->unit = SW_BENCH_SIDE_SECONDS;
        row->is_test = 1;
        row->rounds = 0;
        at = take_word(at, row->name, sizeof row->name, strchr(at, '\t') == NULL);
        if (at == NULL)
            return -1;
        sample->count++;
    }
    return 0;
}
