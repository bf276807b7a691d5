/* SPDX-License-Identifier: MIT
 *
 * reads.c - what it costs a recording to note which files it reads; prints a table of
 * harness/docs/performance.md.
 *
 *      reads [-n PAIRS] [PROGRAM...]    (default 31; threads that lose an update, and one over HTTP)
 *      reads --quick                    1 pair: it has its rows, and no figure counts
 *
 * A pair is one recording with all that is noted, looked at and hashed (run_inputs.h), and one in
 * which the process is told that there is no room for a name, and nobody looks afterwards.  Which
 * comes first alternates.  What counts is CPU time, of this process and the recorded one together,
 * from before the start to where a schedule would be written; the table has the medians.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/formats/sched/sched.h"
#include "harness/report/run_inputs.h"
#include "harness/runner/process.h"
#include "harness/runner/schedule_order.h"

enum { PAIRS_MAX = 1001 };

static char python[] = "/usr/bin/python3.11";
static char *const programs[] = {(char *)"scenarios/programs/lost_update.py",
                                 (char *)"scenarios/programs/http_loopback.py"};

static double cpu_of(int who)
{
    struct rusage used;

    getrusage(who, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static double cpu_s(void)
{
    return cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
}

/* Seconds; negative after a message. */
static double record(char *program, int notes, uint32_t *read_count)
{
    char *none[] = {NULL};
    struct sw_sched sched = {.program = program, .args = none, .interp = python};
    struct sw_process_order order = sw_process_order_of(&sched);
    const struct sw_schedule_order schedule = {.strategy = SW_STRATEGY_DEFAULT};
    struct sw_process run;
    struct sw_error e;
    double before = cpu_s();

    order.silent = 1;
    int status = sw_process_open(&run, &e);
    if (status == 0) {
        sw_schedule_order_fill(&schedule, run.shm);
        run.shm->inputs.count = notes ? 0 : SW_INPUTS_MAX;
        status = sw_process_run(&run, &order, &e);
    }
    if (status == 0 && notes)
        sw_run_inputs_collect(&run, &sched);
    sw_process_close(&run);
    double spent = cpu_s() - before;
    *read_count = sched.read_count;
    sw_run_inputs_free(&sched);
    if (status < 0)
        fprintf(stderr, "reads: %s: %s\n", program, e.text);
    return status < 0 ? -1 : spent;
}

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static double median(double *list, int count)
{
    qsort(list, (size_t)count, sizeof *list, by_size);
    return count % 2 == 1 ? list[count / 2] : (list[count / 2 - 1] + list[count / 2]) / 2;
}

static int print_row(char *program, int pairs)
{
    static double with[PAIRS_MAX], without[PAIRS_MAX], ratio[PAIRS_MAX];
    uint32_t read_count = 0, none;

    for (int i = 0; i < pairs; i++) {
        double first = record(program, i % 2 == 0, i % 2 == 0 ? &read_count : &none);
        double second = record(program, i % 2 == 1, i % 2 == 1 ? &read_count : &none);
        if (first < 0 || second < 0)
            return 1;
        with[i] = i % 2 == 0 ? first : second;
        without[i] = i % 2 == 0 ? second : first;
        ratio[i] = with[i] / without[i];
    }
    printf("| %s | %u | %.1f | %.1f | %.3f |\n", strrchr(program, '/') + 1, read_count,
           1e3 * median(without, pairs), 1e3 * median(with, pairs), median(ratio, pairs));
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    int pairs = 31, failed = 0, option;

    if (argc == 2 && strcmp(argv[1], "--quick") == 0) {
        pairs = 1;
        argc = 1;
    }
    while ((option = getopt(argc, argv, "n:")) == 'n')
        pairs = atoi(optarg);
    if (option != -1 || pairs < 1 || pairs > PAIRS_MAX) {
        fprintf(stderr, "usage: reads [-n PAIRS] [PROGRAM...]\n");
        return 2;
    }
    char *const *list = optind < argc ? argv + optind : programs;
    int count = optind < argc ? argc - optind : (int)(sizeof programs / sizeof *programs);
    puts("| | noted | without, ms of CPU | with, ms | with / without |\n|---|---:|---:|---:|---:|");
    for (int i = 0; i < count; i++)
        failed |= print_row(list[i], pairs);
    return failed;
}
