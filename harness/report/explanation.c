/* SPDX-License-Identifier: MIT */
#include "explanation.h"

#include <stdarg.h>
#include <string.h>

#include "contract/library_frame.h"
#include "explanation_find.h"

static const struct sw_timeline_entry *at(const struct sw_timeline *timeline, uint32_t number)
{
    return &timeline->entries[number - 1];
}

const char *sw_explanation_name(enum sw_explanation_kind kind)
{
    static const char *const names[] = {
#define NAME(id, name) name,
        SW_EXPLANATION_KINDS(NAME)
#undef NAME
    };

    return names[kind];
}

/* ---- what it is made of ---- */

void sw_explanation_add(struct sw_explanation *explanation, uint32_t number)
{
    uint32_t i = explanation->row_count;

    for (uint32_t k = 0; k < explanation->row_count; k++)
        if (explanation->rows[k] == number)
            return;
    if (number == 0 || i == SW_EXPLANATION_ROWS)
        return;
    for (; i > 0 && explanation->rows[i - 1] > number; i--)
        explanation->rows[i] = explanation->rows[i - 1];
    explanation->rows[i] = number;
    explanation->row_count++;
}

void sw_explanation_set(struct sw_explanation *explanation, enum sw_explanation_kind kind,
                        const char *object, uint32_t first, uint32_t second)
{
    explanation->kind = kind;
    snprintf(explanation->object, sizeof explanation->object, "%s", object);
    explanation->pair[0] = first < second ? first : second;
    explanation->pair[1] = first < second ? second : first;
    sw_explanation_add(explanation, first);
    sw_explanation_add(explanation, second);
}

/* ---- the sentence ---- */

struct line {
    char *buf;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int size = vsnprintf(line->buf + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    if (size > 0)
        line->used =
            line->used + (size_t)size < line->size ? line->used + (size_t)size : line->size - 1;
}

/* "base.py:123 `self.receivers`" */
static void add_place(struct line *line, const struct sw_timeline_entry *entry)
{
    char source[100];

    add(line, "%s:%u", basename(entry->file), entry->line);
    if (*sw_timeline_source(entry->file, entry->line, source, sizeof source) != '\0')
        add(line, " `%s`", source);
}

/* A line of the program, and not of Python's library or the starter. */
static int is_told(const struct sw_timeline_entry *entry)
{
    return entry->line != 0 && *entry->file != '<' && !sw_library_frame_is_dull_file(entry->file);
}

/* Where the thread was last seen in the program, at that entry or before. */
static const struct sw_timeline_entry *find_place(const struct sw_timeline *timeline,
                                                  uint32_t thread, uint32_t number)
{
    for (uint32_t i = number; i > 0; i--)
        if (at(timeline, i)->thread == thread && is_told(at(timeline, i)))
            return at(timeline, i);
    return NULL;
}

static uint32_t count_deviations(const struct sw_timeline *timeline)
{
    uint32_t count = 0;

    for (uint32_t i = 1; i <= timeline->entry_count; i++)
        count += at(timeline, i)->deviates != 0;
    return count;
}

/* Does it stop a thread between two of the operations that matter, and another one comes in
 * between? */
static int is_between(const struct sw_explanation *explanation, const struct sw_timeline *timeline,
                      uint32_t number)
{
    uint32_t thread = at(timeline, number)->thread, before = 0, other = 0, behind = 0;

    for (uint32_t i = 0; i < explanation->row_count; i++) {
        uint32_t row = explanation->rows[i];
        int is_own = at(timeline, row)->thread == thread;
        before |= is_own && row < number;
        other |= !is_own && row > number;
        behind |= is_own && row > number && other;
    }
    return before && behind;
}

/* The one that stops a thread between two of the operations that matter; else the last one before
 * the second of the pair, in the program. */
static uint32_t find_deviation(const struct sw_explanation *explanation,
                               const struct sw_timeline *timeline)
{
    uint32_t end = explanation->pair[1] != 0 ? explanation->pair[1] : timeline->entry_count;
    uint32_t last = 0, any = 0;

    for (uint32_t i = timeline->entry_count; i > 0; i--) {
        const struct sw_timeline_entry *entry = at(timeline, i);
        if (!entry->deviates)
            continue;
        if (explanation->pair[1] != 0 && is_between(explanation, timeline, i))
            return i;
        any = i;
        if (last == 0 && i < end && is_told(entry))
            last = i;
    }
    return last != 0 ? last : any;
}

/* Has the thread done all that it does in the program by then? */
static int is_over(const struct sw_timeline *timeline, uint32_t thread, uint32_t number)
{
    for (uint32_t i = number; i <= timeline->entry_count; i++)
        if (at(timeline, i)->thread == thread && is_told(at(timeline, i)))
            return 0;
    return 1;
}

/* "Thread-2 (work)" runs work. */
static void add_body(struct line *line, const struct sw_timeline *timeline, uint32_t thread)
{
    const char *name = timeline->threads[thread - 1].name, *body = strchr(name, '(');

    if (body != NULL && body[strlen(body) - 1] == ')')
        add(line, " `%.*s`", (int)strlen(body) - 2, body + 1);
}

/* What the thread does from there on, until the one that was stopped goes on. */
static void add_until(struct line *line, const struct sw_timeline *timeline, uint32_t from,
                      uint32_t thread)
{
    const struct sw_timeline_entry *stopped = at(timeline, from), *last = NULL;
    char name[16];
    uint32_t i = from + 1;

    for (; i <= timeline->entry_count && at(timeline, i)->thread != stopped->thread; i++)
        if (at(timeline, i)->thread == thread && is_told(at(timeline, i)))
            last = at(timeline, i);
    add(line, ", and %s runs", sw_timeline_thread(timeline, thread, name));
    add_body(line, timeline, thread);
    if (last != NULL && is_over(timeline, thread, i))
        add(line, " to its end");
    else if (last != NULL) {
        add(line, " until ");
        add_place(line, last);
    }
}

static void add_deviation(struct line *line, const struct sw_explanation *explanation,
                          const struct sw_timeline *timeline, uint32_t number)
{
    const struct sw_timeline_entry *entry = at(timeline, number);
    const struct sw_timeline_entry *place = find_place(timeline, entry->thread, number);
    uint32_t runs = explanation->pair[1] != 0 && explanation->pair[1] > number &&
                            at(timeline, explanation->pair[1])->thread != entry->thread
                        ? at(timeline, explanation->pair[1])->thread
                        : entry->other;
    char name[16];

    if (entry->kind == SW_TIMELINE_DECIDE) {
        add(line, "%s at %s: %s", sw_timeline_thread(timeline, entry->thread, name), entry->place,
            entry->text);
        return;
    }
    add(line, "%s %s", sw_timeline_thread(timeline, entry->thread, name),
        entry->kind == SW_TIMELINE_PREEMPT ? "is stopped" : "gives way");
    if (place != NULL) {
        add(line, place == entry ? " at " : " behind ");
        add_place(line, place);
    }
    if (runs != 0)
        add_until(line, timeline, number, runs);
}

static void make_sentence(struct sw_explanation *explanation, const struct sw_timeline *timeline)
{
    struct line line = {explanation->sentence, sizeof explanation->sentence, 0};
    uint32_t count = count_deviations(timeline), number = find_deviation(explanation, timeline);

    if (count == 0) {
        add(&line, "the default schedule: nobody is stopped who could go on");
        return;
    }
    add(&line, "as by default, except");
    if (count > 1)
        add(&line, " for %u choices, %s", count,
            explanation->pair[1] != 0 && number != 0 && is_between(explanation, timeline, number)
                ? "of which this one comes in between"
                : "one of them");
    add(&line, ": ");
    add_deviation(&line, explanation, timeline, number != 0 ? number : 1);
}

/* ---- where it begins ---- */

static uint32_t find_last(const struct sw_timeline *timeline, enum sw_timeline_kind kind)
{
    for (uint32_t i = timeline->entry_count; i > 0; i--)
        if (at(timeline, i)->kind == kind)
            return i;
    return 0;
}

/* The first that leaves a thread's body, or the test: what comes behind it may be of its making. */
static uint32_t find_exception(const struct sw_timeline *timeline)
{
    for (uint32_t i = 1; i <= timeline->entry_count; i++)
        if (at(timeline, i)->kind == SW_TIMELINE_ESCAPE && at(timeline, i)->partner != 0)
            return at(timeline, i)->partner;
    return find_last(timeline, SW_TIMELINE_EXCEPTION);
}

/* What an oracle has found has its kind in its name. */
static void take_oracle(struct sw_explanation *explanation, const struct sw_timeline *timeline)
{
    static const struct {
        const char *word;
        enum sw_explanation_kind kind;
    } known[] = {{"value-lost", SW_EXPLANATION_LOST_VALUE},
                 {"value-wrong", SW_EXPLANATION_LOST_VALUE},
                 {"value-doubled", SW_EXPLANATION_DOUBLED_VALUE},
                 {"value-misplaced", SW_EXPLANATION_MISPLACED_VALUE},
                 {"exception-misplaced", SW_EXPLANATION_MISPLACED_EXCEPTION}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(timeline->end.text, known[i].word, strlen(known[i].word)) == 0) {
            explanation->kind = known[i].kind;
            snprintf(explanation->reason, sizeof explanation->reason, "%.900s", timeline->end.text);
        }
    explanation->failure = find_last(timeline, SW_TIMELINE_FAILURE);
}

/* At grain access who waits for a lock stands before it, and its wait is no entry: the end itself says
 * who waits for whom. */
static void take_cycle(struct sw_explanation *explanation, const struct sw_timeline *timeline)
{
    const char *first = strstr(timeline->end.text, ", held by ");

    if (first == NULL || strstr(first + 1, ", held by ") == NULL)
        return;
    explanation->kind = SW_EXPLANATION_DEADLOCK;
    snprintf(explanation->reason, sizeof explanation->reason, "%.900s", timeline->end.text);
}

void sw_explanation_make(struct sw_explanation *explanation, const struct sw_timeline *timeline)
{
    *explanation = (struct sw_explanation){.row_count = 0};
    if (timeline->end.kind == SW_ENDED_DEADLOCK) {
        explanation->failure = find_last(timeline, SW_TIMELINE_BLOCK);
        if (!sw_explanation_wait_find(explanation, timeline))
            take_cycle(explanation, timeline);
    } else if (timeline->end.kind == SW_ENDED_ORACLE) {
        take_oracle(explanation, timeline);
    } else {
        explanation->failure = find_exception(timeline);
        if (explanation->failure != 0 && timeline->has_accesses)
            sw_explanation_find_data(explanation, timeline, explanation->failure);
    }
    if (explanation->kind != SW_EXPLANATION_DEADLOCK || explanation->row_count == 0)
        sw_explanation_add(explanation, explanation->failure);
    make_sentence(explanation, timeline);
}

/* ---- the pair as a name ---- */

char *sw_explanation_pair(const struct sw_explanation *explanation,
                          const struct sw_timeline *timeline, char *buf, size_t size)
{
    char places[2][300];

    *buf = '\0';
    if (explanation->pair[0] == 0)
        return buf;
    for (int i = 0; i < 2; i++) {
        const struct sw_timeline_entry *entry = at(timeline, explanation->pair[i]);
        snprintf(places[i], sizeof places[i], "%.280s:%u", basename(entry->file), entry->line);
    }
    int swap = strcmp(places[0], places[1]) > 0;
    snprintf(buf, size, "%s %s", places[swap], places[1 - swap]);
    return buf;
}
