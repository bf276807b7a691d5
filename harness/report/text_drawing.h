/* SPDX-License-Identifier: MIT
 *
 * text_drawing.h - a picture under way to the terminal: for picture_text.c, and its parts.
 *
 *      text_drawing.c    characters and colours
 *      text_choice.c     which marks have a row, and which lanes a column
 *      text_row.c        a row
 */
#ifndef SW_TEXT_DRAWING_H
#define SW_TEXT_DRAWING_H

#include "picture_text.h"

enum { SW_TEXT_LANES_MAX = 40, SW_TEXT_STEP_WIDTH = 9 };

/* What is drawn, in both alphabets. */
enum sw_text_glyph {
    SW_TEXT_BAR,
    SW_TEXT_WAITS,
    SW_TEXT_IDLE,
    SW_TEXT_FOLD,
    SW_TEXT_DASH,
    SW_TEXT_CROSS,
    SW_TEXT_LEAVES_RIGHT,
    SW_TEXT_LEAVES_LEFT,
    SW_TEXT_RIGHT,
    SW_TEXT_LEFT,
    SW_TEXT_MORE,
    SW_TEXT_GLYPH_COUNT
};

struct sw_text_drawing {
    FILE *out;
    const struct sw_picture *picture;
    const struct sw_picture_text_order *order;
    int width, lane_width;
    int lane_count; /* that have a column */
    int shared; /* how many threads share the last column beside its own */
    uint32_t lanes[SW_TEXT_LANES_MAX]; /* of each column */
    uint32_t *column; /* of each lane, its column */
    uint32_t *first, *last; /* of each lane, 1 + a mark; 0: it has none */
    uint32_t *waits_until; /* of each lane, the mark at which its wait ends */
    uint8_t *told; /* of each mark: 1: it has a row */
    uint32_t span; /* the next one that has not begun */
};

/* ---- text_drawing.c ---- */

const char *sw_text_drawing_glyph(const struct sw_text_drawing *drawing, enum sw_text_glyph which);
/* Of an escape sequence; nothing is written where there are no colours. */
const char *sw_text_drawing_group_colour(const char *group);
void sw_text_drawing_begin_colour(const struct sw_text_drawing *drawing, const char *code);
void sw_text_drawing_end_colour(const struct sw_text_drawing *drawing);
int sw_text_drawing_is_thread(const struct sw_picture *picture, uint32_t lane);

/* ---- text_choice.c ---- */

/* By --from and --to. */
int sw_text_choice_is_asked_for(const struct sw_text_drawing *drawing,
                                const struct sw_picture_mark *mark);
/* Fill in told; lanes, column and what belongs to them; first and last, which comes first. */
void sw_text_choice_marks(struct sw_text_drawing *drawing);
void sw_text_choice_lanes(struct sw_text_drawing *drawing);
void sw_text_choice_ends(struct sw_text_drawing *drawing);

/* ---- text_row.c ---- */

/* A line each. */
void sw_text_row_mark(struct sw_text_drawing *drawing, uint32_t at);
void sw_text_row_fold(struct sw_text_drawing *drawing, uint32_t from, uint32_t to);
/* Columns of all lanes together. */
int sw_text_row_width(const struct sw_text_drawing *drawing);
/* As much of it as there is room for, which becomes less. */
void sw_text_row_cut(struct sw_text_drawing *drawing, const char *text, int *room);

#endif
