/* SPDX-License-Identifier: MIT */
#include "tap.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "contract/utf8.h"
#include "report.h"

void sw_tap_begin(int count)
{
    printf("TAP version 13\n1..%d\n", count);
    fflush(stdout);
}

/* A "#" would begin a directive, such as SKIP.  TAP 13 quotes it, and a backslash, by another
 * backslash. */
static void write_name(const char *name)
{
    for (const char *at = name; *at != '\0';) {
        size_t length = strcspn(at, "#\\");
        sw_utf8_write(stdout, at, length);
        at += length;
        if (*at != '\0')
            printf("\\%c", *at++);
    }
}

void sw_tap_job(const struct sw_job *job, int number)
{
    char name[SW_TRANSCRIPT_NAME_MAX];
    const char *schedule = sw_report_name(job, name, sizeof name);

    assert(job->runs > 0);
    printf("%s %d - ", sw_judge_is_good(job->verdict.kind) ? "ok" : "not ok", number);
    write_name(name);
    printf("%s%s", *schedule ? " " : "", schedule);
    sw_report_repeats(stdout, job);
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

void sw_tap_bail_out(const char *why)
{
    printf("Bail out! %s\n", why);
    fflush(stdout);
}
