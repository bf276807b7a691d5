/* SPDX-License-Identifier: MIT */
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "contract/utf8.h"

/* The folder and the file, "value/prefers-nobody": enough to tell specs apart, and the same
 * wherever the tree has been checked out. */
void sw_transcript_spec_name(const char *path, char *buf, unsigned long size)
{
    char *real = realpath(path, NULL);
    const char *whole = real != NULL ? real : path;
    const char *start = whole + strlen(whole);

    /* Back to behind the second slash from the end. */
    for (int slashes = 0; start > whole; start--)
        if (start[-1] == '/' && ++slashes == 2)
            break;
    start += *start == '/';
    size_t length = strlen(start);
    if (length > 5 && strcmp(start + length - 5, ".spec") == 0)
        length -= 5;
    snprintf(buf, size, "%.*s", (int)length, start);
    sw_utf8_trim(buf);
    free(real);
}

/* ---- events ---- */

/* Returns the length that it would have, 0 for an event with no place. */
static int format_event(char *buf, size_t size, const struct sw_event_shm *event_shm,
                        const struct sw_event *event)
{
    const char *who = sw_event_shm_text(event_shm, event->who),
               *object = sw_event_shm_text(event_shm, event->object),
               *other = sw_event_shm_text(event_shm, event->other),
               *text = sw_event_shm_text(event_shm, event->text);
    unsigned value = event->value, count = event->count;

    switch (event->kind) {
    case SW_EVENT_ENDS:
        return snprintf(buf, size, "%-11s ends", who);
    case SW_EVENT_SEND:
        return snprintf(buf, size, "%-11s sends v%u on %s", who, value, object);
    case SW_EVENT_DELIVER:
        return snprintf(buf, size, "%-11s hands v%u to %s on %s", who, value, other, object);
    case SW_EVENT_RECEIVED:
        if (value == 0)
            return snprintf(buf, size, "%-11s receives something never sent from %s", who, object);
        return snprintf(buf, size, "%-11s receives v%u from %s", who, value, object);
    case SW_EVENT_DISPLACED:
        return snprintf(buf, size, "%-11s is thrown at, which displaces v%u of %s", who, value,
                        other);
    case SW_EVENT_EXPLODES:
        return snprintf(buf, size, "%-11s raises v%u from %s", who, value, object);
    case SW_EVENT_SPILL:
        return snprintf(buf, size, "%-11s spills at %s", who, text);
    case SW_EVENT_UNSPILL:
        return snprintf(buf, size, "%-11s has its stack back", who);
    /* Whether it is the last reference follows from the schedule; how many others there are (a
     * frame, a traceback) may differ between versions of the interpreter. */
    case SW_EVENT_RELEASE:
        return count == 0
                   ? 0
                   : snprintf(buf, size, "%-11s releases %s, the last reference", who, other);
    case SW_EVENT_DEALLOC:
        return snprintf(buf, size, "%-11s is deallocated", who);
    case SW_EVENT_COLLECT:
        return snprintf(buf, size, "%-11s collects garbage at %s", who, text);
    /* Threads have no name but their number; it takes the same eleven columns. */
    case SW_EVENT_WAIT:
        return snprintf(buf, size, "T%-10u waits for another thread", event->thread);
    case SW_EVENT_WAKE:
        return snprintf(buf, size, "%-11s wakes T%u for %s", who, count, other);
    case SW_EVENT_UNRAISABLE:
        return snprintf(buf, size, "%-11s cannot raise %s", who, text);
    case SW_EVENT_LOST:
    case SW_EVENT_WRONG:
    case SW_EVENT_DOUBLED:
    case SW_EVENT_MISPLACED:
    case SW_EVENT_PHANTOM:
    case SW_EVENT_DETONATED:
    case SW_EVENT_INVARIANT:
    case SW_EVENT_CONDITION:
    case SW_EVENT_SETUP_RAISED:
    case SW_EVENT_CRASH:
        return snprintf(buf, size, "%-11s *** %s ***", who, sw_event_name(event->kind));
    default:
        return 0;
    }
}

int sw_transcript_event(char *buf, unsigned long size, const struct sw_event_shm *event_shm,
                        const struct sw_event *event)
{
    buf[0] = '\0';
    int length = format_event(buf, size, event_shm, event);
    sw_utf8_trim(buf);
    return length > 0;
}

/* A spill that nobody asked for depends on how deep the machine's stack is. */
static int belongs(const struct sw_event *event)
{
    if (event->kind == SW_EVENT_SPILL || event->kind == SW_EVENT_UNSPILL)
        return event->value != 0;
    return 1;
}

/* ---- moves ---- */

static void write_directives(FILE *out, const struct sw_spec_move *move)
{
#define WORD(id, word, flag, why) word,
    static const char *const words[] = {SW_DIRECTIVES(WORD)};
#undef WORD

    for (int i = 0; i < move->directive_count; i++)
        fprintf(out, " %s %s#%u", words[move->directives[i].kind],
                sw_spec_point_name((int)move->directives[i].point), move->directives[i].nth);
}

void sw_transcript_move(FILE *out, const struct sw_event_shm *event_shm, const struct sw_spec *spec,
                        const struct sw_spec_schedule *schedule, uint32_t number)
{
    const struct sw_spec_move *move = &schedule->moves[number - 1];
    char state[300];
    int rests = 0;

    fprintf(out, "  %2u  %s", number, spec->steps[move->step].name);
    write_directives(out, move);
    for (uint32_t i = 0; i < event_shm->event_count; i++) {
        const struct sw_event *event = &event_shm->events[i];
        if (event->move != number || !sw_judge_is_rest(event->kind))
            continue;
        sw_judge_format_rest(event_shm, event, state, sizeof state);
        /* The first to come to rest is the step that was moved; what rests behind it in the same
         * move was woken by it. */
        if (rests++ == 0)
            fprintf(out, " : %s", state);
        else
            fprintf(out, ", wakes %s: %s", sw_event_shm_text(event_shm, event->who), state);
    }
    fputs(rests == 0 ? " : has not come to rest\n" : "\n", out);
}

void sw_transcript_write(FILE *out, const struct sw_event_shm *event_shm,
                         const struct sw_spec *spec, const struct sw_spec_schedule *schedule)
{
    uint32_t move = 0; /* they are numbered as in the spec, in whatever order they are made */

    fprintf(out, "schedule %s\n", schedule->name);
    for (uint32_t i = 0; i < event_shm->event_count; i++) {
        const struct sw_event *event = &event_shm->events[i];
        if (event->kind == SW_EVENT_MOVE && event->move >= 1 &&
            event->move <= (uint32_t)schedule->move_count)
            sw_transcript_move(out, event_shm, spec, schedule, move = event->move);
        /* Before the first move the setup runs, whose events are not the schedule's. */
        if (move == 0 || !belongs(event))
            continue;
        char line[SW_TRANSCRIPT_LINE_MAX];
        if (sw_transcript_event(line, sizeof line, event_shm, event))
            fprintf(out, "         %s\n", line);
        /* A spec whose step loops would fill the disk with an .out that nobody can review. */
        if (ftell(out) > SW_TRANSCRIPT_SECTION_MAX) {
            fputs("         ... and so on: too long for a transcript\n", out);
            return;
        }
    }
}
