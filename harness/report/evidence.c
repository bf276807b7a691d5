/* SPDX-License-Identifier: MIT */
#include "evidence.h"

#include <stdarg.h>
#include <string.h>

enum { BEFORE_MAX = 400 }; /* entries of one thread to look through for what it has read */

const struct sw_timeline_entry *sw_evidence_at(const struct sw_evidence *search, uint32_t number)
{
    return &search->timeline->entries[number - 1];
}

int sw_evidence_is_access(const struct sw_timeline_entry *entry)
{
    return entry->object != 0 &&
           (entry->kind == SW_TIMELINE_READ || entry->kind == SW_TIMELINE_WRITE);
}

int sw_evidence_is_write(const struct sw_timeline_entry *entry)
{
    return entry->kind == SW_TIMELINE_WRITE;
}

/* "dict['x']" and "dict['y']" are two things; "dict.pop" is about all of it. */
static int is_item(const struct sw_timeline_entry *entry)
{
    return strchr(entry->text, '[') != NULL;
}

int sw_evidence_may_meet(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b)
{
    return a->object == b->object && (!is_item(a) || !is_item(b) || strcmp(a->text, b->text) == 0);
}

int sw_evidence_is_same_thing(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b)
{
    int are_whole = !is_item(a) && !is_item(b); /* "dict.clear" and "dict.update" */

    return a->object == b->object && (are_whole || strcmp(a->text, b->text) == 0);
}

int sw_evidence_is_in_one_function(const struct sw_timeline_entry *a,
                                   const struct sw_timeline_entry *b)
{
    return a->thread == b->thread && strcmp(a->function, b->function) == 0 &&
           strcmp(a->file, b->file) == 0;
}

#define SW_IDENTIFIER "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."

static int is_builtin(const char *name)
{
    static const char *const names[] = {"list",        "dict",      "set",         "deque",
                                        "defaultdict", "bytearray", "OrderedDict", "Counter"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return 0;
}

/* A list is called "list" wherever it is; where it is in the program its line says: items.append(1)
 * or seen[3]. */
static void add_expression(const struct sw_timeline_entry *entry, char name[SW_EXPLANATION_NAME])
{
    char segment[120];
    size_t size = strlen(sw_timeline_segment(entry, segment, sizeof segment));
    const char *call = strchr(segment, '('), *item = strchr(segment, '[');

    if (item != NULL && (call == NULL || item < call))
        size = (size_t)(item - segment);
    else if (call != NULL)
        size = (size_t)(call - segment);
    segment[size] = '\0';
    /* Of a method the object stands before the last dot. */
    char *dot = strrchr(segment, '.');
    if (dot != NULL && call != NULL && (item == NULL || call < item))
        *dot = '\0';
    else if (dot == NULL && call != NULL && (item == NULL || call < item))
        return; /* len(x) */
    if (*segment == '\0' || segment[strspn(segment, SW_IDENTIFIER)] != '\0')
        return;
    size_t used = strlen(name);
    snprintf(name + used, SW_EXPLANATION_NAME - used, " %s", segment);
}

/* In a buffer of two, since a sentence may have two. */
const char *sw_evidence_name(const struct sw_evidence *search, uint32_t number)
{
    static char names[2][SW_EXPLANATION_NAME];
    static int turn;
    const struct sw_timeline_entry *entry = sw_evidence_at(search, number);
    char *name = names[turn = 1 - turn];

    snprintf(name, SW_EXPLANATION_NAME, "%s", search->timeline->objects[entry->object - 1].name);
    if (strchr(name, '.') == NULL && strncmp(entry->text, name, strlen(name)) == 0 &&
        (is_item(entry) || strchr(entry->text, '.') != NULL || is_builtin(name)))
        add_expression(entry, name);
    return name;
}

int sw_evidence_tell(struct sw_evidence *search, enum sw_explanation_kind kind, uint32_t first,
                     uint32_t second)
{
    const char *name = sw_evidence_name(search, first);

    /* Where the first does not say what it is in the program, the other one may. */
    if (strcmp(name, search->timeline->objects[sw_evidence_at(search, first)->object - 1].name) ==
            0 &&
        sw_evidence_at(search, second)->object == sw_evidence_at(search, first)->object)
        name = sw_evidence_name(search, second);
    sw_explanation_set(search->explanation, kind, name, first, second);
    return 1;
}

__attribute__((format(printf, 2, 3))) void sw_evidence_give_reason(struct sw_evidence *search,
                                                                   const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(search->explanation->reason, sizeof search->explanation->reason, format, arguments);
    va_end(arguments);
}

/* ---- reads and writes of one thing ---- */

/* A write of that thing by another thread in between; 0: none. */
uint32_t sw_evidence_find_write_between(const struct sw_evidence *search, uint32_t from,
                                        uint32_t to)
{
    const struct sw_timeline_entry *read = sw_evidence_at(search, from);

    for (uint32_t i = read->same_behind; i != 0 && i < to;
         i = sw_evidence_at(search, i)->same_behind)
        if (sw_evidence_is_write(sw_evidence_at(search, i)) &&
            sw_evidence_at(search, i)->thread != read->thread &&
            sw_evidence_may_meet(sw_evidence_at(search, i), read))
            return i;
    return 0;
}

/* The last read of that thing by the same thread before it, with no write of its own in between; 0:
 * none. */
uint32_t sw_evidence_find_read_before(const struct sw_evidence *search, uint32_t number)
{
    const struct sw_timeline_entry *entry = sw_evidence_at(search, number);

    for (uint32_t i = entry->same_before; i != 0; i = sw_evidence_at(search, i)->same_before) {
        const struct sw_timeline_entry *before = sw_evidence_at(search, i);
        if (before->thread != entry->thread || !sw_evidence_may_meet(before, entry))
            continue;
        if (before->kind == SW_TIMELINE_WRITE)
            return 0;
        if (before->kind == SW_TIMELINE_READ)
            return i;
    }
    return 0;
}

int sw_evidence_is_nothing(const char *value)
{
    return *value == '\0' || strcmp(value, "None") == 0 || strcmp(value, "False") == 0 ||
           strcmp(value, "True") == 0;
}

/* entry: any with that object. */
uint32_t sw_evidence_first_of(const struct sw_evidence *search, uint32_t entry)
{
    while (sw_evidence_at(search, entry)->same_before != 0)
        entry = sw_evidence_at(search, entry)->same_before;
    return entry;
}

uint32_t sw_evidence_next(const struct sw_timeline_entry *entry, int step)
{
    return step < 0 ? entry->same_before : entry->same_behind;
}

/* The last write of the object before that entry by another thread, or the first one behind it. */
uint32_t sw_evidence_find_write(const struct sw_evidence *search, uint32_t number, int step)
{
    const struct sw_timeline_entry *entry = sw_evidence_at(search, number);

    for (uint32_t i = sw_evidence_next(entry, step); i != 0;
         i = sw_evidence_next(sw_evidence_at(search, i), step))
        if (sw_evidence_is_write(sw_evidence_at(search, i)) &&
            sw_evidence_at(search, i)->thread != entry->thread)
            return i;
    return 0;
}

/* ---- what a thread has looked at before a place ---- */

static int is_in(const struct sw_evidence *search, const struct sw_evidence_reads *reads,
                 uint32_t object)
{
    for (uint32_t i = 0; i < reads->count; i++)
        if (sw_evidence_at(search, reads->list[i])->object == object)
            return 1;
    return 0;
}

/* Only what other threads write as well. */
static int is_shared(const struct sw_evidence *search, uint32_t object, uint32_t thread)
{
    uint32_t writer = search->timeline->objects[object - 1].writer;

    return writer != 0 && writer != thread;
}

void sw_evidence_find_reads(const struct sw_evidence *search, uint32_t number,
                            struct sw_evidence_reads *reads)
{
    uint32_t thread = sw_evidence_at(search, number)->thread, looked = 0;

    reads->count = 0;
    for (uint32_t i = number;
         i-- > 1 && reads->count < SW_EVIDENCE_READS_MAX && looked < BEFORE_MAX;) {
        const struct sw_timeline_entry *entry = sw_evidence_at(search, i);
        if (entry->thread != thread)
            continue;
        looked++;
        if (sw_evidence_is_access(entry) && !is_in(search, reads, entry->object) &&
            is_shared(search, entry->object, thread))
            reads->list[reads->count++] = i;
    }
}
