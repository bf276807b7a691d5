/* SPDX-License-Identifier: MIT */
#include "run_diff.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "contract/decision_kind.h"
#include "contract/exit.h"
#include "harness/runner/interrupt.h"
#include "contract/utf8.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/sched_trust.h"
#include "harness/formats/sched/schedz.h"
#include "replay.h"
#include "run_diff_rows.h"

/* Two columns on a terminal of 100, with what stands between them. */
enum { COLUMN = 48 };

struct side {
    const char *path;
    struct sw_sched *sched;
    struct sw_timeline timeline;
    const struct sw_deviation *deviation; /* at the step where they part; NULL: the default */
    struct sw_run_diff_rows rows;
};

static const char *const letters[] = {"A", "B"};

/* ---- the schedules ---- */

static int load(struct side *side, const char *path, struct sw_error *e)
{
    side->path = path;
    if (sw_schedz_is_archive(path))
        return sw_error_set(e, path, 0, 0,
                            "it is an archive: 'spillway convert' takes one schedule out of it");
    return sw_sched_load(path, &side->sched, e) < 0 || sw_sched_paths(path, side->sched, e) < 0 ? -1
                                                                                                : 0;
}

static int is_same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* Decisions of two programs have nothing to do with each other. */
static int check_program(const struct side sides[2], struct sw_error *e)
{
    const struct sw_sched *a = sides[0].sched, *b = sides[1].sched;
    int same = is_same_text(a->program, b->program) && is_same_text(a->input, b->input) &&
               a->arg_count == b->arg_count;

    for (int i = 0; same && i < a->arg_count; i++)
        same = strcmp(a->args[i], b->args[i]) == 0;
    return same ? 0
                : sw_error_set(e, sides[1].path, 0, 0,
                               "it is of another program, or has other arguments, than %s",
                               sides[0].path);
}

static int is_same_deviation(const struct sw_sched *a, const struct sw_deviation *x,
                             const struct sw_sched *b, const struct sw_deviation *y)
{
    return x->index == y->index && x->kind == y->kind && x->place == y->place &&
           x->thread == y->thread && x->choice == y->choice && x->count == y->count &&
           memcmp(a->pool + x->first, b->pool + y->first, x->count * sizeof *a->pool) == 0;
}

/* Both lists have all that is not the default, in ascending order.  1: they part at *step; 0: the
 * lists are equal. */
static int find_parting(struct side sides[2], uint64_t *step)
{
    const struct sw_sched *a = sides[0].sched, *b = sides[1].sched;
    uint32_t i = 0;

    while (i < a->deviation_count && i < b->deviation_count &&
           is_same_deviation(a, &a->deviations[i], b, &b->deviations[i]))
        i++;
    const struct sw_deviation *x = i < a->deviation_count ? &a->deviations[i] : NULL,
                              *y = i < b->deviation_count ? &b->deviations[i] : NULL;
    if (x == NULL && y == NULL)
        return 0;
    *step = x == NULL || (y != NULL && y->index < x->index) ? y->index : x->index;
    sides[0].deviation = x != NULL && x->index == *step ? x : NULL;
    sides[1].deviation = y != NULL && y->index == *step ? y : NULL;
    return 1;
}

/* ---- printing ---- */

static void print_answer(FILE *out, const struct side sides[2], int i)
{
    const struct sw_deviation *deviation = sides[i].deviation;
    char choice[SW_DECISION_TEXT];

    if (deviation == NULL) {
        fprintf(out, "  %s answers the default\n", letters[i]);
        return;
    }
    fprintf(out, "  %s answers: %s %s\n", letters[i], sw_decision_verb(deviation->kind),
            sw_decision_format(deviation->kind, deviation->choice, choice, sizeof choice));
}

static void print_head(FILE *out, const struct side sides[2])
{
    for (int i = 0; i < 2; i++)
        fprintf(out, "%s: %s: %s; %llu decisions\n", letters[i], sides[i].path,
                sides[i].sched->outcome, (unsigned long long)sides[i].sched->decision_count);
}

static void print_parting(FILE *out, const struct side sides[2], uint64_t step)
{
    const struct side *side = sides[0].deviation != NULL ? &sides[0] : &sides[1];
    const struct sw_deviation *asked = side->deviation;
    char candidates[256];

    fprintf(out, "they part at step %llu, where T%u at %s has to %s one of %s\n",
            (unsigned long long)step, asked->thread, sw_decision_place(asked->place),
            sw_decision_verb(asked->kind),
            sw_decision_format_all(asked->kind, side->sched->pool + asked->first, asked->count,
                                   candidates, sizeof candidates));
    for (int i = 0; i < 2; i++)
        print_answer(out, sides, i);
}

/* What one row takes of its column. */
enum { LINES_MAX = 8 };
struct lines {
    int count;
    char text[LINES_MAX][SW_RUN_DIFF_TEXT + 32];
};

static void add_line(struct lines *lines, const char *text, size_t length)
{
    if (length > 0 && lines->count < LINES_MAX)
        snprintf(lines->text[lines->count++], sizeof *lines->text, "       %.*s", (int)length,
                 text);
}

/* Where, the source, and what was done, a line each. */
static void format_row(const struct sw_run_diff_row *row, struct lines *lines)
{
    char *where = lines->text[0];

    lines->count = 1;
    if (*row->file == '\0')
        snprintf(where, sizeof *lines->text, "%6llu %s", (unsigned long long)row->step,
                 row->thread);
    else
        snprintf(where, sizeof *lines->text, "%6llu %s %s:%u %s", (unsigned long long)row->step,
                 row->thread, basename(row->file), row->line, row->function);
    add_line(lines, row->source, strlen(row->source));
    for (const char *at = row->done; *at != '\0';) {
        const char *end = strstr(at, SW_RUN_DIFF_BETWEEN);
        size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        add_line(lines, at, length);
        at += length + (end != NULL ? strlen(SW_RUN_DIFF_BETWEEN) : 0);
    }
}

static void print_cell(FILE *out, const char *text, int is_last)
{
    int used = 0;
    size_t fits = sw_columns_fit(text, COLUMN, &used);

    fprintf(out, "%.*s", (int)fits, text);
    if (!is_last)
        fprintf(out, "%*s | ", COLUMN - used, "");
}

static void print_pair(FILE *out, const struct sw_run_diff_row *a, const struct sw_run_diff_row *b)
{
    static struct lines left, right;

    left.count = right.count = 0;
    if (a != NULL)
        format_row(a, &left);
    if (b != NULL)
        format_row(b, &right);
    for (int i = 0; i < left.count || i < right.count; i++) {
        print_cell(out, i < left.count ? left.text[i] : "", 0);
        print_cell(out, i < right.count ? right.text[i] : "", 1);
        fputc('\n', out);
    }
}

static void print_sides(FILE *out, const struct side sides[2])
{
    const struct sw_run_diff_rows *a = &sides[0].rows, *b = &sides[1].rows;
    uint32_t count = a->count > b->count ? a->count : b->count;

    fprintf(out, "from there on:\n");
    print_cell(out, "  step A", 0);
    print_cell(out, "  step B", 1);
    fputc('\n', out);
    for (uint32_t i = 0; i < count; i++)
        print_pair(out, i < a->count ? &a->list[i] : NULL, i < b->count ? &b->list[i] : NULL);
    for (int i = 0; i < 2; i++) {
        if (sides[i].rows.left_out > 0)
            fprintf(out, "%s: %llu more are left out; --rows\n", letters[i],
                    (unsigned long long)sides[i].rows.left_out);
        if (sides[i].timeline.note[0] != '\0')
            fprintf(out, "%s: %s\n", letters[i], sides[i].timeline.note);
    }
}

/* ---- JSON ---- */

static void add_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, json_object_new_string(text));
}

static json_object *row_object(const struct sw_run_diff_row *row)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "step", json_object_new_uint64(row->step));
    add_text(object, "thread", row->thread);
    add_text(object, "file", row->file);
    json_object_object_add(object, "line", json_object_new_uint64(row->line));
    add_text(object, "function", row->function);
    add_text(object, "source", row->source);
    add_text(object, "done", row->done);
    return object;
}

static json_object *side_object(const struct side *side)
{
    json_object *object = json_object_new_object(), *rows = json_object_new_array();
    char choice[SW_DECISION_TEXT] = "default";

    if (side->deviation != NULL)
        sw_decision_format(side->deviation->kind, side->deviation->choice, choice, sizeof choice);
    add_text(object, "file", side->path);
    add_text(object, "outcome", side->sched->outcome);
    json_object_object_add(object, "decisions",
                           json_object_new_uint64(side->sched->decision_count));
    add_text(object, "answer", choice);
    for (uint32_t i = 0; i < side->rows.count; i++)
        json_object_array_add(rows, row_object(&side->rows.list[i]));
    json_object_object_add(object, "rows", rows);
    json_object_object_add(object, "left_out", json_object_new_uint64(side->rows.left_out));
    add_text(object, "note", side->timeline.note);
    return object;
}

static void print_json(FILE *out, const struct side sides[2], int parts, uint64_t step)
{
    json_object *object = json_object_new_object();

    json_object_object_add(object, "same", json_object_new_boolean(!parts));
    if (parts)
        json_object_object_add(object, "step", json_object_new_uint64(step));
    json_object_object_add(object, "a", side_object(&sides[0]));
    json_object_object_add(object, "b", side_object(&sides[1]));
    fprintf(out, "%s\n",
            json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
                                                       JSON_C_TO_STRING_SPACED |
                                                       JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

/* ---- the whole ---- */

static int fill(struct side *side, uint64_t step, uint64_t rows, struct sw_error *e)
{
    sw_sched_trust_tell(side->path, side->sched);
    sw_replay_warn(side->path, side->sched, NULL);
    if (sw_timeline_fill(&side->timeline, side->sched, e) < 0)
        return -1;
    if (!side->timeline.is_same)
        return sw_error_set(e, side->path, 0, 0, "its replay is another run than the recorded one");
    return sw_run_diff_rows_make(&side->rows, &side->timeline, step, rows) < 0
               ? sw_error_set(e, side->path, 0, 0, "out of memory")
               : 0;
}

static int tell_same(const struct sw_run_diff_order *order, const struct side sides[2],
                     struct sw_error *e)
{
    const struct sw_sched *a = sides[0].sched, *b = sides[1].sched;

    if (a->decision_count != b->decision_count || a->hash != b->hash)
        return sw_error_set(e, sides[1].path, 0, 0,
                            "it decides as %s does and is another run: something else differs, "
                            "like a file or a setting",
                            sides[0].path);
    if (order->json) {
        print_json(stdout, sides, 0, 0);
    } else {
        print_head(stdout, sides);
        printf("it is the same run\n");
    }
    return SW_EXIT_OK;
}

/* The exit status, or -1 with *e. */
static int compare(const struct sw_run_diff_order *order, struct side sides[2], struct sw_error *e)
{
    uint64_t step = 0;

    if (load(&sides[0], order->paths[0], e) < 0 || load(&sides[1], order->paths[1], e) < 0 ||
        check_program(sides, e) < 0)
        return -1;
    if (!find_parting(sides, &step))
        return tell_same(order, sides, e);
    if (fill(&sides[0], step, order->rows, e) < 0 || fill(&sides[1], step, order->rows, e) < 0)
        return -1;
    if (order->json) {
        print_json(stdout, sides, 1, step);
        return SW_EXIT_FAILED;
    }
    print_head(stdout, sides);
    print_parting(stdout, sides, step);
    print_sides(stdout, sides);
    return SW_EXIT_FAILED;
}

int sw_run_diff_run(const struct sw_run_diff_order *order)
{
    struct side sides[2] = {{0}, {0}};
    struct sw_error e;

    sw_interrupt_begin();
    int status = compare(order, sides, &e);

    if (status < 0)
        sw_error_print(&e);
    for (int i = 0; i < 2; i++) {
        sw_run_diff_rows_free(&sides[i].rows);
        sw_timeline_free(&sides[i].timeline);
        sw_sched_free(sides[i].sched);
    }
    if (sw_interrupt_came())
        return SW_EXIT_INTERRUPTED;
    return status < 0 ? SW_EXIT_ERROR : status;
}
