/* SPDX-License-Identifier: MIT
 *
 * score_command.c - "spillway score": see harness/report/score.h.
 */
#include "command.h"
#include "common_options.h"
#include "harness/report/score.h"
#include "harness/runner/agentless.h"

static struct sw_job_options order;

static int run(const struct sw_command_arguments *arguments)
{
    struct sw_error e;

    order.jobs = sw_common_options_jobs(order.jobs);
    order.interp_is_given = order.interp != NULL;
    if (order.interp == NULL)
        order.interp = sw_common_options_lab();
    if (sw_common_options_check_interp(order.interp, 0, &e) < 0)
        return sw_command_refuse("score", "%s", e.text);
    order.agentless = sw_agentless_is(order.interp);
    return sw_score_run(&order, arguments->list, arguments->count);
}

static const struct sw_option options[] = {
    SW_OPTION_INTERP(struct sw_job_options, interp, "slpython-lab beside spillway"),
    SW_OPTION_JOBS(struct sw_job_options, jobs),
    SW_OPTION_WATCHDOG(struct sw_job_options, watchdog_s, "30; of a program: 60"),
    {0},
};

SW_COMMAND(score) = {
    .name = "score",
    .summary = "run every fault against all scenarios, and print what caught it",
    .group = SW_COMMAND_RUN,
    .usage = "PATH...",
    .argument = "PATH",
    .least = 1,
    .most = SW_COMMAND_ANY,
    .about =
        "Runs each scenario, also those of folders, healthy and with every set of faults that it "
        "declares; and each historical fault that none of these catches, alone, with one scenario "
        "after another and then the programs, until one does.  Prints what caught each fault.",
    .exits = {"0 all as declared, and every fault was caught",
              "1 not all as declared, or a fault was not caught",
              "2 a usage, spec or harness error", "130 interrupted"},
    .options = options,
    .target = &order,
    .run = run,
};
