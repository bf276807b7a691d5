/* SPDX-License-Identifier: MIT
 *
 * diff_command.c - "spillway diff": see harness/report/run_diff.h.
 */
#include "command.h"
#include "common_options.h"
#include "harness/report/run_diff.h"

static struct sw_run_diff_order order = {.rows = 40};

static int run(const struct sw_command_arguments *arguments)
{
    order.paths[0] = arguments->list[0];
    order.paths[1] = arguments->list[1];
    return sw_run_diff_run(&order);
}

static const struct sw_option options[] = {
    SW_OPTION_NUMBER("rows", 0, "N", struct sw_run_diff_order, rows, 1, 100000,
                     "Show at most N rows of each run, and how it ends (default: 40)"),
    SW_OPTION_FLAG("json", 0, struct sw_run_diff_order, json,
                   "Print JSON instead of lines for people"),
    SW_OPTION_YES(struct sw_run_diff_order, rows),
    {0},
};

SW_COMMAND(diff) = {
    .name = "diff",
    .summary = "show where two recorded runs of a program part",
    .group = SW_COMMAND_RECORD,
    .rank = 3,
    .usage = "A.sched B.sched",
    .argument = "FILE.sched",
    .least = 2,
    .most = 2,
    .about =
        "Names the first decision at which two recorded runs of one program part, and shows "
        "side by side what each does from there to its end: threads, lines of the program, and "
        "what they read, write, take and release there.",
    .exits = {"0 it is the same run", "1 they part", "2 a usage or harness error",
              "130 interrupted"},
    .options = options,
    .target = &order,
    .run = run,
};
