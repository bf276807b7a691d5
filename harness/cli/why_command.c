/* SPDX-License-Identifier: MIT
 *
 * why_command.c - "spillway why": see harness/report/why.h, and fuzz/explore/inevitable.h.
 */
#include <stdio.h>

#include "command.h"
#include "common_options.h"
#include "contract/exit.h"
#include "fuzz/explore/inevitable_print.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/formats/sched/sched_trust.h"
#include "harness/formats/sched/schedz.h"
#include "harness/report/replay.h"
#include "harness/report/why.h"
#include "harness/runner/interrupt.h"

static struct why {
    struct sw_why_order follow;
    int inevitable;
    uint64_t runs; /* 0: not given */
    uint64_t seed; /* UINT64_MAX: not given */
} why = {.seed = UINT64_MAX};

enum { RUNS = 400 };

/* ---- when it became inevitable ---- */

static int exit_status(const struct sw_inevitable *inevitable, int measured, struct sw_error *e)
{
    char line[SW_END_LINE_MAX];

    if (measured < 0) {
        if (sw_interrupt_came())
            return SW_EXIT_INTERRUPTED;
        sw_error_print(e);
        return SW_EXIT_ERROR;
    }
    if (measured == 0) {
        fprintf(stderr, "spillway: %s: it does not fail as recorded: %s\n", why.follow.path,
                sw_run_end_format(&inevitable->end, line, sizeof line));
        return SW_EXIT_FAILED;
    }
    if (why.follow.json)
        sw_inevitable_print_json(stdout, inevitable);
    else
        sw_inevitable_print(stdout, inevitable, sw_inevitable_print_takes_blocks());
    return inevitable->over != NULL ? SW_EXIT_INTERRUPTED : SW_EXIT_OK;
}

static int measure(const struct sw_sched *sched)
{
    static struct sw_inevitable inevitable;
    const struct sw_inevitable_order order = {.sched = sched,
                                              .runs = why.runs != 0 ? why.runs : RUNS,
                                              .seed = why.seed != UINT64_MAX ? why.seed : 1};
    struct sw_error e = {0};

    sw_interrupt_begin();
    int status = exit_status(&inevitable, sw_inevitable_measure(&inevitable, &order, &e), &e);
    sw_inevitable_free(&inevitable);
    return status;
}

static int run_inevitable(void)
{
    const char *path = why.follow.path;
    struct sw_sched *sched = NULL;
    struct sw_error e;
    int status = SW_EXIT_ERROR;

    if (sw_schedz_is_archive(path))
        sw_error_set(&e, path, 0, 0,
                     "it is an archive: 'spillway convert' takes one schedule out of it");
    else if (sw_sched_load(path, &sched, &e) == 0 && sw_sched_paths(path, sched, &e) == 0 &&
             sw_replay_check(path, sched, &e) == 0) {
        sw_sched_trust_tell(path, sched);
        status = measure(sched);
        sw_sched_free(sched);
        return status;
    }
    sw_error_print(&e);
    sw_sched_free(sched);
    return status;
}

/* ---- the command ---- */

static int run(const struct sw_command_arguments *arguments)
{
    why.follow.path = arguments->list[0];
    if (why.inevitable && (why.follow.value != NULL || why.follow.last_first))
        return sw_command_refuse("why", "--inevitable follows nothing: not with --value or "
                                        "--last-first");
    if (!why.inevitable && (why.runs != 0 || why.seed != UINT64_MAX))
        return sw_command_refuse("why", "--runs and --seed are for --inevitable");
    return why.inevitable ? run_inevitable() : sw_why_run(&why.follow);
}

static const struct sw_option options[] = {
    SW_OPTION_TEXT(
        "value", 0, "NAME", struct why, follow.value,
        "Follow the value of that number (#3) or text, or the tasklet, channel, variable or "
        "lock of that name (default: what failed)"),
    SW_OPTION_FLAG("last-first", 0, struct why, follow.last_first,
                   "Print the hops from the failure back to the birth"),
    SW_OPTION_FLAG("inevitable", 0, struct why, inevitable,
                   "Instead, measure how likely the failure is once the first decisions are taken, "
                   "and name the decision at which that rises most"),
    SW_OPTION_NUMBER("runs", 0, "N", struct why, runs, 200, 1000000,
                     "With --inevitable: run at most N random schedules (default: 400)"),
    SW_OPTION_NUMBER("seed", 0, "N", struct why, seed, 0, UINT64_MAX - 1,
                     "With --inevitable: the seed of the random schedules (default: 1)"),
    SW_OPTION_FLAG("json", 0, struct why, follow.json, "Print JSON instead of lines for people"),
    SW_OPTION_YES(struct why, follow.value),
    {0},
};

SW_COMMAND(why) = {
    .name = "why",
    .summary = "follow what failed from its birth to the failure",
    .group = SW_COMMAND_EXPLORE,
    .rank = 3,
    .usage = "FILE.sched",
    .argument = "FILE.sched",
    .least = 1,
    .most = 1,
    .about =
        "Runs a recorded failure once more, and follows what it is about in numbered hops: the "
        "value that was lost, the variable that was read where it failed, the locks of the "
        "deadlock.  With --inevitable it says at which "
        "decision the failure became inevitable.",
    .exits = {"0 it was explained", "1 it was another run, or it does not fail",
              "2 a usage or harness error", "3 nobody tells there of what could be followed",
              "130 interrupted; what --inevitable has measured so far is printed"},
    .options = options,
    .target = &why,
    .run = run,
};
