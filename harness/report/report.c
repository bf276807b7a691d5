/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "contract/exit.h"
#include "contract/utf8.h"

const char *sw_report_name(const struct sw_job *job, char *name, size_t size)
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

void sw_report_repeats(FILE *out, const struct sw_job *job)
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
    const char *schedule = sw_report_name(job, name, sizeof name);

    /* A job without a run has no verdict: 0, which would read as "ok". */
    assert(job->runs > 0);
    printf("%-6s %-44s %s", words[job->verdict.kind], name, schedule);
    sw_report_repeats(stdout, job);
    if (job->verdict.kind == SW_SKIPPED)
        printf(": %s", job->verdict.text);
    putchar('\n');
    if (job->story != NULL)
        printf("%s\n", job->story);
    fflush(stdout);
}
