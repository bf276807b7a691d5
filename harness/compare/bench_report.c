/* SPDX-License-Identifier: MIT */
#include "bench_report.h"

#include <math.h>
#include <string.h>

static double percent(double ratio)
{
    return 100 * (ratio - 1);
}

/* ---- above the table ---- */

static void print_side(FILE *out, const struct sw_bench_report *report, int side)
{
    char words[512];
    const char *version = report->table->versions[side];

    sw_bench_side_format(report->sides[side], words, sizeof words);
    fprintf(out, "%-8s %s%s%s%s\n", side == 0 ? "this:" : "other:", words,
            *version != '\0' ? " (" : "", version, *version != '\0' ? ")" : "");
}

static void print_timer(FILE *out, const struct sw_bench_report *report)
{
    const struct sw_bench_table *table = report->table;

    if (report->order->way.is_command) {
        fprintf(out, "timer:   the system's account of each process, and its clock\n");
        return;
    }
    fprintf(out, "timer:   %s, %s; smallest step seen: %.0f ns", table->timers[0],
            report->order->way.clock == SW_BENCH_SIDE_CPU ? "CPU time" : "real time",
            table->resolutions_ns[0]);
    if (strcmp(table->timers[0], table->timers[1]) != 0)
        fprintf(out, " (other: %s, %.0f ns)", table->timers[1], table->resolutions_ns[1]);
    fprintf(out, "; no garbage collection\n");
}

static void print_head(FILE *out, const struct sw_bench_report *report)
{
    const struct sw_bench_machine *machine = report->machine;

    fprintf(out,
            "bench:   %d pairs, each in an order that is drawn; %d "
            "rounds in each process, warp %d\n",
            report->table->pairs, report->order->way.rounds, report->order->way.warp);
    if (report->table->pairs < report->order->pairs)
        fprintf(out, "interrupted, before %d pairs were measured\n", report->order->pairs);
    print_side(out, report, 0);
    print_side(out, report, 1);
    print_timer(out, report);
    fprintf(out,
            "varied:  for each pair its hash seed, size of the environment and addresses "
            "(seed %llu)\n",
            (unsigned long long)report->order->seed);
    fprintf(out, "machine: %s; %s; CPUs: %d; governor: %s", machine->system, machine->cpu,
            machine->cpus, machine->governor);
    if (machine->load >= 0)
        fprintf(out, "; load before: %.2f", machine->load);
    fprintf(out, "\n");
    if (machine->load > machine->cpus / 2.0)
        fprintf(out, "warning: other programs run on this machine, so that intervals are wide\n");
    if (*report->order->way.plant != '\0')
        fprintf(out, "planted: %s %% more work in this\n", report->order->way.plant);
    for (int side = 0; side < SW_BENCH_TABLE_SIDES; side++)
        if (*report->table->lone[side] != '\0')
            fprintf(out, "only in %s, not compared: %s\n", report->sides[side]->label,
                    report->table->lone[side]);
    fprintf(out, "\n");
}

/* ---- the table ---- */

static const char *const rule =
    "--------------------------------------------------------------------------------------------"
    "--------";

struct scale {
    double factor;
    const char *unit;
};

static struct scale scale_of(const struct sw_bench_table *table, int row)
{
    double size = sw_bench_table_average(table, row, 0);

    if (table->rows[row].unit == SW_BENCH_SIDE_BYTES)
        return (struct scale){1.0 / 1024, "KiB"};
    return size >= 1 ? (struct scale){1, "s"} : (struct scale){1e3, "ms"};
}

static void print_pair(FILE *out, double this, double other, struct scale scale)
{
    int digits = this * scale.factor >= 1000 ? 0 : 2;

    fprintf(out, " %8.*f %8.*f %+6.1f%%", digits, this * scale.factor, digits, other * scale.factor,
            percent(this / other));
}

static void print_verdict(FILE *out, const struct sw_bench_stats_row *row)
{
    char interval[40];

    snprintf(interval, sizeof interval, "[%+.2f, %+.2f]", percent(row->low), percent(row->high));
    fprintf(out, "  %-17s", interval);
    if (row->shown)
        fprintf(out, " %.2f%% %s, p %.4f\n", fabs(percent(row->ratio)),
                row->ratio > 1 ? "more" : "less", row->p);
    else
        fprintf(out, " none shown; %.2f%% could be\n", percent(row->detectable));
}

static void print_row(FILE *out, const struct sw_bench_report *report, int row)
{
    const struct sw_bench_table *table = report->table;
    struct scale scale = scale_of(table, row);

    if (table->rows[row].is_total || (row > 0 && table->rows[row - 1].is_total))
        fprintf(out, "%s\n", rule);
    fprintf(out, "%-14s %-3s", table->rows[row].name, scale.unit);
    print_pair(out, sw_bench_table_minimum(table, row, 0), sw_bench_table_minimum(table, row, 1),
               scale);
    print_pair(out, sw_bench_table_average(table, row, 0), sw_bench_table_average(table, row, 1),
               scale);
    print_verdict(out, &report->rows[row]);
}

static void print_table(FILE *out, const struct sw_bench_report *report)
{
    char this[256], other[256];

    fprintf(out, "%-18s %25s %25s\n", "", "minimum         ", "average         ");
    fprintf(out, "%-18s %8s %8s %7s %8s %8s %7s  %-17s %s\n%s\n", "", "this", "other", "diff",
            "this", "other", "diff", "interval, %", "difference", rule);
    for (int row = 0; row < report->table->count; row++)
        print_row(out, report, row);
    fprintf(out, "%s\n(this=%s, other=%s)\n\n", rule,
            sw_bench_side_format(report->sides[0], this, sizeof this),
            sw_bench_side_format(report->sides[1], other, sizeof other));
}

/* ---- below it ---- */

static void print_conclusion(FILE *out, const struct sw_bench_report *report)
{
    int shown = 0;

    for (int row = 0; row < report->table->count; row++) {
        const struct sw_bench_stats_row *one = &report->rows[row];
        if (one->shown)
            fprintf(out, "%s: this takes %.2f %% %s, between %.2f and %.2f %%\n",
                    report->table->rows[row].name, fabs(percent(one->ratio)),
                    one->ratio > 1 ? "more" : "less",
                    fmin(fabs(percent(one->low)), fabs(percent(one->high))),
                    fmax(fabs(percent(one->low)), fabs(percent(one->high))));
        shown += one->shown;
    }
    fprintf(out, "%s is shown in %d of %d rows", shown > 0 ? "A difference" : "No difference",
            shown > 0 ? shown : report->table->count, report->table->count);
    fprintf(out, ".  Equal configurations show one in 2 of 100 reports at most.\n");
}

static void print_aa(FILE *out, const struct sw_bench_report *report)
{
    const struct sw_bench_report_aa *aa = report->aa;

    if (aa->reports == 0)
        return;
    fprintf(out,
            "this against itself: %d of %d reports showed a difference, which is %.1f %% false "
            "alarms; at most %.1f %%, with a confidence of 95 %%.\n",
            aa->alarms, aa->reports, 100.0 * aa->alarms / aa->reports,
            100 * sw_bench_stats_rate_most(aa->alarms, aa->reports));
    for (int row = 0; row < report->table->count; row++)
        if (aa->rows[row] > 0)
            fprintf(out, "  %s: in %d\n", report->table->rows[row].name, aa->rows[row]);
}

void sw_bench_report_print(FILE *out, const struct sw_bench_report *report)
{
    print_head(out, report);
    print_table(out, report);
    print_conclusion(out, report);
    print_aa(out, report);
}
