/* SPDX-License-Identifier: MIT */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/formats/sched/sched_paths.h"
#include "harness/report/replay.h"
#include "contract/exit.h"
#include "atomic_files.h"
#include "minimise.h"

enum { BUDGET = 20000, BUDGET_COLD = 500, PROGRESS_S = 10, KEY_BUDGET = 256 };

struct command {
    const char *path;
    const char *output;
    uint64_t budget;
    int has_budget;
    double told; /* progress, when */
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void on_progress(void *context, uint64_t runs, uint32_t deviations)
{
    struct command *command = context;

    if (now() - command->told < PROGRESS_S)
        return;
    command->told = now();
    fprintf(stderr, "%llu runs, %u deviations\n", (unsigned long long)runs, deviations);
}

static char *output_of(const struct command *command)
{
    char *output = NULL;
    size_t length = strlen(command->path);

    if (command->output != NULL)
        return strdup(command->output);
    if (length > 6 && strcmp(command->path + length - 6, ".sched") == 0)
        length -= 6;
    return asprintf(&output, "%.*s.min.sched", (int)length, command->path) < 0 ? NULL : output;
}

/* Says what there is, and writes it.  Returns the exit status. */
static int tell(const struct command *command, const char *output,
                const struct sw_minimised *minimised)
{
    struct sw_trial trial = {0};

    if (minimised->refused[0] != '\0') {
        fprintf(stderr, "spillway: %s: %s\n", command->path, minimised->refused);
        return SW_EXIT_FAILED;
    }
    printf("%u deviations of %u; %s; %llu runs\n", minimised->deviations, minimised->before,
           minimised->proof, (unsigned long long)minimised->probe.runs);
    sw_critical_pair_print(stdout, &minimised->critical);
    fflush(stdout);
    int status = sw_minimise_write(minimised, output, 0, &trial);
    printf("%s\n%s%s", trial.verdict.text, trial.story != NULL ? trial.story : "",
           trial.story != NULL ? "\n" : "");
    free(trial.story);
    return status == 0 ? SW_EXIT_OK : SW_EXIT_FAILED;
}

static int run(struct command *command)
{
    static struct sw_minimised minimised;
    struct sw_minimise_order order = {.on_progress = on_progress, .context = command};
    struct sw_sched *sched = NULL;
    struct sw_error e = {0};
    char *output = output_of(command);
    int status = SW_EXIT_ERROR;

    if (output == NULL)
        sw_error_set(&e, NULL, 0, 0, "out of memory");
    if (output == NULL || sw_sched_load(command->path, &sched, &e) < 0 ||
        sw_atomic_files_check_output(output, &e) < 0 ||
        sw_sched_paths(command->path, sched, &e) < 0 ||
        sw_replay_check(command->path, sched, &e) < 0) {
        sw_error_print(&e);
    } else {
        order.sched = sched;
        order.budget = command->has_budget     ? command->budget
                       : sched->setting.begins ? BUDGET
                                               : BUDGET_COLD;
        if (sw_minimise_run(&order, &minimised, &e) < 0)
            sw_error_print(&e);
        else
            status = tell(command, output, &minimised);
        sw_minimise_free(&minimised);
    }
    sw_sched_free(sched);
    free(output);
    return status;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct command *command = state->input;
    char *end;

    switch (key) {
    case 'o':
        command->output = arg;
        return 0;
    case KEY_BUDGET:
        command->budget = strtoull(arg, &end, 10);
        command->has_budget = 1;
        if (end == arg || *end != '\0' || *arg == '-')
            argp_error(state, "--budget: '%s' is not a number", arg);
        return 0;
    case ARGP_KEY_ARG:
        if (command->path != NULL)
            argp_error(state, "one FILE.sched at a time");
        command->path = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no FILE.sched given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int sw_minimise(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"budget", KEY_BUDGET, "N", 0,
         "How many schedules with fewer preemptions are run at most "
         "(default 20000; of a whole program, which has a process for each, 500)",
         0},
        {"output", 'o', "FILE", 0, "Where the result goes (default: FILE.min.sched)", 0},
        {0}};
    static const char doc[] =
        "Finds the smallest schedule that fails in the same way, and the two operations "
        "whose order decides."
        "\vExit status: 0 what is written fails in the same way, 1 it does not fail, 2 a usage or "
        "harness error.";
    static char name[] = "spillway minimise";
    const struct argp argp = {options, parse_option, "FILE.sched", doc, 0, 0, 0};
    struct command command = {.told = now()};

    argv[0] = name;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &command);
    return run(&command);
}
