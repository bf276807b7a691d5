/* SPDX-License-Identifier: MIT
 *
 * minimise_command.c - "spillway minimise": see fuzz/explore/minimise.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "contract/utf8.h"
#include "command.h"
#include "contract/chance.h"
#include "contract/real_time.h"
#include "common_options.h"
#include "contract/exit.h"
#include "fuzz/explore/minimise.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/report/replay.h"
#include "harness/report/sched_file.h"
#include "harness/runner/interrupt.h"

enum { PROGRESS_S = 10 };

static struct minimise {
    const char *path;
    const char *output;
    enum sw_explanation_how how; /* NULL: beside path */
    uint64_t budget; /* SW_MINIMISE_SOME_SECONDS: not given */
    uint64_t time_s; /* 0: no limit */
    int only_checks; /* read it, and run nothing */
    double told; /* seconds, when progress was printed last */
} minimise = {.budget = SW_MINIMISE_SOME_SECONDS};

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

static void print_what_decides(const struct sw_minimised *minimised)
{
    if (!minimised->is_looked_at) {
        printf("critical pair: not looked for\n");
        return;
    }
    sw_critical_pair_print(stdout, &minimised->critical);
    sw_left_over_print(stdout, &minimised->left);
}

/* before: as it was given. */
static void print_chance(const struct sw_minimised *minimised, uint32_t before)
{
    uint32_t chance = minimised->sched->setting.chance;

    if (chance < before && before > SW_CHANCE_FIRST)
        printf("its random numbers do not matter: it fails with those of chance %d, too\n",
               SW_CHANCE_FIRST);
    else if (chance > SW_CHANCE_FIRST)
        printf("its random numbers matter: those of chance %u; with those of chance %d it does not "
               "fail so\n",
               chance, SW_CHANCE_FIRST);
}

static void print_layout(const struct sw_minimised *minimised, uint32_t before)
{
    uint32_t layout = minimised->sched->setting.layout;

    if (layout > 0)
        printf("where its objects lie matters: layout %u; in layout 0 it does not fail so\n",
               layout);
    else if (before > 0)
        printf("where its objects lie does not matter: it fails in layout 0, too\n");
}

/* Before its end it ended; what is there, is there. */
static void print_over(const struct sw_minimised *minimised, const char *path)
{
    if (minimised->over != NULL)
        printf("%s: go on with: spillway minimise %s\n", minimised->over, path);
}

static int exit_status(const struct sw_minimised *minimised, int status)
{
    int nothing_failed = status == SW_EXIT_OK || status == SW_EXIT_UNSURE;

    return nothing_failed && sw_interrupt_came() && minimised->over != NULL ? SW_EXIT_INTERRUPTED
                                                                            : status;
}

/* There is nothing smaller, and the file that there was stays. */
static int tell_refusal(const struct sw_minimised *minimised)
{
    fprintf(stderr, "spillway: %s: %s\n", minimise.path, minimised->refused);
    print_over(minimised, minimise.path);
    return exit_status(minimised, minimised->over != NULL ? SW_EXIT_UNSURE : SW_EXIT_FAILED);
}

/* Says what there is, and writes it.  Returns the exit status. */
static int tell(const struct sw_minimised *minimised, const struct sw_settings *given,
                const char *output)
{
    struct sw_trial trial = {0};

    if (minimised->refused[0] != '\0')
        return tell_refusal(minimised);
    printf("%u deviations of %u; %s; %llu runs\n", minimised->deviations, minimised->before,
           minimised->proof, (unsigned long long)minimised->runs);
    print_chance(minimised, given->chance);
    print_layout(minimised, given->layout);
    print_what_decides(minimised);
    fflush(stdout);
    int status = sw_minimise_write(minimised, output, 0, &trial);
    printf("%s\n%s%s", trial.verdict.text, trial.story != NULL ? trial.story : "",
           trial.story != NULL ? "\n" : "");
    free(trial.story);
    print_over(minimised, status == 0 ? output : minimise.path);
    if (*trial.unkept != '\0')
        return SW_EXIT_ERROR;
    return exit_status(minimised, status == 0 ? SW_EXIT_OK : SW_EXIT_FAILED);
}

/* Nobody has named it, so it may be of something else. */
static int check_default(const char *output, const struct sw_sched *sched, struct sw_error *e)
{
    struct stat status;

    return minimise.output != NULL || stat(output, &status) < 0 || status.st_size == 0 ||
                   sw_sched_file_is_of(output, sched)
               ? 0
               : sw_error_set(e, output, 0, 0,
                              "it records something else; --output names another file");
}

/* NULL with *e. */
static struct sw_sched *load(const char *output, struct sw_error *e)
{
    struct sw_sched *sched = NULL;

    if (sw_sched_load(minimise.path, &sched, e) == 0 && sw_sched_file_check(output, e) == 0 &&
        sw_sched_paths(minimise.path, sched, e) == 0 && check_default(output, sched, e) == 0 &&
        sw_replay_check(minimise.path, sched, e) == 0)
        return sched;
    sw_sched_free(sched);
    return NULL;
}

static int minimise_it(const struct sw_sched *sched, const char *output)
{
    static struct sw_minimised minimised;
    const struct sw_minimise_order order = {.sched = sched,
                                            .budget = minimise.budget,
                                            .seconds = (double)minimise.time_s,
                                            .on_progress = on_progress};
    struct sw_error e = {0};
    int status = SW_EXIT_ERROR;

    if (sw_minimise_run(&order, &minimised, &e) < 0) {
        sw_error_print(&e);
    } else {
        minimised.how = minimise.how;
        status = tell(&minimised, &sched->setting, output);
    }
    sw_minimise_free(&minimised);
    return status;
}

/* What somebody else has written is data until it is run: neither its program nor its interpreter is
 * looked for here. */
static int check_it(void)
{
    struct sw_error e = {0};
    struct sw_sched *sched;

    if (sw_sched_load(minimise.path, &sched, &e) < 0) {
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    printf("%s: a schedule of ", minimise.path);
    sw_utf8_write(stdout, sched->program, strlen(sched->program));
    for (int i = 0; i < sched->arg_count; i++) {
        putchar(' ');
        sw_utf8_write(stdout, sched->args[i], strlen(sched->args[i]));
    }
    fputs("\n  in ", stdout);
    sw_utf8_write(stdout, sched->interp, strlen(sched->interp));
    printf("; %u deviations in %llu decisions; %s\n", sched->deviation_count,
           (unsigned long long)sched->decision_count, sched->outcome);
    sw_sched_free(sched);
    return SW_EXIT_OK;
}

static int run(const struct sw_command_arguments *arguments)
{
    struct sw_error e = {0};
    int status = SW_EXIT_ERROR;

    minimise.path = arguments->list[0];
    if (minimise.only_checks)
        return check_it();
    sw_interrupt_begin();
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
                     "Run at most N schedules with fewer preemptions (default: as many as take "
                     "some seconds)"),
    SW_OPTION_NUMBER("time", 0, "SECONDS", struct minimise, time_s, 1, 1000000,
                     "After so much real time write the smallest one so far (default: no limit)"),
    SW_OPTION_OUTPUT(struct minimise, output,
                     "Where the result is written (default: FILE.min.sched)"),
    SW_OPTION_FLAG("check", 0, struct minimise, only_checks,
                   "Read FILE.sched, say what it is of, and run nothing"),
    SW_OPTION_EXPLAIN(struct minimise, how),
    SW_OPTION_YES(struct minimise, budget),
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
    .exits =
        {"0 the schedule that was written fails in the same way; of --check: it can be read",
         "1 nothing was written: FILE.sched does not fail as recorded, or nothing smaller does",
         "2 a usage or harness error", "3 the time was up before anything was found",
         "130 interrupted; what was found by then is written"},
    .options = options,
    .target = &minimise,
    .run = run,
};
