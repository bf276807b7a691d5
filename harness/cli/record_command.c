/* SPDX-License-Identifier: MIT
 *
 * record_command.c - "spillway record": see harness/report/record.h.
 */
#include "command.h"
#include "common_options.h"
#include "harness/report/record.h"
#include "harness/report/target.h"
#include "harness/runner/spec_run.h"

enum { NOT_GIVEN = -1 };

static struct record {
    struct sw_record_order order;
    int strategy; /* of strategies; or NOT_GIVEN */
    uint64_t seed; /* UINT64_MAX: not given */
} record = {
    .order = {.schedule.decisions_max = SW_DECISIONS_RECORD_MAX},
    .strategy = NOT_GIVEN,
    .seed = UINT64_MAX,
};

static const char *const strategies[] = {
    [SW_STRATEGY_DEFAULT] = "default", [SW_STRATEGY_RANDOM] = "random", NULL};

/* A spec runs in slpython-lab, and as it says, unless a random walk is asked for. */
static void set_defaults(struct sw_record_order *order)
{
    int is_spec = sw_spec_run_is(order->program[0]);

    if (order->interp == NULL)
        order->interp = is_spec ? sw_common_options_lab() : sw_common_options_test_interp(NULL);
    else
        order->interp = sw_common_options_interp(order->interp);
    if (record.strategy != NOT_GIVEN)
        order->schedule.strategy = (enum sw_control_shm_strategy)record.strategy;
    else
        order->schedule.strategy =
            is_spec && record.seed == UINT64_MAX ? SW_STRATEGY_DEFAULT : SW_STRATEGY_RANDOM;
    order->schedule.seed = record.seed == UINT64_MAX ? 0 : record.seed;
}

/* Cuts FILE.py::NAME in two. */
static const char *set_test(const struct sw_command_arguments *arguments)
{
    char *file = arguments->list[0], *separator = file + (sw_target_separator(file) - file);

    if (sw_target_may_be_many(arguments->list[0]))
        return "one test at a time: FILE.py::NAME";
    if (arguments->count > 1)
        return "a test takes no arguments";
    *separator = '\0';
    record.order.test = separator + 2;
    return NULL;
}

static int run(const struct sw_command_arguments *arguments)
{
    const char *why = sw_target_is_test(arguments->list[0]) ? set_test(arguments) : NULL;

    if (why != NULL)
        return sw_command_refuse("record", "%s", why);
    if (sw_target_is_sched_or_schedz(arguments->list[0]))
        return sw_command_refuse("record", "a schedule is no program: spillway replay repeats it");
    record.order.program = arguments->list;
    set_defaults(&record.order);
    int status = sw_record_run(&record.order);
    sw_settings_free(&record.order.setting);
    return status;
}

static const struct sw_option options[] = {
    SW_OPTION_HEADING("The schedule"),
    SW_OPTION_WORD("strategy", 0, "NAME", struct record, strategy, strategies,
                   "random, a random walk that seldom switches, or default, which is one schedule "
                   "(default: random; of a spec without --seed: default)"),
    SW_OPTION_NUMBER("seed", 0, "N", struct record, seed, 0, UINT64_MAX - 1,
                     "The seed of the random walk (default: 0)"),
    SW_OPTION_NUMBER("decisions", 0, "N", struct record, order.schedule.decisions_max, 0,
                     UINT64_MAX / 4,
                     "End the run as a livelock after N decisions (default: 10000000)"),
    SW_OPTION_HEADING("The run"),
    SW_OPTION_INTERP(struct record, order.interp,
                     SW_OPTION_INTERP_OF_TESTS "; of a spec: slpython-lab beside spillway"),
    SW_OPTION_ENGINE(struct record, order.schedule.engine, "threads"),
    SW_OPTIONS_SETTINGS(struct record, order.setting, SW_SETTINGS_RECORD),
    SW_OPTION_UNDER(struct record, order.under),
    SW_OPTION_WATCHDOG(struct record, order.watchdog_s, "600"),
    SW_OPTION_HEADING("Output"),
    SW_OPTION_OUTPUT(
        struct record, order.output,
        "Where the schedule is written; to a .schedz it is added (default: PROGRAM.sched)"),
    SW_OPTION_FLAG("quiet", 'q', struct record, order.quiet,
                   "Print nothing about the recording if the program ends with 0"),
    {0},
};

SW_COMMAND(record) = {
    .name = "record",
    .summary = "run a program or a test under control, and keep its schedule",
    .group = SW_COMMAND_RECORD,
    .usage = "-- PROGRAM [ARG...] | FILE.py::NAME | SPEC [SCHEDULE]",
    .argument = "PROGRAM",
    .least = 1,
    .most = SW_COMMAND_ANY,
    .order = SW_OPTIONS_FIRST,
    .is_alone = sw_target_is_test,
    .about = "Runs PROGRAM, or one test, with all of its threads under control, and writes its "
             "schedule: which thread ran when.  The program's own output is passed through.",
    .exits = {"0 the program ended with 0", "1 it failed, crashed or came to a deadlock",
              "2 a usage or harness error", "3 inconclusive; the reason is printed",
              "130 interrupted; what was decided so far is kept"},
    .options = options,
    .target = &record,
    .run = run,
};
