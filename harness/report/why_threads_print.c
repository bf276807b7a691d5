/* SPDX-License-Identifier: MIT */
#include <json-c/json.h>
#include <string.h>

#include "timeline_words.h"
#include "why_threads.h"

/* More nobody reads: the last are nearest to the failure. */
enum { FIRST = 10, LAST = 30 };

static void print_followed(FILE *out, const struct sw_why_threads *why, int last_first)
{
    const struct sw_timeline *timeline = why->timeline;
    char line[SW_END_LINE_MAX];
    int count = 0;

    fprintf(out, "%s\nfollowed: ", sw_run_end_format(&timeline->end, line, sizeof line));
    for (uint32_t i = 0; i < timeline->object_count; i++)
        if (why->is_followed[i])
            fprintf(out, "%s%s", count++ > 0 ? ", " : "", timeline->objects[i].name);
    fprintf(out, ", %s\n",
            last_first ? "from the failure back to the first use"
                       : "from its first use to the failure");
    if (*why->how != '\0')
        fprintf(out, "  (%s)\n", why->how);
    fputs(" hop    step  thread\n", out);
}

static void print_destroyed(FILE *out, const struct sw_why_threads *why, uint32_t i)
{
    const struct sw_why_threads_hop *hop = &why->hops[i];

    if (hop->destroyed_by != 0)
        fprintf(out, "                   *** destroyed by hop %u ***\n", hop->destroyed_by);
    if (hop->made_of != 0)
        fprintf(out, "                   made of what hop %u has read\n", hop->made_of);
}

static void print_hop(FILE *out, const struct sw_why_threads *why, uint32_t i)
{
    const struct sw_timeline_entry *entry = why->hops[i].entry;
    char thread[16], words[400], source[160];

    fprintf(out, "%4u  %6llu  %-5s%s", i + 1, (unsigned long long)entry->step,
            sw_timeline_thread(why->timeline, entry->thread, thread),
            sw_timeline_words(why->timeline, entry, words, sizeof words));
    if (why->hops[i].copies > 1)
        fprintf(out, "  (%u times)", why->hops[i].copies);
    fputc('\n', out);
    if (*entry->file != '\0')
        fprintf(out, "                   at %s:%u %s: %s\n", basename(entry->file), entry->line,
                entry->function,
                sw_timeline_source(entry->file, entry->line, source, sizeof source));
    print_destroyed(out, why, i);
}

static int is_left_out(const struct sw_why_threads *why, uint32_t i)
{
    return why->hop_count > FIRST + LAST && i >= FIRST && i < why->hop_count - LAST;
}

void sw_why_threads_print(FILE *out, const struct sw_why_threads *why, int last_first)
{
    print_followed(out, why, last_first);
    for (uint32_t k = 0; k < why->hop_count; k++) {
        uint32_t i = last_first ? why->hop_count - 1 - k : k;
        if (!is_left_out(why, i))
            print_hop(out, why, i);
        else if (i == FIRST)
            fprintf(out, "         ... %u hops are left out\n", why->hop_count - FIRST - LAST);
    }
    if (why->timeline->note[0] != '\0')
        fprintf(out, "%s\n", why->timeline->note);
}

/* ---- JSON ---- */

static void add_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, json_object_new_string(text));
}

static void add_number(json_object *object, const char *name, uint64_t number)
{
    json_object_object_add(object, name, json_object_new_uint64(number));
}

static json_object *hop_object(const struct sw_why_threads *why, uint32_t i)
{
    const struct sw_why_threads_hop *hop = &why->hops[i];
    const struct sw_timeline_entry *entry = hop->entry;
    json_object *object = json_object_new_object();
    char text[400], source[160];

    add_number(object, "hop", i + 1);
    add_number(object, "step", entry->step);
    add_text(object, "thread", sw_timeline_thread(why->timeline, entry->thread, text));
    add_text(object, "event", sw_timeline_name(entry->kind));
    add_text(object, "text", sw_timeline_words(why->timeline, entry, text, sizeof text));
    add_text(object, "file", entry->file);
    add_number(object, "line", entry->line);
    add_text(object, "function", entry->function);
    add_text(object, "source", sw_timeline_source(entry->file, entry->line, source, sizeof source));
    add_number(object, "copies", hop->copies);
    if (hop->destroyed_by != 0)
        add_number(object, "destroyed_by", hop->destroyed_by);
    if (hop->made_of != 0)
        add_number(object, "made_of", hop->made_of);
    return object;
}

void sw_why_threads_print_json(FILE *out, const struct sw_why_threads *why, int last_first)
{
    json_object *object = json_object_new_object(), *followed = json_object_new_array(),
                *hops = json_object_new_array();
    char line[SW_END_LINE_MAX];

    add_text(object, "failure", sw_run_end_format(&why->timeline->end, line, sizeof line));
    for (uint32_t i = 0; i < why->timeline->object_count; i++)
        if (why->is_followed[i])
            json_object_array_add(followed, json_object_new_string(why->timeline->objects[i].name));
    json_object_object_add(object, "followed", followed);
    add_text(object, "how", why->how);
    for (uint32_t k = 0; k < why->hop_count; k++)
        json_object_array_add(hops, hop_object(why, last_first ? why->hop_count - 1 - k : k));
    json_object_object_add(object, "hops", hops);
    add_text(object, "note", why->timeline->note);
    fprintf(out, "%s\n",
            json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
                                                       JSON_C_TO_STRING_SPACED |
                                                       JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}
