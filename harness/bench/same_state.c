/* SPDX-License-Identifier: MIT
 *
 * same_state.c - does every schedule begin from the same state?
 *
 *      same-state [--quick] [-t | -m] [-i INTERP] [-n N] [-c COLD] TARGET...
 *
 * Runs seeds 1 to N (default 1000) of each target, a test FILE.py::NAME or a program, from its
 * checkpoint; seeds 1 to COLD (default N) once more, each in a process of its own; and, of a test,
 * seeds 1 to N warm, one after the other in a process that is not put back.  Compares each hash of
 * all decisions, the number of decisions and the end.
 *
 * A row for each target: how many were equal, and how many each way would run in a second of CPU
 * time, which is what can be compared on a machine that does other things.  Exit status 1
 * where a schedule from the checkpoint was another one than in a process of its own, 2 where a target
 * is not there; that warm ones are others is no fault, but the reason that a search does not believe
 * them.  -t: as TAP.  -m: as a
 * table of harness/docs/performance.md.  --quick: 10 of each, and no figure counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/report/target.h"
#include "harness/report/trial.h"
#include "harness/runner/batch.h"

enum { SEEDS_MAX = 1000000 };

struct outcome {
    uint64_t hash, decision_count;
    enum sw_end_kind kind;
    uint32_t signature;
};

struct way {
    struct outcome *outcomes; /* of seed 1 + index */
    uint64_t count, processes;
    double cpu_s;
    char note[192];
};

static struct way ways[3]; /* by enum sw_batch_start */
static const char *interp = "/usr/bin/python3.11";
static char *starter;
static int is_tap, is_table, test_number;

static int on_result(void *context, const struct sw_batch_result *result)
{
    struct way *way = context;

    way->outcomes[way->count++] = (struct outcome){.hash = result->hash,
                                                   .decision_count = result->decision_count,
                                                   .kind = result->end->kind,
                                                   .signature = result->end->signature};
    return 0;
}

/* Of this process and of those that have ended. */
static double cpu_time_s(void)
{
    struct rusage own, children;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec + children.ru_utime.tv_sec +
                    children.ru_stime.tv_sec) +
           1e-6 * (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec + children.ru_utime.tv_usec +
                           children.ru_stime.tv_usec);
}

/* Returns 0, or -1 after a line on stderr. */
static int run(struct sw_trial_order *trial, enum sw_batch_start start, uint64_t count)
{
    struct way *way = &ways[start];
    struct sw_batch_totals totals;
    struct sw_error e;
    char *args[SW_TRIAL_ARGS];
    struct sw_batch_order order = {.run = sw_trial_process(trial, args),
                                   .start = start,
                                   .schedule = {.strategy = SW_STRATEGY_RANDOM,
                                                .seed = 1,
                                                .loop_count = count,
                                                .decisions_max = SW_DECISIONS_MAX,
                                                .engine = SW_ENGINE_POOL},
                                   .on_result = on_result,
                                   .context = way};

    way->count = 0;
    totals = (struct sw_batch_totals){0};
    order.run.silent = 1;
    double since = cpu_time_s();
    int status = count > 0 ? sw_batch_run(&order, &totals, &e) : 0;
    way->cpu_s = cpu_time_s() - since;
    if (status < 0) {
        fprintf(stderr, "same-state: %s: %s\n", trial->file, e.text);
        return -1;
    }
    way->processes = totals.processes;
    snprintf(way->note, sizeof way->note, "%s", totals.note);
    return 0;
}

static int is_equal(const struct outcome *a, const struct outcome *b)
{
    /* What a test's failure is called in a process of its own is the same exit. */
    return a->hash == b->hash && a->decision_count == b->decision_count && a->kind == b->kind &&
           a->signature == b->signature;
}

static uint64_t count_equal(const struct way *way)
{
    uint64_t equal = 0;

    for (uint64_t i = 0; i < way->count; i++)
        equal += i < ways[SW_BATCH_CHECKPOINT].count &&
                 is_equal(&way->outcomes[i], &ways[SW_BATCH_CHECKPOINT].outcomes[i]);
    return equal;
}

static double rate(const struct way *way)
{
    return way->count > 0 ? (double)way->count / way->cpu_s : 0;
}

static void print_way(const struct way *way, const char *name)
{
    if (way->count > 0)
        printf(", %s %llu of %llu equal (%.0f a second)", name,
               (unsigned long long)count_equal(way), (unsigned long long)way->count, rate(way));
}

static void print_row(const char *target)
{
    const char *name = strrchr(target, '/');

    printf("| `%s` | %.0f | %.0f | %.0f | %.2f |\n", name != NULL ? name + 1 : target,
           rate(&ways[SW_BATCH_COLD]), rate(&ways[SW_BATCH_CHECKPOINT]), rate(&ways[SW_BATCH_WARM]),
           rate(&ways[SW_BATCH_CHECKPOINT]) / rate(&ways[SW_BATCH_WARM]));
}

static void print_line(const char *target, int differs)
{
    const struct way *from = &ways[SW_BATCH_CHECKPOINT];

    if (is_tap)
        printf("%sok %d - ", differs ? "not " : "", ++test_number);
    printf("%s: %llu from a checkpoint in %llu process%s (%.0f a second%s%s)", target,
           (unsigned long long)from->count, (unsigned long long)from->processes,
           from->processes == 1 ? "" : "es", rate(from), from->note[0] != '\0' ? "; " : "",
           from->note);
    print_way(&ways[SW_BATCH_COLD], "cold");
    print_way(&ways[SW_BATCH_WARM], "warm");
    printf("\n");
}

/* Schedules of a program that is not there are equal, too.  The name in front of "::" alone. */
static int is_there(const char *target)
{
    const char *separator = strstr(target, ".py::");
    char *file =
        separator != NULL ? strndup(target, (size_t)(separator + 3 - target)) : strdup(target);
    int failed = file == NULL || access(file, R_OK) != 0;

    if (failed)
        perror(target);
    free(file);
    return !failed;
}

/* 1: a schedule from the checkpoint was another one. */
static int compare(const char *target, uint64_t count, uint64_t cold)
{
    static const struct sw_settings of_test = {.begins = 1}, of_program;
    struct sw_trial_order trial = {
        .interp = interp, .starter = starter, .file = target, .setting = &of_program};
    const char *separator = strstr(target, ".py::");
    char *file = separator != NULL ? strndup(target, (size_t)(separator + 3 - target)) : NULL;

    if (file != NULL) {
        trial.file = file;
        trial.setting = &of_test;
        trial.test = separator + 5;
    }
    int failed = run(&trial, SW_BATCH_CHECKPOINT, count) < 0 ||
                 run(&trial, SW_BATCH_COLD, cold) < 0 ||
                 run(&trial, SW_BATCH_WARM, file != NULL ? count : 0) < 0;
    int differs = failed || count_equal(&ways[SW_BATCH_CHECKPOINT]) < count ||
                  count_equal(&ways[SW_BATCH_COLD]) < cold;
    if (is_table)
        print_row(target);
    else
        print_line(target, differs);
    fflush(stdout);
    free(file);
    return differs;
}

static uint64_t number_of(const char *text)
{
    unsigned long long number = strtoull(text, NULL, 10);

    return number <= SEEDS_MAX ? number : SEEDS_MAX;
}

int main(int argc, char **argv)
{
    uint64_t count = 1000, cold = UINT64_MAX;
    int failed = 0, option;

    if (argc > 1 && strcmp(argv[1], "--quick") == 0) {
        count = cold = 10;
        argc--;
        argv++;
    }
    while ((option = getopt(argc, argv, "tmi:n:c:")) != -1) {
        if (option == 'i')
            interp = optarg;
        else if (option == 'n')
            count = number_of(optarg);
        else if (option == 'c')
            cold = number_of(optarg);
        else if (option == 't')
            is_tap = 1;
        else if (option == 'm')
            is_table = 1;
        else
            return 2;
    }
    for (int i = optind; i < argc; i++)
        if (!is_there(argv[i]))
            return 2;
    cold = cold < count ? cold : count;
    starter = sw_target_find_starter();
    for (int i = 0; i < 3; i++)
        ways[i].outcomes = calloc(count + 1, sizeof *ways[i].outcomes);
    if (is_tap)
        printf("1..%d\n", argc - optind);
    if (is_table)
        printf("| | cold | from the checkpoint | warm | checkpoint to warm |\n"
               "|---|---:|---:|---:|---:|\n");
    for (int i = optind; i < argc; i++)
        failed |= compare(argv[i], count, cold);
    free(starter);
    return failed || starter == NULL;
}
