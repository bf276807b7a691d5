/* SPDX-License-Identifier: MIT */
#include "explanation_beside.h"

#include <string.h>

enum { CELL_WIDTH = 46, CELL_MAX = 200 };

static const struct sw_timeline_entry *at(const struct sw_timeline *timeline, uint32_t number)
{
    return &timeline->entries[number - 1];
}

/* ---- the same operation ---- */

static const char *object_of(const struct sw_timeline *timeline,
                             const struct sw_timeline_entry *entry)
{
    return entry->object != 0 ? timeline->objects[entry->object - 1].name : "";
}

static int is_same(const struct sw_timeline *one, const struct sw_timeline_entry *entry,
                   const struct sw_timeline *two, const struct sw_timeline_entry *other)
{
    return entry->kind == other->kind && entry->thread == other->thread &&
           entry->line == other->line && strcmp(entry->file, other->file) == 0 &&
           strcmp(object_of(one, entry), object_of(two, other)) == 0;
}

/* The entry of passing that is that of failing; 0: there is none. */
static uint32_t find_same(const struct sw_timeline *failing, uint32_t number,
                          const struct sw_timeline *passing)
{
    const struct sw_timeline_entry *entry = at(failing, number);
    uint32_t before = 0;

    for (uint32_t i = 1; i < number; i++)
        before += (uint32_t)is_same(failing, entry, failing, at(failing, i));
    for (uint32_t i = 1; i <= passing->entry_count; i++)
        if (is_same(failing, entry, passing, at(passing, i)) && before-- == 0)
            return i;
    return 0;
}

/* ---- what is shown of each ---- */

struct rows {
    uint32_t numbers[SW_EXPLANATION_ROWS], count; /* ascending, each once */
};

static void add_row(struct rows *rows, uint32_t number)
{
    uint32_t i = rows->count;

    for (uint32_t k = 0; k < rows->count; k++)
        if (rows->numbers[k] == number)
            return;
    if (number == 0 || i == SW_EXPLANATION_ROWS)
        return;
    for (; i > 0 && rows->numbers[i - 1] > number; i--)
        rows->numbers[i] = rows->numbers[i - 1];
    rows->numbers[i] = number;
    rows->count++;
}

/* What is done to the object that it is about: in the other run somebody may have seen there what
 * makes it pass. */
static void add_accesses(struct rows *rows, const struct sw_timeline *timeline, const char *object)
{
    for (uint32_t i = 1; *object != '\0' && i <= timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = at(timeline, i);
        if ((entry->kind == SW_TIMELINE_READ || entry->kind == SW_TIMELINE_WRITE) &&
            strcmp(object_of(timeline, entry), object) == 0)
            add_row(rows, i);
    }
}

/* ---- one beside the other ---- */

/* "   12  T1 reads number: 3"; number 0: blanks.  has_right: another one stands beside it. */
static void print_cell(FILE *out, const struct sw_timeline *timeline, uint32_t number,
                       int has_right)
{
    char cell[CELL_MAX] = "", name[16];
    FILE *text = fmemopen(cell, sizeof cell, "w");

    if (text != NULL && number != 0) {
        const struct sw_timeline_entry *entry = at(timeline, number);
        fprintf(text, "%6llu  %s ", (unsigned long long)entry->step,
                sw_timeline_thread(timeline, entry->thread, name));
        sw_explanation_print_entry(text, timeline, entry);
    }
    if (text != NULL)
        fclose(text);
    cell[CELL_MAX - 1] = '\0';
    cell[strcspn(cell, "\n")] = '\0';
    if (has_right)
        fprintf(out, "%-*.*s", CELL_WIDTH, CELL_WIDTH - 1, cell);
    else
        fprintf(out, "%s\n", cell);
}

void sw_explanation_beside_print(FILE *out, const struct sw_explanation *explanation,
                                 const struct sw_timeline *failing,
                                 const struct sw_timeline *passing, const char *passes)
{
    struct rows fails = {.count = 0}, passed = {.count = 0};

    for (uint32_t i = 0; i < explanation->row_count; i++) {
        add_row(&fails, explanation->rows[i]);
        add_row(&passed, find_same(failing, explanation->rows[i], passing));
    }
    add_accesses(&fails, failing, explanation->object);
    add_accesses(&passed, passing, explanation->object);
    if (passed.count == 0) {
        fprintf(out, "beside it, %s, which passes: nothing of this is in it\n", passes);
        return;
    }
    fprintf(out, "beside it, %s, which passes:\n", passes);
    fprintf(out, "%-*s%s\n", CELL_WIDTH, "  step  fails", "  step  passes");
    for (uint32_t i = 0; i < fails.count || i < passed.count; i++) {
        print_cell(out, failing, i < fails.count ? fails.numbers[i] : 0, i < passed.count);
        if (i < passed.count)
            print_cell(out, passing, passed.numbers[i], 0);
    }
}
