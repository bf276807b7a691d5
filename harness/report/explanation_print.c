/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "explanation.h"

enum { COLUMNS_MAX = 6, WIDTH = 28 };

/* Which threads have a column, in the order in which they come. */
struct columns {
    uint32_t threads[COLUMNS_MAX];
    uint32_t count;
};

static const struct sw_timeline_entry *at(const struct sw_timeline *timeline, uint32_t number)
{
    return &timeline->entries[number - 1];
}

static uint32_t column_of(struct columns *columns, uint32_t thread)
{
    for (uint32_t i = 0; i < columns->count; i++)
        if (columns->threads[i] == thread)
            return i;
    if (columns->count == COLUMNS_MAX)
        return COLUMNS_MAX - 1;
    columns->threads[columns->count] = thread;
    return columns->count++;
}

static void print_headings(FILE *out, const struct sw_timeline *timeline,
                           const struct columns *columns)
{
    char name[16];

    fprintf(out, "  step  ");
    for (uint32_t i = 0; i < columns->count; i++)
        fprintf(out, "%-*s", i + 1 < columns->count ? WIDTH : 0,
                sw_timeline_thread(timeline, columns->threads[i], name));
    fputc('\n', out);
}

void sw_explanation_print_entry(FILE *out, const struct sw_timeline *timeline,
                                const struct sw_timeline_entry *entry)
{
    const char *object = entry->object != 0 ? timeline->objects[entry->object - 1].name : "";
    const char *thing = *entry->text != '\0' ? entry->text : object;

    switch (entry->kind) {
    case SW_TIMELINE_READ:
        fprintf(out, "reads %s%s%s", thing, *entry->before != '\0' ? ": " : "", entry->before);
        break;
    case SW_TIMELINE_WRITE:
        fprintf(out, "%s %s%s%s%s%s", strcmp(entry->after, "deleted") == 0 ? "deletes" : "writes",
                thing, *entry->before != '\0' || *entry->after != '\0' ? ": " : "", entry->before,
                *entry->after != '\0' ? " -> " : "", entry->after);
        break;
    case SW_TIMELINE_LOCK:
        fprintf(out, "takes %s", object);
        break;
    case SW_TIMELINE_UNLOCK:
        fprintf(out, "releases %s", object);
        break;
    case SW_TIMELINE_EXCEPTION:
        fprintf(out, "raises %s", entry->text);
        break;
    case SW_TIMELINE_WAIT:
    case SW_TIMELINE_NOTIFY:
        fprintf(out, "calls %s", entry->text);
        break;
    case SW_TIMELINE_FAILURE:
    case SW_TIMELINE_BLOCK:
        fprintf(out, "%s", entry->text);
        break;
    default:
        fprintf(out, "%s %s", sw_timeline_name(entry->kind), thing);
    }
}

static void print_row(FILE *out, const struct sw_explanation *explanation,
                      const struct sw_timeline *timeline, uint32_t number, uint32_t column)
{
    const struct sw_timeline_entry *entry = at(timeline, number);
    int is_pair = explanation->pair[0] == number || explanation->pair[1] == number;
    int indent = (int)column * WIDTH;
    char source[100];

    fprintf(out, "%6llu  %*s%s ", (unsigned long long)entry->step, indent, "", is_pair ? "*" : " ");
    sw_explanation_print_entry(out, timeline, entry);
    if (entry->line != 0) {
        sw_timeline_source(entry->file, entry->line, source, sizeof source);
        fprintf(out, "\n        %*s    %s:%u  %s", indent, "", basename(entry->file), entry->line,
                source);
    }
    fputc('\n', out);
}

static int is_told(const struct sw_timeline_entry *entry)
{
    return entry->kind == SW_TIMELINE_READ || entry->kind == SW_TIMELINE_WRITE ||
           entry->kind == SW_TIMELINE_EXCEPTION || entry->kind == SW_TIMELINE_WAIT ||
           entry->kind == SW_TIMELINE_NOTIFY || entry->kind == SW_TIMELINE_BLOCK;
}

/* What is accessed by one thread only says nothing. */
static int is_shared(const struct sw_timeline *timeline, uint32_t number)
{
    const struct sw_timeline_entry *entry = at(timeline, number);

    if (entry->kind != SW_TIMELINE_READ && entry->kind != SW_TIMELINE_WRITE)
        return 1;
    const struct sw_timeline_object *object = &timeline->objects[entry->object - 1];
    return object->user == SW_TIMELINE_SEVERAL && object->writer != 0;
}

static void print_rows(FILE *out, const struct sw_explanation *explanation,
                       const struct sw_timeline *timeline)
{
    struct columns columns = {.count = 0};

    for (uint32_t i = 0; i < explanation->row_count; i++)
        column_of(&columns, at(timeline, explanation->rows[i])->thread);
    if (explanation->row_count > 0)
        print_headings(out, timeline, &columns);
    for (uint32_t i = 0; i < explanation->row_count; i++)
        print_row(out, explanation, timeline, explanation->rows[i],
                  column_of(&columns, at(timeline, explanation->rows[i])->thread));
}

static void print_all(FILE *out, const struct sw_explanation *explanation,
                      const struct sw_timeline *timeline)
{
    struct columns columns = {.count = 0};

    for (uint32_t i = 1; i <= timeline->thread_count; i++)
        column_of(&columns, i);
    print_headings(out, timeline, &columns);
    for (uint32_t i = 1; i <= timeline->entry_count; i++)
        if (is_told(at(timeline, i)) && is_shared(timeline, i))
            print_row(out, explanation, timeline, i, column_of(&columns, at(timeline, i)->thread));
}

/* Does that exception leave the body of its thread? */
static int escapes(const struct sw_timeline *timeline, uint32_t exception)
{
    for (uint32_t i = exception; i <= timeline->entry_count; i++)
        if (at(timeline, i)->kind == SW_TIMELINE_ESCAPE && at(timeline, i)->partner == exception)
            return 1;
    return 0;
}

/* What ends a thread is no failing test by itself: who reads "failed" looks for it in the test. */
static void print_thread(FILE *out, const struct sw_explanation *explanation,
                         const struct sw_timeline *timeline)
{
    const struct sw_timeline_entry *failure =
        explanation->failure != 0 ? at(timeline, explanation->failure) : NULL;
    const struct sw_timeline_thread *thread =
        failure != NULL && failure->thread != 0 ? &timeline->threads[failure->thread - 1] : NULL;
    char name[16];

    if (thread == NULL || failure->kind != SW_TIMELINE_EXCEPTION || thread->ordinal == 0 ||
        !escapes(timeline, explanation->failure))
        return;
    fprintf(out, "thread: %s%s%s%s ends with an exception, %s\n",
            sw_timeline_thread(timeline, failure->thread, name), *thread->name != '\0' ? " (" : "",
            thread->name, *thread->name != '\0' ? ")" : "", failure->text);
}

/* Where a test is at fault warm, too, a thread may be stopped elsewhere; who wants to see this one
 * again in a process that has run for long waits in vain. */
static void print_cold(FILE *out, const struct sw_timeline *timeline)
{
    const struct sw_timeline_entry *first = NULL;
    uint32_t count = 0;

    for (uint32_t i = timeline->entry_count; i > 0; i--)
        if (at(timeline, i)->is_cold) {
            first = at(timeline, i);
            count++;
        }
    if (first == NULL)
        return;
    fprintf(out,
            "cold: only cold code has the preemption point of step %llu, behind a call in %s:%u",
            (unsigned long long)first->step, basename(first->file), first->line);
    if (count > 1)
        fprintf(out, ", and those of %u more choices", count - 1);
    fputs("; where CPython has specialised the call it does not look whether to switch\n", out);
}

static int deviates(const struct sw_timeline *timeline)
{
    for (uint32_t i = 1; i <= timeline->entry_count; i++)
        if (at(timeline, i)->deviates)
            return 1;
    return 0;
}

void sw_explanation_print(FILE *out, const struct sw_explanation *explanation,
                          const struct sw_timeline *timeline, enum sw_explanation_how how)
{
    fprintf(out, "kind: %s%s%s\n", sw_explanation_name(explanation->kind),
            *explanation->object != '\0' ? ", of " : "", explanation->object);
    print_thread(out, explanation, timeline);
    fprintf(out, "schedule: %s\n", explanation->sentence);
    if (*explanation->reason != '\0')
        fprintf(out, "because: %s\n", explanation->reason);
    print_cold(out, timeline);
    if (*timeline->note != '\0')
        fprintf(out, "note: %s\n", timeline->note);
    else if (!timeline->has_accesses &&
             (how == SW_EXPLANATION_FULL ||
              (explanation->kind == SW_EXPLANATION_NOT_KNOWN && timeline->thread_count > 1)))
        fprintf(out, "note: reads and writes are not seen here: that takes a test, FILE.py::NAME, "
                     "on CPython 3.11\n");
    if (explanation->kind == SW_EXPLANATION_NOT_KNOWN && deviates(timeline))
        fputs("next: spillway minimise tells which two operations must not meet\n", out);
    if (how == SW_EXPLANATION_FULL)
        print_all(out, explanation, timeline);
    else
        print_rows(out, explanation, timeline);
}
