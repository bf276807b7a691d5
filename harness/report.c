/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void sw_report_name(const struct sw_job *job, char *name, unsigned long size,
                    const char **schedule)
{
    if (job->spec == NULL) {
        snprintf(name, size, "%s", job->program[0]);
        *schedule = "";
        return;
    }
    sw_transcript_spec_name(job->spec->path, name, size);
    *schedule = job->schedule->name;
}

static const char *word_of(enum sw_verdict_kind kind)
{
    static const char *const words[] = {"ok", "FAIL", "CRASH", "UNSURE", "ERROR"};
    return words[kind];
}

void sw_report_line(const struct sw_job *job)
{
    char name[300];
    const char *schedule;

    sw_report_name(job, name, sizeof name, &schedule);
    printf("%-6s %-44s %s\n", word_of(job->verdict.kind), name, schedule);
    if (job->story != NULL)
        printf("%s\n", job->story);
    fflush(stdout);
}

/* ---- TAP ---- */

void sw_report_tap_begin(int count)
{
    printf("TAP version 13\n1..%d\n", count);
}

void sw_report_tap(const struct sw_job *job, int number)
{
    char name[300];
    const char *schedule;

    sw_report_name(job, name, sizeof name, &schedule);
    printf("%s %d - %s%s%s\n", job->verdict.kind == SW_AS_EXPECTED ? "ok" : "not ok", number, name,
           *schedule ? " " : "", schedule);
    for (const char *at = job->story; at != NULL && *at != '\0';) {
        int length = (int)strcspn(at, "\n");
        printf("# %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
    fflush(stdout);
}

/* ---- JUnit ---- */

/* Control characters but tab and newline cannot stand in XML at all. */
static void write_escaped(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        switch (*at) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            if (*at < 32 && *at != '\n' && *at != '\t')
                fprintf(out, "\\x%02x", *at);
            else
                fputc(*at, out);
        }
    }
}

static void write_case(FILE *out, const struct sw_job *job)
{
    char name[300];
    const char *schedule;
    int error = job->verdict.kind == SW_HARNESS_ERROR || job->verdict.kind == SW_INCONCLUSIVE;

    sw_report_name(job, name, sizeof name, &schedule);
    fputs("  <testcase classname=\"", out);
    write_escaped(out, name);
    fputs("\" name=\"", out);
    write_escaped(out, *schedule ? schedule : name);
    if (job->verdict.kind == SW_AS_EXPECTED) {
        fputs("\"/>\n", out);
        return;
    }
    fprintf(out, "\">\n    <%s type=\"", error ? "error" : "failure");
    write_escaped(out, job->verdict.oracle);
    fputs("\" message=\"", out);
    write_escaped(out, job->verdict.text);
    fputs("\">", out);
    write_escaped(out, job->story != NULL ? job->story : "");
    fprintf(out, "</%s>\n  </testcase>\n", error ? "error" : "failure");
}

int sw_report_junit(const char *path, const struct sw_job *jobs, int count)
{
    int failures = 0, errors = 0;
    FILE *out = fopen(path, "w");

    if (out == NULL) {
        fprintf(stderr, "spillway: %s: %s\n", path, strerror(errno));
        return -1;
    }
    for (int i = 0; i < count; i++) {
        failures += jobs[i].verdict.kind == SW_FAILED || jobs[i].verdict.kind == SW_CRASHED;
        errors += jobs[i].verdict.kind == SW_HARNESS_ERROR ||
                  jobs[i].verdict.kind == SW_INCONCLUSIVE;
    }
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuite name=\"spillway\" tests=\"%d\" failures=\"%d\" errors=\"%d\">\n",
            count, failures, errors);
    for (int i = 0; i < count; i++)
        write_case(out, &jobs[i]);
    fputs("</testsuite>\n", out);
    if (ferror(out) | (fclose(out) != 0)) {
        fprintf(stderr, "spillway: %s: could not be written\n", path);
        return -1;
    }
    return 0;
}
