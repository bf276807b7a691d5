/* SPDX-License-Identifier: MIT
 *
 * schedules.c - how many schedules a second, in one process; prints a table of
 * harness/docs/performance.md.
 *
 *      schedules [N]      N schedules a row (default 20000)
 *      schedules --quick  50 a row: it has its rows, and no figure counts
 *
 * The program is lost_update.py beside it: two threads and about 20 points.
 * What is measured is the real time from the first begin to the last end; a
 * bench, and never a test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/runner/process.h"
#include "harness/runner/schedule_order.h"

static const char python[] = "/usr/bin/python3.11";
static const char program[] = "harness/bench/lost_update.py";

static const char *const engines[] = {"OS threads", "fibers", "pooled fibers"};

static int distinct_hashes(const struct sw_control_shm *shm)
{
    int distinct = 0;

    for (uint64_t i = 0; i < shm->result_count && i < 1000; i++) {
        uint64_t k = 0;
        while (k < i && shm->results[k].hash != shm->results[i].hash)
            k++;
        distinct += k == i;
    }
    return distinct;
}

/* 0, and run is to be closed; or -1 with *e. */
static int run_schedule(struct sw_process *run, const struct sw_schedule_order *schedule,
                        const char *kind, struct sw_error *e)
{
    char *args[] = {(char *)kind, (char *)"0", NULL};
    const struct sw_process_order order = {.interp = python, .program = program, .args = args};

    if (sw_process_open(run, e) < 0)
        return -1;
    sw_schedule_order_fill(schedule, run->shm);
    return sw_process_run(run, &order, e);
}

/* step 0: the same seed again and again, which must have one hash. */
static int run(enum sw_control_shm_engine engine, const char *kind, uint64_t count, uint64_t step)
{
    struct sw_process run;
    struct sw_error e;
    double decisions = 0, lost = 0;

    if (run_schedule(&run,
                     &(struct sw_schedule_order){.strategy = SW_STRATEGY_RANDOM,
                                                 .engine = engine,
                                                 .seed = 1,
                                                 .loop_count = count,
                                                 .loop_step = step},
                     kind, &e) < 0) {
        fprintf(stderr, "schedules: %s\n", e.text);
        return 1;
    }
    for (uint64_t i = 0; i < run.shm->result_count && i < SW_RESULTS_MAX; i++) {
        decisions += (double)run.shm->results[i].decision_count;
        lost += run.shm->results[i].outcome == 1;
    }
    double n = (double)run.shm->result_count;
    if (step > 0)
        printf("| %s, `%s` | %.0f | %.1f %% | %.0f |\n", engines[engine], kind, decisions / n,
               100 * lost / n, n / ((double)run.shm->loop_real_ns * 1e-9));
    else
        printf("%s, `%s`: one seed %.0f times: %d distinct hash(es)\n", engines[engine], kind, n,
               distinct_hashes(run.shm));
    fflush(stdout);
    sw_process_close(&run);
    return 0;
}

/* A schedule of exactly so many moves, found by its seed.  0, or 1 and a message. */
static int find_moves(uint32_t moves, struct sw_process *found)
{
    struct sw_error e = {.text = "no seed below 1000 has a schedule of so many moves"};

    for (uint64_t seed = 0; seed < 1000; seed++) {
        const struct sw_schedule_order schedule = {
            .strategy = SW_STRATEGY_RANDOM, .seed = seed, .loop_count = 1};
        if (run_schedule(found, &schedule, "threading", &e) < 0)
            break;
        if (found->shm->taken.count == moves)
            return 0;
        sw_process_close(found);
    }
    fprintf(stderr, "schedules: %s\n", e.text);
    return 1;
}

/* The same moves again and again; each must be the run that was recorded. */
static int replay(enum sw_control_shm_engine engine, uint64_t count)
{
    enum { MOVES = 20 };
    struct sw_process recorded, run;
    struct sw_error e;
    uint64_t others = 0;

    if (find_moves(MOVES, &recorded) != 0)
        return 1;
    if (run_schedule(
            &run,
            &(struct sw_schedule_order){.strategy = SW_STRATEGY_REPLAY,
                                        .engine = engine,
                                        .wanted = sw_schedule_order_list(&recorded.shm->taken),
                                        .loop_count = count},
            "threading", &e) < 0) {
        fprintf(stderr, "schedules: %s\n", e.text);
        return 1;
    }
    for (uint64_t i = 0; i < run.shm->result_count && i < SW_RESULTS_MAX; i++)
        others += run.shm->results[i].hash != recorded.shm->hash;
    printf("| %s, replay of %d moves | %llu | | %.0f |\n", engines[engine], MOVES,
           (unsigned long long)recorded.shm->decision_count,
           (double)run.shm->result_count / ((double)run.shm->loop_real_ns * 1e-9));
    if (others > 0 || run.shm->result_count != count)
        fprintf(stderr, "schedules: %llu of %llu replays were others\n", (unsigned long long)others,
                (unsigned long long)run.shm->result_count);
    sw_process_close(&run);
    sw_process_close(&recorded);
    return others > 0;
}

/* What the program prints of itself: nanoseconds a schedule, and how many lost an update. */
static int run_alone(const char *kind, const char *name, uint64_t count)
{
    char command[256];
    double ns, lost;

    snprintf(command, sizeof command, "%s %s %s %llu", python, program, kind,
             (unsigned long long)count);
    FILE *in = popen(command, "r");
    int got = in != NULL ? fscanf(in, "%lf %lf", &ns, &lost) : 0;
    if (in == NULL || pclose(in) != 0 || got != 2) {
        fprintf(stderr, "schedules: '%s' failed\n", command);
        return 1;
    }
    printf("| %s | | %.1f %% | %.0f |\n", name, 100 * lost / (double)count, 1e9 / ns);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t count = 20000;
    int failed = 0;

    if (argc > 1)
        count = strcmp(argv[1], "--quick") == 0 ? 50 : strtoull(argv[1], NULL, 10);
    puts("Schedules of one program in one process\n");
    puts("| | decisions | lose an update | schedules a second |\n|---|---:|---:|---:|");
    for (int engine = 0; engine < SW_ENGINE_COUNT; engine++) {
        failed |= run(engine, "_thread", count, 1);
        failed |= run(engine, "threading", count, 1);
    }
    for (int engine = 0; engine < SW_ENGINE_COUNT; engine++)
        failed |= replay(engine, count);
    failed |= run_alone("greenlet", "a scheduler by hand, of greenlets", count);
    failed |= run_alone("uncontrolled", "threads that nobody controls", count);
    puts("");
    for (int engine = 0; engine < SW_ENGINE_COUNT; engine++)
        failed |= run(engine, "threading", 1000, 0);
    return failed;
}
