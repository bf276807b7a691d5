/* SPDX-License-Identifier: MIT
 *
 * run_command.c - "spillway run": see harness/report/suite_run.h, and target_run.h there for tests.
 */
#include <stdlib.h>

#include "command.h"
#include "common_options.h"
#include "harness/report/suite_run.h"
#include "harness/report/target.h"
#include "harness/report/target_run.h"
#include "harness/report/trial.h"
#include "harness/runner/agentless.h"

enum { DEFAULT, RANDOM, NOT_GIVEN = -1 };

static struct run {
    struct sw_suite_run_order suite;
    struct sw_settings setting; /* of suite: its faults and its spill */
    int strategy, engine; /* or NOT_GIVEN */
    uint64_t seed; /* UINT64_MAX: not given */
    uint64_t schedules; /* 0: not given */
    int explain;
    int steady;
} run = {
    .suite = {.repeat = 1},
    .strategy = NOT_GIVEN,
    .engine = NOT_GIVEN,
    .seed = UINT64_MAX,
};

static const char *const strategies[] = {[DEFAULT] = "default", [RANDOM] = "random", NULL};

/* ---- what does not go together: a sentence, or NULL ---- */

/* Whoever names a seed or a number of schedules wants random walks. */
static int walks(void)
{
    return run.seed != UINT64_MAX || run.schedules != 0;
}

static const char *refusal_of_targets(const struct sw_command_arguments *arguments)
{
    const struct sw_suite_run_order *suite = &run.suite;

    for (int i = 0; i < arguments->count; i++)
        if (!sw_target_is(arguments->list[i]) && !sw_target_is_folder(arguments->list[i]))
            return "tests (FILE.py::NAME, FILE.sched) and other paths need commands of their own";
    /* A test runs in any interpreter, and ours alone has faults and spills; it has no transcript. */
    if (sw_fault_set_count(&suite->faults) > 0 || suite->how.spill != NULL ||
        suite->schedule != NULL || suite->accept || suite->repeat > 1 || suite->how.warm ||
        arguments->behind != NULL)
        return "tests (FILE.py::NAME, FILE.sched) do not take --fault, --spill, --schedule, "
               "--accept, --repeat, --warm or arguments";
    if (suite->how.memcheck)
        return "--valgrind is for scenarios and programs; of a test: record it, and replay "
               "--valgrind";
    if (run.strategy == DEFAULT && walks())
        return "--strategy default is one schedule, which has no --seed and no --schedules";
    return NULL;
}

static const char *refusal_of_suite(void)
{
    const struct sw_suite_run_order *suite = &run.suite;
    const char *ci = getenv("CI");

    if (walks() || run.strategy != NOT_GIVEN || run.engine != NOT_GIVEN)
        return "--seed, --schedules, --strategy and --engine are for tests, FILE.py::NAME";
    if (run.setting.grain != 0 || run.setting.early_max != 0)
        return "--grain and --early are for tests, FILE.py::NAME";
    if (!suite->accept)
        return NULL;
    if (ci != NULL && *ci != '\0')
        return "--accept: not in CI: a person looks at the difference";
    /* A transcript is of all schedules of the healthy interpreter, as the spec has it spilled. */
    if (sw_fault_set_count(&suite->faults) > 0 || suite->how.spill != NULL ||
        run.setting.variable_count > 0 || suite->schedule != NULL || suite->repeat > 1 ||
        suite->how.tap)
        return "--accept: not together with --fault, --spill, --env, --schedule, --repeat or --tap";
    return NULL;
}

/* ---- --steady ---- */

/* What starter_steady.py can tell from noise needs so many. */
enum { STEADY_RUNS_MIN = 20, STEADY_RUNS_MAX = 10000 };

static const char *refusal_of_steady(const struct sw_command_arguments *arguments)
{
    if (run.suite.repeat < STEADY_RUNS_MIN || run.suite.repeat > STEADY_RUNS_MAX)
        return "--steady needs --repeat N, of 20 to 10000 runs";
    if (walks() || run.strategy == RANDOM)
        return "--steady is for the default schedule: under others runs may differ in what they "
               "keep";
    if (arguments->behind != NULL)
        return "--steady: a program has no arguments there";
    for (int i = 0; i < arguments->count; i++)
        if (sw_target_is_sched(arguments->list[i]) || sw_spec_run_is(arguments->list[i]))
            return "--steady is for tests, FILE.py::NAME, and programs, FILE.py";
    return NULL;
}

/* A copy of "NAME=VALUE", unless there is one of that name.  0, or -1: too many, or no memory. */
static int add_variable(const char *text)
{
    struct sw_settings *setting = &run.setting;

    for (int i = 0; i < setting->variable_count; i++)
        if (strncmp(setting->variables[i], text, strcspn(text, "=") + 1) == 0)
            return 0;
    if (setting->variable_count == SW_SETTINGS_VARIABLES_MAX)
        return -1;
    setting->variables[setting->variable_count] = strdup(text);
    return setting->variables[setting->variable_count++] != NULL ? 0 : -1;
}

/* The starter does it, in the process of the test; a program is all of its file (__main__).  What a
 * thread's cache of malloc() has counts as in use, and fills for many runs: there is none. */
static int prepare_steady(const struct sw_command_arguments *arguments)
{
    char variable[40];

    for (int i = 0; i < arguments->count; i++) {
        char *target;
        if (sw_target_is(arguments->list[i]) || sw_target_is_folder(arguments->list[i]))
            continue;
        if (asprintf(&target, "%s::" SW_TARGET_WHOLE, arguments->list[i]) < 0)
            return -1;
        arguments->list[i] = target; /* for the life of the process */
    }
    snprintf(variable, sizeof variable, "SPILLWAY_STEADY=%d", (int)run.suite.repeat);
    run.suite.repeat = 1;
    if (add_variable(variable) < 0)
        return -1;
    return add_variable("GLIBC_TUNABLES=glibc.malloc.tcache_count=0");
}

/* ---- the two kinds of a run ---- */

static int run_targets(const struct sw_command_arguments *arguments)
{
    const struct sw_suite_run_order *suite = &run.suite;
    const struct sw_target_run_order order = {
        .paths = arguments->list,
        .path_count = arguments->count,
        .interp = sw_common_options_test_interp(suite->how.interp),
        .sched_interp = suite->how.interp,
        .setting = &run.setting,
        .random = walks() || run.strategy == RANDOM,
        .engine = run.engine == NOT_GIVEN ? 0 : run.engine,
        .seed = run.seed == UINT64_MAX ? 1 : run.seed,
        .schedules = run.schedules == 0 ? 1 : run.schedules,
        .watchdog_s = suite->how.watchdog_s,
        .tap = suite->how.tap,
        .explain = run.explain,
        .unexplained = run.steady, /* it would take all the runs once more */
        .junit = suite->junit,
        .json = suite->json,
    };

    run.setting.begins = 1;

    return sw_target_run(&order);
}

static int run_suite(const struct sw_command_arguments *arguments)
{
    struct sw_suite_run_order *suite = &run.suite;

    suite->paths = arguments->list;
    suite->path_count = arguments->count;
    suite->program_args = arguments->behind;
    suite->how.jobs = sw_common_options_jobs(suite->how.jobs);
    suite->how.interp_is_given = suite->how.interp != NULL;
    if (suite->how.interp == NULL)
        suite->how.interp = sw_common_options_lab();
    suite->how.agentless = sw_agentless_is(suite->how.interp);
    if (suite->how.warm && suite->how.agentless)
        return sw_command_refuse("run", "--warm is for slpython-lab: no other is forked");
    return sw_suite_run(suite);
}

/* One test among the paths is enough: what else is wrong then, the refusal says. */
static int has_target(const struct sw_command_arguments *arguments)
{
    for (int i = 0; i < arguments->count; i++)
        if (sw_target_is(arguments->list[i]) || sw_target_is_folder(arguments->list[i]))
            return 1;
    return 0;
}

static int run_it(const struct sw_command_arguments *arguments)
{
    const char *not_steady = run.steady ? refusal_of_steady(arguments) : NULL;

    if (not_steady != NULL)
        return sw_command_refuse("run", "%s", not_steady);
    if (run.steady && prepare_steady(arguments) < 0)
        return sw_command_refuse("run", "--steady: too many variables, or out of memory");
    if (!run.steady && sw_target_name_tests(arguments->list, arguments->count) < 0)
        return sw_command_refuse("run", "out of memory");
    int is_tests = has_target(arguments);

    run.suite.faults = run.setting.faults;
    run.suite.how.spill = run.setting.spill;
    run.suite.how.variables = run.setting.variables;
    const char *why = is_tests ? refusal_of_targets(arguments) : refusal_of_suite();
    const char *interp = run.suite.how.interp;
    struct sw_error e;

    if (why != NULL)
        return sw_command_refuse("run", "%s", why);
    if (interp == NULL)
        /* A test runs in the user's interpreter; a scenario is about ours. */
        interp = is_tests ? sw_common_options_test_interp(NULL) : sw_common_options_lab();
    else if (is_tests)
        run.suite.how.interp = interp = sw_common_options_test_interp(interp);
    if (sw_common_options_check_interp(interp, is_tests, &e) < 0)
        return sw_command_refuse("run", "%s", e.text);
    int status = is_tests ? run_targets(arguments) : run_suite(arguments);
    sw_settings_free(&run.setting);
    return status;
}

static const struct sw_option options[] = {
    SW_OPTION_HEADING("The run"),
    SW_OPTION_INTERP(struct run, suite.how.interp,
                     "slpython-lab beside spillway; of tests: " SW_OPTION_INTERP_OF_TESTS),
    SW_OPTION_JOBS(struct run, suite.how.jobs),
    SW_OPTION_WATCHDOG(struct run, suite.how.watchdog_s, "30; of a program or a test: 600"),
    SW_OPTION_HEADING("Scenarios and programs"),
    SW_OPTIONS_SETTINGS(struct run, setting, SW_SETTINGS_RUN),
    SW_OPTION_ENV_FROM_HERE(struct run, setting),
    SW_OPTION_TEXT("schedule", 0, "NAME", struct run, suite.schedule,
                   "Run only schedules of this name (default: all)"),
    SW_OPTION_NUMBER("repeat", 0, "N", struct run, suite.repeat, 1, 1000000,
                     "Run each schedule N times; all transcripts must be equal (default: 1)"),
    SW_OPTION_VALGRIND(struct run, suite.how.memcheck),
    SW_OPTION_FLAG("warm", 0, struct run, suite.how.warm,
                   "Start the interpreter once, and fork it for each schedule of a scenario: it "
                   "starts slowly under --valgrind"),
    SW_OPTION_FLAG("accept", 0, struct run, suite.accept,
                   "Show how the transcripts differ, and rewrite the .out files"),
    SW_OPTION_FLAG("verbose", 'v', struct run, suite.how.verbose,
                   "Print the story of every schedule, with the points that it visits"),
    SW_OPTION_HEADING("Tests"),
    SW_OPTION_FLAG(
        "steady", 0, struct run, steady,
        "With --repeat N: run each test, or program, N times in one process, and fail if "
        "objects, bytes or descriptors grow from run to run"),
    SW_OPTION_WORD("strategy", 0, "NAME", struct run, strategy, strategies,
                   "default, which is one schedule, or random, which is a random walk (default: "
                   "random with --seed or --schedules, else default)"),
    SW_OPTION_NUMBER("seed", 0, "N", struct run, seed, 0, UINT64_MAX - 1,
                     "The seed of the first random walk (default: 1)"),
    SW_OPTION_NUMBER("schedules", 0, "N", struct run, schedules, 1, SW_TRIAL_SCHEDULES_MAX,
                     "Try up to N random walks, until one fails (default: 1)"),
    SW_OPTION_ENGINE(struct run, engine, "threads"),
    SW_OPTIONS_SETTINGS(struct run, setting, SW_SETTINGS_RUN_TESTS),
    SW_OPTION_HEADING("Output"),
    SW_OPTION_FLAG("tap", 't', struct run, suite.how.tap, "Print TAP instead of lines for people"),
    SW_OPTION_EXPLAIN(struct run, explain),
    SW_OPTION_TEXT("junit", 0, "FILE", struct run, suite.junit,
                   "Also write a JUnit report (default: none)"),
    SW_OPTION_JSON(struct run, suite.json),
    SW_OPTION_YES(struct run, suite.how.interp),
    {0},
};

SW_COMMAND(run) = {
    .name = "run",
    .summary = "run scenarios, programs, and tests of Python files",
    .group = SW_COMMAND_RUN,
    .usage = "PATH... [-- ARG...]",
    .argument = "PATH",
    .least = 1,
    .most = SW_COMMAND_ANY,
    .splits = 1,
    .about = "Runs each PATH.  A PATH is a scenario, NAME.spec; a folder of scenarios; or a "
             "program, NAME.py, whose arguments follow --.  Or it is a test, whose threads are all "
             "under control: FILE.py::test_name, FILE.py::TestClass::test_name, "
             "FILE.py::TestClass, or FILE.py:: for all tests of a file; or a folder of such files. "
             " Or it is a recorded "
             "schedule, FILE.sched, whose run must end as it did when it was recorded.",
    .exits = {"0 all as expected", "1 something failed", "2 a usage, spec or harness error",
              "3 inconclusive; the reason is printed", "130 interrupted"},
    .options = options,
    .target = &run,
    .run = run_it,
};
