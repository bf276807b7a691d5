/* SPDX-License-Identifier: MIT */
#include "why_threads.h"

#include <stdlib.h>
#include <string.h>

#include "timeline_words.h"

static int is_access(const struct sw_timeline_entry *entry)
{
    return entry->kind == SW_TIMELINE_READ || entry->kind == SW_TIMELINE_WRITE;
}

/* ---- which objects ---- */

static int follow_name(struct sw_why_threads *why, const char *name)
{
    int found = 0;

    for (uint32_t i = 0; i < why->timeline->object_count; i++)
        if (strcmp(why->timeline->objects[i].name, name) == 0)
            found = why->is_followed[i] = 1;
    return found;
}

/* The waits that nothing has ended, of the locks that the engine names. */
static int follow_deadlock(struct sw_why_threads *why)
{
    const struct sw_timeline *timeline = why->timeline;
    int found = 0;

    if (timeline->end.kind != SW_ENDED_DEADLOCK)
        return 0;
    for (uint32_t i = 0; i < timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->kind != SW_TIMELINE_BLOCK || entry->partner != 0 || entry->object == 0)
            continue;
        const char *name = timeline->objects[entry->object - 1].name;
        const char *at = strstr(timeline->end.text, name);
        /* lock#1 is not lock#13. */
        if (at != NULL && (at[strlen(name)] < '0' || at[strlen(name)] > '9'))
            found = why->is_followed[entry->object - 1] = 1;
    }
    why->how = "the locks of the deadlock";
    return found;
}

/* Two threads have used it, and it was written; as far as that is seen, which inside of C code it
 * may not be. */
static int is_shared(const struct sw_timeline *timeline, uint32_t object, int must_be_written)
{
    uint32_t first = 0;
    int others = 0, writes = 0;

    for (uint32_t i = 0; i < timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->object != object || !is_access(entry))
            continue;
        first = first == 0 ? entry->thread : first;
        others |= entry->thread != first;
        writes |= entry->kind == SW_TIMELINE_WRITE;
    }
    return others && (writes || !must_be_written);
}

static const struct sw_timeline_entry *last_of_kind(const struct sw_timeline *timeline,
                                                    enum sw_timeline_kind kind)
{
    for (uint32_t i = timeline->entry_count; i-- > 0;)
        if (timeline->entries[i].kind == kind)
            return &timeline->entries[i];
    return NULL;
}

static int is_same_line(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b)
{
    return a->thread == b->thread && a->line == b->line && strcmp(a->file, b->file) == 0;
}

/* An exception that was caught, and of whose type the one that ended the test tells: "assert not
 * errors, errors" says "[<RuntimeError>]".  NULL: there is none. */
static const struct sw_timeline_entry *find_told(const struct sw_timeline *timeline,
                                                 const struct sw_timeline_entry *failed)
{
    const char *says = strchr(failed->text, ':');

    for (const struct sw_timeline_entry *at = failed; says != NULL && at-- > timeline->entries;) {
        char type[80];
        snprintf(type, sizeof type, "%.*s", (int)strcspn(at->text, ":"), at->text);
        if (at->kind == SW_TIMELINE_EXCEPTION && *type != '\0' && !is_same_line(at, failed) &&
            strstr(says, type) != NULL)
            return at;
    }
    return NULL;
}

static int follow_line_of(struct sw_why_threads *why, const struct sw_timeline_entry *failed,
                          int must_be_written)
{
    const struct sw_timeline *timeline = why->timeline;
    int found = 0;

    for (uint32_t i = 0; &timeline->entries[i] < failed; i++) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->kind == SW_TIMELINE_READ && entry->object != 0 && is_same_line(entry, failed) &&
            is_shared(timeline, entry->object, must_be_written))
            found = why->is_followed[entry->object - 1] = 1;
    }
    return found;
}

static int follow_line(struct sw_why_threads *why)
{
    const struct sw_timeline_entry *failed = last_of_kind(why->timeline, SW_TIMELINE_ESCAPE);

    if (failed == NULL)
        return 0;
    why->told = find_told(why->timeline, failed);
    why->how = "what the line has read that raised the exception of which the failure tells";
    if (why->told != NULL && follow_line_of(why, why->told, 0))
        return 1;
    why->told = NULL;
    why->how = "what the line that failed has read";
    return follow_line_of(why, failed, 1);
}

static int follow_shared(struct sw_why_threads *why)
{
    const struct sw_timeline *timeline = why->timeline;

    why->how = "the last that was written of what two threads have used; whether it matters is not "
               "known";
    for (uint32_t i = timeline->entry_count; i-- > 0;) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->kind == SW_TIMELINE_WRITE && entry->object != 0 &&
            is_shared(timeline, entry->object, 1))
            return why->is_followed[entry->object - 1] = 1;
    }
    return 0;
}

/* ---- hops ---- */

static int is_followed(const struct sw_why_threads *why, const struct sw_timeline_entry *entry)
{
    return entry->object != 0 && why->is_followed[entry->object - 1];
}

static int is_copy(const struct sw_why_threads *why, const struct sw_timeline_entry *entry)
{
    char now[400], before[400];

    if (why->hop_count == 0)
        return 0;
    const struct sw_timeline_entry *last = why->hops[why->hop_count - 1].entry;
    return last->thread == entry->thread && last->line == entry->line &&
           strcmp(last->file, entry->file) == 0 &&
           strcmp(sw_timeline_words(why->timeline, last, before, sizeof before),
                  sw_timeline_words(why->timeline, entry, now, sizeof now)) == 0;
}

/* It was stopped behind an access of its own, and nobody else has had one since. */
static int is_stopped_between(const struct sw_why_threads *why,
                              const struct sw_timeline_entry *entry)
{
    return entry->kind == SW_TIMELINE_PREEMPT && why->hop_count > 0 &&
           why->hops[why->hop_count - 1].entry->thread == entry->thread &&
           is_followed(why, why->hops[why->hop_count - 1].entry) &&
           why->hops[why->hop_count - 1].entry->kind != SW_TIMELINE_PREEMPT;
}

static int is_end(const struct sw_why_threads *why, const struct sw_timeline_entry *entry)
{
    return entry->kind == SW_TIMELINE_FAILURE || entry->kind == SW_TIMELINE_ESCAPE ||
           entry == why->told;
}

/* Behind the exception of which the failure tells the accesses explain nothing any more. */
static int is_hop(const struct sw_why_threads *why, const struct sw_timeline_entry *entry)
{
    if (is_end(why, entry))
        return 1;
    if (why->told != NULL && entry > why->told)
        return 0;
    if (entry->kind == SW_TIMELINE_PREEMPT || entry->kind == SW_TIMELINE_RUN)
        return is_stopped_between(why, entry);
    return is_followed(why, entry);
}

static void add_hops(struct sw_why_threads *why)
{
    for (uint32_t i = 0; i < why->timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = &why->timeline->entries[i];
        if (!is_hop(why, entry))
            continue;
        if (is_copy(why, entry))
            why->hops[why->hop_count - 1].copies++;
        else
            why->hops[why->hop_count++] = (struct sw_why_threads_hop){.entry = entry, .copies = 1};
    }
}

/* The thread's last access before that hop, if it read the object and did not write since. */
static uint32_t last_read(const struct sw_why_threads *why, uint32_t write)
{
    const struct sw_timeline_entry *by = why->hops[write].entry;

    for (uint32_t i = write; i-- > 0;) {
        const struct sw_timeline_entry *entry = why->hops[i].entry;
        if (entry->object == by->object && entry->thread == by->thread && is_access(entry))
            return entry->kind == SW_TIMELINE_READ ? i + 1 : 0;
    }
    return 0;
}

/* Between the read and the write of one thread another one writes: that is gone then.  The two are
 * of one line, as in x += 1; what is read on another line may have been read for something else. */
static void find_destroyed(struct sw_why_threads *why)
{
    for (uint32_t i = 0; i < why->hop_count; i++) {
        const struct sw_timeline_entry *write = why->hops[i].entry;
        uint32_t read = write->kind == SW_TIMELINE_WRITE ? last_read(why, i) : 0;
        if (read == 0 || why->hops[read - 1].entry->line != write->line)
            continue;
        for (uint32_t k = read; k < i; k++) {
            const struct sw_timeline_entry *other = why->hops[k].entry;
            if (other->kind != SW_TIMELINE_WRITE || other->object != write->object ||
                other->thread == write->thread)
                continue;
            why->hops[k].destroyed_by = i + 1;
            why->hops[i].made_of = read;
        }
    }
}

int sw_why_threads_find(struct sw_why_threads *why, const struct sw_timeline *timeline,
                        const char *name, struct sw_error *e)
{
    *why = (struct sw_why_threads){.timeline = timeline, .how = ""};
    why->is_followed = calloc(timeline->object_count + 1, 1);
    why->hops = calloc(timeline->entry_count + 1, sizeof *why->hops);
    if (why->is_followed == NULL || why->hops == NULL)
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    if (name != NULL && !follow_name(why, name))
        return sw_error_set(e, NULL, 0, 0, "--value: no variable or lock '%s' is in this run",
                            name);
    if (name == NULL && !follow_deadlock(why) && !follow_line(why) && !follow_shared(why))
        return 1;
    add_hops(why);
    find_destroyed(why);
    return 0;
}

void sw_why_threads_free(struct sw_why_threads *why)
{
    free(why->is_followed);
    free(why->hops);
    *why = (struct sw_why_threads){0};
}
