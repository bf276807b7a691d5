/* SPDX-License-Identifier: MIT */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/faults.h"
#include "contract/points.h"
#include "harness/runner/stack_symbols.h"
#include "transcript.h"
#include "contract/utf8.h"

/* How much of a run a story shows. Of what was printed about fifty lines, which is where a
 * traceback ends. Of a spec nearly always all: its runs have some dozens of events, and 400 before
 * the one that decided are more than anybody reads. A program has no moves to order its events by,
 * so that only what is about one operation long (24 events) before the end says anything. */
enum { OUTPUT_SHOWN = 4000, PROGRAM_EVENTS_SHOWN = 24, EVENTS_BEFORE = 400, EVENTS_AFTER = 100 };

/* ---- events ---- */

/* The repr of a value, once it is known: the transcript has its number only. */
static void write_value(FILE *out, const struct sw_event_shm *event_shm,
                        const struct sw_event *event)
{
    const char *text = sw_event_shm_text(event_shm, event->text),
               *note = sw_event_shm_text(event_shm, event->note);

    switch (event->kind) {
    case SW_EVENT_SEND:
    case SW_EVENT_DELIVER:
    case SW_EVENT_RECEIVED:
    case SW_EVENT_DISPLACED:
    case SW_EVENT_EXPLODES:
        if (*text != '\0')
            fprintf(out, "  (%s)", text);
        break;
    case SW_EVENT_LOST:
        fprintf(out, "  v%u (%s) sent by %s on %s: %s", event->value, text,
                sw_event_shm_text(event_shm, event->other),
                sw_event_shm_text(event_shm, event->object), note);
        break;
    case SW_EVENT_UNRAISABLE:
        fprintf(out, ": %s", note);
        break;
    case SW_EVENT_CONDITION:
    case SW_EVENT_WRONG:
    case SW_EVENT_DOUBLED:
    case SW_EVENT_MISPLACED:
    case SW_EVENT_PHANTOM:
    case SW_EVENT_DETONATED:
    case SW_EVENT_INVARIANT:
    case SW_EVENT_SETUP_RAISED:
        fprintf(out, "  %s%s%s", text, *text && *note ? ": " : "", note);
        break;
    default:
        break;
    }
}

static void write_event(FILE *out, const struct sw_event_shm *event_shm,
                        const struct sw_event *event, const struct sw_verdict *verdict)
{
    char line[SW_TRANSCRIPT_LINE_MAX];

    if (!sw_transcript_event(line, sizeof line, event_shm, event))
        return;
    /* The mark is as wide as the blank in its place, so that the columns behind it stay. */
    fprintf(out, "    %s%s", verdict->event == event->index + 1 ? ">>>  " : "     ", line);
    write_value(out, event_shm, event);
    fputc('\n', out);
}

/* The part of a long stream that is worth reading: from *start, before *end. */
static void choose_events(const struct sw_event_shm *event_shm, const struct sw_verdict *verdict,
                          uint32_t before, uint32_t after, uint32_t *start, uint32_t *end)
{
    /* Where no event decided, the end did: a run that was cut off is read from there backwards. */
    uint32_t center = verdict->event != 0 ? verdict->event : event_shm->event_count;

    *start = center > before ? center - before : 0;
    *end = event_shm->event_count - center > after ? center + after : event_shm->event_count;
}

static void write_left_out(FILE *out, uint32_t count)
{
    if (count > 0)
        fprintf(out, "         ... %u events are left out\n", count);
}

/* ---- moves ---- */

/* Which visits of which points there were in a move, "chan.send#2 eval.enter#3-7",
 * of those points that a directive can name. */
static void write_visits(FILE *out, const struct sw_event_shm *event_shm, uint32_t number)
{
    static const unsigned char may[] = {
#define POINT_FLAGS(id, name, flags, text) (flags) & ~SLP_NO_GIL,
        SLP_POINTS(POINT_FLAGS)
#undef POINT_FLAGS
    };
    /* The counts go through the whole schedule: what is new in a move is what lies between the end
     * of the one before and its own. */
    static const uint32_t none[SW_POINTS_MAX];
    const uint32_t *before = number > 1 ? event_shm->visits[number - 2] : none,
                   *after = event_shm->visits[number - 1];

    fputs("         points:", out);
    for (int i = 0; i < SLP_POINT_COUNT; i++) {
        if (may[i] == 0 || after[i] <= before[i])
            continue;
        fprintf(out, " %s#%u", sw_spec_point_name(i), before[i] + 1);
        if (after[i] > before[i] + 1)
            fprintf(out, "-%u", after[i]);
    }
    fputc('\n', out);
}

static void write_move(FILE *out, const struct sw_job *job, const struct sw_event_shm *event_shm,
                       const struct sw_job_options *options, uint32_t number)
{
    fputs("  ", out);
    sw_transcript_move(out, event_shm, job->spec, job->schedule, number);
    if (options->verbose)
        write_visits(out, event_shm, number);
}

static void write_moves(FILE *out, const struct sw_job *job, const struct sw_verdict *verdict,
                        const struct sw_event_shm *event_shm, const struct sw_job_options *options)
{
    uint32_t move = 0, start, end;

    choose_events(event_shm, verdict, EVENTS_BEFORE, EVENTS_AFTER, &start, &end);
    fprintf(out, "  the schedule, as it went:\n");
    for (uint32_t i = 0; i < event_shm->event_count; i++) {
        const struct sw_event *event = &event_shm->events[i];
        /* A move is written although its events are left out: the schedule is the story's backbone,
         * and a reader has to see how far it came. */
        if (event->kind == SW_EVENT_MOVE && move < (uint32_t)job->schedule->move_count)
            write_move(out, job, event_shm, options, ++move);
        if (i == start)
            write_left_out(out, start);
        if (i >= start && i < end)
            write_event(out, event_shm, event, verdict);
    }
    write_left_out(out, event_shm->event_count - end);
}

/* Of a program's events, those before the one that decided. */
static void write_last_events(FILE *out, const struct sw_verdict *verdict,
                              const struct sw_event_shm *event_shm)
{
    uint32_t start, end;

    choose_events(event_shm, verdict, PROGRAM_EVENTS_SHOWN, 0, &start, &end);
    if (end == 0)
        return;
    fprintf(out, "  the last of %u events before that:\n", end);
    for (uint32_t i = start; i < end; i++)
        write_event(out, event_shm, &event_shm->events[i], verdict);
}

/* ---- the rest ---- */

static void write_stack(FILE *out, const struct sw_verdict *verdict,
                        const struct sw_event_shm *event_shm)
{
    uint32_t stack = verdict->event != 0 ? event_shm->events[verdict->event - 1].stack : 0;

    if (stack == 0)
        return;
    fprintf(out, "  the C stack at that moment, innermost first:\n");
    sw_stack_symbols_print(out, event_shm, stack, "    ");
}

/* Line by line, each behind the indent. */
/* What a child printed may be anything, and is made printable here. */
static void write_lines(FILE *out, const char *indent, const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((stop != NULL ? stop : end) - text);
        fputs(indent, out);
        sw_utf8_write(out, text, length);
        fputc('\n', out);
        text += length + 1;
    }
}

static void write_output(FILE *out, const struct sw_spec_process *child)
{
    char text[OUTPUT_SHOWN];
    unsigned long total, size = sw_spec_process_output(child, text, sizeof text, &total);

    if (size == 0)
        return;
    if (size < total)
        fprintf(out, "  it printed %lu bytes, of which these are the last:\n", total);
    else
        fprintf(out, "  it printed:\n");
    write_lines(out, "    | ", text, size);
}

static void write_diff(FILE *out, const char *diff)
{
    if (diff == NULL)
        return;
    fprintf(out, "  expected -, was +:\n");
    write_lines(out, "    ", diff, strlen(diff));
}

/* An argument as a shell wants it. */
static void write_argument(FILE *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./,:=@%+";

    fputc(' ', out);
    /* Most arguments need no quotes, and the command is to be read as well as pasted. */
    if (*text != '\0' && text[strspn(text, plain)] == '\0') {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "'");
        sw_utf8_write(out, at, length);
        at += length;
        /* Between single quotes a shell reads nothing but their end, so that a quote is written
         * outside of them. */
        if (*at == '\'') {
            fputs("'\\''", out);
            at++;
        }
    }
    fputc('\'', out);
}

static void write_command(FILE *out, const struct sw_job *job, const struct sw_job_options *options)
{
    fprintf(out, "  again: spillway run");
    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        if (sw_fault_set_has(&job->faults, i))
            fprintf(out, " --fault %s", sw_fault_set_name(i));
    if (options->spill != NULL) {
        fputs(" --spill", out);
        write_argument(out, options->spill);
    }
    if (options->memcheck)
        fputs(" --valgrind", out);
    for (int i = 0; options->variables != NULL && options->variables[i] != NULL; i++) {
        fputs(" --env", out);
        write_argument(out, options->variables[i]);
    }
    if (options->interp_is_given) {
        fputs(" --interp", out);
        write_argument(out, options->interp);
    }
    if (job->spec != NULL) {
        fprintf(out, " --schedule %s", job->schedule->name);
        write_argument(out, job->spec->path);
    }
    for (int i = 0; job->spec == NULL && job->program[i] != NULL; i++) {
        /* The program is the first; what follows are its own arguments, which spillway must not
         * read. */
        if (i == 1)
            fputs(" --", out);
        write_argument(out, job->program[i]);
    }
    fputc('\n', out);
}

/* PATH:LINE: first, as a compiler has it: editors and CI find the place by that. */
static void write_verdict(FILE *out, const struct sw_job *job, const struct sw_verdict *verdict)
{
    fputs("  ", out);
    if (job->spec != NULL && verdict->line != 0)
        fprintf(out, "%s:%u: ", job->spec->path, verdict->line);
    fprintf(out, "%s (%s): ", sw_judge_name(verdict->kind), verdict->oracle);
    sw_utf8_write(out, verdict->text, strlen(verdict->text));
    fputc('\n', out);
}

char *sw_story_write(const struct sw_job *job, const struct sw_spec_process *child,
                     const struct sw_job_options *options, const char *diff)
{
    const struct sw_verdict *verdict = &job->verdict;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    if (verdict->kind != SW_AS_EXPECTED)
        write_verdict(out, job, verdict);
    if (job->spec != NULL)
        write_moves(out, job, verdict, child->event_shm, options);
    else
        write_last_events(out, verdict, child->event_shm);
    write_stack(out, verdict, child->event_shm);
    write_diff(out, diff);
    /* Nobody wants to read what a run printed that went well, with --verbose neither. */
    if (verdict->kind != SW_AS_EXPECTED)
        write_output(out, child);
    write_command(out, job, options);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
