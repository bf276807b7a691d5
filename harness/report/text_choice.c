/* SPDX-License-Identifier: MIT
 *
 * text_choice.c - which marks have a row, and which lanes a column.
 */
#include "text_drawing.h"

enum {
    ROWS_MAX = 160, /* without --all: some screens */
    ROWS_LEAST = 48, /* one screen: where there is room for more than what matters, more is told */
    AROUND = 2, /* marks of the same thread that are told with one that matters */
};

/* ---- which marks have a row ---- */

int sw_text_choice_is_asked_for(const struct sw_text_drawing *drawing,
                                const struct sw_picture_mark *mark)
{
    const struct sw_picture_text_order *order = drawing->order;

    return order->to == 0 || (mark->step >= order->from && mark->step <= order->to);
}

/* Tells a mark, and those of its thread around it.  Returns how many rows that adds. */
static uint32_t tell_around(struct sw_text_drawing *drawing, uint32_t mark)
{
    const struct sw_picture *picture = drawing->picture;
    uint32_t thread = sw_picture_thread_of(picture, picture->marks[mark].lane), rows = 0;

    for (int direction = -1; direction <= 1; direction += 2) {
        int left = AROUND;
        /* Looked for nearby only: in a long run the next one of its thread may be far away, and has
         * nothing to do with it. */
        for (uint32_t i = 0; i < 4 * AROUND && left > 0; i++) {
            uint32_t at = direction < 0 ? mark - i : mark + i;
            if (at >= picture->mark_count)
                break;
            if (sw_picture_thread_of(picture, picture->marks[at].lane) != thread ||
                (i > 0 && sw_picture_rank(&picture->marks[at]) == 0))
                continue;
            rows += drawing->told[at] == 0;
            drawing->told[at] = 1;
            left -= i > 0;
        }
    }
    uint32_t partner = picture->marks[mark].partner;
    if (partner != 0 && drawing->told[partner - 1] == 0) {
        drawing->told[partner - 1] = 1;
        rows++;
    }
    return rows;
}

/* From the failure backwards, first what matters, then what is left of a screen. */
static void choose_rows(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;
    uint32_t rows = 0, end = picture->failure != 0 ? picture->failure : picture->mark_count;

    for (uint32_t i = end; i > 0 && rows < ROWS_MAX; i--)
        if (sw_picture_rank(&picture->marks[i - 1]) >= 2)
            rows += tell_around(drawing, i - 1);
    for (uint32_t i = end; i < picture->mark_count && rows < ROWS_MAX; i++)
        if (sw_picture_rank(&picture->marks[i]) >= 2)
            rows += tell_around(drawing, i);
    for (uint32_t i = end; i > 0 && rows < ROWS_LEAST; i--)
        if (drawing->told[i - 1] == 0 && sw_picture_rank(&picture->marks[i - 1]) >= 1) {
            drawing->told[i - 1] = 1;
            rows++;
        }
}

/* A fold of one mark is as long as the mark itself. */
static void close_gaps(struct sw_text_drawing *drawing)
{
    for (uint32_t i = 1; i + 1 < drawing->picture->mark_count; i++)
        if (drawing->told[i - 1] && drawing->told[i + 1])
            drawing->told[i] = 1;
}

void sw_text_choice_marks(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    if (!drawing->order->all && drawing->order->to == 0) {
        choose_rows(drawing);
        close_gaps(drawing);
        return;
    }
    for (uint32_t i = 0; i < picture->mark_count; i++)
        drawing->told[i] = (uint8_t)sw_text_choice_is_asked_for(drawing, &picture->marks[i]);
}

/* ---- lanes ---- */

/* How many lanes of threads, or of threads and tasklets, have a mark. */
static int count_lanes(const struct sw_text_drawing *drawing, int with_tasklets)
{
    int count = 0;

    for (uint32_t i = 0; i < drawing->picture->lane_count; i++)
        count += drawing->first[i] != 0 &&
                 (with_tasklets || sw_text_drawing_is_thread(drawing->picture, i));
    return count;
}

/* Tasklets have their own where that leaves two thirds of the width for words; else they are in
 * their thread's.  Threads for which there is no room share the last one. */
void sw_text_choice_lanes(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;
    int room = drawing->width / 3, with_tasklets = count_lanes(drawing, 1) * 3 <= room;

    room = room / 2 < SW_TEXT_LANES_MAX ? room / 2 : SW_TEXT_LANES_MAX;
    drawing->lane_width = count_lanes(drawing, with_tasklets) * 4 <= drawing->width / 3   ? 4
                          : count_lanes(drawing, with_tasklets) * 3 <= drawing->width / 3 ? 3
                                                                                          : 2;
    for (uint32_t i = 0; i < picture->lane_count; i++) {
        uint32_t lane = picture->order[i];
        if (picture->lanes[lane].kind > SW_PICTURE_LANE_TASKLET || drawing->first[lane] == 0)
            continue;
        if ((sw_text_drawing_is_thread(picture, lane) || with_tasklets) &&
            drawing->lane_count < room)
            drawing->lanes[drawing->lane_count++] = lane;
        else
            drawing->shared += sw_text_drawing_is_thread(picture, lane);
        drawing->column[lane] = (uint32_t)drawing->lane_count - 1;
    }
}

void sw_text_choice_ends(struct sw_text_drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    for (uint32_t i = 0; i < picture->mark_count; i++) {
        uint32_t lane = picture->marks[i].lane, thread = sw_picture_thread_of(picture, lane);
        for (int j = 0; j < 2; j++, lane = thread) {
            drawing->first[lane] = drawing->first[lane] == 0 ? i + 1 : drawing->first[lane];
            drawing->last[lane] = i + 1;
        }
    }
}
