/* SPDX-License-Identifier: MIT */
#include "picture_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "text_drawing.h"

enum { LINES_MAX = 8 }; /* of a sentence */

/* ---- above and below ---- */

/* At blanks, so that no line is wider than the terminal; what is very long is cut. */
static void write_wrapped(struct sw_text_drawing *drawing, const char *text)
{
    int used, indent = 0;

    for (int lines = 1;; lines++, indent = 2) {
        size_t length = sw_columns_fit(text, drawing->width - indent - 1, &used), end = length;
        while (text[length] != '\0' && end > 0 && text[end] != ' ')
            end--;
        end = text[length] == '\0' || end == 0 ? length : end;
        fprintf(drawing->out, "%*s%.*s", indent, "", (int)end, text);
        text += end + strspn(text + end, " ");
        if (*text == '\0' || lines == LINES_MAX || end == 0)
            break;
        fputc('\n', drawing->out);
    }
    if (*text != '\0')
        fputs(sw_text_drawing_glyph(drawing, SW_TEXT_MORE), drawing->out);
}

static void write_line(struct sw_text_drawing *drawing, const char *before, uint32_t text,
                       const char *colour)
{
    char buf[SW_PICTURE_LINES_MAX + 32];

    if (text == 0)
        return;
    snprintf(buf, sizeof buf, "%s%s", before, sw_picture_text_of(drawing->picture, text));
    buf[strcspn(buf, "\n")] = '\0';
    sw_text_drawing_begin_colour(drawing, colour);
    write_wrapped(drawing, buf);
    sw_text_drawing_end_colour(drawing);
    fputc('\n', drawing->out);
}

/* A tasklet's letter above its lane, of its thread's tasklets; 0: it has no lane. */
static char letter_of(const struct sw_text_drawing *drawing, int column)
{
    char letter = 'a';

    if (sw_text_drawing_is_thread(drawing->picture, drawing->lanes[column]))
        return '\0';
    for (; column > 0 && !sw_text_drawing_is_thread(drawing->picture, drawing->lanes[column - 1]);
         column--)
        letter = letter < 'z' ? (char)(letter + 1) : 'z';
    return letter;
}

/* "T1 worker-1: a download-1, b download-2" */
static void write_legend(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;
    const char *before = "";
    int room = 0;

    for (int i = 0; i < drawing->lane_count; i++) {
        char letter[] = {letter_of(drawing, i), ' ', '\0'};
        if (letter[0] == '\0') {
            fprintf(drawing->out, "%s  ", i > 0 ? "\n" : "");
            room = drawing->width - 2;
        }
        sw_text_row_cut(drawing, letter[0] != '\0' ? before : "", &room);
        sw_text_row_cut(drawing, letter[0] != '\0' ? letter : "", &room);
        sw_text_row_cut(drawing,
                        sw_picture_text_of(picture, picture->lanes[drawing->lanes[i]].name), &room);
        before = letter[0] != '\0' ? ", " : ": ";
    }
    if (drawing->shared > 0)
        fprintf(drawing->out, "\n  + has its lane and those of %d more", drawing->shared);
    fputc('\n', drawing->out);
}

/* Above each lane its name's first letters; of a tasklet the letter of the legend. */
static void write_heads(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    fprintf(drawing->out, "%*s  ", SW_TEXT_STEP_WIDTH, "step");
    for (int i = 0; i < drawing->lane_count; i++) {
        const char letter[] = {letter_of(drawing, i), '\0'},
                   *name = sw_picture_text_of(picture, picture->lanes[drawing->lanes[i]].name);
        char head[32];
        int used;
        if (i + 1 == drawing->lane_count && drawing->shared > 0)
            name = "+";
        snprintf(head, sizeof head, "%s", *letter != '\0' ? letter : name);
        head[strcspn(head, " ")] = '\0';
        /* Where one letter has room, a thread's number says more by its last digit. */
        if (drawing->lane_width == 2 && strlen(head) > 1)
            memmove(head, head + strlen(head) - 1, 2);
        size_t length = sw_columns_fit(head, drawing->lane_width - 1, &used);
        int last = i + 1 == drawing->lane_count;
        fprintf(drawing->out, "%.*s%*s", (int)length, head, last ? 0 : drawing->lane_width - used,
                "");
    }
    fputc('\n', drawing->out);
}

/* ---- all of it ---- */

static void begin_waits(struct sw_text_drawing *drawing, uint32_t at)
{
    const struct sw_picture *picture = drawing->picture;

    for (; drawing->span < picture->span_count && picture->spans[drawing->span].from <= at;
         drawing->span++) {
        const struct sw_picture_span *span = &picture->spans[drawing->span];
        if (span->kind == SW_PICTURE_SPAN_WAITS)
            drawing->waits_until[span->lane] = span->to;
    }
}

static void write_rows(struct sw_text_drawing *drawing)
{
    uint32_t count = drawing->picture->mark_count, folded = 0;

    for (uint32_t i = 0; i < count; i++) {
        begin_waits(drawing, i);
        if (!drawing->told[i]) {
            folded++;
            continue;
        }
        if (folded > 0)
            sw_text_row_fold(drawing, i - folded, i);
        folded = 0;
        sw_text_row_mark(drawing, i);
    }
    if (folded > 0)
        sw_text_row_fold(drawing, count - folded, count);
}

/* No picture is no answer. */
static void write_nothing(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    for (uint32_t i = 0; i < picture->mark_count; i++)
        if (sw_text_choice_is_asked_for(drawing, &picture->marks[i]))
            return;
    fprintf(drawing->out, "nothing is in these steps; the last of all is %" PRIu64 "\n",
            picture->mark_count > 0 ? picture->marks[picture->mark_count - 1].step : 0);
}

static int make_room(struct sw_text_drawing *drawing)
{
    size_t lanes = (size_t)drawing->picture->lane_count + 1;

    drawing->column = calloc(lanes, sizeof *drawing->column);
    drawing->first = calloc(lanes, sizeof *drawing->first);
    drawing->last = calloc(lanes, sizeof *drawing->last);
    drawing->waits_until = calloc(lanes, sizeof *drawing->waits_until);
    drawing->told = calloc((size_t)drawing->picture->mark_count + 1, 1);
    return drawing->column != NULL && drawing->first != NULL && drawing->last != NULL &&
                   drawing->waits_until != NULL && drawing->told != NULL
               ? 0
               : -1;
}

static int draw(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    if (make_room(drawing) < 0)
        return -1;
    sw_text_choice_ends(drawing);
    sw_text_choice_lanes(drawing);
    sw_text_choice_marks(drawing);
    write_line(drawing, "", picture->title, "1");
    write_line(drawing, "", picture->outcome, picture->failure != 0 ? "1;31" : "1");
    write_line(drawing, "kind: ", picture->explained, "1");
    write_line(drawing, "schedule: ", picture->sentence, "39");
    write_line(drawing, "because: ", picture->reason, "39");
    write_line(drawing, "", picture->unseen, "2");
    write_legend(drawing);
    write_heads(drawing);
    write_rows(drawing);
    write_nothing(drawing);
    return 0;
}

int sw_picture_text_write(FILE *out, const struct sw_picture *picture,
                          const struct sw_picture_text_order *order)
{
    struct sw_text_drawing drawing = {.out = out, .picture = picture, .order = order};
    int width = order->width;

    width = width < SW_PICTURE_TEXT_WIDTH_LEAST ? SW_PICTURE_TEXT_WIDTH_LEAST : width;
    drawing.width = width < SW_PICTURE_TEXT_WIDTH_MOST ? width : SW_PICTURE_TEXT_WIDTH_MOST;
    int status = draw(&drawing);
    free(drawing.column);
    free(drawing.first);
    free(drawing.last);
    free(drawing.waits_until);
    free(drawing.told);
    return status;
}
