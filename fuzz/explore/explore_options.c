/* SPDX-License-Identifier: MIT */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/formats/sched/settings_options.h"
#include "harness/runner/process.h"
#include "harness/runner/spec_run.h"
#include "harness/report/target.h"
#include "bounded.h"
#include "explore.h"
#include "atomic_files.h"
#include "shard.h"

enum {
    WATCHDOG_S = 600,
    SCHEDULES = 1000,
    BOUND = 2, /* of preemptions or delays */
    KEY_STRATEGY = 256,
    KEY_SCHEDULES,
    KEY_TIME,
    KEY_SEED,
    KEY_ENGINE,
    KEY_CONTINUE,
    KEY_JSON,
    KEY_CAMPAIGN,
    KEY_RESUME,
    KEY_SHARD,
    KEY_CORPUS,
    KEY_WATCHDOG,
};

static const struct argp_option option_list[] = {
    {"strategy", KEY_STRATEGY, "NAME", 0,
     "portfolio (default), random, pct[:DEPTH], pos, surw; coverage: what has shown something new "
     "is changed; or all there are: dpor (tests on CPython 3.11), preemptions[:N], delays[:N]",
     0},
    {"schedules", KEY_SCHEDULES, "N", 0, "How many at most (default 1000; with --time no limit)",
     0},
    {"time", KEY_TIME, "SECONDS", 0, "Begin no new schedule after that", 0},
    {"seed", KEY_SEED, "N", 0, "Of the first schedule (default 1)", 0},
    {"jobs", 'j', "N", 0,
     "How many processes at once (default: one a CPU); the schedules are the same", 0},
    {"engine", KEY_ENGINE, "NAME", 0,
     "What carries the threads: threads, fibers or pool (default of tests); the decisions are the "
     "same",
     0},
    {"interp", 'i', "FILE", 0, "The interpreter (default: " SW_TARGET_INTERP ")", 0},
    {"continue", KEY_CONTINUE, 0, 0, "Go on after a failure, and count how it fails", 0},
    {"output", 'o', "FILE", 0,
     "Where the failing schedule goes (default: FILE-TEST.sched or PROGRAM.sched in this folder)",
     0},
    {"corpus", KEY_CORPUS, "DIR", 0,
     "Of coverage: keep the schedules that have shown something new in DIR, and begin with those "
     "that are there",
     0},
    {"campaign", KEY_CAMPAIGN, "DIR", 0,
     "Keep in DIR what has been run and found; go on after a failure", 0},
    {"resume", KEY_RESUME, 0, 0, "Go on with what is in DIR, beside others that do, or begin it",
     0},
    {"shard", KEY_SHARD, "I/N", 0,
     "This part of the campaign only; auto or auto/N: as Slurm or Kubernetes says", 0},
    {"json", KEY_JSON, "FILE", 0, "Write the results as JSON, too", 0},
    {"watchdog", KEY_WATCHDOG, "SECONDS", 0,
     "Real time after which a run is a harness error (default 600)", 0},
    {0},
};

static uint64_t parse_number(const char *text, const char *what, uint64_t least, uint64_t most,
                             struct argp_state *state)
{
    char *end;

    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || number < least ||
        number > most)
        argp_error(state, "%s: '%s' is not a number from %llu to %llu", what, text,
                   (unsigned long long)least, (unsigned long long)most);
    return number;
}

/* "pct:3": a name, and a number if the strategy takes one. */
static void parse_strategy(const char *text, struct sw_explore *explore, struct argp_state *state)
{
    static const struct {
        const char *name;
        int takes_number, learns;
        enum sw_explore_proof proof;
    } strategies[] = {
        {"portfolio", 0, 1, SW_EXPLORE_SAMPLES}, {"random", 0, 0, SW_EXPLORE_SAMPLES},
        {"pct", 1, 1, SW_EXPLORE_SAMPLES},       {"pos", 0, 1, SW_EXPLORE_SAMPLES},
        {"surw", 0, 1, SW_EXPLORE_SAMPLES},      {"coverage", 0, 0, SW_EXPLORE_COVERAGE},
        {"dpor", 0, 0, SW_EXPLORE_DPOR},         {"preemptions", 1, 0, SW_EXPLORE_PREEMPTIONS},
        {"delays", 1, 0, SW_EXPLORE_DELAYS}};
    enum { COUNT = sizeof strategies / sizeof *strategies };
    size_t length = strcspn(text, ":");
    int i = 0;

    while (i < COUNT &&
           (strlen(strategies[i].name) != length || strncmp(strategies[i].name, text, length) != 0))
        i++;
    if (i == COUNT || (text[length] == ':' && !strategies[i].takes_number) ||
        strlen(text) >= sizeof explore->strategy)
        argp_error(state,
                   "--strategy: '%s' is none; there are portfolio, random, pct[:DEPTH], pos, "
                   "surw, coverage, dpor, preemptions[:N] and delays[:N]",
                   text);
    struct sw_trial_order *trial = &explore->search.trial;
    snprintf(explore->strategy, sizeof explore->strategy, "%s", text);
    snprintf(explore->name, sizeof explore->name, "%.*s", (int)length, text);
    trial->strategy = strcmp(explore->name, "random") == 0 ? SW_STRATEGY_RANDOM : SW_STRATEGY_NAMED;
    trial->strategy_name = explore->name;
    trial->strategy_argument =
        text[length] == ':' ? parse_number(text + length + 1, "--strategy", 1, 1000, state) : 0;
    explore->search.learns = strategies[i].learns;
    explore->proof = strategies[i].proof;
    explore->bound = trial->strategy_argument > 0 ? (uint32_t)trial->strategy_argument : BOUND;
}

static void parse_campaign(int key, const char *arg, struct sw_explore *explore,
                           struct argp_state *state)
{
    struct sw_error e;

    if (key == KEY_CAMPAIGN)
        explore->campaign = arg;
    else if (key == KEY_RESUME)
        explore->resumes = 1;
    else if (sw_shard_parse(arg, &explore->shard, &explore->shards, &e) < 0)
        argp_error(state, "--shard: %s", e.text);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct sw_explore *explore = state->input;
    struct sw_trial_order *trial = &explore->search.trial;
    int engine;

    switch (key) {
    case KEY_STRATEGY:
        parse_strategy(arg, explore, state);
        return 0;
    case KEY_SCHEDULES:
        trial->schedules = parse_number(arg, "--schedules", 1, SW_TRIAL_SCHEDULES_MAX, state);
        explore->count_given = 1;
        return 0;
    case KEY_TIME:
        explore->time_s = (int)parse_number(arg, "--time", 1, 1000000, state);
        return 0;
    case KEY_SEED:
        trial->seed = parse_number(arg, "--seed", 0, UINT64_MAX / 2, state);
        return 0;
    case 'j':
        explore->search.jobs = (int)parse_number(arg, "--jobs", 1, SW_SEARCH_JOBS_MAX, state);
        return 0;
    case KEY_ENGINE:
        if ((engine = sw_process_find_engine(arg)) < 0)
            argp_error(state, "--engine: '%s' is none; there are threads, fibers and pool", arg);
        trial->engine = (enum sw_control_shm_engine)engine;
        return 0;
    case 'i':
        trial->interp = arg;
        return 0;
    case KEY_CONTINUE:
        explore->goes_on = 1;
        return 0;
    case 'o':
        trial->output = arg;
        return 0;
    case KEY_JSON:
        explore->json = arg;
        return 0;
    case KEY_CORPUS:
        explore->corpus = arg;
        return 0;
    case KEY_CAMPAIGN:
    case KEY_RESUME:
    case KEY_SHARD:
        parse_campaign(key, arg, explore, state);
        return 0;
    case KEY_WATCHDOG:
        trial->watchdog_s = (int)parse_number(arg, "--watchdog", 1, 86400, state);
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &explore->setting;
        return 0;
    case ARGP_KEY_ARGS:
        explore->target = state->argv[state->next];
        trial->args = state->argv + state->next + 1;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no PROGRAM or TEST given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void set_target(struct sw_explore *explore)
{
    struct sw_trial_order *trial = &explore->search.trial;
    char *separator = sw_target_is(explore->target) ? strstr(explore->target, ".py::") : NULL;

    trial->file = explore->target;
    if (separator == NULL)
        return;
    explore->file = strndup(explore->target, (size_t)(separator + 3 - explore->target));
    trial->file = explore->file;
    trial->test = separator + 5;
    explore->setting.begins = 1;
}

static void refuse(const char *text)
{
    fprintf(stderr, "spillway explore: %s\n", text);
    exit(2);
}

/* Before the first schedule: hours later it would be too late. */
static void check_files(const struct sw_explore *explore)
{
    const struct sw_trial_order *trial = &explore->search.trial;
    struct stat status;
    struct sw_error e = {0};

    if (stat(trial->file, &status) < 0 || access(trial->file, R_OK) < 0)
        sw_error_set(&e, trial->file, 0, 0, "%s", strerror(errno));
    else if (S_ISDIR(status.st_mode))
        sw_error_set(&e, trial->file, 0, 0, "it is a folder, no program and no test");
    else if (sw_atomic_files_check_output(trial->output, &e) == 0 &&
             sw_atomic_files_check_output(explore->json, &e) == 0)
        return;
    fprintf(stderr, "spillway explore: %s: %s\n", e.path, e.text);
    exit(2);
}

static void check(const struct sw_explore *explore)
{
    const struct sw_trial_order *trial = &explore->search.trial;

    if (explore->campaign == NULL && (explore->resumes || explore->shards > 1))
        refuse("--resume and --shard are for a campaign: --campaign DIR");
    if (explore->campaign != NULL && explore->proof != SW_EXPLORE_SAMPLES)
        refuse("a campaign samples: portfolio, random, pct, pos or surw");
    if (explore->campaign != NULL && trial->output != NULL)
        refuse("a campaign keeps its schedules in its folder: no --output");
    if (trial->test != NULL && *trial->test == '\0')
        refuse("one test at a time: FILE.py::NAME");
    if (trial->test != NULL && trial->args[0] != NULL)
        refuse("a test takes no arguments");
    if (explore->corpus != NULL && explore->proof != SW_EXPLORE_COVERAGE)
        refuse("--corpus is for --strategy coverage");
    if (trial->test == NULL && explore->proof > SW_EXPLORE_COVERAGE)
        refuse("dpor, preemptions and delays are for tests, FILE.py::NAME, or FILE.py::__main__, "
               "all of "
               "it");
    if (explore->proof > SW_EXPLORE_DPOR && explore->bound > SW_BOUNDED_MAX)
        refuse("a bound of more than 16 is none");
    if (trial->test == NULL && explore->setting.grain == SW_GRAIN_ACCESS)
        refuse("--grain access is for tests, FILE.py::NAME, or FILE.py::__main__, all of it");
    if (trial->test == NULL && sw_spec_run_is(trial->file))
        refuse("a spec says itself what its schedules are: see spillway run");
    check_files(explore);
}

void sw_explore_options_parse(int argc, char **argv, struct sw_explore *explore)
{
    static const char doc[] =
        "Runs a test, or a program, under many schedules, and says which one fails."
        "\vA test has many schedules in one process, a program a process for each.  What fails is "
        "run again in a process of its own, and its schedule is kept.  Exit status: 0 nothing was "
        "found, 1 something was, 2 a usage or harness error, 3 inconclusive.";
    static char name[] = "spillway explore";
    const struct argp_child settings[] = {{sw_settings_options_argp(SW_SETTINGS_EXPLORE), 0, NULL, 0}, {0}};
    const struct argp argp = {
        option_list, parse_option, "FILE.py::TEST | PROGRAM [ARG...]", doc, settings, 0, 0};
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct sw_trial_order *trial = &explore->search.trial;

    *explore = (struct sw_explore){.search = {.jobs = cpus > SW_SEARCH_JOBS_MAX ? SW_SEARCH_JOBS_MAX
                                                      : cpus > 0                ? (int)cpus
                                                                                : 1,
                                              .trial = {.interp = SW_TARGET_INTERP,
                                                        .engine = SW_ENGINE_COUNT,
                                                        .strategy = SW_STRATEGY_NAMED,
                                                        .strategy_name = "portfolio",
                                                        .seed = 1,
                                                        .schedules = SCHEDULES,
                                                        .watchdog_s = WATCHDOG_S},
                                              .learns = 1},
                                   .strategy = "portfolio",
                                   .shard = 1,
                                   .shards = 1};
    argv[0] = name;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, explore);
    set_target(explore);
    if (explore->proof == SW_EXPLORE_DPOR)
        explore->setting.grain = SW_GRAIN_ACCESS; /* there is no other for it */
    check(explore);
    if (trial->engine == SW_ENGINE_COUNT)
        trial->engine = trial->test != NULL ? SW_ENGINE_POOL : SW_ENGINE_THREADS;
    if (explore->time_s > 0 && !explore->count_given)
        trial->schedules = UINT64_MAX / 2;
    trial->setting = &explore->setting;
    explore->search.seconds = explore->time_s;
    explore->search.goes_on = explore->goes_on;
}

void sw_explore_options_free(struct sw_explore *explore)
{
    sw_settings_free(&explore->setting);
    free(explore->file);
}
