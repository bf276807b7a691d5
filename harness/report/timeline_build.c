/* SPDX-License-Identifier: MIT */
#include "timeline_build.h"

#include <stdlib.h>
#include <string.h>

/* ---- tables ---- */

/* They grow by doubling.  NULL: no memory. */
static void *make_room(void *table, uint32_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return table;
    return realloc(table, (count == 0 ? 1 : 2 * (size_t)count) * size);
}

uint32_t sw_timeline_build_thread(struct sw_timeline *timeline, uint32_t ordinal)
{
    for (uint32_t i = 0; i < timeline->thread_count; i++)
        if (timeline->threads[i].ordinal == ordinal)
            return i + 1;
    void *more = make_room(timeline->threads, timeline->thread_count, sizeof *timeline->threads);
    if (more == NULL)
        return 0;
    timeline->threads = more;
    timeline->threads[timeline->thread_count] =
        (struct sw_timeline_thread){.ordinal = ordinal, .name = ""};
    return ++timeline->thread_count;
}

uint32_t sw_timeline_build_tasklet(struct sw_timeline *timeline, const char *name, uint32_t thread)
{
    for (uint32_t i = 0; i < timeline->tasklet_count; i++)
        if (strcmp(timeline->tasklets[i].name, name) == 0)
            return i + 1;
    void *more = make_room(timeline->tasklets, timeline->tasklet_count, sizeof *timeline->tasklets);
    if (more == NULL)
        return 0;
    timeline->tasklets = more;
    timeline->tasklets[timeline->tasklet_count] =
        (struct sw_timeline_tasklet){.name = name, .thread = thread};
    return ++timeline->tasklet_count;
}

static int is_object(const struct sw_timeline_object *object, enum sw_timeline_object_kind kind,
                     uint32_t ordinal, const char *name)
{
    if (object->kind != kind)
        return 0;
    /* Where a variable has gone, another may come to stand at its address: it has another name, in
     * general. */
    return (kind == SW_TIMELINE_CHANNEL || object->ordinal == ordinal) &&
           (kind == SW_TIMELINE_SYNC || strcmp(object->name, name) == 0);
}

uint32_t sw_timeline_build_object(struct sw_timeline *timeline, enum sw_timeline_object_kind kind,
                                  uint32_t ordinal, const char *name)
{
    uint32_t *recent = &timeline->texts->recent[kind][ordinal % SW_TIMELINE_RECENT];

    if (*recent != 0 && is_object(&timeline->objects[*recent - 1], kind, ordinal, name))
        return *recent;
    for (uint32_t i = 0; i < timeline->object_count; i++)
        if (is_object(&timeline->objects[i], kind, ordinal, name))
            return *recent = i + 1;
    void *more = make_room(timeline->objects, timeline->object_count, sizeof *timeline->objects);
    if (more == NULL)
        return 0;
    timeline->objects = more;
    timeline->objects[timeline->object_count] =
        (struct sw_timeline_object){.kind = kind, .ordinal = ordinal, .name = name};
    return ++timeline->object_count;
}

/* ---- partners ---- */

/* Per object and per thread, 1 + the index of an entry, or 0. */
struct last {
    uint32_t *unlock; /* of each object */
    uint32_t *block; /* of each thread */
    uint32_t *spawn; /* of each thread: who made it */
    uint32_t *end; /* of each thread */
    uint32_t *raised; /* of each thread */
};

static void pair(struct sw_timeline *timeline, uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0)
        return;
    timeline->entries[a - 1].partner = b;
    timeline->entries[b - 1].partner = a;
}

/* Its wait is over when the thread does anything else. */
static void end_wait(struct sw_timeline *timeline, struct last *last,
                     const struct sw_timeline_entry *entry, uint32_t number)
{
    uint32_t block = entry->thread != 0 ? last->block[entry->thread] : 0;

    if (block == 0 || (entry->kind != SW_TIMELINE_LOCK && entry->kind != SW_TIMELINE_TIMEOUT))
        return;
    timeline->entries[block - 1].partner = number;
    last->block[entry->thread] = 0;
}

static void take_entry(struct sw_timeline *timeline, struct last *last, uint32_t number)
{
    struct sw_timeline_entry *entry = &timeline->entries[number - 1];

    end_wait(timeline, last, entry, number);
    switch (entry->kind) {
    case SW_TIMELINE_UNLOCK:
        last->unlock[entry->object] = number;
        break;
    case SW_TIMELINE_LOCK:
        if (last->unlock[entry->object] != 0 &&
            timeline->entries[last->unlock[entry->object] - 1].thread != entry->thread)
            pair(timeline, number, last->unlock[entry->object]);
        last->unlock[entry->object] = 0;
        break;
    case SW_TIMELINE_BLOCK:
        last->block[entry->thread] = number;
        break;
    case SW_TIMELINE_WAKE:
        pair(timeline, number, last->block[entry->other]);
        break;
    case SW_TIMELINE_SPAWN:
        last->spawn[entry->other] = number;
        if (entry->other != 0)
            timeline->threads[entry->other - 1].maker = entry->thread;
        break;
    case SW_TIMELINE_BEGIN:
        pair(timeline, number, last->spawn[entry->thread]);
        if (entry->thread != 0 && *entry->text != '\0')
            timeline->threads[entry->thread - 1].name = entry->text;
        break;
    case SW_TIMELINE_END:
        last->end[entry->thread] = number;
        break;
    case SW_TIMELINE_JOIN:
        pair(timeline, number, last->end[entry->other]);
        break;
    case SW_TIMELINE_EXCEPTION:
        last->raised[entry->thread] = number;
        break;
    case SW_TIMELINE_ESCAPE:
        if (last->raised[entry->thread] != 0)
            entry->text = timeline->entries[last->raised[entry->thread] - 1].text;
        pair(timeline, number, last->raised[entry->thread]);
        break;
    default:
        break;
    }
}

/* A value goes from its send to the receive that has the same number. */
static int pair_values(struct sw_timeline *timeline)
{
    uint32_t *sends, most = 0;

    for (uint32_t i = 0; i < timeline->entry_count; i++)
        most = timeline->entries[i].value > most ? timeline->entries[i].value : most;
    sends = calloc((size_t)most + 1, sizeof *sends);
    for (uint32_t i = 0; sends != NULL && i < timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->value == 0)
            continue;
        if (entry->kind == SW_TIMELINE_SEND)
            sends[entry->value] = i + 1;
        else if (entry->kind == SW_TIMELINE_RECEIVE)
            pair(timeline, i + 1, sends[entry->value]);
    }
    free(sends);
    return sends != NULL ? 0 : -1;
}

static void note_who(uint32_t *who, uint32_t thread)
{
    if (*who == 0)
        *who = thread;
    else if (*who != thread)
        *who = SW_TIMELINE_SEVERAL;
}

/* last: room for one number an object, all 0. */
static void use_object(struct sw_timeline *timeline, uint32_t number, uint32_t *last)
{
    struct sw_timeline_entry *entry = &timeline->entries[number - 1];
    struct sw_timeline_object *object = &timeline->objects[entry->object - 1];

    object->uses++;
    entry->same_before = last[entry->object];
    if (entry->same_before != 0)
        timeline->entries[entry->same_before - 1].same_behind = number;
    last[entry->object] = number;
    if (entry->kind == SW_TIMELINE_READ || entry->kind == SW_TIMELINE_WRITE)
        note_who(&object->user, entry->thread);
    if (entry->kind == SW_TIMELINE_WRITE)
        note_who(&object->writer, entry->thread);
}

static void count_uses(struct sw_timeline *timeline, uint32_t *last)
{
    for (uint32_t i = 0; i < timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->object != 0)
            use_object(timeline, i + 1, last);
        if (entry->thread == 0)
            continue;
        struct sw_timeline_thread *thread = &timeline->threads[entry->thread - 1];
        thread->first = thread->first == 0 ? i + 1 : thread->first;
        thread->last = i + 1;
    }
}

/* ---- threads by their ordinals ---- */

static int by_ordinal(const void *a, const void *b)
{
    uint32_t x = ((const struct sw_timeline_thread *)a)->ordinal;
    uint32_t y = ((const struct sw_timeline_thread *)b)->ordinal;

    return (x > y) - (x < y);
}

static int sort_threads(struct sw_timeline *timeline)
{
    uint32_t *new = calloc((size_t)timeline->thread_count + 1, sizeof *new);
    struct sw_timeline_thread *sorted =
        malloc(((size_t)timeline->thread_count + 1) * sizeof *sorted);

    if (new != NULL && sorted != NULL && timeline->thread_count > 0) {
        memcpy(sorted, timeline->threads, timeline->thread_count * sizeof *sorted);
        qsort(sorted, timeline->thread_count, sizeof *sorted, by_ordinal);
        for (uint32_t i = 0; i < timeline->thread_count; i++)
            new[sw_timeline_build_thread(timeline, sorted[i].ordinal)] = i + 1;
        memcpy(timeline->threads, sorted, timeline->thread_count * sizeof *sorted);
        for (uint32_t i = 0; i < timeline->entry_count; i++) {
            struct sw_timeline_entry *entry = &timeline->entries[i];
            entry->thread = new[entry->thread];
            entry->other = new[entry->other];
        }
        for (uint32_t i = 0; i < timeline->tasklet_count; i++)
            timeline->tasklets[i].thread = new[timeline->tasklets[i].thread];
    }
    free(sorted);
    free(new);
    return new != NULL &&sorted != NULL ? 0 : -1;
}

int sw_timeline_build_finish(struct sw_timeline *timeline)
{
    struct last last = {0};
    int failed = sort_threads(timeline) < 0;
    size_t threads = (size_t)timeline->thread_count + 1;

    last.unlock = calloc((size_t)timeline->object_count + 1, sizeof *last.unlock);
    last.block = calloc(threads, sizeof *last.block);
    last.spawn = calloc(threads, sizeof *last.spawn);
    last.end = calloc(threads, sizeof *last.end);
    last.raised = calloc(threads, sizeof *last.raised);
    failed |= last.raised == NULL || last.unlock == NULL || last.block == NULL ||
              last.spawn == NULL || last.end == NULL;
    for (uint32_t i = 1; !failed && i <= timeline->entry_count; i++)
        take_entry(timeline, &last, i);
    if (!failed) {
        memset(last.unlock, 0, ((size_t)timeline->object_count + 1) * sizeof *last.unlock);
        count_uses(timeline, last.unlock);
    }
    free(last.unlock);
    free(last.block);
    free(last.spawn);
    free(last.end);
    free(last.raised);
    return failed || pair_values(timeline) < 0 ? -1 : 0;
}
