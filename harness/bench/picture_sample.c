/* SPDX-License-Identifier: MIT
 *
 * picture_sample.c - a picture of a run that nobody has run, to look at and to measure:
 *
 *      picture-sample html|trace|text N [hostile]    N marks, on standard output
 *
 * Says on standard error how many bytes they are and how long writing them took, without making the
 * sample itself.
 */
#include <stdio.h>
#include <time.h>

#include "harness/report/picture_html.h"
#include "harness/report/picture_text.h"
#include "harness/report/picture_trace.h"
#include "harness/report/tests/picture_sample.h"

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int write_picture(FILE *out, const struct sample *sample, const char *form)
{
    struct sw_picture *picture = sample_picture(sample);
    int failed = picture == NULL;

    if (failed)
        return -1;
    if (strcmp(form, "html") == 0)
        failed = sw_picture_html_write(out, picture) < 0;
    else if (strcmp(form, "trace") == 0)
        failed = sw_picture_trace_write(out, picture) < 0;
    else
        failed = sw_picture_text_write(
                     out, picture, &(struct sw_picture_text_order){.width = 100, .colour = 1}) < 0;
    sw_picture_free(picture);
    return failed ? -1 : 0;
}

int main(int argc, char **argv)
{
    char *text = NULL;
    size_t size = 0;

    if (argc < 3) {
        fprintf(stderr, "usage: picture-sample html|trace|text N [hostile]\n");
        return 2;
    }
    struct sample *sample = sample_make((uint32_t)strtoul(argv[2], NULL, 10), argc > 3);
    FILE *out = open_memstream(&text, &size);
    double begin = now_ms();
    int failed = out == NULL || write_picture(out, sample, argv[1]) < 0;
    if (out != NULL)
        failed |= fclose(out) != 0;
    double took = now_ms() - begin;
    sample_free(sample);
    if (!failed)
        fwrite(text, 1, size, stdout);
    fprintf(stderr, "%zu bytes in %.0f ms\n", size, took);
    free(text);
    return failed ? 1 : 0;
}
