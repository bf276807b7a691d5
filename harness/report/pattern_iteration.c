/* SPDX-License-Identifier: MIT
 *
 * pattern_iteration.c - a thread goes over something that another thread changes meanwhile.
 */
#include <string.h>

#include "pattern.h"

static int says(const struct sw_timeline_entry *exception, const char *words)
{
    return strstr(exception->text, words) != NULL;
}

static int is_read(const struct sw_evidence *search, uint32_t number, uint32_t thread)
{
    const struct sw_timeline_entry *entry = sw_evidence_at(search, number);

    return entry->kind == SW_TIMELINE_READ && entry->thread == thread;
}

static int tell(struct sw_evidence *search, uint32_t start, uint32_t write, uint32_t end)
{
    sw_evidence_tell(search, SW_EXPLANATION_ITERATION, start, write);
    sw_explanation_add(search->explanation, end);
    sw_evidence_give_reason(search, "a thread goes over %s while another changes it",
                            sw_evidence_name(search, write));
    return 1;
}

/* ---- dicts and sets raise ---- */

/* The last write by another thread, of the object of that entry, before `end`. */
static uint32_t find_write_before(const struct sw_evidence *search, uint32_t entry, uint32_t end,
                                  uint32_t thread)
{
    uint32_t found_so_far = 0;

    for (uint32_t i = sw_evidence_first_of(search, entry); i != 0 && i < end;
         i = sw_evidence_at(search, i)->same_behind)
        if (sw_evidence_is_write(sw_evidence_at(search, i)) &&
            sw_evidence_at(search, i)->thread != thread)
            found_so_far = i;
    return found_so_far;
}

int sw_pattern_iteration_find_raised(struct sw_evidence *search, uint32_t exception)
{
    const struct sw_timeline_entry *raised = sw_evidence_at(search, exception);
    uint32_t read = 0, start = 0;

    if (!says(raised, "during iteration") && !says(raised, "list modified during sort"))
        return 0;
    for (uint32_t i = exception; i-- > 1 && read == 0;)
        if (sw_evidence_at(search, i)->thread == raised->thread &&
            sw_evidence_is_access(sw_evidence_at(search, i)))
            read = i;
    if (read == 0)
        return 0;
    /* The last write may stand behind the last look at it: the raising look is one more. */
    uint32_t write = find_write_before(search, read, exception, raised->thread);
    for (uint32_t i = write; i != 0 && start == 0; i = sw_evidence_at(search, i)->same_before)
        if (is_read(search, i, raised->thread))
            start = i;
    return start != 0 && tell(search, start, write, exception);
}

/* ---- lists do not ---- */

/* The columns of a loop's look at what it goes over are not always known; then neither has any. */
static int is_in_one_place(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b)
{
    return a->line == b->line && a->column == b->column && strcmp(a->file, b->file) == 0;
}

/* A loop and a comprehension look at the list again for each element; `while x in list` does, too,
 * and has no "for". */
static int is_loop(const struct sw_timeline_entry *read)
{
    char line[256];
    const char *source = sw_timeline_source(read->file, read->line, line, sizeof line);
    const char *at = strstr(source, "for ");

    return at != NULL &&
           (at == source || at[-1] == ' ' || at[-1] == '[' || at[-1] == '(' || at[-1] == '{');
}

/* What is added at the end is met by the loop in its turn.  Texts that were cut prove nothing. */
static int has_lost_some(const char *before, const char *after)
{
    size_t length = strlen(before);

    return length > 2 && before[0] == '[' && before[length - 1] == ']' && strlen(after) < length &&
           after[0] == '[' && after[strlen(after) - 1] == ']';
}

/* The write of another thread in between, if the reads of that thread around it are one loop's. */
static int is_shortened(const struct sw_evidence *search, uint32_t write, uint32_t *start)
{
    for (uint32_t i = sw_evidence_at(search, write)->same_before; i != 0;
         i = sw_evidence_at(search, i)->same_before) {
        const struct sw_timeline_entry *read = sw_evidence_at(search, i);
        if (!is_read(search, i, read->thread) ||
            read->thread == sw_evidence_at(search, write)->thread)
            continue;
        for (uint32_t k = sw_evidence_at(search, write)->same_behind; k != 0;
             k = sw_evidence_at(search, k)->same_behind) {
            if (!is_read(search, k, read->thread))
                continue;
            *start = i;
            return is_in_one_place(read, sw_evidence_at(search, k)) && is_loop(read) &&
                   has_lost_some(read->before, sw_evidence_at(search, k)->before);
        }
        return 0;
    }
    return 0;
}

int sw_pattern_iteration_find(struct sw_evidence *search, uint32_t end)
{
    uint32_t found_start = 0, found_write = 0;

    for (uint32_t write = 1; write < end; write++) {
        uint32_t start = 0;
        if (!sw_evidence_is_access(sw_evidence_at(search, write)) ||
            !sw_evidence_is_write(sw_evidence_at(search, write)) ||
            !is_shortened(search, write, &start))
            continue;
        if (found_write != 0 &&
            sw_evidence_at(search, found_write)->object != sw_evidence_at(search, write)->object)
            return 0;
        found_start = start;
        found_write = write;
    }
    return found_write != 0 && tell(search, found_start, found_write, end);
}
