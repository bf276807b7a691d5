/* SPDX-License-Identifier: MIT
 *
 * timeline_take.c - from what a process has left in its control memory and its event memory, which
 * it may have scribbled on.
 */
#include <stdlib.h>
#include <string.h>

#include "contract/decision.h"
#include "timeline_build.h"

/* What an event of the agent's is, and which of its fields is the text. */
enum text_field { NO_TEXT, TEXT, NOTE, OTHER };

static const struct {
    unsigned char kind, text;
} events[SW_EVENT_COUNT] = {
    [SW_EVENT_SEND] = {SW_TIMELINE_SEND, TEXT},
    [SW_EVENT_DELIVER] = {SW_TIMELINE_DELIVER, OTHER},
    [SW_EVENT_RECEIVED] = {SW_TIMELINE_RECEIVE, TEXT},
    [SW_EVENT_SPILL] = {SW_TIMELINE_SPILL, TEXT},
    [SW_EVENT_UNSPILL] = {SW_TIMELINE_UNSPILL, NO_TEXT},
    [SW_EVENT_RELEASE] = {SW_TIMELINE_RELEASE, OTHER},
    [SW_EVENT_RELEASED] = {SW_TIMELINE_RELEASED, OTHER},
    [SW_EVENT_DEALLOC] = {SW_TIMELINE_DEALLOC, NO_TEXT},
    [SW_EVENT_COLLECT] = {SW_TIMELINE_GC, TEXT},
    [SW_EVENT_ENDS] = {SW_TIMELINE_EVENT, NO_TEXT},
    [SW_EVENT_LOST] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_WRONG] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_DOUBLED] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_MISPLACED] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_PHANTOM] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_DETONATED] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_INVARIANT] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_CONDITION] = {SW_TIMELINE_FAILURE, NOTE},
    [SW_EVENT_CRASH] = {SW_TIMELINE_FAILURE, NO_TEXT},
};

static const char *log_text(const struct sw_timeline *timeline, uint32_t offset)
{
    return offset < timeline->texts->log_size ? timeline->texts->log + offset : "";
}

static const char *event_text(const struct sw_timeline *timeline, uint32_t offset)
{
    return offset < timeline->texts->events_size ? timeline->texts->events + offset : "";
}

/* ---- an event of the agent's ---- */

static const char *text_of(const struct sw_timeline *timeline, const struct sw_event *event,
                           unsigned field)
{
    const char *text = event_text(timeline, field == TEXT    ? event->text
                                            : field == NOTE  ? event->note
                                            : field == OTHER ? event->other
                                                             : 0);

    return *text != '\0' ? text : sw_event_name(event->kind);
}

/* 0: no memory. */
static int add_event(struct sw_timeline *timeline, const struct sw_event *event,
                     struct sw_timeline_entry *entry)
{
    const char *who = event_text(timeline, event->who), *on = event_text(timeline, event->object);
    int is_known = event->kind < SW_EVENT_COUNT && events[event->kind].kind != 0;

    entry->kind = is_known ? (enum sw_timeline_kind)events[event->kind].kind : SW_TIMELINE_EVENT;
    entry->text =
        is_known ? text_of(timeline, event, events[event->kind].text) : sw_event_name(event->kind);
    entry->value = event->value;
    if (*who != '\0')
        entry->tasklet = sw_timeline_build_tasklet(timeline, who, entry->thread);
    if (*on != '\0')
        entry->object = sw_timeline_build_object(timeline, SW_TIMELINE_CHANNEL, 0, on);
    return (*who == '\0' || entry->tasklet != 0) && (*on == '\0' || entry->object != 0);
}

/* ---- an entry of the log ---- */

/* A lock's name is its kind and number, since nobody has given it another yet; if it has one. */
static uint32_t find_object(struct sw_timeline *timeline, const struct sw_explain_entry *logged)
{
    char name[32] = "";
    enum sw_timeline_object_kind kind = logged->object_kind;

    if (kind != SW_TIMELINE_SYNC && kind != SW_TIMELINE_VARIABLE)
        return 0;
    uint32_t before = timeline->object_count;
    uint32_t object =
        sw_timeline_build_object(timeline, kind, logged->object, log_text(timeline, logged->name));
    if (kind == SW_TIMELINE_SYNC && object > before) {
        if (logged->object < SW_EXPLAIN_UNNAMED)
            snprintf(name, sizeof name, "lock#%u", logged->object);
        else
            snprintf(name, sizeof name, "a lock");
        timeline->objects[object - 1].name = sw_timeline_keep(timeline, name);
        if (timeline->objects[object - 1].name == NULL)
            timeline->objects[object - 1].name = "";
    }
    return object;
}

static uint32_t find_thread(struct sw_timeline *timeline, uint32_t ordinal)
{
    return ordinal == SW_EXPLAIN_NOBODY ? 0 : sw_timeline_build_thread(timeline, ordinal);
}

static struct sw_timeline_entry entry_of(struct sw_timeline *timeline,
                                         const struct sw_explain_entry *logged)
{
    const char *text = log_text(timeline, logged->text);

    return (struct sw_timeline_entry){
        .step = logged->step > 0 ? logged->step - 1 : 0,
        .kind = logged->kind,
        .deviates = (logged->flags & SW_EXPLAIN_DEVIATES) != 0,
        .is_cold = (logged->flags & SW_EXPLAIN_COLD) != 0,
        .thread = find_thread(timeline, logged->thread),
        .other = find_thread(timeline, logged->other),
        .object = find_object(timeline, logged),
        .place = logged->place > 0 ? sw_decision_place(logged->place - 1u) : "",
        .file = log_text(timeline, logged->file),
        .function = log_text(timeline, logged->function),
        .line = logged->line,
        .column = logged->column,
        .column_end = logged->column_end,
        .text = text,
        .before = log_text(timeline, logged->before),
        .after = log_text(timeline, logged->after),
        .event = logged->event,
    };
}

/* What is damaged is left out, and counted. */
static int add_all(struct sw_timeline *timeline, const struct sw_explain_log *log,
                   const struct sw_event_shm *event_shm)
{
    uint32_t count = log->count <= SW_EXPLAIN_ENTRIES_MAX ? log->count : SW_EXPLAIN_ENTRIES_MAX;

    /* One more for the failure, which nobody has noted. */
    timeline->entries = calloc((size_t)count + 1, sizeof *timeline->entries);
    for (uint32_t i = 0; timeline->entries != NULL && i < count; i++) {
        const struct sw_explain_entry *logged = &log->entries[i];
        int is_event = logged->event != 0;
        if (logged->kind >= SW_TIMELINE_KIND_COUNT ||
            (is_event && (event_shm == NULL || logged->event > event_shm->event_count))) {
            timeline->lost++;
            continue;
        }
        struct sw_timeline_entry entry = entry_of(timeline, logged);
        if (is_event && !add_event(timeline, &event_shm->events[logged->event - 1], &entry))
            return -1;
        timeline->entries[timeline->entry_count++] = entry;
    }
    return timeline->entries != NULL ? 0 : -1;
}

/* ---- the end ---- */

/* Of the thread that did something last, where it stood then. */
static void add_failure(struct sw_timeline *timeline)
{
    char line[SW_END_LINE_MAX];
    const struct sw_timeline_entry *before =
        timeline->entry_count > 0 ? &timeline->entries[timeline->entry_count - 1] : NULL;

    if (!sw_run_end_is_failure(&timeline->end))
        return;
    const char *text =
        sw_timeline_keep(timeline, sw_run_end_format(&timeline->end, line, sizeof line));
    timeline->entries[timeline->entry_count++] = (struct sw_timeline_entry){
        .step = timeline->decision_count > 0 ? timeline->decision_count - 1 : 0,
        .kind = SW_TIMELINE_FAILURE,
        .thread = before != NULL ? before->thread : 0,
        .place = "",
        .file = "",
        .function = "",
        .text = text != NULL ? text : "",
        .before = "",
        .after = ""};
}

static int has_kind(const struct sw_timeline *timeline, enum sw_timeline_kind kind)
{
    for (uint32_t i = 0; i < timeline->entry_count; i++)
        if (timeline->entries[i].kind == kind)
            return 1;
    return 0;
}

/* ---- all ---- */

static char *copy(const char *text, size_t used, size_t size)
{
    size_t length = used < size ? used : size;
    char *block = malloc(length + 1);

    if (block != NULL) {
        memcpy(block, text, length);
        block[length] = '\0';
    }
    return block;
}

static int copy_texts(struct sw_timeline *timeline, const struct sw_explain_log *log,
                      const struct sw_event_shm *event_shm)
{
    struct sw_timeline_texts *texts = timeline->texts = calloc(1, sizeof *texts);

    if (texts == NULL)
        return -1;
    texts->log = copy(log->text, log->text_used, sizeof log->text);
    texts->log_size = texts->log != NULL ? (size_t)log->text_used + 1 : 0;
    if (log->text_used > sizeof log->text)
        texts->log_size = sizeof log->text + 1;
    if (event_shm != NULL) {
        texts->events = copy(event_shm->text, event_shm->text_used, sizeof event_shm->text);
        texts->events_size = texts->events != NULL ? (size_t)event_shm->text_used + 1 : 0;
        if (event_shm->text_used > sizeof event_shm->text)
            texts->events_size = sizeof event_shm->text + 1;
    }
    return texts->log != NULL && (event_shm == NULL || texts->events != NULL) ? 0 : -1;
}

int sw_timeline_take(struct sw_timeline *timeline, const struct sw_process *run, struct sw_error *e)
{
    const struct sw_explain_log *log = &run->shm->explain;
    const struct sw_event_shm *event_shm = run->spec.event_shm;

    *timeline = (struct sw_timeline){.decision_count = run->shm->decision_count,
                                     .hash = run->shm->hash,
                                     .lost = log->lost,
                                     .end = run->end};
    if (copy_texts(timeline, log, event_shm) < 0 || add_all(timeline, log, event_shm) < 0)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    add_failure(timeline);
    timeline->has_accesses =
        has_kind(timeline, SW_TIMELINE_READ) || has_kind(timeline, SW_TIMELINE_WRITE);
    if (sw_timeline_build_finish(timeline) < 0)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    return 0;
}
