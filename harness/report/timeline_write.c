/* SPDX-License-Identifier: MIT */
#include <json-c/json.h>

#include "timeline.h"

/* What is not known is left out. */
static void add_text(json_object *object, const char *name, const char *text)
{
    if (*text != '\0')
        json_object_object_add(object, name, json_object_new_string(text));
}

static void add_number(json_object *object, const char *name, uint64_t number)
{
    if (number != 0)
        json_object_object_add(object, name, json_object_new_uint64(number));
}

static void write_line(FILE *out, json_object *object)
{
    fprintf(out, "%s\n", json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

static json_object *begin(const char *what)
{
    json_object *object = json_object_new_object();

    add_text(object, "is", what);
    return object;
}

static void write_run(FILE *out, const struct sw_timeline *timeline)
{
    json_object *object = begin("run");
    char end[SW_END_LINE_MAX];

    add_number(object, "decisions", timeline->decision_count);
    add_text(object, "outcome", sw_run_end_format(&timeline->end, end, sizeof end));
    json_object_object_add(object, "same", json_object_new_boolean(timeline->is_same));
    json_object_object_add(object, "accesses", json_object_new_boolean(timeline->has_accesses));
    add_number(object, "lost", timeline->lost);
    add_text(object, "note", timeline->note);
    write_line(out, object);
}

static void add_thread(json_object *object, const struct sw_timeline *timeline, const char *name,
                       uint32_t thread)
{
    if (thread != 0)
        json_object_object_add(object, name,
                               json_object_new_int64(timeline->threads[thread - 1].ordinal));
}

static void write_tables(FILE *out, const struct sw_timeline *timeline)
{
    static const char *const kinds[] = {"", "lock", "variable", "channel"};

    for (uint32_t i = 0; i < timeline->thread_count; i++) {
        json_object *object = begin("thread");
        add_thread(object, timeline, "thread", i + 1);
        add_text(object, "name", timeline->threads[i].name);
        add_thread(object, timeline, "maker", timeline->threads[i].maker);
        write_line(out, object);
    }
    for (uint32_t i = 0; i < timeline->tasklet_count; i++) {
        json_object *object = begin("tasklet");
        add_text(object, "name", timeline->tasklets[i].name);
        add_thread(object, timeline, "thread", timeline->tasklets[i].thread);
        write_line(out, object);
    }
    for (uint32_t i = 0; i < timeline->object_count; i++) {
        json_object *object = begin("object");
        add_number(object, "number", i + 1);
        add_text(object, "kind", kinds[timeline->objects[i].kind]);
        add_text(object, "name", timeline->objects[i].name);
        add_number(object, "uses", timeline->objects[i].uses);
        write_line(out, object);
    }
}

static void write_entry(FILE *out, const struct sw_timeline *timeline, uint32_t i)
{
    const struct sw_timeline_entry *entry = &timeline->entries[i];
    json_object *object = begin("entry");

    json_object_object_add(object, "number", json_object_new_int64((int64_t)i + 1));
    json_object_object_add(object, "step", json_object_new_uint64(entry->step));
    add_text(object, "kind", sw_timeline_name(entry->kind));
    add_thread(object, timeline, "thread", entry->thread);
    if (entry->tasklet != 0)
        add_text(object, "tasklet", timeline->tasklets[entry->tasklet - 1].name);
    add_thread(object, timeline, "other", entry->other);
    if (entry->deviates)
        json_object_object_add(object, "deviates", json_object_new_boolean(1));
    if (entry->is_cold)
        json_object_object_add(object, "cold", json_object_new_boolean(1));
    add_number(object, "object", entry->object);
    add_number(object, "value", entry->value);
    add_text(object, "place", entry->place);
    add_text(object, "file", entry->file);
    add_number(object, "line", entry->line);
    add_text(object, "function", entry->function);
    add_text(object, "text", entry->text);
    add_text(object, "before", entry->before);
    add_text(object, "after", entry->after);
    add_number(object, "partner", entry->partner);
    write_line(out, object);
}

void sw_timeline_write(FILE *out, const struct sw_timeline *timeline)
{
    write_run(out, timeline);
    write_tables(out, timeline);
    for (uint32_t i = 0; i < timeline->entry_count; i++)
        write_entry(out, timeline, i);
}
