/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/exit.h"
#include "harness/formats/sched/settings_options.h"
#include "harness/runner/process.h"
#include "harness/formats/sched/schedz.h"
#include "run.h"
#include "contract/version.h"

enum {
    WATCHDOG_S = 600,
    KEY_SEED = 256,
    KEY_STRATEGY,
    KEY_WATCHDOG,
    KEY_BUDGET,
    KEY_ENGINE,
};

struct record {
    uint64_t seed;
    uint64_t decisions_max;
    enum sw_control_shm_strategy strategy;
    int strategy_given;
    int engine; /* enum sw_control_shm_engine */
    struct sw_settings setting;
    const char *interp;
    const char *output; /* NULL: PROGRAM.sched */
    const char *under; /* NULL: nothing */
    int watchdog_s;
    int quiet;
    char **program; /* and its arguments; NULL-terminated */
};

static const struct argp_option option_list[] = {
    {"seed", KEY_SEED, "N", 0, "Of the random walk (default 0)", 0},
    {"strategy", KEY_STRATEGY, "NAME", 0, "random (a sticky walk) or default", 0},
    {"interp", 'i', "FILE", 0,
     "The interpreter (default: /usr/bin/python3.11; of a spec: slpython-lab)", 0},
    {"engine", KEY_ENGINE, "NAME", 0,
     "What carries the threads: threads (default), fibers or pool; the decisions are the same", 0},
    {"output", 'o', "FILE", 0,
     "Where the schedule goes (default: PROGRAM.sched); it is added to a .schedz", 0},
    {"under", 'u', "COMMAND", 0, "Run the interpreter under this, like 'valgrind -q'", 0},
    {"quiet", 'q', 0, 0, "Do not say what was recorded, if all is well", 0},
    {"decisions", KEY_BUDGET, "N", 0, "How many before it is a livelock (default 10000000)", 0},
    {"watchdog", KEY_WATCHDOG, "SECONDS", 0,
     "Real time after which a run is a harness error (default 600)", 0},
    {0},
};

static uint64_t parse_number(const char *text, const char *what, uint64_t max,
                             struct argp_state *state)
{
    char *end;

    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' || number > max)
        argp_error(state, "%s: '%s' is not a number from 0 to %llu", what, text,
                   (unsigned long long)max);
    return number;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct record *record = state->input;

    switch (key) {
    case KEY_SEED:
        record->seed = parse_number(arg, "--seed", UINT64_MAX, state);
        record->strategy_given = 1;
        return 0;
    case KEY_BUDGET:
        record->decisions_max = parse_number(arg, "--decisions", UINT64_MAX / 4, state);
        return 0;
    case KEY_WATCHDOG:
        record->watchdog_s = (int)parse_number(arg, "--watchdog", 86400, state);
        return 0;
    case KEY_STRATEGY:
        if (strcmp(arg, "random") != 0 && strcmp(arg, "default") != 0)
            argp_error(state, "--strategy: '%s' is none; there are random and default", arg);
        record->strategy_given = 1;
        record->strategy = *arg == 'r' ? SW_STRATEGY_RANDOM : SW_STRATEGY_DEFAULT;
        return 0;
    case KEY_ENGINE:
        if ((record->engine = sw_process_find_engine(arg)) < 0)
            argp_error(state, "--engine: '%s' is none; there are threads, fibers and pool", arg);
        return 0;
    case 'i':
        record->interp = arg;
        return 0;
    case 'o':
        record->output = arg;
        return 0;
    case 'u':
        record->under = arg;
        return 0;
    case 'q':
        record->quiet = 1;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &record->setting;
        return 0;
    case ARGP_KEY_ARGS:
        record->program = state->argv + state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no PROGRAM given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* slpython-lab beside this executable. */
static const char *find_lab(void)
{
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "slpython-lab");

    path[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(path, '/');
    strcpy(slash != NULL ? slash + 1 : path, "slpython-lab");
    return path;
}

/* A spec runs in slpython-lab, and as it says. */
static void set_defaults(struct record *record)
{
    int is_spec = sw_spec_run_is(record->program[0]);

    if (record->interp == NULL)
        record->interp = is_spec ? find_lab() : "/usr/bin/python3.11";
    if (!record->strategy_given && is_spec)
        record->strategy = SW_STRATEGY_DEFAULT;
}

static void parse(int argc, char **argv, struct record *record)
{
    static const char doc[] =
        "Runs PROGRAM with all of its threads under control, and writes which "
        "of them ran when."
        "\vThe program's own output is passed through.  Exit status: 0 it "
        "ended with 0, 1 it failed, crashed or came to a deadlock, 2 a usage "
        "or harness error, 3 inconclusive.";
    static char name[] = "spillway record";
    const struct argp_child settings[] = {{sw_settings_options_argp(SW_SETTINGS_RECORD), 0, NULL, 0}, {0}};
    const struct argp argp = {
        option_list, parse_option, "-- PROGRAM [ARG...] | SPEC [SCHEDULE]", doc, settings, 0, 0};

    *record = (struct record){
        .strategy = SW_STRATEGY_RANDOM, .watchdog_s = WATCHDOG_S, .decisions_max = 10000000};
    argv[0] = name;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, record);
    set_defaults(record);
}

/* *number is that in an archive, 0 of a file of its own. */
static int write_file(const char *path, const struct sw_sched *sched, uint64_t *number)
{
    struct sw_error e;

    *number = 0;
    if (sw_schedz_is_archive(path)) {
        if (sw_schedz_append(path, &sched, 1, number, &e) == 0)
            return SW_EXIT_OK;
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    FILE *out = fopen(path, "w");
    if (out == NULL || sw_sched_write(out, sched) < 0) {
        fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
        if (out != NULL)
            fclose(out);
        return SW_EXIT_ERROR;
    }
    fclose(out);
    return SW_EXIT_OK;
}

/* How fine the decisions were. */
static const char *mode_of(const struct sw_control_shm *shm)
{
    if (shm->gil == 2)
        return "the GIL's checks were decisions";
    return shm->gil == 1 ? "the GIL's releases were decisions"
                         : "no GIL was recognised: every release was a decision";
}

static void tell(const struct sw_process *run, const struct sw_sched *sched, const char *path,
                 uint64_t number)
{
    char option[40] = "";

    if (number > 0)
        snprintf(option, sizeof option, " --number %llu", (unsigned long long)number);
    fprintf(stderr,
            "spillway: %s; %llu decisions, %u deviations, hash %016llx\n"
            "spillway: %s; again: spillway replay%s %s\n",
            sched->outcome, (unsigned long long)sched->decision_count, sched->deviation_count,
            (unsigned long long)sched->hash, mode_of(run->shm), option, path);
}

static int keep(const struct record *record, const struct sw_process *run, struct sw_sched *sched,
                const char *path)
{
    char outcome[SW_REPORT_MAX + 32], found[64] = "default";
    uint64_t number;

    if (record->strategy == SW_STRATEGY_RANDOM)
        snprintf(found, sizeof found, "random seed %llu", (unsigned long long)record->seed);
    sched->found = found;
    sched->outcome = sw_process_outcome(run, outcome, sizeof outcome);
    sw_process_fill(run, sched);
    int failed = strcmp(outcome, "exit 0") != 0;
    if (write_file(path, sched, &number) != SW_EXIT_OK)
        return SW_EXIT_ERROR;
    if (!record->quiet || failed)
        tell(run, sched, path, number);
    return failed ? SW_EXIT_FAILED : SW_EXIT_OK;
}

static const char *output_path(const struct record *record, char *buf, size_t size)
{
    if (record->output != NULL)
        return record->output;
    snprintf(buf, size, "%s.sched", record->program[0]);
    return buf;
}

/* The schedule's head, all but how it ends.  Its texts are the command line's. */
static int describe(const struct record *record, struct sw_sched *sched, struct sw_error *e)
{
    static char version[] = SW_VERSION;

    *sched = (struct sw_sched){
        .writer = version,
        .program = record->program[0],
        .args = record->program + 1,
        .interp = (char *)record->interp,
        .setting = record->setting,
    };
    while (sched->args[sched->arg_count] != NULL)
        sched->arg_count++;
    if (sched->arg_count > SW_SCHED_ARGS_MAX)
        return sw_error_set(e, NULL, 0, 0, "more than %d arguments", SW_SCHED_ARGS_MAX);
    return sw_sched_hash_file(sched->program, sched->program_hash, e) < 0 ||
                   sw_sched_hash_file(sched->interp, sched->interp_hash, e) < 0
               ? -1
               : 0;
}

static void fill_shm(struct sw_control_shm *shm, const struct record *record)
{
    shm->strategy = record->strategy;
    shm->seed = record->seed;
    shm->decisions_max = record->decisions_max;
    shm->engine = (uint32_t)record->engine;
}

/* The file is there before the run, as it will be before a replay: CPython reads the program's
 * folder, and one name more in it moves all that is allocated later.  Returns 1 if it is new, 0,
 * or -1 with *e. */
static int make_output(const char *path, struct sw_error *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd >= 0) {
        close(fd);
        return 1;
    }
    if (errno != EEXIST || access(path, W_OK) < 0)
        return sw_error_set(e, path, 0, 0, "cannot be written: %s", strerror(errno));
    return 0;
}

/* All that can be wrong before anything has run. */
static int prepare(const struct record *record, struct sw_process *run, const char *path,
                   struct sw_sched *sched, struct sw_error *e)
{
    if (sw_process_open(run, e) < 0 || describe(record, sched, e) < 0 ||
        sw_settings_check(&record->setting, record->interp, e) < 0)
        return -1;
    return sw_schedz_is_archive(path) ? sw_schedz_admits(path, sched, e) : 0;
}

static int run_it(const struct record *record, struct sw_process *run, struct sw_sched *sched,
                  const char *path, struct sw_error *e)
{
    struct sw_process_order order = {.interp = sched->interp,
                                     .program = sched->program,
                                     .args = sched->args,
                                     .setting = &record->setting,
                                     .under = record->under,
                                     .watchdog_s = record->watchdog_s};

    fill_shm(run->shm, record);
    if (sw_process_run(run, &order, e) < 0) {
        sw_error_print(e);
        return SW_EXIT_ERROR;
    }
    int status = sw_process_check(run);
    if (status == SW_EXIT_OK)
        status = keep(record, run, sched, path);
    sw_process_warn(run);
    return status;
}

int sw_record(int argc, char **argv)
{
    struct record record;
    struct sw_process run;
    struct sw_sched sched;
    struct sw_error e;
    char buf[4096];
    int status = SW_EXIT_ERROR;

    parse(argc, argv, &record);
    const char *path = output_path(&record, buf, sizeof buf);
    int made = prepare(&record, &run, path, &sched, &e);
    if (made == 0)
        made = make_output(path, &e);
    if (made < 0)
        sw_error_print(&e);
    else
        status = run_it(&record, &run, &sched, path, &e);
    /* Others may be about to add to an archive, so that one stays, empty. */
    if (made > 0 && status != SW_EXIT_OK && status != SW_EXIT_FAILED && !sw_schedz_is_archive(path))
        unlink(path);
    sw_process_close(&run);
    sw_settings_free(&record.setting);
    return status;
}
