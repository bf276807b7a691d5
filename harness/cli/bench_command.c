/* SPDX-License-Identifier: MIT
 *
 * bench_command.c - "spillway bench": see harness/compare/bench.h.
 */
#include "command.h"
#include "common_options.h"
#include "harness/compare/bench.h"
#include "harness/runner/watchdog.h"

static struct sw_bench_order order = {
    .way = {.warp = 1, .tests = "all", .plant = "", .watchdog_s = SW_WATCHDOG_S},
    .seed = 1,
};

static const char *const clocks[] = {"cpu", "wall", NULL};

static int run(const struct sw_command_arguments *arguments)
{
    if (arguments->behind == NULL)
        return sw_command_refuse("bench", "no -- between this and other");
    return sw_bench_run(&order, arguments->list, arguments->behind);
}

static const struct sw_option options[] = {
    SW_OPTION_FLAG("command", 0, struct sw_bench_order, way.is_command,
                   "A and B are commands that are measured themselves, not interpreters"),
    SW_OPTION_NUMBER("pairs", 'n', "N", struct sw_bench_order, pairs, SW_BENCH_STATS_PAIRS_MIN,
                     SW_BENCH_PAIRS_MAX,
                     "Measure N pairs of processes (default: 200, or 32 with --quick; of commands "
                     "40, or 20)"),
    SW_OPTION_NUMBER("rounds", 0, "N", struct sw_bench_order, way.rounds, 1,
                     SW_BENCH_SIDE_ROUNDS_MAX,
                     "Run each test N times in a process (default: 20, or 16 with --quick; a "
                     "command once)"),
    SW_OPTION_NUMBER("warp", 'w', "N", struct sw_bench_order, way.warp, 1, 1000,
                     "Do an Nth of the work in each round (default: 1)"),
    SW_OPTION_FLAG("quick", 0, struct sw_bench_order, quick,
                   "Take half a minute, with wider intervals"),
    SW_OPTION_TEXT("tests", 't', "NAME,...", struct sw_bench_order, way.tests,
                   "Only these rows (default: all)"),
    SW_OPTION_WATCHDOG(struct sw_bench_order, way.watchdog_s, "600"),
    SW_OPTION_WORD("clock", 0, "NAME", struct sw_bench_order, way.clock, clocks,
                   "What is measured: cpu, or wall for the time that passes (default: cpu)"),
    SW_OPTION_NUMBER("aa", 0, "N", struct sw_bench_order, aa, 1, 1000,
                     "Also compare A with itself, in N reports as long as this one, and tell how "
                     "many show a difference (default: 0)"),
    SW_OPTION_TEXT("plant", 0, "TEST=PERCENT", struct sw_bench_order, way.plant,
                   "Give A so much more work in that test, to see whether it is shown (default: "
                   "none)"),
    SW_OPTION_NUMBER("seed", 's', "N", struct sw_bench_order, seed, 0, UINT64_MAX,
                     "Of hash seeds, sizes of environments and the order of a pair (default: 1)"),
    SW_OPTION_TEXT("json", 0, "STEM", struct sw_bench_order, json,
                   "Also write STEM.this.json and STEM.other.json, for pyperf (default: none)"),
    SW_OPTION_TEXT("html", 0, "FILE", struct sw_bench_order, html,
                   "Also draw each row's pairs and its interval as a page (default: none)"),
    {0},
};

SW_COMMAND(bench) = {
    .name = "bench",
    .summary = "measure two interpreters, settings or commands beside each other",
    .group = SW_COMMAND_LOOK,
    .usage = "A -- B",
    .argument = "A",
    .least = 0,
    .most = SW_COMMAND_ANY,
    .order = SW_OPTIONS_FIRST,
    .splits = 1,
    .about = "Measures two configurations in turn, each time in a new process, and says what "
             "differs, by how much, and how small a difference could have been seen.  A and B are "
             "[NAME=VALUE]... [INTERPRETER [OPTION]...], as env(1) takes them; the report calls "
             "them this and other.",
    .details = "Nothing is known of the noise but that it does not know which of the two is "
               "measured.  In reports of two equal configurations a difference in any row is shown "
               "in 2 of 100 at most.",
    .exits = {"0 no row shows that this takes more", "1 a row does",
              "2 a usage or harness error, or a side that failed",
              "130 interrupted; what was measured so far is told"},
    .options = options,
    .target = &order,
    .run = run,
};
