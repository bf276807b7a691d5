/* SPDX-License-Identifier: MIT
 *
 * text_row.c - a mark as a row: its step, the lanes with their arrows, and what it says; what is
 * left out, as one row.
 */
#include <inttypes.h>
#include <string.h>

#include "columns.h"
#include "text_drawing.h"

enum { CELL_MAX = 8 }; /* bytes of a column: a character, or nothing */

/* ---- a row ---- */

typedef char cells[SW_TEXT_LANES_MAX * 4 + 4][CELL_MAX];

static void set_cell(cells row, int at, const char *text)
{
    snprintf(row[at], CELL_MAX, "%s", text);
}

/* The lanes, as they are at that mark. */
static void draw_bars(struct sw_text_drawing *drawing, cells row, uint32_t mark, int folds)
{
    int width = drawing->lane_count * drawing->lane_width;

    for (int i = 0; i < width; i++)
        set_cell(row, i, " ");
    for (int i = 0; i < drawing->lane_count; i++) {
        uint32_t lane = drawing->lanes[i];
        int lives = drawing->first[lane] <= mark + 1 && drawing->last[lane] >= mark + 1;
        set_cell(row, i * drawing->lane_width,
                 sw_text_drawing_glyph(drawing, !lives                              ? SW_TEXT_IDLE
                                                : folds                             ? SW_TEXT_FOLD
                                                : drawing->waits_until[lane] > mark ? SW_TEXT_WAITS
                                                                                    : SW_TEXT_BAR));
    }
}

/* From the column of what it follows from to its own. */
static void draw_arrow(struct sw_text_drawing *drawing, cells row, int from, int to)
{
    int step = from < to ? 1 : -1;

    if (from == to)
        return;
    set_cell(
        row, from,
        sw_text_drawing_glyph(drawing, from < to ? SW_TEXT_LEAVES_RIGHT : SW_TEXT_LEAVES_LEFT));
    for (int i = from + step; i != to; i += step)
        set_cell(row, i,
                 sw_text_drawing_glyph(drawing, i % drawing->lane_width == 0 ? SW_TEXT_CROSS
                                                                             : SW_TEXT_DASH));
    set_cell(row, to - step,
             sw_text_drawing_glyph(drawing, from < to ? SW_TEXT_RIGHT : SW_TEXT_LEFT));
}

static void write_cells(struct sw_text_drawing *drawing, cells row, int own, const char *colour)
{
    int width = drawing->lane_count * drawing->lane_width;

    for (int i = 0; i < width; i++) {
        if (i == own)
            sw_text_drawing_begin_colour(drawing, colour);
        fputs(row[i], drawing->out);
        if (i == own)
            sw_text_drawing_end_colour(drawing);
    }
}

/* Text, cut to the room that is left, which becomes less. */
void sw_text_row_cut(struct sw_text_drawing *drawing, const char *text, int *room)
{
    int used, all;
    size_t length = sw_columns_fit(text, *room, &used);

    if (text[length] != '\0' && *room > 0) {
        length = sw_columns_fit(text, *room - 1, &used);
        fwrite(text, 1, length, drawing->out);
        fputs(sw_text_drawing_glyph(drawing, SW_TEXT_MORE), drawing->out);
        *room = 0;
        return;
    }
    fwrite(text, 1, length, drawing->out);
    all = used;
    *room -= all;
}

/* Who, in the fewest letters that say it: "T1", or a tasklet's name. */
static void write_who(struct sw_text_drawing *drawing, uint32_t lane, int *room)
{
    const struct sw_picture *picture = drawing->picture;
    const char *name = sw_picture_text_of(picture, picture->lanes[lane].name);
    char buf[32];
    size_t length = strcspn(name, " ");

    /* A thread's begins with its number; the legend has the rest. */
    if (sw_text_drawing_is_thread(picture, lane) && length < sizeof buf) {
        memcpy(buf, name, length);
        buf[length] = '\0';
        name = buf;
    }
    sw_text_row_cut(drawing, name, room);
    sw_text_row_cut(drawing, " ", room);
}

static void write_values(struct sw_text_drawing *drawing, const struct sw_picture_mark *mark,
                         int *room)
{
    const char *before = sw_picture_text_of(drawing->picture, mark->before),
               *after = sw_picture_text_of(drawing->picture, mark->after);

    if (*before == '\0' && *after == '\0')
        return;
    sw_text_row_cut(drawing, "  ", room);
    sw_text_row_cut(drawing, before, room);
    if (*after != '\0' && *before != '\0')
        sw_text_row_cut(drawing, drawing->order->ascii ? " -> " : " → ", room);
    sw_text_row_cut(drawing, after, room);
}

/* At the right, if it fits; behind the words otherwise, cut. */
static void write_place(struct sw_text_drawing *drawing, const struct sw_picture_mark *mark,
                        int room)
{
    const char *place = sw_picture_text_of(drawing->picture, mark->place);
    int used;

    if (*place == '\0' || room < 6)
        return;
    sw_columns_fit(place, 1 << 20, &used);
    int blanks = used + 2 <= room ? room - used : 2;
    fprintf(drawing->out, "%*s", blanks, "");
    room -= blanks;
    sw_text_drawing_begin_colour(drawing, "2");
    sw_text_row_cut(drawing, place, &room);
    sw_text_drawing_end_colour(drawing);
}

int sw_text_row_width(const struct sw_text_drawing *drawing)
{
    return drawing->lane_count * drawing->lane_width;
}

void sw_text_row_mark(struct sw_text_drawing *drawing, uint32_t at)
{
    const struct sw_picture *picture = drawing->picture;
    const struct sw_picture_mark *mark = &picture->marks[at];
    const struct sw_picture_look *look = &sw_picture_looks[mark->kind];
    const char ascii[2] = {look->ascii, '\0'};
    const char *colour =
        mark->flags & SW_PICTURE_ON_PATH ? "1;33" : sw_text_drawing_group_colour(look->group);
    int own = (int)drawing->column[mark->lane] * drawing->lane_width;
    int room = drawing->width - SW_TEXT_STEP_WIDTH - 2 - sw_text_row_width(drawing) - 1;
    cells row;

    draw_bars(drawing, row, at, 0);
    if (mark->partner != 0)
        draw_arrow(drawing, row,
                   (int)drawing->column[picture->marks[mark->partner - 1].lane] *
                       drawing->lane_width,
                   own);
    set_cell(row, own, drawing->order->ascii ? ascii : look->glyph);
    fprintf(drawing->out, "%*" PRIu64 "%s", SW_TEXT_STEP_WIDTH, mark->step,
            mark->flags & SW_PICTURE_IN_PAIR ? "* " : "  ");
    write_cells(drawing, row, own, colour);
    fputc(' ', drawing->out);
    write_who(drawing, mark->lane, &room);
    if (sw_picture_rank(mark) >= 2)
        sw_text_drawing_begin_colour(drawing, colour);
    sw_text_row_cut(drawing, mark->text != 0 ? sw_picture_text_of(picture, mark->text) : look->name,
                    &room);
    write_values(drawing, mark, &room);
    if (sw_picture_rank(mark) >= 2)
        sw_text_drawing_end_colour(drawing);
    write_place(drawing, mark, room);
    fputc('\n', drawing->out);
}

void sw_text_row_fold(struct sw_text_drawing *drawing, uint32_t from, uint32_t to)
{
    cells row;
    char text[160];
    const struct sw_picture_mark *marks = drawing->picture->marks;
    int room = drawing->width - SW_TEXT_STEP_WIDTH - 2 - sw_text_row_width(drawing) - 1;

    draw_bars(drawing, row, from, 1);
    fprintf(drawing->out, "%*s  ", SW_TEXT_STEP_WIDTH, "");
    sw_text_drawing_begin_colour(drawing, "2");
    write_cells(drawing, row, -1, "");
    fputc(' ', drawing->out);
    uint64_t first = marks[from].step, last = marks[to - 1].step;
    int used = snprintf(text, sizeof text, "%u more, step%s %" PRIu64, to - from,
                        first == last ? "" : "s", first);
    if (first != last)
        snprintf(text + used, sizeof text - (size_t)used, " to %" PRIu64, last);
    sw_text_row_cut(drawing, text, &room);
    sw_text_drawing_end_colour(drawing);
    fputc('\n', drawing->out);
}
