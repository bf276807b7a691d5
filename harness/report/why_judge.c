/* SPDX-License-Identifier: MIT */
#include "why_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/runner/oracle_events.h"
#include "transcript.h"

/* "  +         T0 waits": the line in which two transcripts part, and the move it is in. */
static void take_difference(const char *diff, struct sw_verdict *verdict)
{
    unsigned move = 0, number;
    char *copy = strdup(diff), *rest = NULL;

    for (char *line = copy != NULL ? strtok_r(copy, "\n", &rest) : NULL; line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (*line == '-' || *line == '+') {
            sw_judge_decide(verdict, SW_FAILED, "transcript", 0, 0, "%s: %s",
                            *line == '-' ? "missing" : "not expected",
                            line + 1 + strspn(line + 1, " "));
            verdict->move = move;
            break;
        }
        if (strspn(line, " ") < 6 && sscanf(line, "%u", &number) == 1)
            move = number;
    }
    free(copy);
}

/* A run in its spec's own order is to be as its transcript says. */
static void judge_transcript(const struct sw_spec_run *spec, struct sw_verdict *verdict)
{
    struct sw_expected expected = {0};
    struct sw_error e;
    char *section = NULL, *diff = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&section, &size);

    if (out == NULL)
        return;
    sw_transcript_write(out, spec->event_shm, spec->spec, spec->schedule);
    if (fclose(out) == 0 && sw_golden_load(spec->spec, &expected, &e) == 0 && !expected.stale &&
        sw_golden_compare(&expected, spec->schedule->name, section, &diff) < 0 && diff != NULL)
        take_difference(diff, verdict);
    free(diff);
    sw_golden_free(&expected);
    free(section);
}

static int moves_as_in_the_spec(const struct sw_sched *sched)
{
    for (uint32_t i = 0; i < sched->deviation_count; i++)
        if (sched->deviations[i].kind == SW_DECIDE_MOVE)
            return 0;
    return 1;
}

/* A verdict names what explains most; who asks why wants what came first. */
static void prefer_first(const struct sw_event_shm *event_shm, struct sw_verdict *verdict)
{
    char text[SW_ORACLE_EVENTS_TEXT_MAX];

    for (uint32_t i = 0; i + 1 < verdict->event; i++) {
        const struct sw_event *event = &event_shm->events[i];
        if (event->kind < SW_EVENT_LOST || event->kind > SW_EVENT_INVARIANT)
            continue;
        sw_judge_decide(verdict, SW_FAILED, sw_oracle_events_name(event_shm, event), 0, i + 1, "%s",
                        sw_oracle_events_describe(event_shm, event, text));
        verdict->move = event->move;
        return;
    }
}

void sw_why_judge(const struct sw_process *run, const struct sw_sched *sched,
                  struct sw_verdict *verdict)
{
    struct sw_spec_process child = {.event_shm = run->spec.event_shm, .end = run->end};

    sw_judge(&child, run->spec.spec, run->spec.schedule, verdict);
    prefer_first(run->spec.event_shm, verdict);
    if (run->spec.spec == NULL || verdict->event != 0 || !moves_as_in_the_spec(sched))
        return;
    if (verdict->kind == SW_AS_EXPECTED)
        judge_transcript(&run->spec, verdict);
    else if (verdict->move == 0)
        /* "move 3: ...": an outcome or a directive names its own. */
        sscanf(verdict->text, "move %u", &verdict->move);
}
