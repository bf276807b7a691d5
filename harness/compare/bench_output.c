/* SPDX-License-Identifier: MIT */
#include "bench_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_MAX = 1 << 20, WORDS_MAX = SW_BENCH_SIDE_ROUNDS_MAX + 3 };

char *sw_bench_output_read(int fd)
{
    char *text = malloc(OUTPUT_MAX + 1);
    size_t size = 0;
    ssize_t got;

    if (text == NULL)
        return NULL;
    while ((got = read(fd, text + size, OUTPUT_MAX - size)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        size += (size_t)got;
    }
    if (got < 0 || size == OUTPUT_MAX) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

/* Words that tabs separate; no more than fit.  How many. */
static int split(char *line, char **words)
{
    int count = 0;

    for (char *at = line; at != NULL && count < WORDS_MAX;)
        words[count++] = strsep(&at, "\t");
    return count;
}

/* A whole number above 0, as workload.py prints one; a shorter time than any is none. */
static int parse_ns(const char *word, double *ns)
{
    char *end;

    *ns = strtod(word, &end);
    return end != word && *end == '\0' && *ns > 0 && *ns < 1e18;
}

static int parse_test(char **words, int count, int rounds, struct sw_bench_side_sample *sample)
{
    if (count != rounds + 2 || sample->count == SW_BENCH_SIDE_ROWS_MAX ||
        strlen(words[1]) >= SW_BENCH_SIDE_NAME)
        return 0;
    struct sw_bench_side_row *row = &sample->rows[sample->count];
    *row =
        (struct sw_bench_side_row){.unit = SW_BENCH_SIDE_SECONDS, .is_test = 1, .rounds = rounds};
    snprintf(row->name, sizeof row->name, "%s", words[1]);
    for (int i = 0; i < rounds; i++) {
        if (!parse_ns(words[i + 2], &row->values[i]))
            return 0;
        row->values[i] *= 1e-9;
    }
    sample->count++;
    return 1;
}

static int parse_line(char **words, int count, int rounds, struct sw_bench_side_sample *sample)
{
    if (strcmp(words[0], "test") == 0)
        return parse_test(words, count, rounds, sample);
    if (strcmp(words[0], "python") != 0 || count != 4)
        return 0;
    snprintf(sample->version, sizeof sample->version, "%s", words[1]);
    snprintf(sample->timer, sizeof sample->timer, "%s", words[2]);
    return parse_ns(words[3], &sample->resolution_ns);
}

int sw_bench_output_parse(char *text, const char *label, int rounds,
                          struct sw_bench_side_sample *sample, struct sw_error *e)
{
    char *words[WORDS_MAX], *at = text;

    for (int line = 1; at != NULL && *at != '\0'; line++) {
        int count = split(strsep(&at, "\n"), words);
        if (strcmp(words[0], "end") == 0 && sample->version[0] != '\0')
            return 0;
        if (!parse_line(words, count, rounds, sample))
            return sw_error_set(e, NULL, 0, 0,
                                "%s: line %d of its output is none of the tests': '%.60s'", label,
                                line, words[0]);
    }
    return sw_error_set(e, NULL, 0, 0, "%s: its output breaks off; is it a Python?", label);
}
