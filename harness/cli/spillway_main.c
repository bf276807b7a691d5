/* SPDX-License-Identifier: MIT
 *
 * spillway_main.c - spillway's commands.
 */
#include <stdio.h>
#include <string.h>

#include "contract/exit.h"
#include "harness/report/canary.h"
#include "convert.h"
#include "contract/error.h"
#include "contract/faults.h"
#include "options.h"
#include "contract/points.h"
#include "record.h"
#include "harness/report/replay.h"
#include "run.h"
#include "score.h"
#include "contract/version.h"
#include "contract/event_shm.h"
#include "fuzz/explore/campaign.h"
#include "fuzz/explore/explore.h"
#include "fuzz/explore/minimise.h"
#include "fuzz/explore/promote.h"

static int command_run(int argc, char **argv)
{
    struct sw_options options;

    sw_options_parse(argc, argv, SW_OPTIONS_RUN, &options);
    int status = sw_run(&options);
    sw_options_free(&options);
    return status;
}

static int command_score(int argc, char **argv)
{
    struct sw_options options;

    sw_options_parse(argc, argv, SW_OPTIONS_SCORE, &options);
    int status = sw_score(&options);
    sw_options_free(&options);
    return status;
}

static int command_faults(int argc, char **argv)
{
    (void)argc, (void)argv;
#define PRINT_FAULT(id, name, source, text) printf("%s\n    %s\n    %s\n", name, text, source);
    SLP_FAULTS(PRINT_FAULT)
#undef PRINT_FAULT
    return SW_EXIT_OK;
}

/* Those that a spec can say at a point. */
static void print_directives(unsigned flags)
{
#define PRINT_DIRECTIVE(id, word, flag, why) \
    if (flags & (flag)) \
        printf(" %s", word);
    SW_DIRECTIVES(PRINT_DIRECTIVE)
#undef PRINT_DIRECTIVE
}

static int command_points(int argc, char **argv)
{
    (void)argc, (void)argv;
#define PRINT_POINT(id, name, flags, text) \
    printf("%-16s", name), print_directives(flags), printf("\n    %s\n", text);
    SLP_POINTS(PRINT_POINT)
#undef PRINT_POINT
    return SW_EXIT_OK;
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    int takes_arguments;
    const char *text;
} commands[] = {
    {"run", command_run, 1, "run scenarios, programs, and tests of Python files"},
    {"score", command_score, 1, "run every fault against all scenarios, and print what caught it"},
    {"explore", sw_explore, 1, "look for a schedule under which a test or a program fails"},
    {"merge", sw_merge, 1, "say what the shards of a campaign have found together"},
    {"minimise", sw_minimise, 1, "find the smallest schedule that fails in the same way"},
    {"promote", sw_promote, 1, "make a test of a schedule that was found"},
    {"record", sw_record, 1, "run a program with all its threads under control; keep its schedule"},
    {"replay", sw_replay, 1, "repeat a recorded run, decision by decision"},
    {"convert", sw_convert, 1, "pack a schedule into an archive, or unpack one"},
    {"canary", sw_canary, 1, "prove that interpreters are under control, and say how finely"},
    {"faults", command_faults, 0, "list the historical faults that can be switched on"},
    {"points", command_points, 0, "list the places in the interpreter where a schedule can act"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void print_usage(FILE *out)
{
    fputs("usage: spillway COMMAND [ARG...]\n", out);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].text);
    fputs("spillway COMMAND --help says more of run, score, explore, merge, minimise, promote, "
          "record, "
          "replay, "
          "convert "
          "and canary.\n",
          out);
}

static int refuse_command(const char *name)
{
    const char *names[COMMAND_COUNT];

    for (int i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    const char *nearest = sw_error_nearest(name, names, COMMAND_COUNT);
    if (nearest != NULL)
        fprintf(stderr, "spillway: unknown command '%s'; did you mean '%s'?\n", name, nearest);
    else if (*name != '\0')
        fprintf(stderr, "spillway: unknown command '%s'\n", name);
    print_usage(stderr);
    return SW_EXIT_ERROR;
}

static int dispatch(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        if (commands[i].takes_arguments || argc == 2)
            return commands[i].run(argc - 1, argv + 1);
        fprintf(stderr, "spillway %s takes no argument\n", name);
        return SW_EXIT_ERROR;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        puts("spillway " SW_VERSION);
        return SW_EXIT_OK;
    }
    if (strcmp(name, "--help") != 0 && strcmp(name, "help") != 0)
        return refuse_command(name);
    print_usage(stdout);
    return SW_EXIT_OK;
}

int main(int argc, char **argv)
{
    int status = dispatch(argc, argv);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("spillway: cannot write the report");
        return SW_EXIT_ERROR;
    }
    return status;
}
