/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#include "timeline_build.h"

struct kept {
    struct kept *next;
    char text[];
};

const char *sw_timeline_keep(struct sw_timeline *timeline, const char *text)
{
    size_t size = strlen(text) + 1;
    struct kept *kept = malloc(sizeof *kept + size);

    if (kept == NULL || timeline->texts == NULL) {
        free(kept);
        return NULL;
    }
    memcpy(kept->text, text, size);
    kept->next = timeline->texts->kept;
    timeline->texts->kept = kept;
    return kept->text;
}

static void free_texts(struct sw_timeline_texts *texts)
{
    for (struct kept *kept = texts->kept, *next; kept != NULL; kept = next) {
        next = kept->next;
        free(kept);
    }
    free(texts->log);
    free(texts->events);
    free(texts);
}

void sw_timeline_free(struct sw_timeline *timeline)
{
    if (timeline->texts != NULL)
        free_texts(timeline->texts);
    free(timeline->threads);
    free(timeline->tasklets);
    free(timeline->objects);
    free(timeline->entries);
    *timeline = (struct sw_timeline){0};
}

const char *sw_timeline_name(enum sw_timeline_kind kind)
{
    static const char *const names[] = {
#define NAME(id, name, text) name,
        SW_TIMELINE_KINDS(NAME)
#undef NAME
    };

    return (unsigned)kind < SW_TIMELINE_KIND_COUNT ? names[kind] : "unknown";
}

char *sw_timeline_thread(const struct sw_timeline *timeline, uint32_t thread, char buf[16])
{
    if (thread == 0 || thread > timeline->thread_count)
        strcpy(buf, "?");
    else
        snprintf(buf, 16, "T%u", timeline->threads[thread - 1].ordinal);
    return buf;
}

/* A report asks for a handful of lines, of a file or two: they are read each time.  Its length, or
 * -1. */
static ssize_t read_line(const char *file, uint32_t line, char **text)
{
    FILE *in = *file != '\0' && line > 0 ? fopen(file, "r") : NULL;
    size_t room = 0;
    ssize_t length = in != NULL ? 0 : -1;

    *text = NULL;
    for (uint32_t i = 0; in != NULL && i < line && length >= 0; i++)
        length = getline(text, &room, in);
    if (in != NULL)
        fclose(in);
    return length;
}

char *sw_timeline_segment(const struct sw_timeline_entry *entry, char *buf, size_t size)
{
    char *text;
    ssize_t length = read_line(entry->file, entry->line, &text);

    *buf = '\0';
    if (length > 0 && entry->column_end > entry->column && entry->column_end <= (size_t)length)
        snprintf(buf, size, "%.*s", (int)(entry->column_end - entry->column), text + entry->column);
    free(text);
    return buf;
}

char *sw_timeline_source(const char *file, uint32_t line, char *buf, size_t size)
{
    char *text;
    ssize_t length = read_line(file, line, &text);

    *buf = '\0';
    if (length > 0) {
        char *begin = text + strspn(text, " \t");
        size_t used = strlen(begin);
        while (used > 0 && strchr(" \t\r\n", begin[used - 1]) != NULL)
            used--;
        snprintf(buf, size, "%.*s", (int)used, begin);
    }
    free(text);
    return buf;
}
