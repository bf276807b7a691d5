/* SPDX-License-Identifier: MIT */
#include "picture_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"

enum {
    ROWS_MAX = 160, /* without --all: some screens */
    ROWS_LEAST = 48, /* one screen: where there is room for more than what matters, more is told */
    AROUND = 2, /* marks of the same thread that are told with one that matters */
    STEP_WIDTH = 9,
    LINES_MAX = 8, /* of a sentence */
    LANES_MAX = 40,
    CELL_MAX = 8, /* bytes of a column: a character, or nothing */
};

/* What is drawn, in both alphabets. */
enum glyph {
    BAR,
    WAITS,
    IDLE,
    FOLD,
    DASH,
    CROSS,
    LEAVES_RIGHT,
    LEAVES_LEFT,
    RIGHT,
    LEFT,
    MORE,
    GLYPH_COUNT
};
static const char *const glyphs[2][GLYPH_COUNT] = {
    {"│", "╎", " ", "┊", "─", "┼", "├", "┤", "▶", "◀", "…"},
    {"|", ":", " ", ".", "-", "+", "|", "|", ">", "<", "~"},
};

struct drawing {
    FILE *out;
    const struct sw_picture *picture;
    const struct sw_picture_text_order *order;
    int width, lane_width;
    int lane_count; /* that have a column */
    int shared; /* how many threads share the last column beside its own */
    uint32_t lanes[LANES_MAX]; /* of each column */
    uint32_t *column; /* of each lane, its column */
    uint32_t *first, *last; /* of each lane, 1 + a mark; 0: it has none */
    uint32_t *waits_until; /* of each lane, the mark at which its wait ends */
    uint8_t *told; /* of each mark: 1: it has a row */
    uint32_t span; /* the next one that has not begun */
};

static const char *glyph(const struct drawing *drawing, enum glyph which)
{
    return glyphs[drawing->order->ascii][which];
}

/* ---- colours ---- */

static const char *group_colour(const char *group)
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

static void begin_colour(const struct drawing *drawing, const char *code)
{
    if (drawing->order->colour)
        fprintf(drawing->out, "\x1b[%sm", code);
}

static void end_colour(const struct drawing *drawing)
{
    if (drawing->order->colour)
        fputs("\x1b[0m", drawing->out);
}

/* ---- which marks have a row ---- */

static int is_asked_for(const struct drawing *drawing, const struct sw_picture_mark *mark)
{
    const struct sw_picture_text_order *order = drawing->order;

    return order->to == 0 || (mark->step >= order->from && mark->step <= order->to);
}

/* Tells a mark, and those of its thread around it.  Returns how many rows that adds. */
static uint32_t tell_around(struct drawing *drawing, uint32_t mark)
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
static void choose_rows(struct drawing *drawing)
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
static void close_gaps(struct drawing *drawing)
{
    for (uint32_t i = 1; i + 1 < drawing->picture->mark_count; i++)
        if (drawing->told[i - 1] && drawing->told[i + 1])
            drawing->told[i] = 1;
}

static void choose(struct drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    if (!drawing->order->all && drawing->order->to == 0) {
        choose_rows(drawing);
        close_gaps(drawing);
        return;
    }
    for (uint32_t i = 0; i < picture->mark_count; i++)
        drawing->told[i] = (uint8_t)is_asked_for(drawing, &picture->marks[i]);
}

/* ---- lanes ---- */

static int is_thread(const struct sw_picture *picture, uint32_t lane)
{
    return sw_picture_thread_of(picture, lane) == lane;
}

/* How many lanes of threads, or of threads and tasklets, have a mark. */
static int count_lanes(const struct drawing *drawing, int with_tasklets)
{
    int count = 0;

    for (uint32_t i = 0; i < drawing->picture->lane_count; i++)
        count += drawing->first[i] != 0 && (with_tasklets || is_thread(drawing->picture, i));
    return count;
}

/* Tasklets have their own where that leaves two thirds of the width for words; else they are in
 * their thread's.  Threads for which there is no room share the last one. */
static void choose_lanes(struct drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;
    int room = drawing->width / 3, with_tasklets = count_lanes(drawing, 1) * 3 <= room;

    room = room / 2 < LANES_MAX ? room / 2 : LANES_MAX;
    drawing->lane_width = count_lanes(drawing, with_tasklets) * 4 <= drawing->width / 3   ? 4
                          : count_lanes(drawing, with_tasklets) * 3 <= drawing->width / 3 ? 3
                                                                                          : 2;
    for (uint32_t i = 0; i < picture->lane_count; i++) {
        uint32_t lane = picture->order[i];
        if (picture->lanes[lane].kind > SW_PICTURE_LANE_TASKLET || drawing->first[lane] == 0)
            continue;
        if ((is_thread(picture, lane) || with_tasklets) && drawing->lane_count < room)
            drawing->lanes[drawing->lane_count++] = lane;
        else
            drawing->shared += is_thread(picture, lane);
        drawing->column[lane] = (uint32_t)drawing->lane_count - 1;
    }
}

static void find_ends(struct drawing *drawing)
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

/* ---- a row ---- */

typedef char cells[LANES_MAX * 4 + 4][CELL_MAX];

static void set_cell(cells row, int at, const char *text)
{
    snprintf(row[at], CELL_MAX, "%s", text);
}

/* The lanes, as they are at that mark. */
static void draw_bars(struct drawing *drawing, cells row, uint32_t mark, int folds)
{
    int width = drawing->lane_count * drawing->lane_width;

    for (int i = 0; i < width; i++)
        set_cell(row, i, " ");
    for (int i = 0; i < drawing->lane_count; i++) {
        uint32_t lane = drawing->lanes[i];
        int lives = drawing->first[lane] <= mark + 1 && drawing->last[lane] >= mark + 1;
        set_cell(row, i * drawing->lane_width,
                 glyph(drawing, !lives                              ? IDLE
                                : folds                             ? FOLD
                                : drawing->waits_until[lane] > mark ? WAITS
                                                                    : BAR));
    }
}

/* From the column of what it follows from to its own. */
static void draw_arrow(struct drawing *drawing, cells row, int from, int to)
{
    int step = from < to ? 1 : -1;

    if (from == to)
        return;
    set_cell(row, from, glyph(drawing, from < to ? LEAVES_RIGHT : LEAVES_LEFT));
    for (int i = from + step; i != to; i += step)
        set_cell(row, i, glyph(drawing, i % drawing->lane_width == 0 ? CROSS : DASH));
    set_cell(row, to - step, glyph(drawing, from < to ? RIGHT : LEFT));
}

static void write_cells(struct drawing *drawing, cells row, int own, const char *colour)
{
    int width = drawing->lane_count * drawing->lane_width;

    for (int i = 0; i < width; i++) {
        if (i == own)
            begin_colour(drawing, colour);
        fputs(row[i], drawing->out);
        if (i == own)
            end_colour(drawing);
    }
}

/* Text, cut to the room that is left, which becomes less. */
static void write_cut(struct drawing *drawing, const char *text, int *room)
{
    int used, all;
    size_t length = sw_columns_fit(text, *room, &used);

    if (text[length] != '\0' && *room > 0) {
        length = sw_columns_fit(text, *room - 1, &used);
        fwrite(text, 1, length, drawing->out);
        fputs(glyph(drawing, MORE), drawing->out);
        *room = 0;
        return;
    }
    fwrite(text, 1, length, drawing->out);
    all = used;
    *room -= all;
}

/* Who, in the fewest letters that say it: "T1", or a tasklet's name. */
static void write_who(struct drawing *drawing, uint32_t lane, int *room)
{
    const struct sw_picture *picture = drawing->picture;
    const char *name = sw_picture_text_of(picture, picture->lanes[lane].name);
    char buf[32];
    size_t length = strcspn(name, " ");

    /* A thread's begins with its number; the legend has the rest. */
    if (is_thread(picture, lane) && length < sizeof buf) {
        memcpy(buf, name, length);
        buf[length] = '\0';
        name = buf;
    }
    write_cut(drawing, name, room);
    write_cut(drawing, " ", room);
}

static void write_values(struct drawing *drawing, const struct sw_picture_mark *mark, int *room)
{
    const char *before = sw_picture_text_of(drawing->picture, mark->before),
               *after = sw_picture_text_of(drawing->picture, mark->after);

    if (*before == '\0' && *after == '\0')
        return;
    write_cut(drawing, "  ", room);
    write_cut(drawing, before, room);
    if (*after != '\0' && *before != '\0')
        write_cut(drawing, drawing->order->ascii ? " -> " : " → ", room);
    write_cut(drawing, after, room);
}

/* At the right, if it fits; behind the words otherwise, cut. */
static void write_place(struct drawing *drawing, const struct sw_picture_mark *mark, int room)
{
    const char *place = sw_picture_text_of(drawing->picture, mark->place);
    int used;

    if (*place == '\0' || room < 6)
        return;
    sw_columns_fit(place, 1 << 20, &used);
    int blanks = used + 2 <= room ? room - used : 2;
    fprintf(drawing->out, "%*s", blanks, "");
    room -= blanks;
    begin_colour(drawing, "2");
    write_cut(drawing, place, &room);
    end_colour(drawing);
}

static int lanes_width(const struct drawing *drawing)
{
    return drawing->lane_count * drawing->lane_width;
}

static void write_mark(struct drawing *drawing, uint32_t at)
{
    const struct sw_picture *picture = drawing->picture;
    const struct sw_picture_mark *mark = &picture->marks[at];
    const struct sw_picture_look *look = &sw_picture_looks[mark->kind];
    const char ascii[2] = {look->ascii, '\0'};
    const char *colour = mark->flags & SW_PICTURE_ON_PATH ? "1;33" : group_colour(look->group);
    int own = (int)drawing->column[mark->lane] * drawing->lane_width;
    int room = drawing->width - STEP_WIDTH - 2 - lanes_width(drawing) - 1;
    cells row;

    draw_bars(drawing, row, at, 0);
    if (mark->partner != 0)
        draw_arrow(drawing, row,
                   (int)drawing->column[picture->marks[mark->partner - 1].lane] *
                       drawing->lane_width,
                   own);
    set_cell(row, own, drawing->order->ascii ? ascii : look->glyph);
    fprintf(drawing->out, "%*" PRIu64 "%s", STEP_WIDTH, mark->step,
            mark->flags & SW_PICTURE_IN_PAIR ? "* " : "  ");
    write_cells(drawing, row, own, colour);
    fputc(' ', drawing->out);
    write_who(drawing, mark->lane, &room);
    if (sw_picture_rank(mark) >= 2)
        begin_colour(drawing, colour);
    write_cut(drawing, mark->text != 0 ? sw_picture_text_of(picture, mark->text) : look->name,
              &room);
    write_values(drawing, mark, &room);
    if (sw_picture_rank(mark) >= 2)
        end_colour(drawing);
    write_place(drawing, mark, room);
    fputc('\n', drawing->out);
}

static void write_fold(struct drawing *drawing, uint32_t from, uint32_t to)
{
    cells row;
    char text[160];
    const struct sw_picture_mark *marks = drawing->picture->marks;
    int room = drawing->width - STEP_WIDTH - 2 - lanes_width(drawing) - 1;

    draw_bars(drawing, row, from, 1);
    fprintf(drawing->out, "%*s  ", STEP_WIDTH, "");
    begin_colour(drawing, "2");
    write_cells(drawing, row, -1, "");
    fputc(' ', drawing->out);
    uint64_t first = marks[from].step, last = marks[to - 1].step;
    int used = snprintf(text, sizeof text, "%u more, step%s %" PRIu64, to - from,
                        first == last ? "" : "s", first);
    if (first != last)
        snprintf(text + used, sizeof text - (size_t)used, " to %" PRIu64, last);
    write_cut(drawing, text, &room);
    end_colour(drawing);
    fputc('\n', drawing->out);
}

/* ---- above and below ---- */

/* At blanks, so that no line is wider than the terminal; what is very long is cut. */
static void write_wrapped(struct drawing *drawing, const char *text)
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
        fputs(glyph(drawing, MORE), drawing->out);
}

static void write_line(struct drawing *drawing, const char *before, uint32_t text,
                       const char *colour)
{
    char buf[SW_PICTURE_LINES_MAX + 32];

    if (text == 0)
        return;
    snprintf(buf, sizeof buf, "%s%s", before, sw_picture_text_of(drawing->picture, text));
    buf[strcspn(buf, "\n")] = '\0';
    begin_colour(drawing, colour);
    write_wrapped(drawing, buf);
    end_colour(drawing);
    fputc('\n', drawing->out);
}

/* A tasklet's letter above its lane, of its thread's tasklets; 0: it has no lane. */
static char letter_of(const struct drawing *drawing, int column)
{
    char letter = 'a';

    if (is_thread(drawing->picture, drawing->lanes[column]))
        return '\0';
    for (; column > 0 && !is_thread(drawing->picture, drawing->lanes[column - 1]); column--)
        letter = letter < 'z' ? (char)(letter + 1) : 'z';
    return letter;
}

/* "T1 worker-1: a download-1, b download-2" */
static void write_legend(struct drawing *drawing)
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
        write_cut(drawing, letter[0] != '\0' ? before : "", &room);
        write_cut(drawing, letter[0] != '\0' ? letter : "", &room);
        write_cut(drawing, sw_picture_text_of(picture, picture->lanes[drawing->lanes[i]].name),
                  &room);
        before = letter[0] != '\0' ? ", " : ": ";
    }
    if (drawing->shared > 0)
        fprintf(drawing->out, "\n  + has its lane and those of %d more", drawing->shared);
    fputc('\n', drawing->out);
}

/* Above each lane its name's first letters; of a tasklet the letter of the legend. */
static void write_heads(struct drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    fprintf(drawing->out, "%*s  ", STEP_WIDTH, "step");
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

static void begin_waits(struct drawing *drawing, uint32_t at)
{
    const struct sw_picture *picture = drawing->picture;

    for (; drawing->span < picture->span_count && picture->spans[drawing->span].from <= at;
         drawing->span++) {
        const struct sw_picture_span *span = &picture->spans[drawing->span];
        if (span->kind == SW_PICTURE_SPAN_WAITS)
            drawing->waits_until[span->lane] = span->to;
    }
}

static void write_rows(struct drawing *drawing)
{
    uint32_t count = drawing->picture->mark_count, folded = 0;

    for (uint32_t i = 0; i < count; i++) {
        begin_waits(drawing, i);
        if (!drawing->told[i]) {
            folded++;
            continue;
        }
        if (folded > 0)
            write_fold(drawing, i - folded, i);
        folded = 0;
        write_mark(drawing, i);
    }
    if (folded > 0)
        write_fold(drawing, count - folded, count);
}

/* No picture is no answer. */
static void write_nothing(struct drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    for (uint32_t i = 0; i < picture->mark_count; i++)
        if (is_asked_for(drawing, &picture->marks[i]))
            return;
    fprintf(drawing->out, "nothing is in these steps; the last of all is %" PRIu64 "\n",
            picture->mark_count > 0 ? picture->marks[picture->mark_count - 1].step : 0);
}

static int make_room(struct drawing *drawing)
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

static int draw(struct drawing *drawing)
{
    const struct sw_picture *picture = drawing->picture;

    if (make_room(drawing) < 0)
        return -1;
    find_ends(drawing);
    choose_lanes(drawing);
    choose(drawing);
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
    struct drawing drawing = {.out = out, .picture = picture, .order = order};
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
