/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spec.h"

enum { KEY_JUNIT = 256, KEY_SPILL, KEY_WATCHDOG, KEY_ACCEPT, KEY_SCHEDULE, KEY_REPEAT };

static const struct argp_option option_list[] = {
    {"fault", 'f', "NAME", 0, "Switch this historical fault on; may be repeated", 0},
    {"interp", 'i', "FILE", 0, "The interpreter (default: slpython-lab beside spillway)", 0},
    {"spill", KEY_SPILL, "LIMIT", 0, "Override SLP_SPILL: bytes, always or never[,segment]", 0},
    {"schedule", KEY_SCHEDULE, "NAME", 0, "Run only schedules of this name", 0},
    {"repeat", KEY_REPEAT, "N", 0, "Run each schedule N times; all transcripts must be equal", 0},
    {"jobs", 'j', "N", 0, "How many processes at once (default: one a CPU)", 0},
    {"watchdog", KEY_WATCHDOG, "SECONDS", 0,
     "Real time after which a run is a harness error (default 30; a program: 600)", 0},
    {"accept", KEY_ACCEPT, 0, 0, "Show how the transcripts differ and rewrite the .out files", 0},
    {"tap", 't', 0, 0, "Print TAP instead of lines for people", 0},
    {"junit", KEY_JUNIT, "FILE", 0, "Write a JUnit report too", 0},
    {"verbose", 'v', 0, 0, "Print the story of every schedule", 0},
    {0},
};

static int parse_count(const char *text, const char *what, int max, struct argp_state *state)
{
    char *end;

    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < 1 || number > max)
        argp_error(state, "%s: '%s' is not a number from 1 to %d", what, text, max);
    return (int)number;
}

static void add_fault(struct sw_options *options, const char *name, struct argp_state *state)
{
    struct sw_fault_set set;
    struct sw_error e;

    if (sw_fault_set_parse(name, &set, &e) < 0)
        argp_error(state, "--fault: %s", e.text);
    else
        options->faults |= set.mask;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct sw_options *options = state->input;

    switch (key) {
    case 'f':
        add_fault(options, arg, state);
        return 0;
    case 'i':
        free(options->interp);
        options->interp = strdup(arg);
        return 0;
    case 'j':
        options->jobs = parse_count(arg, "--jobs", 1024, state);
        return 0;
    case 't':
        options->tap = 1;
        return 0;
    case 'v':
        options->verbose = 1;
        return 0;
    case KEY_JUNIT:
        options->junit = arg;
        return 0;
    case KEY_SPILL:
        options->spill = arg;
        return 0;
    case KEY_SCHEDULE:
        options->schedule = arg;
        return 0;
    case KEY_REPEAT:
        options->repeat = parse_count(arg, "--repeat", 1000000, state);
        return 0;
    case KEY_WATCHDOG:
        options->watchdog_s = parse_count(arg, "--watchdog", 86400, state);
        return 0;
    case KEY_ACCEPT:
        options->accept = 1;
        return 0;
    case ARGP_KEY_ARGS:
        options->paths = state->argv + state->next;
        options->path_count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no PATH given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* slpython-lab beside this executable. */
static char *default_interp(void)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);

    if (length <= 0)
        return strdup("slpython-lab");
    path[length] = '\0';
    strcpy(strrchr(path, '/') + 1, "slpython-lab");
    return strdup(path);
}

/* What stands behind "--" is the program's, and argp must not see it. */
static int split_program_args(int argc, char **argv, struct sw_options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options->program_args = argv + i + 1;
            argv[i] = NULL;
            return i;
        }
    }
    return argc;
}

void sw_options_parse(int argc, char **argv, const char *command, struct sw_options *options)
{
    static const char doc[] =
        "PATH is a .spec, a folder of them, or a .py program (its arguments behind --)."
        "\vExit status: 0 all as expected, 1 something failed, 2 a usage, spec or harness error, "
        "3 inconclusive, 130 interrupted.";
    static char name[64];
    const struct argp argp = {option_list, parse_option, "PATH... [-- ARG...]", doc, 0, 0, 0};

    memset(options, 0, sizeof *options);
    options->repeat = 1;
    options->jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(name, sizeof name, "spillway %s", command);
    argv[0] = name;
    argc = split_program_args(argc, argv, options);
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, options);
    if (options->interp == NULL)
        options->interp = default_interp();
}
