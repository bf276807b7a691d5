/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contract/exit.h"
#include "contract/utf8.h"

/* "family/name" or the program's path, and the schedule's name or "". */
static const char *name_of(const struct sw_job *job, char *name, size_t size)
{
    if (job->spec == NULL) {
        snprintf(name, size, "%s", job->program[0]);
        sw_utf8_trim(name);
        return "";
    }
    sw_transcript_spec_name(job->spec->path, name, size);
    return job->schedule->name;
}

void sw_report_counts(FILE *out, const int verdicts[SW_VERDICT_COUNT])
{
    for (int kind = SW_FAILED; kind < SW_VERDICT_COUNT; kind++)
        if (verdicts[kind] > 0)
            fprintf(out, ", %d %s", verdicts[kind], sw_judge_name((enum sw_verdict_kind)kind));
}

/* An error of the harness first: it puts the other verdicts in doubt. */
int sw_report_exit_status(const int verdicts[SW_VERDICT_COUNT])
{
    if (verdicts[SW_HARNESS_ERROR] > 0)
        return SW_EXIT_ERROR;
    if (verdicts[SW_FAILED] > 0 || verdicts[SW_CRASHED] > 0)
        return SW_EXIT_FAILED;
    return verdicts[SW_INCONCLUSIVE] > 0 ? SW_EXIT_UNSURE : SW_EXIT_OK;
}

/* ": 50 runs, 2 failed, 3 distinct transcripts"; nothing for a single run. */
static void write_repeats(FILE *out, const struct sw_job *job)
{
    if (job->repeat == 1)
        return;
    if (job->runs < job->repeat)
        fprintf(out, ": %d of %d runs", job->runs, job->repeat);
    else
        fprintf(out, ": %d runs", job->runs);
    sw_report_counts(out, job->verdicts);
    if (job->distinct > 0)
        fprintf(out, ", %d%s distinct transcript%s", job->distinct,
                job->distinct == SW_JOB_DISTINCT_MAX ? " or more" : "",
                job->distinct > 1 ? "s" : "");
}

void sw_report_line(const struct sw_job *job)
{
    static const char *const words[SW_VERDICT_COUNT] = {"ok",     "FAIL",  "CRASH",
                                                        "UNSURE", "ERROR", "skip"};
    char name[SW_TRANSCRIPT_NAME_MAX];
    const char *schedule = name_of(job, name, sizeof name);

    /* A job without a run has no verdict: 0, which would read as "ok". */
    assert(job->runs > 0);
    printf("%-6s %-44s %s", words[job->verdict.kind], name, schedule);
    write_repeats(stdout, job);
    if (job->verdict.kind == SW_SKIPPED)
        printf(": %s", job->verdict.text);
    putchar('\n');
    if (job->story != NULL)
        printf("%s\n", job->story);
    fflush(stdout);
}

/* ---- TAP ---- */

void sw_report_tap_begin(int count)
{
    printf("TAP version 13\n1..%d\n", count);
    fflush(stdout);
}

/* "#" would begin a directive, such as SKIP. */
/* TAP 13: a backslash quotes both. */
static void write_tap_name(const char *name)
{
    for (const char *at = name; *at != '\0';) {
        size_t length = strcspn(at, "#\\");
        sw_utf8_write(stdout, at, length);
        at += length;
        if (*at != '\0')
            printf("\\%c", *at++);
    }
}

void sw_report_tap(const struct sw_job *job, int number)
{
    char name[SW_TRANSCRIPT_NAME_MAX];
    const char *schedule = name_of(job, name, sizeof name);

    assert(job->runs > 0);
    printf("%s %d - ", sw_judge_is_good(job->verdict.kind) ? "ok" : "not ok", number);
    write_tap_name(name);
    printf("%s%s", *schedule ? " " : "", schedule);
    write_repeats(stdout, job);
    if (job->verdict.kind == SW_SKIPPED)
        printf(" # SKIP %s", job->verdict.text);
    putchar('\n');
    /* Each line is a comment of its own, or a parser would take "ok" at a line's start for a
     * result. */
    for (const char *at = job->story; at != NULL && *at != '\0';) {
        int length = (int)strcspn(at, "\n");
        printf("# %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
    fflush(stdout);
}

void sw_report_tap_bail_out(const char *why)
{
    printf("Bail out! %s\n", why);
    fflush(stdout);
}

/* ---- JUnit ---- */

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
    const char *schedule = name_of(job, name, sizeof name),
               *element = is_error(job) ? "error" : "failure";

    fputs("  <testcase classname=\"", out);
    write_escaped(out, name);
    fputs("\" name=\"", out);
    /* A program has no schedule, and a case without a name is dropped by some readers. */
    write_escaped(out, *schedule ? schedule : name);
    write_repeats(out, job);
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
    fprintf(out, "</%s>\n  </testcase>\n", element);
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

int sw_report_junit(const char *path, const struct sw_job *jobs, int count)
{
    FILE *out = fopen(path, "we");

    if (out == NULL) {
        fprintf(stderr, "spillway: %s: %s\n", path, strerror(errno));
        return -1;
    }
    write_suite(out, jobs, count);
    /* A full disk shows at the latest when the last of the buffer goes out. */
    int failed = ferror(out);
    failed |= fclose(out) != 0;
    if (failed) {
        fprintf(stderr, "spillway: %s: could not be written\n", path);
        return -1;
    }
    return 0;
}
