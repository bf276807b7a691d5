/* SPDX-License-Identifier: MIT */
#include "bench_pyperf.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "harness/formats/files/atomic_files.h"

static void set_text(json_object *object, const char *key, const char *value)
{
    json_object_object_add(object, key, json_object_new_string(value));
}

static void set_number(json_object *object, const char *key, double value)
{
    json_object_object_add(object, key, json_object_new_double(value));
}

/* pyperf takes whole numbers for bytes. */
static json_object *new_value(enum sw_bench_side_unit unit, double value)
{
    return unit == SW_BENCH_SIDE_BYTES ? json_object_new_int64((int64_t)value)
                                       : json_object_new_double(value);
}

static json_object *new_runs(const struct sw_bench_table *table,
                             const struct sw_bench_table_row *row, int side)
{
    json_object *runs = json_object_new_array();

    for (int pair = 0; pair < table->pairs; pair++) {
        json_object *run = json_object_new_object(), *values = json_object_new_array();
        for (int i = 0; i < row->rounds; i++)
            json_object_array_add(values,
                                  new_value(row->unit, row->values[side][pair * row->rounds + i]));
        json_object_object_add(run, "values", values);
        json_object_array_add(runs, run);
    }
    return runs;
}

static void set_verdict(json_object *metadata, const struct sw_bench_stats_row *row)
{
    set_number(metadata, "spillway_ratio", row->ratio);
    set_number(metadata, "spillway_low", row->low);
    set_number(metadata, "spillway_high", row->high);
    set_number(metadata, "spillway_p", row->p);
    set_number(metadata, "spillway_detectable", row->detectable);
    set_text(metadata, "spillway_difference", row->shown ? "shown" : "not shown");
}

static json_object *new_benchmark(const struct sw_bench_report *report, int number, int side)
{
    const struct sw_bench_table_row *row = &report->table->rows[number];
    json_object *benchmark = json_object_new_object(), *metadata = json_object_new_object();

    set_text(metadata, "name", row->name);
    set_text(metadata, "unit", row->unit == SW_BENCH_SIDE_BYTES ? "byte" : "second");
    if (side == 0)
        set_verdict(metadata, &report->rows[number]);
    json_object_object_add(benchmark, "metadata", metadata);
    json_object_object_add(benchmark, "runs", new_runs(report->table, row, side));
    return benchmark;
}

static json_object *new_suite(const struct sw_bench_report *report, int side)
{
    json_object *suite = json_object_new_object(), *metadata = json_object_new_object(),
                *benchmarks = json_object_new_array();
    char words[512];

    set_text(metadata, "command", sw_bench_side_format(report->sides[side], words, sizeof words));
    set_text(metadata, "platform", report->machine->system);
    set_text(metadata, "cpu_model_name", report->machine->cpu);
    if (*report->table->versions[side] != '\0')
        set_text(metadata, "python_version", report->table->versions[side]);
    if (*report->table->timers[side] != '\0')
        set_text(metadata, "timer", report->table->timers[side]);
    for (int row = 0; row < report->table->count; row++)
        json_object_array_add(benchmarks, new_benchmark(report, row, side));
    set_text(suite, "version", "1.0");
    json_object_object_add(suite, "metadata", metadata);
    json_object_object_add(suite, "benchmarks", benchmarks);
    return suite;
}

static const char *const labels[SW_BENCH_TABLE_SIDES] = {"this", "other"};

static const char *path_of(const struct sw_bench_order *order, int side, char *path, size_t size)
{
    snprintf(path, size, "%s.%s.json", order->json, labels[side]);
    return path;
}

int sw_bench_pyperf_check(const struct sw_bench_order *order, struct sw_error *e)
{
    char path[PATH_MAX];

    for (int side = 0; order->json != NULL && side < SW_BENCH_TABLE_SIDES; side++)
        if (sw_atomic_files_check_output(path_of(order, side, path, sizeof path), e) < 0)
            return -1;
    return 0;
}

int sw_bench_pyperf_write(const struct sw_bench_report *report, struct sw_error *e)
{
    char path[PATH_MAX];
    int failed = 0;

    for (int side = 0; !failed && report->order->json != NULL && side < SW_BENCH_TABLE_SIDES;
         side++) {
        json_object *suite = new_suite(report, side);
        const char *text = json_object_to_json_string_ext(suite, JSON_C_TO_STRING_PRETTY);
        failed = sw_atomic_files_write(path_of(report->order, side, path, sizeof path), text,
                                       strlen(text), e);
        json_object_put(suite);
    }
    return failed;
}
