/* SPDX-License-Identifier: MIT */
#include "timeline_words.h"

static const char *object_of(const struct sw_timeline *timeline,
                             const struct sw_timeline_entry *entry)
{
    return entry->object != 0 ? timeline->objects[entry->object - 1].name : "";
}

static void write_values(const struct sw_timeline_entry *entry, char *buf, size_t size)
{
    if (*entry->before != '\0' && *entry->after != '\0')
        snprintf(buf, size, " (%s -> %s)", entry->before, entry->after);
    else if (*entry->before != '\0' || *entry->after != '\0')
        snprintf(buf, size, " (%s%s)", entry->before, entry->after);
    else
        *buf = '\0';
}

char *sw_timeline_words(const struct sw_timeline *timeline, const struct sw_timeline_entry *entry,
                        char *buf, size_t size)
{
    const char *object = object_of(timeline, entry);
    char values[200], other[16];

    write_values(entry, values, sizeof values);
    sw_timeline_thread(timeline, entry->other, other);
    switch (entry->kind) {
    case SW_TIMELINE_READ:
        snprintf(buf, size, "reads %s%s", object, values);
        break;
    case SW_TIMELINE_WRITE:
        snprintf(buf, size, "writes %s%s", object, values);
        break;
    case SW_TIMELINE_LOCK:
        snprintf(buf, size, "takes %s", object);
        break;
    case SW_TIMELINE_UNLOCK:
        snprintf(buf, size, "releases %s", object);
        break;
    case SW_TIMELINE_PREEMPT:
    case SW_TIMELINE_RUN:
    case SW_TIMELINE_EARLY:
        snprintf(buf, size, "%s, %s runs",
                 entry->kind == SW_TIMELINE_PREEMPT ? "is stopped" : "cannot go on", other);
        break;
    case SW_TIMELINE_CONTINUE:
        snprintf(buf, size, "goes on, where others would by default");
        break;
    case SW_TIMELINE_SPAWN:
        snprintf(buf, size, "makes %s", other);
        break;
    case SW_TIMELINE_BLOCK:
        snprintf(buf, size, "%s", entry->text);
        break;
    case SW_TIMELINE_ESCAPE:
        snprintf(buf, size, "ends with %s", entry->text);
        break;
    default:
        snprintf(buf, size, "%s%s%s", sw_timeline_name(entry->kind),
                 *entry->text != '\0' ? ": " : "", entry->text);
        break;
    }
    return buf;
}
