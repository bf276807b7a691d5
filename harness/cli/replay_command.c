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
    return sw_replay_run(&order);
}

static const struct sw_option options[] = {
    SW_OPTION_NUMBER_OF(struct sw_replay_order, number, "all"),
    SW_OPTION_ENGINE(struct sw_replay_order, engine, "threads"),
    SW_OPTION_UNDER(struct sw_replay_order, under),
    SW_OPTION_FLAG("quiet", 'q', struct sw_replay_order, quiet,
                   "Print nothing if the run is the recorded one"),
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
    .about = "Repeats a recorded run: the same interpreter, program, arguments and decisions.",
    .exits = {"0 the run was the recorded one, whatever its outcome", "1 it was another run",
              "2 a usage or harness error, or a schedule of another program or interpreter",
              "3 inconclusive; the reason is printed"},
    .options = options,
    .target = &order,
    .run = run,
};
