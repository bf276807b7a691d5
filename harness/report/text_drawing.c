/* SPDX-License-Identifier: MIT */
#include "text_drawing.h"

#include <string.h>

static const char *const glyphs[2][SW_TEXT_GLYPH_COUNT] = {
    {"│", "╎", " ", "┊", "─", "┼", "├", "┤", "▶", "◀", "…"},
    {"|", ":", " ", ".", "-", "+", "|", "|", ">", "<", "~"},
};

const char *sw_text_drawing_glyph(const struct sw_text_drawing *drawing, enum sw_text_glyph which)
{
    return glyphs[drawing->order->ascii][which];
}

/* ---- colours ---- */

const char *sw_text_drawing_group_colour(const char *group)
{
    static const char *const table[][2] = {
        {"dull", "2"},    {"access", "32"}, {"lock", "35"},  {"value", "34"},
        {"switch", "33"}, {"memory", "36"}, {"bad", "1;31"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i][0], group) == 0)
            return table[i][1];
    return "39";
}

void sw_text_drawing_begin_colour(const struct sw_text_drawing *drawing, const char *code)
{
    if (drawing->order->colour)
        fprintf(drawing->out, "\x1b[%sm", code);
}

void sw_text_drawing_end_colour(const struct sw_text_drawing *drawing)
{
    if (drawing->order->colour)
        fputs("\x1b[0m", drawing->out);
}

int sw_text_drawing_is_thread(const struct sw_picture *picture, uint32_t lane)
{
    return sw_picture_thread_of(picture, lane) == lane;
}
