/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/spill_setting.h"
#include "harness/runner/agentless.h"
#include "harness/runner/process.h"
#include "contract/fault_set.h"
#include "harness/report/target.h"
#include "harness/report/trial.h"

enum {
    KEY_JUNIT = 256,
    KEY_SPILL,
    KEY_WATCHDOG,
    KEY_ACCEPT,
    KEY_SCHEDULE,
    KEY_REPEAT,
    KEY_SEED,
    KEY_STRATEGY,
    KEY_ENGINE,
    KEY_SCHEDULES
};

/* What of a target's options was given. */
enum {
    GIVEN_SEED = 1,
    GIVEN_DEFAULT = 2,
    GIVEN_RANDOM = 4,
    GIVEN_ENGINE = 8,
    GIVEN_SCHEDULES = 16
};

/* group: which commands take it, enum sw_options_command or'ed. */
static const struct argp_option option_list[] = {
    {"fault", 'f', "NAME", 0, "Switch this historical fault on; may be repeated", SW_OPTIONS_RUN},
    {"interp", 'i', "FILE", 0,
     "The interpreter (default: slpython-lab beside spillway; of tests " SW_TARGET_INTERP ")",
     SW_OPTIONS_RUN | SW_OPTIONS_SCORE},
    {"spill", KEY_SPILL, "LIMIT", 0, "Override SLP_SPILL: bytes, always, never, default[,segment]",
     SW_OPTIONS_RUN},
    {"schedule", KEY_SCHEDULE, "NAME", 0, "Run only schedules of this name", SW_OPTIONS_RUN},
    {"repeat", KEY_REPEAT, "N", 0, "Run each schedule N times; all transcripts must be equal",
     SW_OPTIONS_RUN},
    {"jobs", 'j', "N", 0, "How many processes at once (default: one a CPU)",
     SW_OPTIONS_RUN | SW_OPTIONS_SCORE},
    {"watchdog", KEY_WATCHDOG, "SECONDS", 0,
     "Real time after which a run is a harness error (default 30; a program: 600)",
     SW_OPTIONS_RUN | SW_OPTIONS_SCORE},
    {"accept", KEY_ACCEPT, 0, 0, "Show how the transcripts differ and rewrite the .out files",
     SW_OPTIONS_RUN},
    {"tap", 't', 0, 0, "Print TAP instead of lines for people", SW_OPTIONS_RUN},
    {"junit", KEY_JUNIT, "FILE", 0, "Write a JUnit report too", SW_OPTIONS_RUN},
    {"verbose", 'v', 0, 0, "Print the story of every schedule, with the points that it visits",
     SW_OPTIONS_RUN},
    {"seed", KEY_SEED, "N", 0, "A test runs under the random walk of this seed (default 1)",
     SW_OPTIONS_RUN},
    {"schedules", KEY_SCHEDULES, "N", 0,
     "A test runs under so many random walks, from --seed on, until one fails", SW_OPTIONS_RUN},
    {"strategy", KEY_STRATEGY, "NAME", 0,
     "Of a test: default (one schedule, without --seed or --schedules) or random", SW_OPTIONS_RUN},
    {"engine", KEY_ENGINE, "NAME", 0,
     "What carries a test's threads: threads (default), fibers or pool; the decisions are the same",
     SW_OPTIONS_RUN},
};
enum { OPTION_COUNT = sizeof option_list / sizeof *option_list };

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

static void set_interp(struct sw_options *options, const char *path)
{
    free(options->interp);
    options->interp = strdup(path);
    options->interp_given = 1;
}

static uint64_t parse_seed(const char *text, struct argp_state *state)
{
    char *end;

    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-')
        argp_error(state, "--seed: '%s' is not a number from 0 to %llu", text, UINT64_MAX + 0ULL);
    return number;
}

/* Of targets. */
static error_t parse_target_option(int key, const char *arg, struct argp_state *state)
{
    struct sw_options *options = state->input;

    switch (key) {
    case KEY_SEED:
        options->seed = parse_seed(arg, state);
        options->given |= GIVEN_SEED;
        return 0;
    case KEY_SCHEDULES:
        options->schedules =
            (uint64_t)parse_count(arg, "--schedules", SW_TRIAL_SCHEDULES_MAX, state);
        options->given |= GIVEN_SCHEDULES;
        return 0;
    case KEY_STRATEGY:
        if (strcmp(arg, "random") != 0 && strcmp(arg, "default") != 0)
            argp_error(state, "--strategy: '%s' is none; there are default and random", arg);
        options->given &= ~(unsigned)(GIVEN_RANDOM | GIVEN_DEFAULT);
        options->given |= *arg == 'r' ? GIVEN_RANDOM : GIVEN_DEFAULT;
        return 0;
    case KEY_ENGINE:
        if ((options->engine = sw_process_find_engine(arg)) < 0)
            argp_error(state, "--engine: '%s' is none; there are threads, fibers and pool", arg);
        options->given |= GIVEN_ENGINE;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct sw_options *options = state->input;

    switch (key) {
    case 'f':
        add_fault(options, arg, state);
        return 0;
    case 'i':
        set_interp(options, arg);
        return 0;
    case 'j':
        options->jobs = parse_count(arg, "--jobs", SW_OPTIONS_JOBS_MAX, state);
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
        if (slp_spill_setting_parse(arg, &(struct slp_spill_setting){0}) != NULL)
            argp_error(state, "--spill: '%s' " SLP_SPILL_SETTING_REFUSED, arg);
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
        return parse_target_option(key, arg, state);
    }
}

/* ---- targets ---- */

static int count_targets(const struct sw_options *options)
{
    int count = 0;

    for (int i = 0; i < options->path_count; i++)
        count += sw_target_is(options->paths[i]);
    return count;
}

/* Of the paths and options together: what is wrong, or NULL. */
static const char *target_refusal(const struct sw_options *options)
{
    unsigned walks = GIVEN_SEED | GIVEN_SCHEDULES;

    if (!options->targets)
        return options->given != 0 ? "--seed, --schedules, --strategy and --engine are for tests, "
                                     "FILE.py::NAME"
                                   : NULL;
    if (count_targets(options) < options->path_count)
        return "tests, FILE.py::NAME and FILE.sched, and other paths need commands of their own";
    if (options->faults != 0 || options->spill != NULL || options->schedule != NULL ||
        options->accept || options->repeat > 1 || options->program_args != NULL)
        return "tests, FILE.py::NAME, do not take --fault, --spill, --schedule, --accept, "
               "--repeat or arguments";
    if ((options->given & GIVEN_DEFAULT) && (options->given & walks))
        return "--strategy default is one schedule, which has no --seed and no --schedules";
    return NULL;
}

static void check_targets(struct sw_options *options, const char *name)
{
    options->targets = count_targets(options) > 0;
    options->random = (options->given & (GIVEN_SEED | GIVEN_SCHEDULES | GIVEN_RANDOM)) != 0;
    const char *refusal = target_refusal(options);
    if (refusal == NULL)
        return;
    fprintf(stderr, "%s: %s\n", name, refusal);
    exit(2);
}

/* ---- misspelt options ---- */

/* Does the option take its argument from the next word? */
static int takes_next(const char *word, const struct argp_option *list)
{
    for (; list->name != NULL; list++) {
        if (list->arg == NULL)
            continue;
        if (word[0] == '-' && word[1] == '-' && strcmp(word + 2, list->name) == 0)
            return 1;
        if (word[0] == '-' && word[1] != '-' && word[1] != '\0' &&
            word[strlen(word) - 1] == list->key)
            return 1;
    }
    return 0;
}

/* getopt_long() takes any unambiguous beginning of a name. */
static int is_beginning(const char *word, size_t length, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strncmp(names[i], word, length) == 0)
            return 1;
    return 0;
}

/* argp says "unrecognized option"; this says before it which one was meant. */
static void suggest(int argc, char **argv, const struct argp_option *list)
{
    const char *names[OPTION_COUNT + 2] = {"help", "usage"};
    int count = 2;

    for (const struct argp_option *option = list; option->name != NULL; option++)
        names[count++] = option->name;
    for (int i = 1; i < argc; i++) {
        char word[64];
        size_t length = strcspn(argv[i], "=");
        if (takes_next(argv[i - 1], list) || strncmp(argv[i], "--", 2) != 0 ||
            length >= sizeof word || is_beginning(argv[i] + 2, length - 2, names, count))
            continue;
        snprintf(word, sizeof word, "%.*s", (int)length - 2, argv[i] + 2);
        const char *nearest = sw_error_nearest(word, names, count);
        if (nearest != NULL)
            fprintf(stderr, "%s: --%s: did you mean --%s?\n", argv[0], word, nearest);
    }
}

/* ---- the rest ---- */

/* slpython-lab beside this executable. */
static char *default_interp(void)
{
    static const char name[] = "slpython-lab";
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof name);

    if (length <= 0)
        return strdup(name);
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    memcpy(slash != NULL ? slash + 1 : path, name, sizeof name);
    return strdup(path);
}

static void check_interp(const struct sw_options *options, const char *name)
{
    struct stat status;

    if (options->interp == NULL)
        fprintf(stderr, "%s: out of memory\n", name);
    else if (stat(options->interp, &status) < 0 || access(options->interp, X_OK) < 0)
        fprintf(stderr, "%s: no interpreter at %s: %s\n", name, options->interp, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        fprintf(stderr, "%s: no interpreter at %s: not a file\n", name, options->interp);
    else
        return;
    exit(2);
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

static int default_jobs(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    return cpus < 1 ? 1 : cpus < SW_OPTIONS_JOBS_MAX ? (int)cpus : SW_OPTIONS_JOBS_MAX;
}

static void choose_options(enum sw_options_command command, struct argp_option *list)
{
    int count = 0;

    for (int i = 0; i < OPTION_COUNT; i++) {
        if (!(option_list[i].group & (int)command))
            continue;
        list[count] = option_list[i];
        list[count++].group = 0;
    }
    list[count] = (struct argp_option){0};
}

void sw_options_parse(int argc, char **argv, enum sw_options_command command,
                      struct sw_options *options)
{
    static const char run_doc[] =
        "PATH is a .spec, a folder of them, a .py program (its arguments behind --); or "
        "a test, which runs with all of its threads under control: FILE.py::test_name, "
        "FILE.py::TestClass::test_name, FILE.py::TestClass, or FILE.py:: for all of a file; or a "
        "recorded FILE.sched, which is to end as it did."
        "\vExit status: 0 all as expected, 1 something failed, 2 a usage, spec or harness error, "
        "3 inconclusive, 130 interrupted.";
    static const char score_doc[] =
        "Runs each .spec, also of folders, and each program with every fault alone, and with every "
        "set of faults that it declares; prints what caught each."
        "\vExit status: 0 all as declared and every fault caught, 1 not so, 2 a usage, spec or "
        "harness error, 130 interrupted.";
    static char run_name[] = "spillway run", score_name[] = "spillway score";
    struct argp_option list[OPTION_COUNT + 1];
    int is_run = command == SW_OPTIONS_RUN;
    const struct argp argp = {list,
                              parse_option,
                              is_run ? "PATH... [-- ARG...]" : "PATH...",
                              is_run ? run_doc : score_doc,
                              0,
                              0,
                              0};

    *options = (struct sw_options){.repeat = 1, .jobs = default_jobs(), .seed = 1, .schedules = 1};
    choose_options(command, list);
    argv[0] = is_run ? run_name : score_name;
    if (is_run)
        argc = split_program_args(argc, argv, options);
    suggest(argc, argv, list);
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, options);
    check_targets(options, argv[0]);
    if (options->interp == NULL)
        options->interp = options->targets ? strdup(SW_TARGET_INTERP) : default_interp();
    check_interp(options, argv[0]);
    options->foreign = sw_agentless_is(options->interp);
}

void sw_options_free(struct sw_options *options)
{
    free(options->interp);
    options->interp = NULL;
}
