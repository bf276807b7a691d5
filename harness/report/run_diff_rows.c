/* SPDX-License-Identifier: MIT */
#include "run_diff_rows.h"

#include <stdlib.h>
#include <string.h>

#include "contract/library_frame.h"
#include "timeline_words.h"

/* An exception that leaves each of some threads, and the failure. */
enum { ENDS_MAX = 8 };

static int is_end(const struct sw_timeline_entry *entry)
{
    return entry->kind == SW_TIMELINE_FAILURE || entry->kind == SW_TIMELINE_ESCAPE;
}

/* Of a library's line nobody wants to know what it does. */
static int is_shown(const struct sw_timeline_entry *entry)
{
    return is_end(entry) || (*entry->file != '\0' && !sw_library_frame_is_dull_file(entry->file));
}

/* ---- rows ---- */

static int is_same_line(const struct sw_run_diff_row *row, const struct sw_timeline_entry *entry,
                        const char *thread)
{
    return row->line == entry->line && strcmp(row->file, entry->file) == 0 &&
           strcmp(row->function, entry->function) == 0 && strcmp(row->thread, thread) == 0;
}

/* What was said last of the row; its start. */
static char *last_done(struct sw_run_diff_row *row)
{
    char *last = row->done;

    for (char *at = row->done; (at = strstr(at, SW_RUN_DIFF_BETWEEN)) != NULL;)
        last = at += strlen(SW_RUN_DIFF_BETWEEN);
    return last;
}

/* A lock that is taken and given back on one line is the library's, or says nothing. */
static int takes_back(struct sw_run_diff_row *row, const char *done)
{
    char taken[SW_RUN_DIFF_TEXT], *last = last_done(row);

    if (strncmp(done, "releases ", 9) != 0)
        return 0;
    snprintf(taken, sizeof taken, "takes %s", done + 9);
    if (strcmp(last, taken) != 0)
        return 0;
    if (last > row->done)
        last -= strlen(SW_RUN_DIFF_BETWEEN);
    *last = '\0';
    return 1;
}

static void add_done(struct sw_run_diff_row *row, const char *done)
{
    size_t used = strlen(row->done);

    if (!takes_back(row, done))
        snprintf(row->done + used, sizeof row->done - used, "%s%s",
                 used > 0 ? SW_RUN_DIFF_BETWEEN : "", done);
}

static struct sw_run_diff_row *new_row(struct sw_run_diff_rows *rows,
                                       const struct sw_timeline_entry *entry, const char *thread)
{
    struct sw_run_diff_row *row = &rows->list[rows->count++];

    *row = (struct sw_run_diff_row){
        .step = entry->step, .file = entry->file, .function = entry->function, .line = entry->line};
    snprintf(row->thread, sizeof row->thread, "%s", thread);
    sw_timeline_source(entry->file, entry->line, row->source, sizeof row->source);
    return row;
}

int sw_run_diff_rows_make(struct sw_run_diff_rows *rows, const struct sw_timeline *timeline,
                          uint64_t from, uint64_t most)
{
    *rows = (struct sw_run_diff_rows){0};
    rows->list = calloc((size_t)most + ENDS_MAX, sizeof *rows->list);
    if (rows->list == NULL)
        return -1;
    for (uint32_t i = 0; i < timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        char thread[16], done[SW_RUN_DIFF_TEXT];
        if (entry->step < from || !is_shown(entry))
            continue;
        sw_timeline_thread(timeline, entry->thread, thread);
        struct sw_run_diff_row *row = rows->count > 0 ? &rows->list[rows->count - 1] : NULL;
        if (row == NULL || !is_same_line(row, entry, thread)) {
            /* How it ends is always told. */
            if (rows->count >= (is_end(entry) ? most + ENDS_MAX : most)) {
                rows->left_out++;
                continue;
            }
            row = new_row(rows, entry, thread);
        }
        sw_timeline_words(timeline, entry, done, sizeof done);
        add_done(row, done);
    }
    return 0;
}

void sw_run_diff_rows_free(struct sw_run_diff_rows *rows)
{
    free(rows->list);
    *rows = (struct sw_run_diff_rows){0};
}
