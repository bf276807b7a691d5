/* SPDX-License-Identifier: MIT */
#include "bench_html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/formats/files/atomic_files.h"

/* In units of the picture, which are pixels where there is room. */
enum { LABEL = 130, LETTER = 7, PLOT = 560, VERDICT = 260, LINE = 24, HEAD = 30 };

static const char style[] =
    "<style>\n"
    ":root { color-scheme: light dark; --ink: #222; --paper: #fff; --dim: #999; --grid: #ddd;\n"
    "  --more: #b3261e; --less: #1b7f3b; }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #181818; --dim: #777;\n"
    "  --grid: #333; --more: #ff8a80; --less: #69c98a; } }\n"
    "body { font: 14px/1.5 sans-serif; color: var(--ink); background: var(--paper); margin: 2em; "
    "}\n"
    "pre, .picture { overflow-x: auto; }\n"
    "p { overflow-wrap: anywhere; }\n"
    "svg { width: 100%; min-width: 850px; max-width: 1100px; }\n"
    "text { font: 12px sans-serif; fill: var(--ink); }\n"
    ".axis { fill: var(--dim); text-anchor: middle; }\n"
    ".grid { stroke: var(--grid); } .zero { stroke: var(--dim); }\n"
    ".bar { stroke: var(--dim); stroke-width: 8; stroke-opacity: .6; }\n"
    ".ratio { stroke: var(--ink); stroke-width: 2; }\n"
    "circle { fill: var(--ink); fill-opacity: .35; }\n"
    ".more line { stroke: var(--more); } .less line { stroke: var(--less); }\n"
    ".more text { fill: var(--more); } .less text { fill: var(--less); }\n"
    "</style>\n";

static double percent_of(double log_ratio)
{
    return 100 * (exp(log_ratio) - 1);
}

/* What people typed, as text; its lines stay lines. */
static void print_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        int is_control = (unsigned char)*text < ' ' && *text != '\n';
        if (strchr("<>&\"'", *text) != NULL)
            fprintf(out, "&#%d;", *text);
        else
            putc(is_control ? ' ' : *text, out);
    }
}

struct picture {
    const struct sw_bench_report *report;
    double widest; /* in percent: where the axis ends on either side */
    int label; /* where it begins */
};

/* ---- the axis ---- */

/* Room for the longest name. */
static int label_of(const struct sw_bench_report *report)
{
    size_t longest = 0;

    for (int row = 0; row < report->table->count; row++) {
        size_t length = strlen(report->table->rows[row].name);
        longest = length > longest ? length : longest;
    }
    return longest * LETTER > LABEL ? (int)longest * LETTER : LABEL;
}

/* The largest difference of any point or interval, in percent. */
static double widest_of(const struct sw_bench_report *report)
{
    double widest = 1;

    for (int row = 0; row < report->table->count; row++) {
        const struct sw_bench_stats_row *one = &report->rows[row];
        widest = fmax(widest, fmax(fabs(100 * (one->low - 1)), fabs(100 * (one->high - 1))));
        for (int pair = 0; pair < report->table->pairs; pair++)
            widest =
                fmax(widest, fabs(percent_of(sw_bench_table_difference(report->table, row, pair))));
    }
    return widest;
}

static double place_of(const struct picture *picture, double percent)
{
    return picture->label + PLOT / 2.0 * (1 + asinh(percent) / asinh(picture->widest));
}

static void print_tick(FILE *out, const struct picture *picture, double percent, int bottom)
{
    double x = place_of(picture, percent);

    fprintf(out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
            percent == 0 ? "zero" : "grid", x, x, HEAD - 6, bottom);
    fprintf(out, "<text class=\"axis\" x=\"%.1f\" y=\"%d\">%s%g%%</text>\n", x, HEAD - 12,
            percent > 0 ? "+" : "", percent);
}

static void print_axis(FILE *out, const struct picture *picture, int bottom)
{
    static const double ticks[] = {1, 3, 10, 30, 100, 300, 1000, 10000};

    print_tick(out, picture, 0, bottom);
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks && ticks[i] <= picture->widest; i++) {
        print_tick(out, picture, ticks[i], bottom);
        if (ticks[i] < 100) /* nothing takes less than nothing */
            print_tick(out, picture, -ticks[i], bottom);
    }
}

/* ---- the rows ---- */

static void print_interval(FILE *out, const struct picture *picture, int row, int y)
{
    const struct sw_bench_stats_row *one = &picture->report->rows[row];
    double low = place_of(picture, 100 * (one->low - 1));
    double high = place_of(picture, 100 * (one->high - 1));
    double ratio = place_of(picture, 100 * (one->ratio - 1));

    fprintf(out, "<line class=\"bar\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n", low, high,
            y, y);
    fprintf(out, "<line class=\"ratio\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n", ratio,
            ratio, y - LINE / 2 + 2, y + LINE / 2 - 2);
}

static void print_row(FILE *out, const struct picture *picture, int row, int line)
{
    const struct sw_bench_stats_row *one = &picture->report->rows[row];
    const struct sw_bench_table *table = picture->report->table;
    int y = HEAD + LINE * line + LINE / 2;

    fprintf(out, "<g class=\"%s\"><text x=\"0\" y=\"%d\">",
            !one->shown      ? "none"
            : one->ratio > 1 ? "more"
                             : "less",
            y + 4);
    print_text(out, table->rows[row].name);
    fprintf(out, "</text>\n");
    print_interval(out, picture, row, y);
    for (int pair = 0; pair < table->pairs; pair++)
        fprintf(out, "<circle r=\"2.5\" cx=\"%.1f\" cy=\"%d\"/>\n",
                place_of(picture, percent_of(sw_bench_table_difference(table, row, pair))),
                /* Beside each other, in the order in which they were measured. */
                y - 6 + 12 * pair / table->pairs);
    fprintf(out, "<text x=\"%d\" y=\"%d\">", picture->label + PLOT + 15, y + 4);
    if (one->shown)
        fprintf(out, "%.2f%% %s, p %.4f</text></g>\n", fabs(100 * (one->ratio - 1)),
                one->ratio > 1 ? "more" : "less", one->p);
    else
        fprintf(out, "none shown; %.2f%% could be</text></g>\n", 100 * (one->detectable - 1));
}

/* What differs before what does not, and then the larger ratio, whichever side it is in favour of. */
static int is_before(const struct sw_bench_stats_row *one, const struct sw_bench_stats_row *other)
{
    if (one->shown != other->shown)
        return one->shown;
    return fabs(log(one->ratio)) > fabs(log(other->ratio));
}

static void sort_rows(const struct sw_bench_report *report, int *order)
{
    for (int i = 0; i < report->table->count; i++) {
        int at = i;
        for (; at > 0 && is_before(&report->rows[i], &report->rows[order[at - 1]]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static void print_picture(FILE *out, const struct sw_bench_report *report)
{
    const struct picture picture = {report, widest_of(report), label_of(report)};
    int order[SW_BENCH_SIDE_ROWS_MAX + 1], height = HEAD + LINE * report->table->count;

    sort_rows(report, order);
    fprintf(out, "<div class=\"picture\"><svg viewBox=\"0 0 %d %d\" role=\"img\">\n",
            picture.label + PLOT + VERDICT, height);
    print_axis(out, &picture, height);
    for (int line = 0; line < report->table->count; line++)
        print_row(out, &picture, order[line], line);
    fprintf(out, "</svg></div>\n");
}

/* ---- the page ---- */

static void print_page(FILE *out, const struct sw_bench_report *report)
{
    char *text = NULL, this[256], other[256];
    size_t size;
    FILE *lines = open_memstream(&text, &size);

    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'\">\n<title>spillway bench</title>\n%s</head>\n<body>\n"
            "<h1>How much more this takes than other</h1>\n<p>this: ",
            style);
    print_text(out, sw_bench_side_format(report->sides[0], this, sizeof this));
    fprintf(out, "<br>other: ");
    print_text(out, sw_bench_side_format(report->sides[1], other, sizeof other));
    fprintf(out, "</p>\n<p>A point is a pair of processes, a stroke their mean; a bar is where the "
                 "ratio lies. All bars hold at once.</p>\n");
    print_picture(out, report);
    if (lines != NULL) {
        sw_bench_report_print(lines, report);
        fclose(lines);
        fprintf(out, "<details><summary>The whole report</summary>\n<pre>");
        print_text(out, text);
        fprintf(out, "</pre></details>\n");
        free(text);
    }
    fprintf(out, "</body>\n</html>\n");
}

int sw_bench_html_check(const struct sw_bench_order *order, struct sw_error *e)
{
    return sw_atomic_files_check_output(order->html, e);
}

int sw_bench_html_write(const struct sw_bench_report *report, struct sw_error *e)
{
    char *page = NULL;
    size_t size;

    if (report->order->html == NULL)
        return 0;
    FILE *out = open_memstream(&page, &size);
    if (out == NULL)
        return sw_error_set(e, NULL, 0, 0, "no memory for the page");
    print_page(out, report);
    int failed = fclose(out) != 0 ? sw_error_set(e, NULL, 0, 0, "no memory for the page")
                                  : sw_atomic_files_write(report->order->html, page, size, e);
    free(page);
    return failed;
}
