/* SPDX-License-Identifier: MIT */
#include "bench_pair.h"

#include <stdio.h>
#include <string.h>

#include "bench_output.h"
#include "bench_process.h"
#include "contract/decision.h"

/* The tests travel in the runner, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_bench_pair_workload\n"
        "sw_bench_pair_workload: .incbin \"harness/compare/workload.py\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char sw_bench_pair_workload[];

enum { SIDES = 2, PLANT_MAX = 80 };

struct pair {
    const struct sw_bench_side *const *sides;
    const struct sw_bench_way *way;
    struct sw_bench_side_luck luck;
    uint64_t random;
    int first;
    struct sw_bench_side_sample *samples;
    struct sw_bench_process processes[SIDES];
    struct sw_error *e;
};

/* Which side is the next to begin. */
static int draw(struct pair *pair)
{
    return (int)(sw_decision_random(&pair->random) >> 63);
}

/* ---- what is noted ---- */

/* -1: there is none of that name. */
static int find_row(const struct sw_bench_side_sample *sample, const char *name)
{
    for (int i = 0; i < sample->count; i++)
        if (strcmp(sample->rows[i].name, name) == 0)
            return i;
    return -1;
}

static void add(const struct pair *pair, int side, const char *name, enum sw_bench_side_unit unit,
                double value)
{
    struct sw_bench_side_sample *sample = &pair->samples[side];
    int found = find_row(sample, name);
    struct sw_bench_side_row *row = found >= 0 ? &sample->rows[found] : NULL;

    if (row == NULL &&
        (sample->count == SW_BENCH_SIDE_ROWS_MAX || !sw_bench_side_wants(pair->way, name)))
        return;
    if (row == NULL) {
        row = &sample->rows[sample->count++];
        *row = (struct sw_bench_side_row){.unit = unit};
        snprintf(row->name, sizeof row->name, "%s", name);
    }
    if (row->rounds < SW_BENCH_SIDE_ROUNDS_MAX)
        row->values[row->rounds++] = value;
}

static void add_used(const struct pair *pair, int side, const char *time, const char *memory,
                     const struct sw_bench_process_used *used)
{
    if (time != NULL)
        add(pair, side, time, SW_BENCH_SIDE_SECONDS,
            pair->way->clock == SW_BENCH_SIDE_CPU ? used->cpu_s : used->real_s);
    add(pair, side, memory, SW_BENCH_SIDE_BYTES, used->bytes);
}

/* ---- the tests ---- */

/* The interpreter's own words, and "-c" with a text. */
static int fill_words(const struct sw_bench_side *side, char **words, const char *text)
{
    int count = side->argc;

    memcpy(words, side->argv, (size_t)count * sizeof *words);
    words[count++] = (char *)"-c";
    words[count++] = (char *)text;
    words[count] = NULL;
    return count;
}

/* The other side is told of a plant of the same length, and of nothing, so that its memory is laid
 * out as that of this side. */
static char *plant_of(const struct pair *pair, int side, char *plant)
{
    snprintf(plant, PLANT_MAX, "%s", pair->way->plant);
    if (strcmp(pair->sides[side]->label, "other") == 0 && *plant != '\0')
        memset(plant + strcspn(plant, "=") + 1, '0', strlen(plant) - strcspn(plant, "=") - 1);
    return plant;
}

static int start_tests(struct pair *pair, int side)
{
    char *words[SW_BENCH_SIDE_WORDS_MAX], warp[16], plant[PLANT_MAX];
    int count = fill_words(pair->sides[side], words, sw_bench_pair_workload);

    snprintf(warp, sizeof warp, "%d", pair->way->warp);
    words[count++] = warp;
    words[count++] = (char *)(pair->way->clock == SW_BENCH_SIDE_CPU ? "cpu" : "wall");
    words[count++] = (char *)pair->way->tests;
    words[count++] = plant_of(pair, side, plant);
    words[count] = NULL;
    return sw_bench_process_start(&pair->processes[side], pair->sides[side], pair->way, pair->luck,
                                  words, 1, pair->e);
}

/* It has closed its output, or ended, though more was to come. */
static int say_how_it_ended(struct pair *pair, int side)
{
    struct sw_bench_process_used used;

    if (sw_bench_process_end(&pair->processes[side], &used, pair->e) < 0)
        return -1;
    return sw_error_set(pair->e, NULL, 0, 0, "%s: its output breaks off; is it a Python?",
                        pair->sides[side]->label);
}

static int read_line(struct pair *pair, int side)
{
    int status = sw_bench_process_read(&pair->processes[side], pair->e);

    return status > 0 ? say_how_it_ended(pair, side) : status;
}

static int read_head(struct pair *pair, int side)
{
    struct sw_bench_process *process = &pair->processes[side];
    struct sw_bench_side_sample *sample = &pair->samples[side];

    if (read_line(pair, side) < 0)
        return -1;
    const char *refused = sw_bench_output_refusal(process->line);
    if (refused != NULL)
        return sw_error_set(pair->e, NULL, 0, 0, "%s: %s", pair->sides[side]->label, refused);
    if (sw_bench_output_parse_python(process->line, sample) < 0)
        return sw_bench_process_refuse_line(process, pair->e);
    if (read_line(pair, side) < 0)
        return -1;
    return sw_bench_output_parse_tests(process->line, sample) < 0
               ? sw_bench_process_refuse_line(process, pair->e)
               : 0;
}

static int run_test(struct pair *pair, int side, int test)
{
    struct sw_bench_process *process = &pair->processes[side];
    struct sw_bench_side_row *row = &pair->samples[side].rows[test];
    double ns;

    sw_bench_process_say(process, test);
    if (read_line(pair, side) < 0)
        return -1;
    if (sw_bench_output_parse_ns(process->line, &ns) < 0)
        return sw_bench_process_refuse_line(process, pair->e);
    row->values[row->rounds++] = ns * 1e-9;
    return 0;
}

/* Each test of "this" that the other has, one side after the other. */
static int run_round(struct pair *pair)
{
    for (int test = 0; test < pair->samples[0].count; test++) {
        int tests[SIDES] = {test, find_row(&pair->samples[1], pair->samples[0].rows[test].name)};
        int first = draw(pair);
        for (int i = 0; tests[1] >= 0 && i < SIDES; i++)
            if (run_test(pair, first ^ i, tests[first ^ i]) < 0)
                return -1;
    }
    return 0;
}

/* The second starts when the first is ready: starting is no test of either. */
static int run_tests(struct pair *pair)
{
    for (int i = 0; i < SIDES; i++)
        if (start_tests(pair, pair->first ^ i) < 0 || read_head(pair, pair->first ^ i) < 0)
            return -1;
    for (int round = 0; round < pair->way->rounds; round++)
        if (run_round(pair) < 0)
            return -1;
    for (int side = 0; side < SIDES; side++) {
        struct sw_bench_process_used used;
        if (sw_bench_process_end(&pair->processes[side], &used, pair->e) < 0)
            return -1;
        add_used(pair, side, NULL, "peak memory", &used);
    }
    return 0;
}

/* ---- what is measured as a whole ---- */

static int run_whole(struct pair *pair, int side, char *const *argv,
                     struct sw_bench_process_used *used)
{
    struct sw_bench_process *process = &pair->processes[side];

    return sw_bench_process_start(process, pair->sides[side], pair->way, pair->luck, argv, 0,
                                  pair->e) < 0
               ? -1
               : sw_bench_process_end(process, used, pair->e);
}

static int run_start(struct pair *pair, int side)
{
    char *words[SW_BENCH_SIDE_WORDS_MAX];
    struct sw_bench_process_used used;

    fill_words(pair->sides[side], words, "pass");
    if (run_whole(pair, side, words, &used) < 0)
        return -1;
    add_used(pair, side, "start", "start memory", &used);
    return 0;
}

static int run_command(struct pair *pair, int side)
{
    struct sw_bench_process_used used;

    if (run_whole(pair, side, pair->sides[side]->argv, &used) < 0)
        return -1;
    add(pair, side, "cpu time", SW_BENCH_SIDE_SECONDS, used.cpu_s);
    add(pair, side, "real time", SW_BENCH_SIDE_SECONDS, used.real_s);
    add(pair, side, "peak memory", SW_BENCH_SIDE_BYTES, used.bytes);
    return 0;
}

static int run_in_turn(struct pair *pair, int rounds, int (*run)(struct pair *pair, int side))
{
    for (int round = 0; round < rounds; round++) {
        int first = round == 0 ? pair->first : draw(pair);
        for (int i = 0; i < SIDES; i++)
            if (run(pair, first ^ i) < 0)
                return -1;
    }
    return 0;
}

/* ---- the whole ---- */

static int run_all(struct pair *pair)
{
    if (pair->way->is_command)
        return run_in_turn(pair, pair->way->rounds, run_command);
    if (run_tests(pair) < 0)
        return -1;
    return sw_bench_side_wants(pair->way, "start") || sw_bench_side_wants(pair->way, "start memory")
               ? run_in_turn(pair, 1, run_start)
               : 0;
}

int sw_bench_pair_measure(const struct sw_bench_side *const sides[2],
                          const struct sw_bench_way *way, struct sw_bench_side_luck luck, int first,
                          struct sw_bench_side_sample samples[2], struct sw_error *e)
{
    struct pair pair = {.sides = sides,
                        .way = way,
                        .luck = luck,
                        .random = luck.hash_seed,
                        .first = first,
                        .samples = samples,
                        .e = e};

    for (int side = 0; side < SIDES; side++) {
        samples[side].count = 0;
        pair.processes[side].talk = -1;
    }
    int failed = run_all(&pair);
    for (int side = 0; side < SIDES; side++)
        sw_bench_process_drop(&pair.processes[side]);
    return failed;
}
