/* SPDX-License-Identifier: MIT
 *
 * main.c - spillway's commands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "options.h"
#include "points.h"
#include "run.h"
#include "score.h"

static int with_options(int argc, char **argv, const char *name,
                        int (*command)(const struct sw_options *))
{
    struct sw_options options;

    sw_options_parse(argc, argv, name, &options);
    int status = command(&options);
    free(options.interp);
    return status;
}

static int command_run(int argc, char **argv)
{
    return with_options(argc, argv, "run", sw_run);
}

static int command_score(int argc, char **argv)
{
    return with_options(argc, argv, "score", sw_score);
}

static int command_faults(int argc, char **argv)
{
    (void)argc, (void)argv;
#define PRINT_FAULT(id, name, source, text) printf("%s\n    %s\n    %s\n", name, text, source);
    SLP_FAULTS(PRINT_FAULT)
#undef PRINT_FAULT
    return 0;
}

static int command_points(int argc, char **argv)
{
    (void)argc, (void)argv;
#define PRINT_POINT(id, name, flags, text) \
    printf("%-16s %s%s%s\n    %s\n", name, (flags) & SLP_MAY_SPILL ? "spill " : "", \
           (flags) & SLP_MAY_PARK ? "until " : "", (flags) & SLP_MAY_RUN ? "gc" : "", text);
    SLP_POINTS(PRINT_POINT)
#undef PRINT_POINT
    return 0;
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *text;
} commands[] = {
    {"run", command_run, "run scenarios and programs"},
    {"score", command_score, "run every fault that the scenarios declare, and print the table"},
    {"faults", command_faults, "list the historical faults that can be switched on"},
    {"points", command_points, "list the places in the interpreter where a schedule can act"},
};

static void print_usage(FILE *out)
{
    fputs("usage: spillway COMMAND [ARG...]\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].text);
    fputs("spillway COMMAND --help says more.\n", out);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (*name != '\0')
        fprintf(stderr, "spillway: unknown command '%s'\n", name);
    print_usage(stderr);
    return 2;
}
