/* SPDX-License-Identifier: MIT */
#include "bench_html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/formats/files/atomic_files.h"

enum { LABEL = 130, PLOT = 560, WIDTH = 950, LINE = 24, HEAD = 30 };

static const char style[] =
    "<style>\n"
    ":root { color-scheme: light dark; --ink: #222; --paper: #fff; --dim: #999; --grid: #ddd;\n"
    "  --more: #b3261e; --less: #1b7f3b; }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #181818; --dim: #777;\n"
    "  --grid: #333; --more: #ff8a80; --less: #69c98a; } }\n"
    "body { font: 14px/1.5 sans-serif; color: var(--ink); background: var(--paper); margin: 2em; "
    "}\n"
    "svg { width: 100%; max-width: 1100px; }\n"
    "text { font: 12px sans-serif; fill: var(--ink); }\n"
    ".axis { fill: var(--dim); text-anchor: middle; }\n"
    ".grid { stroke: var(--grid); } .zero { stroke: var(--dim); }\n"
    ".bar { stroke: var(--dim); stroke-width: 8; stroke-opacity: .6; }\n"
    "circle { fill: var(--ink); fill-opacity: .35; }\n"
    ".more .bar { stroke: var(--more); } .less .bar { stroke: var(--less); }\n"
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

/* ---- the axis ---- */

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

static double place_of(double percent, double widest)
{
    return LABEL + PLOT / 2.0 * (1 + asinh(percent) / asinh(widest));
}

static void print_tick(FILE *out, double percent, double widest, int bottom)
{
    double x = place_of(percent, widest);

    fprintf(out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
            percent == 0 ? "zero" : "grid", x, x, HEAD - 6, bottom);
    fprintf(out, "<text class=\"axis\" x=\"%.1f\" y=\"%d\">%s%g%%</text>\n", x, HEAD - 12,
            percent > 0 ? "+" : "", percent);
}

static void print_axis(FILE *out, double widest, int bottom)
{
    static const double ticks[] = {1, 3, 10, 30, 100, 300, 1000, 10000};

    print_tick(out, 0, widest, bottom);
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks && ticks[i] <= widest; i++) {
        print_tick(out, ticks[i], widest, bottom);
        if (ticks[i] < 100) /* nothing takes less than nothing */
            print_tick(out, -ticks[i], widest, bottom);
    }
}

/* ---- the rows ---- */

static void print_row(FILE *out, const struct sw_bench_report *report, int row, double widest,
                      int line)
{
    const struct sw_bench_stats_row *one = &report->rows[row];
    const struct sw_bench_table *table = report->table;
    int y = HEAD + LINE * line + LINE / 2;

    fprintf(out, "<g class=\"%s\"><text x=\"0\" y=\"%d\">",
            !one->shown      ? "none"
            : one->ratio > 1 ? "more"
                             : "less",
            y + 4);
    print_text(out, table->rows[row].name);
    fprintf(out, "</text>\n<line class=\"bar\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
            place_of(100 * (one->low - 1), widest), place_of(100 * (one->high - 1), widest), y, y);
    for (int pair = 0; pair < table->pairs; pair++)
        fprintf(out, "<circle r=\"2.5\" cx=\"%.1f\" cy=\"%d\"/>\n",
                place_of(percent_of(sw_bench_table_difference(table, row, pair)), widest),
                /* Beside each other, in the order in which they were measured. */
                y - 6 + 12 * pair / table->pairs);
    fprintf(out, "<text x=\"%d\" y=\"%d\">", LABEL + PLOT + 15, y + 4);
    if (one->shown)
        fprintf(out, "%.2f%% %s, p %.4f</text></g>\n", fabs(100 * (one->ratio - 1)),
                one->ratio > 1 ? "more" : "less", one->p);
    else
        fprintf(out, "none shown; %.2f%% could be</text></g>\n", 100 * (one->detectable - 1));
}

/* Rows in the order of their effect, most first. */
static void sort_rows(const struct sw_bench_report *report, int *order)
{
    for (int i = 0; i < report->table->count; i++) {
        int at = i;
        for (; at > 0 && report->rows[order[at - 1]].ratio < report->rows[i].ratio; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static void print_picture(FILE *out, const struct sw_bench_report *report)
{
    int order[SW_BENCH_SIDE_ROWS_MAX + 1], height = HEAD + LINE * report->table->count;
    double widest = widest_of(report);

    sort_rows(report, order);
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, height);
    print_axis(out, widest, height);
    for (int line = 0; line < report->table->count; line++)
        print_row(out, report, order[line], widest, line);
    fprintf(out, "</svg>\n");
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
    fprintf(out, "</p>\n<p>A point is a pair of processes; a bar is where the ratio lies. All bars "
                 "hold at once.</p>\n");
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
