/* SPDX-License-Identifier: MIT */
#include "junit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/utf8.h"
#include "harness/formats/files/atomic_files.h"
#include "report.h"
#include "target.h"

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\n': /* in an attribute it would be read as a space */
        return "&#10;";
    default:
        return NULL;
    }
}

static void write_escaped(FILE *out, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "&<>\"\n");
        sw_utf8_write(out, at, length);
        at += length;
        if (*at != '\0')
            fputs(entity_of(*at++), out);
    }
}

/* JUnit has two ways to be bad: "error" is for what says nothing of the program. */
static int is_error(const struct sw_job *job)
{
    return job->verdict.kind == SW_HARNESS_ERROR || job->verdict.kind == SW_INCONCLUSIVE;
}

static int is_failure(const struct sw_job *job)
{
    return job->verdict.kind == SW_FAILED || job->verdict.kind == SW_CRASHED;
}

static void write_case(FILE *out, const struct sw_job *job)
{
    char name[SW_TRANSCRIPT_NAME_MAX];
    const char *schedule = sw_report_name(job, name, sizeof name),
               *element = is_error(job) ? "error" : "failure";

    /* A test of a file is a case of that file. */
    char *test = *schedule == '\0' ? (char *)sw_target_separator(name) : NULL;
    if (test != NULL) {
        *test = '\0';
        schedule = test + 2;
    }
    fputs("  <testcase classname=\"", out);
    write_escaped(out, name);
    fputs("\" name=\"", out);
    /* A program has no schedule, and a case without a name is dropped by some readers. */
    write_escaped(out, *schedule ? schedule : name);
    sw_report_repeats(out, job);
    if (job->seconds > 0)
        fprintf(out, "\" time=\"%.3f", job->seconds);
    /* An element without content is what passed. */
    if (job->verdict.kind == SW_AS_EXPECTED) {
        fputs("\"/>\n", out);
        return;
    }
    if (job->verdict.kind == SW_SKIPPED) {
        fputs("\"><skipped message=\"", out);
        write_escaped(out, job->verdict.text);
        fputs("\"/></testcase>\n", out);
        return;
    }
    fprintf(out, "\">\n    <%s type=\"", element);
    write_escaped(out, job->verdict.oracle);
    fputs("\" message=\"", out);
    write_escaped(out, job->verdict.text);
    fputs("\">", out);
    write_escaped(out, job->story != NULL ? job->story : "");
    fprintf(out, "</%s>\n", element);
    if (job->errors != NULL && *job->errors != '\0') {
        fputs("    <system-err>", out);
        write_escaped(out, job->errors);
        fputs("</system-err>\n", out);
    }
    fputs("  </testcase>\n", out);
}

/* The counts stand before what they count, so that there are two passes. What was interrupted
 * before its first run is in neither. */
static void write_suite(FILE *out, const struct sw_job *jobs, int count)
{
    int tests = 0, failures = 0, errors = 0;

    for (int i = 0; i < count; i++) {
        tests += jobs[i].runs > 0;
        failures += jobs[i].runs > 0 && is_failure(&jobs[i]);
        errors += jobs[i].runs > 0 && is_error(&jobs[i]);
    }
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuite name=\"spillway\" tests=\"%d\" failures=\"%d\" errors=\"%d\">\n",
            tests, failures, errors);
    for (int i = 0; i < count; i++)
        if (jobs[i].runs > 0)
            write_case(out, &jobs[i]);
    fputs("</testsuite>\n", out);
}

int sw_junit_write(const char *path, const struct sw_job *jobs, int count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct sw_error e;

    if (out != NULL)
        write_suite(out, jobs, count);
    int failed = out == NULL || ferror(out);
    failed |= out != NULL && fclose(out) != 0;
    int status = failed ? sw_error_set(&e, path, 0, 0, "out of memory")
                        : sw_atomic_files_write(path, text, size, &e);
    if (status < 0)
        sw_error_print(&e);
    free(text);
    return status;
}
