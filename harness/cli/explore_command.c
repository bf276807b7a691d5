/* SPDX-License-Identifier: MIT
 *
 * explore_command.c - "spillway explore": see fuzz/explore/explore.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "contract/words.h"
#include "common_options.h"
#include "harness/formats/files/atomic_files.h"
#include "fuzz/explore/bounded.h"
#include "fuzz/explore/explore.h"
#include "fuzz/explore/explore_many.h"
#include "fuzz/explore/shard.h"
#include "harness/report/sched_file.h"
#include "harness/report/target.h"
#include "harness/runner/spec_run.h"

/* SCHEDULES: a small test runs some 1,000 a second, a program some 300; so nobody waits longer than
 * some seconds for a first answer. */
enum { SCHEDULES = 1000 };

static struct sw_explore explore = {
    .search =
        {
            .trial =
                {
                    .schedule = {.engine = SW_ENGINE_COUNT /* not given */, .seed = 1},
                },
        },
    .shard = 1,
    .shards = 1,
    .closer = SW_EXPLORE_CLOSER_WHERE_POSSIBLE,
};

/* What the starter calls all of a file, as a program. */
static const char whole[] = SW_TARGET_WHOLE;

/* ---- words ---- */

static int set_strategy(void *member, const char *text, struct sw_error *e)
{
    (void)member;
    return sw_explore_strategy_set(&explore, text, e);
}

static int set_grain(void *member, const char *text, struct sw_error *e)
{
    static const char *const words[] = {"call", "access", "both", NULL};
    int word = sw_words_choose(words, text, e);

    (void)member;
    if (word < 0)
        return -1;
    explore.setting.grain = word == 1 ? SW_GRAIN_ACCESS : SW_GRAIN_CALL;
    explore.closer = word == 2 ? SW_EXPLORE_CLOSER_ASKED : SW_EXPLORE_CLOSER_NOT;
    return 0;
}

/* LINE or FILE:LINE; of which file is looked at when the target is known. */
static int set_from(void *member, const char *text, struct sw_error *e)
{
    const char *colon = strrchr(text, ':'), *digits = colon != NULL ? colon + 1 : text;
    uint64_t line;

    (void)member;
    if (sw_words_number(digits, 1, INT32_MAX, &line, e) < 0)
        return sw_error_set(e, NULL, 0, 0, "'%s' is neither LINE nor FILE:LINE", text);
    explore.setting.from = (uint32_t)line;
    explore.from_file = colon != NULL ? strndup(text, (size_t)(colon - text)) : NULL;
    return 0;
}

static int set_shard(void *member, const char *text, struct sw_error *e)
{
    (void)member;
    return sw_shard_parse(text, &explore.shard, &explore.shards, e);
}

/* ---- what does not go together: a sentence, or NULL ---- */

static const char *refusal_of_campaign(void)
{
    if (explore.campaign == NULL)
        return explore.resumes || explore.shards > 1
                   ? "--resume and --shard are for a campaign: --campaign DIR"
                   : NULL;
    /* Shards divide seeds.  What other strategies run next depends on what has been run, of which a
     * shard knows its own part only. */
    if (explore.method == SW_EXPLORE_DPOR && explore.shards > 1)
        return "dpor has no shards: what it runs next depends on all that has been run";
    if (explore.method != SW_EXPLORE_SAMPLES && explore.method != SW_EXPLORE_DPOR)
        return "a campaign needs a strategy that samples (portfolio, random, pct, pos or surw), or "
               "dpor";
    /* Processes of other machines would write to a file of that name, too. */
    if (explore.search.trial.output != NULL)
        return "a campaign keeps its schedules in its folder: no --output";
    return NULL;
}

/* Of a folder that schedules go to. */
static int ends_with_slash(const char *output)
{
    return output != NULL && *output != '\0' && output[strlen(output) - 1] == '/';
}

/* Of several tests: a campaign, a corpus and a file have one. */
static const char *refusal_of_many(const struct sw_command_arguments *arguments)
{
    const char *output = explore.search.trial.output;

    if (explore.campaign != NULL || explore.corpus != NULL)
        return "a campaign, or a corpus, is of one test: FILE.py::NAME";
    if (explore.setting.from > 0)
        return "--from is for one test: FILE.py::NAME";
    if (output != NULL && !ends_with_slash(output))
        return "of several tests --output names a folder: FOLDER/";
    for (int i = 0; i < arguments->count; i++)
        if (sw_target_is_sched(arguments->list[i]) ||
            (!sw_target_is(arguments->list[i]) && !sw_target_is_folder(arguments->list[i])))
            return "tests (FILE.py::NAME), files (FILE.py::) and folders of them go together, and "
                   "nothing else with them";
    return NULL;
}

/* First at grain call, and then at grain access: how long each would take is not known of the others. */
static int may_look_closer(void)
{
    return explore.method == SW_EXPLORE_SAMPLES && explore.campaign == NULL &&
           explore.time_s == 0 && !explore.goes_on;
}

static const char *refusal_of_both(void)
{
    return explore.closer == SW_EXPLORE_CLOSER_ASKED && !may_look_closer()
               ? "--grain both is for strategies that sample, without --campaign, --time and "
                 "--continue"
               : NULL;
}

static const char *refusal_of_why(void)
{
    return explore.tells_why && explore.method != SW_EXPLORE_DPOR
               ? "--why-all is about what --strategy dpor takes for independent"
               : NULL;
}

static const char *refusal_of_layouts(void)
{
    if (explore.setting.layouts > 0 && explore.setting.layout > 0)
        return "--addresses tries several layouts, and --layout says which one: not both";
    return explore.setting.layouts > 1 && explore.method != SW_EXPLORE_SAMPLES
               ? "--addresses is for strategies that sample; with this one --layout N says which "
                 "layout all schedules have"
               : NULL;
}

static const char *refusal_of_test(void)
{
    const struct sw_trial_order *trial = &explore.search.trial;

    if (*trial->test == '\0')
        return "one test at a time: FILE.py::NAME";
    return trial->args[0] != NULL && strcmp(trial->test, whole) != 0
               ? "a test takes no arguments; FILE.py::__main__, all of it, does"
               : NULL;
}

static const char *refusal_of_program(void)
{
    if (sw_target_is_sched_or_schedz(explore.search.trial.file))
        return "a schedule is no program: spillway replay repeats it";
    return sw_spec_run_is(explore.search.trial.file)
               ? "a spec says itself what its schedules are: see spillway run"
               : NULL;
}

static const char *refusal_of_arguments(void)
{
    const struct sw_trial_order *trial = &explore.search.trial;
    int count = trial->test != NULL ? 2 : 0; /* the starter has those of its own */

    for (char **arg = trial->args; *arg != NULL; arg++)
        count++;
    return count > SW_SCHED_ARGS_MAX ? "the program has more arguments than a schedule holds"
                                     : NULL;
}

static const char *refusal(void)
{
    const char *why = refusal_of_campaign();

    if (why == NULL)
        why = explore.search.trial.test != NULL ? refusal_of_test() : refusal_of_program();
    if (why == NULL)
        why = refusal_of_arguments();
    if (why == NULL)
        why = refusal_of_both();
    if (why == NULL)
        why = refusal_of_layouts();
    if (why == NULL)
        why = refusal_of_why();
    if (why == NULL && explore.corpus != NULL && explore.method != SW_EXPLORE_COVERAGE)
        why = "--corpus is for --strategy coverage";
    if (why == NULL && explore.method > SW_EXPLORE_DPOR && explore.bound > SW_BOUNDED_MAX)
        why = "the bound may be at most 16";
    return why;
}

/* The line is one of the target, by whatever name. */
static int check_from(const struct stat *target, struct sw_error *e)
{
    struct stat status;

    if (explore.from_file == NULL)
        return 0;
    if (stat(explore.from_file, &status) < 0)
        return sw_error_set(e, explore.from_file, 0, 0, "--from: %s", strerror(errno));
    return status.st_dev == target->st_dev && status.st_ino == target->st_ino
               ? 0
               : sw_error_set(e, explore.from_file, 0, 0, "--from: it is not %s",
                              explore.search.trial.file);
}

/* Before the first schedule: hours later it would be too late.  0, or -1 with *e. */
static int check_files(struct sw_error *e)
{
    const struct sw_trial_order *trial = &explore.search.trial;
    struct stat status;

    if (stat(trial->file, &status) < 0 || access(trial->file, R_OK) < 0)
        return sw_error_set(e, trial->file, 0, 0, "%s", strerror(errno));
    if (S_ISDIR(status.st_mode))
        return sw_error_set(e, trial->file, 0, 0, "%s", sw_target_folder_refusal(trial->file));
    if (check_from(&status, e) < 0)
        return -1;
    if (ends_with_slash(trial->output))
        return sw_atomic_files_make_folder(trial->output, e);
    return sw_sched_file_check(trial->output, e) < 0 ||
                   sw_atomic_files_check_output(explore.json, e) < 0
               ? -1
               : sw_atomic_files_check_apart(explore.json, trial->file, e);
}

/* ---- the whole ---- */

/* A test is begun by spillway_starter.py, which knows the lines and loads what sees accesses; a
 * program is run as it is, unless it has to be begun so, too. */
static int wants_starter(void)
{
    return explore.setting.from > 0 || explore.method == SW_EXPLORE_DPOR ||
           explore.setting.grain == SW_GRAIN_ACCESS || explore.closer == SW_EXPLORE_CLOSER_ASKED;
}

static void set_target(char **list)
{
    struct sw_trial_order *trial = &explore.search.trial;

    explore.target = list[0];
    trial->file = list[0];
    trial->args = list + 1;
    char *separator = sw_target_is(list[0]) ? strstr(list[0], ".py::") : NULL;
    if (separator != NULL) {
        /* The file ends with its ".py", and the test begins behind "::". */
        explore.file = strndup(list[0], (size_t)(separator + 3 - list[0]));
        trial->file = explore.file;
        trial->test = separator + 5;
    } else if (wants_starter() && !sw_spec_run_is(list[0])) {
        trial->test = whole;
    }
    explore.setting.begins = trial->test != NULL;
}

/* What follows from the options together. */
static void set_defaults(int is_of_tests)
{
    struct sw_trial_order *trial = &explore.search.trial;
    struct sw_error e;

    if (trial->schedule.name == NULL)
        sw_explore_strategy_set(&explore, "portfolio", &e);
    if (explore.method == SW_EXPLORE_DPOR)
        explore.setting.grain = SW_GRAIN_ACCESS; /* it needs to see every access */
    if (explore.closer == SW_EXPLORE_CLOSER_WHERE_POSSIBLE && (!is_of_tests || !may_look_closer()))
        explore.closer = SW_EXPLORE_CLOSER_NOT;
    /* What runs on OS threads cannot be put back. */
    if (explore.is_cold || trial->schedule.engine == SW_ENGINE_THREADS)
        explore.search.start = SW_BATCH_COLD;
    if (trial->schedule.engine == SW_ENGINE_COUNT)
        trial->schedule.engine = SW_ENGINE_POOL;
    explore.count_given = trial->schedules > 0;
    /* --seed is at most the other half of what there are, so the last one is still a number. */
    if (!explore.count_given)
        trial->schedules = explore.time_s > 0 ? UINT64_MAX / 2 : SCHEDULES;
    if (explore.method == SW_EXPLORE_SAMPLES && explore.setting.chance == 0)
        trial->schedule.chance_how = SW_CHANCE_SHARED;
    if (explore.method == SW_EXPLORE_SAMPLES && explore.setting.layouts > 1)
        trial->schedule.layout_how = SW_CHANCE_SHARED;
    explore.search.may_vary_layout = explore.setting.layouts == 0 && explore.setting.layout == 0;
    explore.search.jobs = sw_common_options_jobs(explore.search.jobs);
    explore.search.seconds = explore.time_s;
    explore.search.goes_on = explore.goes_on;
    trial->explains = 1;
}

/* A test takes no arguments; all of a file, as a program, does. */
static int is_test(const char *target)
{
    return sw_target_is_file_of_tests(target) || sw_target_is_folder(target) ||
           sw_target_is_test(target);
}

/* The folder that schedules go to is made before there is one. */
static int make_output_folder(struct sw_error *e)
{
    const char *output = explore.search.trial.output;

    return ends_with_slash(output) ? sw_atomic_files_make_folder(output, e) : 0;
}

static int wants_many(const struct sw_command_arguments *arguments)
{
    int count = 0;

    for (int i = 0; i < arguments->count; i++)
        count += sw_target_separator(arguments->list[i]) != NULL ||
                 sw_target_is_folder(arguments->list[i]);
    return sw_target_may_be_many(arguments->list[0]) ||
           (is_test(arguments->list[0]) && count > 1) || (explore.junit != NULL && count > 0);
}

static int run_many(const struct sw_command_arguments *arguments)
{
    const struct sw_explore_many_order order = {&explore, arguments->list, arguments->count};
    struct sw_error e;

    set_defaults(1);
    const char *why = refusal_of_many(arguments);
    if (why == NULL)
        why = refusal_of_both();
    if (why == NULL)
        why = refusal_of_layouts();
    if (why == NULL)
        why = refusal_of_why();
    if (why != NULL)
        return sw_command_refuse("explore", "%s", why);
    if (make_output_folder(&e) < 0 || sw_atomic_files_check_output(explore.json, &e) < 0 ||
        sw_atomic_files_check_output(explore.junit, &e) < 0)
        return sw_command_refuse("explore", "%s: %s", e.path, e.text);
    int status = sw_explore_many_run(&order);
    sw_settings_free(&explore.setting);
    return status;
}

static int set_interp(struct sw_error *e)
{
    struct sw_trial_order *trial = &explore.search.trial;

    trial->interp = sw_common_options_test_interp(trial->interp);
    return sw_common_options_check_interp(trial->interp, 1, e);
}

static int run(const struct sw_command_arguments *arguments)
{
    struct sw_error e;

    if (set_interp(&e) < 0)
        return sw_command_refuse("explore", "%s", e.text);
    if (sw_target_name_tests(arguments->list, arguments->count) < 0)
        return sw_command_refuse("explore", "out of memory");
    if (wants_many(arguments))
        return run_many(arguments);
    set_target(arguments->list);
    set_defaults(explore.search.trial.test != NULL);
    const char *why = refusal();
    if (why != NULL)
        return sw_command_refuse("explore", "%s", why);
    if (check_files(&e) < 0)
        return sw_command_refuse("explore", "%s: %s", e.path, e.text);
    int status = sw_explore_run(&explore);
    sw_settings_free(&explore.setting);
    free(explore.file);
    free(explore.from_file);
    return status;
}

static const struct sw_option options[] = {
    SW_OPTION_HEADING("Schedules"),
    SW_OPTION_PARSED("strategy", 0, "NAME", struct sw_explore, strategy, set_strategy,
                     "To sample: portfolio, random, pct[:DEPTH], pos or surw.  To change the "
                     "schedules that showed something new: coverage.  To run all that matter: "
                     "dpor, on CPython 3.11; its \"ok\" rests on what the tracer sees "
                     "of each bytecode.  To run all within a bound: preemptions[:N] "
                     "or delays[:N] (default: portfolio; DEPTH: 3; N: 2)"),
    SW_OPTION_NUMBER("schedules", 0, "N", struct sw_explore, search.trial.schedules, 1,
                     SW_TRIAL_SCHEDULES_MAX,
                     "Run at most N schedules (default: 1000; with --time: no limit)"),
    SW_OPTION_NUMBER("time", 0, "SECONDS", struct sw_explore, time_s, 1, 1000000,
                     "Begin no new schedule after so much real time (default: no limit)"),
    SW_OPTION_NUMBER("seed", 0, "N", struct sw_explore, search.trial.schedule.seed, 0,
                     UINT64_MAX / 2, "The seed of the first schedule (default: 1)"),
    SW_OPTION_FLAG("continue", 0, struct sw_explore, goes_on,
                   "Go on after a failure, and count the ways in which schedules fail"),
    SW_OPTION_FLAG("why-all", 0, struct sw_explore, tells_why,
                   "With strategy dpor: print what each thread does to what, and whether that was "
                   "taken for independent, so that one order stands for both"),
    SW_OPTION_TEXT("corpus", 0, "DIR", struct sw_explore, corpus,
                   "With strategy coverage: keep in DIR the schedules that showed something new, "
                   "and begin with those already there (default: none)"),
    SW_OPTION_HEADING("The run"),
    SW_OPTION_JOBS(struct sw_explore, search.jobs),
    SW_OPTION_INTERP(struct sw_explore, search.trial.interp, SW_OPTION_INTERP_OF_TESTS),
    SW_OPTION_ENGINE(struct sw_explore, search.trial.schedule.engine,
                     "pool; threads means --cold, too"),
    SW_OPTION_PARSED("from", 0, "[FILE:]LINE", struct sw_explore, setting, set_from,
                     "Begin each schedule where the main thread first comes to this line of the "
                     "test's or the program's file (default: where the test begins, or the program "
                     "makes its first thread)"),
    SW_OPTION_FLAG("cold", 0, struct sw_explore, is_cold,
                   "Give each schedule a process of its own, and put none back to a checkpoint"),
    SW_OPTIONS_SETTINGS(struct sw_explore, setting, SW_SETTINGS_EXPLORE),
    SW_OPTION_ENV_FROM_HERE(struct sw_explore, setting),
    SW_OPTION_PARSED(
        "grain", 0, "NAME", struct sw_explore, setting, set_grain,
        "Where threads are switched: call, where the interpreter itself could; access, "
        "before each access to shared data, on CPython 3.11 to 3.13; or both: a quarter of the "
        "schedules at access, if none fails at call (default: both of a test, where that is "
        "possible, and call of a program; of dpor: access)"),
    SW_OPTION_WATCHDOG(struct sw_explore, search.trial.watchdog_s, "600"),
    SW_OPTION_HEADING("Output"),
    SW_OPTION_OUTPUT(struct sw_explore, search.trial.output,
                     "Where the failing schedule is written, a file or FOLDER/ (default: "
                     "FILE-TEST.sched or PROGRAM.sched, in this folder)"),
    SW_OPTION_JSON(struct sw_explore, json),
    SW_OPTION_TEXT("junit", 0, "FILE", struct sw_explore, junit,
                   "Also write a JUnit report of tests (default: none)"),
    SW_OPTION_EXPLAIN(struct sw_explore, search.trial.how),
    SW_OPTION_HEADING("Campaigns, which many processes share"),
    SW_OPTION_TEXT(
        "campaign", 0, "DIR", struct sw_explore, campaign,
        "Keep in DIR what has been run and found, and go on after a failure (default: none)"),
    SW_OPTION_FLAG("resume", 0, struct sw_explore, resumes,
                   "Join the campaign in DIR, or begin it; other processes may be running it"),
    SW_OPTION_PARSED("shard", 0, "I/N", struct sw_explore, shard, set_shard,
                     "Run part I of N of the campaign; auto or auto/N: as Slurm or Kubernetes says "
                     "(default: 1/1)"),
    {0},
};

SW_COMMAND(explore) = {
    .name = "explore",
    .summary = "look for a schedule under which a test or a program fails",
    .group = SW_COMMAND_EXPLORE,
    .usage = "FILE.py::TEST... | FOLDER... | PROGRAM [ARG...]",
    .argument = "PROGRAM or TEST",
    .least = 1,
    .most = SW_COMMAND_ANY,
    .order = SW_OPTIONS_FIRST,
    .is_alone = is_test,
    .about = "Runs a test, or a program, under many schedules, and says which one fails.  "
             "FILE.py::TestClass, FILE.py:: and a FOLDER are all tests in it, one after the other, "
             "each with all of the schedules.  A file test_*.py or *_test.py that defines tests is "
             "FILE.py::, too; to run it as a program: FILE.py::__main__.",
    .details = "Each schedule begins from the same state: the process is put back to a checkpoint, "
               "where a test begins or a program makes its first thread.  "
               "A schedule that fails is run again in a process of its own; if it fails there, "
               "too, it is written.",
    .exits = {"0 no schedule failed", "1 a schedule failed", "2 a usage or harness error",
              "3 inconclusive; the reason is printed",
              "130 interrupted; a campaign, which can be resumed: 3"},
    .options = options,
    .target = &explore,
    .run = run,
};
