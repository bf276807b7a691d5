/* SPDX-License-Identifier: MIT */
#include "picture_html.h"

#include <stdlib.h>
#include <string.h>

#include "contract/bytes.h"
#include "picture_json.h"

/* The page's parts travel in the runner, so that there is nothing to find. */
#define PART(name, file) \
    __asm__(".section .rodata\n" \
            "page_" name ": .incbin \"harness/report/page/" file "\"\n" \
            ".byte 0\n" \
            ".previous\n")
PART("css", "page.css");
PART("body", "body.html");
PART("model", "model.js");
PART("draw", "draw.js");
PART("page", "page.js");
extern const char page_css[], page_body[], page_model[], page_draw[], page_page[];

enum {
    TOLD_MAX = 200, /* in the list: some pages on paper */
    /* A mark's numbers are about 20 bytes, 27 as base64; 6 MB for 100,000 marks leave 32 a mark for
     * texts. Small runs may have more, since they have long stacks and few marks. */
    TEXT_BYTES_LEAST = 3200000,
    TEXT_BYTES_A_MARK = 32,
    TEXT_CUT_LEAST = 24,
};

/* ---- numbers ---- */

static void write_base64(FILE *out, const struct sw_bytes *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < bytes->used; i += 3) {
        size_t left = bytes->used - i;
        uint32_t group = (uint32_t)bytes->start[i] << 16 |
                         (left > 1 ? (uint32_t)bytes->start[i + 1] << 8 : 0) |
                         (left > 2 ? bytes->start[i + 2] : 0);
        putc_unlocked(digits[group >> 18], out);
        putc_unlocked(digits[group >> 12 & 63], out);
        putc_unlocked(left > 1 ? digits[group >> 6 & 63] : '=', out);
        putc_unlocked(left > 2 ? digits[group & 63] : '=', out);
    }
}

/* The texts in the order of their first use, so that a new one costs one byte where it is used. */
struct texts {
    uint32_t *number; /* of the pool's text: its place in `list`; 0: not used yet */
    uint32_t *list;
    uint32_t count;
};

static void add_text(struct sw_bytes *bytes, struct texts *texts, uint32_t text)
{
    if (text == 0) {
        sw_bytes_add_number(bytes, 0);
    } else if (texts->number[text] == 0) {
        sw_bytes_add_number(bytes, 1);
        texts->list[texts->count] = text;
        texts->number[text] = texts->count++;
    } else {
        sw_bytes_add_number(bytes, texts->count + 1 - texts->number[text]);
    }
}

static void add_marks(struct sw_bytes *bytes, struct texts *texts, const struct sw_picture *picture)
{
    uint64_t step = 0;

    for (uint32_t i = 0; i < picture->mark_count; i++) {
        const struct sw_picture_mark *mark = &picture->marks[i];
        /* A step never falls; where one does, it is drawn at the one before. */
        sw_bytes_add_number(bytes, mark->step > step ? mark->step - step : 0);
        step = mark->step > step ? mark->step : step;
        sw_bytes_add_number(bytes, mark->lane);
        sw_bytes_add_number(bytes, mark->object);
        sw_bytes_add_number(bytes, mark->kind);
        sw_bytes_add_number(bytes, mark->flags);
        sw_bytes_add_number(bytes, mark->partner == 0 ? 0 : i + 1 - mark->partner);
        add_text(bytes, texts, mark->text);
        add_text(bytes, texts, mark->place);
        add_text(bytes, texts, mark->source);
        add_text(bytes, texts, mark->before);
        add_text(bytes, texts, mark->after);
        add_text(bytes, texts, mark->stack);
    }
}

static void add_spans(struct sw_bytes *bytes, const struct sw_picture *picture)
{
    uint32_t from = 0;

    for (uint32_t i = 0; i < picture->span_count; i++) {
        const struct sw_picture_span *span = &picture->spans[i];
        sw_bytes_add_number(bytes, span->kind);
        sw_bytes_add_number(bytes, span->lane);
        sw_bytes_add_number(bytes, span->by);
        sw_bytes_add_number(bytes, span->from - from);
        sw_bytes_add_number(bytes, span->to - span->from);
        from = span->from;
    }
}

/* ---- texts ---- */

static void write_json(FILE *out, const struct sw_picture *picture, uint32_t text)
{
    sw_picture_json_text(out, sw_picture_text_of(picture, text), SW_PICTURE_LINES_MAX);
}

/* The longest that a text may be, so that all of them fit. */
static size_t find_cut(const struct sw_picture *picture, const struct texts *texts)
{
    size_t room = (size_t)picture->mark_count * TEXT_BYTES_A_MARK, cut = SW_PICTURE_LINES_MAX * 2;

    room = room > TEXT_BYTES_LEAST ? room : TEXT_BYTES_LEAST;
    for (;; cut = cut * 3 / 4) {
        size_t used = 0;
        for (uint32_t i = 0; i < texts->count && used <= room; i++)
            used += 3 + sw_picture_json_size(sw_picture_text_of(picture, texts->list[i]), cut);
        if (used <= room || cut <= TEXT_CUT_LEAST)
            return cut;
    }
}

static void write_texts(FILE *out, const struct sw_picture *picture, const struct texts *texts,
                        size_t cut)
{
    putc('[', out);
    for (uint32_t i = 0; i < texts->count; i++) {
        if (i > 0)
            putc_unlocked(',', out);
        sw_picture_json_text(out, sw_picture_text_of(picture, texts->list[i]), cut);
    }
    putc(']', out);
}

/* ---- the head ---- */

static void write_lanes(FILE *out, const struct sw_picture *picture)
{
    fputs(",\"lanes\":[", out);
    for (uint32_t i = 0; i < picture->lane_count; i++) {
        const struct sw_picture_lane *lane = &picture->lanes[i];
        fprintf(out, "%s{\"kind\":%d,\"parent\":%u,\"dull\":%s,\"name\":", i > 0 ? "," : "",
                (int)lane->kind, lane->parent, lane->is_dull ? "true" : "false");
        write_json(out, picture, lane->name);
        putc('}', out);
    }
    fputs("],\"order\":[", out);
    for (uint32_t i = 0; i < picture->lane_count; i++)
        fprintf(out, "%s%u", i > 0 ? "," : "", picture->order[i]);
    putc(']', out);
}

static void write_run_head(FILE *out, const struct sw_picture *picture)
{
    fputs("{\"title\":", out);
    write_json(out, picture, picture->title);
    fputs(",\"outcome\":", out);
    write_json(out, picture, picture->outcome);
    fputs(",\"file\":", out);
    write_json(out, picture, picture->file);
    fprintf(out, ",\"jump\":%llu", (unsigned long long)picture->jump);
    fprintf(out, ",\"failure\":%u,\"count\":%u,\"spans\":%u", picture->failure, picture->mark_count,
            picture->span_count);
    write_lanes(out, picture);
    fputs(",\"odds\":[", out);
    for (uint32_t i = 0; i < picture->odds_count; i++)
        fprintf(out, "%s[%llu,%.4f,%.4f,%.4f]", i > 0 ? "," : "",
                (unsigned long long)picture->odds[i].step, picture->odds[i].low,
                picture->odds[i].likely, picture->odds[i].high);
    fputs("]}", out);
}

static void write_head(FILE *out, const struct sw_picture *picture)
{
    fputs("<script type=\"application/json\" id=\"head\">{\"kinds\":[", out);
    for (int i = 0; i < SW_TIMELINE_KIND_COUNT; i++)
        fprintf(out, "%s[\"%s\",\"%s\",%d,\"%s\"]", i > 0 ? "," : "", sw_picture_looks[i].name,
                sw_picture_looks[i].glyph, sw_picture_looks[i].rank, sw_picture_looks[i].group);
    fputs("],\"laneKinds\":[", out);
    for (int i = 0; i < SW_PICTURE_LANE_COUNT; i++)
        fprintf(out, "%s\"%s\"", i > 0 ? "," : "", sw_picture_lanes[i]);
    fputs("],\"runs\":[", out);
    write_run_head(out, picture);
    if (picture->beside != NULL) {
        putc(',', out);
        write_run_head(out, picture->beside);
    }
    fputs("]}</script>\n", out);
}

/* ---- one run's data ---- */

/* *cut: how long its texts are at most. */
static int write_data(FILE *out, const struct sw_picture *picture, int index, size_t *cut)
{
    struct sw_bytes marks = {0}, spans = {0};
    struct texts texts = {.number = calloc(picture->text_count + 1, sizeof *texts.number),
                          .list = calloc(picture->text_count + 2, sizeof *texts.list),
                          .count = 1};
    int failed = texts.number == NULL || texts.list == NULL;

    if (!failed) {
        add_marks(&marks, &texts, picture);
        add_spans(&spans, picture);
        failed = marks.failed || spans.failed;
    }
    if (!failed) {
        *cut = find_cut(picture, &texts);
        fprintf(out, "<script type=\"application/octet-stream\" id=\"marks%d\">", index);
        write_base64(out, &marks);
        fprintf(out, "</script>\n<script type=\"application/octet-stream\" id=\"spans%d\">", index);
        write_base64(out, &spans);
        fprintf(out, "</script>\n<script type=\"application/json\" id=\"texts%d\">", index);
        write_texts(out, picture, &texts, *cut);
        fputs("</script>\n", out);
    }
    sw_bytes_free(&marks);
    sw_bytes_free(&spans);
    free(texts.number);
    free(texts.list);
    return failed ? -1 : 0;
}

/* ---- what a person reads first ---- */

static void write_html(FILE *out, const struct sw_picture *picture, uint32_t text)
{
    sw_picture_json_html(out, sw_picture_text_of(picture, text));
}

static void write_paragraph(FILE *out, const struct sw_picture *picture, const char *id,
                            const char *before, uint32_t text)
{
    if (text == 0)
        return;
    fprintf(out, "<p id=\"%s\">%s", id, before);
    write_html(out, picture, text);
    fputs("</p>\n", out);
}

static void write_told(FILE *out, const struct sw_picture *picture, uint32_t at)
{
    const struct sw_picture_mark *mark = &picture->marks[at];
    const char *name = sw_picture_looks[mark->kind].name;

    fprintf(out,
            "<li data-mark=\"%u\" class=\"%s\"><span class=\"step\">%llu</span>"
            "<span class=\"who\">",
            at,
            sw_picture_rank(mark) > 2          ? "failure"
            : mark->flags & SW_PICTURE_ON_PATH ? "path"
            : mark->flags & SW_PICTURE_IN_PAIR ? "pair"
                                               : "other",
            (unsigned long long)mark->step);
    write_html(out, picture, picture->lanes[mark->lane].name);
    fprintf(out, "</span><span>%s ", sw_picture_looks[mark->kind].glyph);
    if (mark->text != 0)
        write_html(out, picture, mark->text);
    else
        fputs(name, out);
    for (int i = 0; i < 2; i++) {
        uint32_t value = i == 0 ? mark->before : mark->after;
        if (value == 0)
            continue;
        fprintf(out, " <span class=\"code\">%s", i == 1 && mark->before != 0 ? "&rarr; " : "");
        write_html(out, picture, value);
        fputs("</span>", out);
    }
    fputs(" <span class=\"place\">", out);
    write_html(out, picture, mark->place);
    fputs("</span></span></li>\n", out);
}

/* The last ones of those that matter, since the end is what is to be explained. */
static void write_list(FILE *out, const struct sw_picture *picture)
{
    uint32_t important = 0, left_out;

    for (uint32_t i = 0; i < picture->mark_count; i++)
        important += sw_picture_rank(&picture->marks[i]) > 1;
    left_out = important > TOLD_MAX ? important - TOLD_MAX : 0;
    fputs("<div id=\"told\"><h2>what matters", out);
    if (left_out > 0)
        fprintf(out, " (the last %d of %u)", TOLD_MAX, important);
    fputs("</h2><ol id=\"story\">\n", out);
    for (uint32_t i = 0; i < picture->mark_count; i++) {
        if (sw_picture_rank(&picture->marks[i]) <= 1)
            continue;
        if (left_out > 0)
            left_out--;
        else
            write_told(out, picture, i);
    }
    fputs("</ol></div>\n", out);
}

static void write_top(FILE *out, const struct sw_picture *picture)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\" data-theme=\"light\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          /* No connection, no frame, no picture, no font, no form: nothing but what is in here. */
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; "
          "form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
          out);
    write_html(out, picture, picture->title);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<h1>", page_css);
    write_html(out, picture, picture->title);
    fprintf(out, "</h1><span id=\"outcome\"%s>", picture->failure == 0 ? " class=\"passed\"" : "");
    write_html(out, picture, picture->outcome);
    fputs("</span>\n", out);
    write_paragraph(out, picture, "explained", "Kind: ", picture->explained);
    write_paragraph(out, picture, "sentence", "Schedule: ", picture->sentence);
    write_paragraph(out, picture, "reason", "Because: ", picture->reason);
    write_paragraph(out, picture, "jump", "", picture->jump_text);
    write_paragraph(out, picture, "unseen", "", picture->unseen);
}

int sw_picture_html_write(FILE *out, const struct sw_picture *picture)
{
    char *data = NULL;
    size_t size = 0, cut = SW_PICTURE_LINES_MAX, cut_beside = cut;
    FILE *memory = open_memstream(&data, &size);

    if (memory == NULL)
        return -1;
    int failed =
        write_data(memory, picture, 0, &cut) < 0 ||
        (picture->beside != NULL && write_data(memory, picture->beside, 1, &cut_beside) < 0);
    if (fclose(memory) != 0 || failed) {
        free(data);
        return -1;
    }
    write_top(out, picture);
    cut = cut < cut_beside ? cut : cut_beside;
    if (cut < SW_PICTURE_LINES_MAX)
        fprintf(out,
                "<p class=\"soft\">So that the page stays small, texts are cut to %zu bytes."
                "</p>\n",
                cut);
    fprintf(out,
            "<noscript>The lanes are drawn by the scripts in this page, which load nothing; "
            "the list below is there without them.</noscript>\n</header>\n%s"
            "<div id=\"below\"><div id=\"detail\"></div>\n",
            page_body);
    write_list(out, picture);
    fputs("</div>\n", out);
    write_head(out, picture);
    fwrite(data, 1, size, out);
    free(data);
    fprintf(out, "<script>\n%s%s%s</script>\n</body>\n</html>\n", page_model, page_draw, page_page);
    return 0;
}
