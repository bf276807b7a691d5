/* SPDX-License-Identifier: MIT */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stack.h"
#include "transcript.h"

enum { OUTPUT_SHOWN = 4000, PROGRAM_EVENTS_SHOWN = 24 };

/* The repr of a value, once it is known: the transcript has its number only. */
static void write_value(FILE *out, const struct sw_wire *wire, const struct sw_event *event)
{
    const char *text = sw_wire_text(wire, event->text), *note = sw_wire_text(wire, event->note);

    switch (event->kind) {
    case SW_EVENT_SEND:
    case SW_EVENT_DELIVER:
    case SW_EVENT_RECEIVED:
    case SW_EVENT_EXPLODES:
        if (*text != '\0')
            fprintf(out, "  (%s)", text);
        break;
    case SW_EVENT_LOST:
        fprintf(out, "  v%u (%s) sent by %s on %s: %s", event->value, text,
                sw_wire_text(wire, event->other), sw_wire_text(wire, event->object), note);
        break;
    case SW_EVENT_UNRAISABLE:
        fprintf(out, ": %s", note);
        break;
    case SW_EVENT_CONDITION:
    case SW_EVENT_WRONG:
    case SW_EVENT_PHANTOM:
    case SW_EVENT_DETONATED:
    case SW_EVENT_SETUP_RAISED:
        fprintf(out, "  %s%s%s", text, *text && *note ? ": " : "", note);
        break;
    default:
        break;
    }
}

static void write_event(FILE *out, const struct sw_wire *wire, const struct sw_event *event,
                        const struct sw_verdict *verdict)
{
    char *line = NULL;
    size_t size = 0;
    FILE *buffer = open_memstream(&line, &size);

    if (buffer == NULL)
        return;
    int written = sw_transcript_event(buffer, wire, event);
    if (written > 0)
        write_value(buffer, wire, event);
    fclose(buffer);
    if (written > 0)
        fprintf(out, "    %s%s\n", verdict->event == event->index + 1 ? ">>>  " : "     ", line);
    free(line);
}

static void write_moves(FILE *out, const struct sw_job *job, const struct sw_wire *wire)
{
    uint32_t move = 0;

    fprintf(out, "  the schedule, as it went:\n");
    for (uint32_t i = 0; i < sw_judge_event_count(wire); i++) {
        const struct sw_event *event = &wire->events[i];
        if (event->kind == SW_EVENT_MOVE && move < (uint32_t)job->schedule->move_count) {
            fputs("  ", out);
            sw_transcript_move(out, wire, job->spec, job->schedule, ++move);
        }
        write_event(out, wire, event, &job->verdict);
    }
}

/* Of a program's events, those before the one that decided. */
static void write_last_events(FILE *out, const struct sw_job *job, const struct sw_wire *wire)
{
    uint32_t end = job->verdict.event != 0 ? job->verdict.event : sw_judge_event_count(wire);
    uint32_t start = end > PROGRAM_EVENTS_SHOWN ? end - PROGRAM_EVENTS_SHOWN : 0;

    if (end == 0)
        return;
    fprintf(out, "  the last of %u events before that:\n", end);
    for (uint32_t i = start; i < end && i < sw_judge_event_count(wire); i++)
        write_event(out, wire, &wire->events[i], &job->verdict);
}

static void write_stack(FILE *out, const struct sw_verdict *verdict, const struct sw_wire *wire)
{
    if (verdict->event == 0)
        return;
    uint32_t stack = wire->events[verdict->event - 1].stack;
    if (stack == 0)
        return;
    fprintf(out, "  the C stack at that moment, innermost first:\n");
    sw_stack_print(out, wire, stack, "    ");
}

static void write_output(FILE *out, const struct sw_child *child)
{
    char text[OUTPUT_SHOWN + 1];

    sw_child_output(child, text, sizeof text);
    if (text[0] == '\0')
        return;
    fprintf(out, "  it printed:\n");
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        fprintf(out, "    | %s\n", line);
}

static void write_diff(FILE *out, const char *diff)
{
    if (diff == NULL)
        return;
    fprintf(out, "  expected -, was +:\n");
    for (const char *at = diff; *at != '\0';) {
        int length = (int)strcspn(at, "\n");
        fprintf(out, "    %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
}

static void write_command(FILE *out, const struct sw_job *job, const struct sw_options *options)
{
    fprintf(out, "  again: spillway run");
    for (int i = 0; i < 64; i++)
        if (job->faults >> i & 1)
            fprintf(out, " --fault %s", sw_spec_fault_name(i));
    if (options->spill != NULL)
        fprintf(out, " --spill %s", options->spill);
    if (job->spec != NULL) {
        fprintf(out, " --schedule %s %s\n", job->schedule->name, job->spec->path);
        return;
    }
    fprintf(out, " %s", job->program[0]);
    for (int i = 1; job->program[i] != NULL; i++)
        fprintf(out, "%s %s", i == 1 ? " --" : "", job->program[i]);
    fputc('\n', out);
}

char *sw_story_write(const struct sw_job *job, const struct sw_child *child,
                     const struct sw_options *options, const char *diff)
{
    const struct sw_verdict *verdict = &job->verdict;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    if (verdict->kind != SW_AS_EXPECTED) {
        fputs("  ", out);
        if (job->spec != NULL && verdict->line != 0)
            fprintf(out, "%s:%u: ", job->spec->path, verdict->line);
        fprintf(out, "%s (%s): %s\n", sw_verdict_name(verdict->kind), verdict->oracle,
                verdict->text);
    }
    if (job->spec != NULL)
        write_moves(out, job, child->wire);
    else
        write_last_events(out, job, child->wire);
    write_stack(out, verdict, child->wire);
    write_diff(out, diff);
    if (verdict->kind != SW_AS_EXPECTED)
        write_output(out, child);
    write_command(out, job, options);
    fclose(out);
    return text;
}
