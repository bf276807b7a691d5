/* SPDX-License-Identifier: MIT
 *
 * minimise_command.c - "spillway minimise": see fuzz/explore/minimise.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "contract/real_time.h"
#include "common_options.h"
#include "contract/exit.h"
#include "fuzz/explore/atomic_files.h"
#include "fuzz/explore/minimise.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/report/replay.h"

/* Some seconds, either way: a test that stays in its process runs some 10,000 schedules a second, a
 * program, which has a process for each, some 100. */
enum { BUDGET = 20000, BUDGET_COLD = 500, PROGRESS_S = 10 };

static struct minimise {
    const char *path;
    const char *output; /* NULL: beside path */
    uint64_t budget; /* UINT64_MAX: not given */
    double told; /* seconds, when progress was printed last */
} minimise = {.budget = UINT64_MAX};

static void on_progress(void *context, uint64_t runs, uint32_t deviations)
{
    (void)context;
    if (sw_real_time_s() - minimise.told < PROGRESS_S)
        return;
    minimise.told = sw_real_time_s();
    fprintf(stderr, "%llu runs, %u deviations\n", (unsigned long long)runs, deviations);
}

static char *output_of(void)
{
    char *output = NULL;
    size_t length = strlen(minimise.path);

    if (minimise.output != NULL)
        return strdup(minimise.output);
    /* One that is minimised again is found beside the first, as FILE.min.min.sched. */
    if (length > 6 && strcmp(minimise.path + length - 6, ".sched") == 0)
        length -= 6;
    return asprintf(&output, "%.*s.min.sched", (int)length, minimise.path) < 0 ? NULL : output;
}

/* Says what there is, and writes it.  Returns the exit status. */
static int tell(const struct sw_minimised *minimised, const char *output)
{
    struct sw_trial trial = {0};

    if (minimised->refused[0] != '\0') {
        fprintf(stderr, "spillway: %s: %s\n", minimise.path, minimised->refused);
        return SW_EXIT_FAILED;
    }
    printf("%u deviations of %u; %s; %llu runs\n", minimised->deviations, minimised->before,
           minimised->proof, (unsigned long long)minimised->reproducer.runs);
    sw_critical_pair_print(stdout, &minimised->critical);
    fflush(stdout);
    int status = sw_minimise_write(minimised, output, 0, &trial);
    printf("%s\n%s%s", trial.verdict.text, trial.story != NULL ? trial.story : "",
           trial.story != NULL ? "\n" : "");
    free(trial.story);
    return status == 0 ? SW_EXIT_OK : SW_EXIT_FAILED;
}

/* NULL with *e. */
static struct sw_sched *load(const char *output, struct sw_error *e)
{
    struct sw_sched *sched = NULL;

    if (sw_sched_load(minimise.path, &sched, e) == 0 &&
        sw_atomic_files_check_output(output, e) == 0 &&
        sw_sched_paths(minimise.path, sched, e) == 0 &&
        sw_replay_check(minimise.path, sched, e) == 0)
        return sched;
    sw_sched_free(sched);
    return NULL;
}

/* Who begins its schedules itself, as a test does, stays in its process between them. */
static uint64_t budget_of(const struct sw_sched *sched)
{
    if (minimise.budget != UINT64_MAX)
        return minimise.budget;
    return sched->setting.begins ? BUDGET : BUDGET_COLD;
}

static int minimise_it(const struct sw_sched *sched, const char *output)
{
    static struct sw_minimised minimised;
    const struct sw_minimise_order order = {
        .sched = sched, .budget = budget_of(sched), .on_progress = on_progress};
    struct sw_error e = {0};
    int status = SW_EXIT_ERROR;

    if (sw_minimise_run(&order, &minimised, &e) < 0)
        sw_error_print(&e);
    else
        status = tell(&minimised, output);
    sw_minimise_free(&minimised);
    return status;
}

static int run(const struct sw_command_arguments *arguments)
{
    struct sw_error e = {0};
    int status = SW_EXIT_ERROR;

    minimise.path = arguments->list[0];
    minimise.told = sw_real_time_s();
    char *output = output_of();
    if (output == NULL)
        return sw_command_refuse("minimise", "out of memory");
    struct sw_sched *sched = load(output, &e);
    if (sched == NULL)
        sw_error_print(&e);
    else
        status = minimise_it(sched, output);
    sw_sched_free(sched);
    free(output);
    return status;
}

static const struct sw_option options[] = {
    SW_OPTION_NUMBER("budget", 0, "N", struct minimise, budget, 0, UINT64_MAX - 1,
                     "Run at most N schedules with fewer preemptions (default: 20000; of a whole "
                     "program, which has a process for each: 500)"),
    SW_OPTION_OUTPUT(struct minimise, output,
                     "Where the result is written (default: FILE.min.sched)"),
    {0},
};

SW_COMMAND(minimise) = {
    .name = "minimise",
    .summary = "find the smallest schedule that fails in the same way",
    .group = SW_COMMAND_EXPLORE,
    .rank = 2,
    .usage = "FILE.sched",
    .argument = "FILE.sched",
    .least = 1,
    .most = 1,
    .about = "Finds the smallest schedule that fails in the same way, and the two operations whose "
             "order decides whether it does.",
    .exits = {"0 the schedule that was written fails in the same way", "1 FILE.sched does not fail",
              "2 a usage or harness error"},
    .options = options,
    .target = &minimise,
    .run = run,
};
