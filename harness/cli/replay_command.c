/* SPDX-License-Identifier: MIT
 *
 * replay_command.c - "spillway replay": see harness/report/replay.h.
 */
#include "command.h"
#include "common_options.h"
#include "harness/formats/sched/schedz.h"
#include "harness/report/replay.h"

static struct sw_replay_order order;

static int run(const struct sw_command_arguments *arguments)
{
    order.path = arguments->list[0];
    if (order.number != 0 && !sw_schedz_is_archive(order.path))
        return sw_command_refuse("replay", "--number: a .sched has one schedule");
    if (order.memcheck && order.under != NULL)
        return sw_command_refuse("replay", "--valgrind: not together with --under");
    return sw_replay_run(&order);
}

static const struct sw_option options[] = {
    SW_OPTION_INTERP(struct sw_replay_order, interp, "the recorded one"),
    SW_OPTION_FLAG(
        "anyway", 'a', struct sw_replay_order, anyway,
        "Where the run is another than the recorded one, go on without the schedule, and "
        "say how far it fitted"),
    SW_OPTION_NUMBER_OF(struct sw_replay_order, number, "all"),
    SW_OPTION_ENGINE(struct sw_replay_order, engine, "threads"),
    SW_OPTION_UNDER(struct sw_replay_order, under),
    SW_OPTION_VALGRIND(struct sw_replay_order, memcheck),
    SW_OPTION_EXPLAIN(struct sw_replay_order, explain),
    SW_OPTION_TEXT("timeline", 0, "FILE", struct sw_replay_order, timeline,
                   "Write what happened to FILE, a line of JSON an event: one more run "
                   "(default: no file)"),
    SW_OPTION_FLAG("quiet", 'q', struct sw_replay_order, quiet,
                   "Print nothing if the run is the recorded one"),
    SW_OPTION_YES(struct sw_replay_order, interp),
    {0},
};

SW_COMMAND(replay) = {
    .name = "replay",
    .summary = "repeat a recorded run, decision by decision",
    .group = SW_COMMAND_RECORD,
    .rank = 1,
    .usage = "FILE.sched[z]",
    .argument = "FILE.sched",
    .least = 1,
    .most = 1,
    .about = "Repeats a recorded run: the same interpreter, program, arguments and decisions.  A "
             "file that is no longer what was recorded is a warning.",
    .exits = {"0 the run was the recorded one, whatever its outcome",
              "1 it was another run, or printed something else, or valgrind has found errors",
              "2 a usage or harness error, or a file that is not there",
              "3 inconclusive; the reason is printed", "130 interrupted"},
    .options = options,
    .target = &order,
    .run = run,
};
