/* SPDX-License-Identifier: MIT
 *
 * debug_command.c - "spillway debug": see harness/report/debug.h.
 */
#include "command.h"
#include "common_options.h"
#include "harness/report/debug.h"

static struct sw_debug_order order = {.at = UINT64_MAX};

static int run(const struct sw_command_arguments *arguments)
{
    order.path = arguments->list[0];
    order.engine_name = sw_common_options_engines[order.engine];
    order.options = order.is_in_place ? NULL : arguments->behind;
    if (order.memcheck && (order.at != UINT64_MAX || order.watch != NULL || order.is_in_place))
        return sw_command_refuse("debug", "--valgrind: it runs once, so without --at and --watch");
    return sw_debug_run(&order);
}

static const struct sw_option options[] = {
    SW_OPTION_HEADING("Where it stops"),
    SW_OPTION_NUMBER("at", 0, "STEP", struct sw_debug_order, at, 0, UINT64_MAX - 1,
                     "Stop before the decision of that number (default: 0)"),
    SW_OPTION_TEXT("watch", 0, "EXPR", struct sw_debug_order, watch,
                   "Then go back to the last write to EXPR: mailbox:TASKLET, channel:CHANNEL, "
                   "attribute:PATH, refcount:PATH or an expression of C (default: none)"),
    SW_OPTION_HEADING("How"),
    SW_OPTION_TEXT("batch", 0, "COMMANDS", struct sw_debug_order, batch,
                   "Instead of a prompt, do these of gdb's commands, with ; between them (default: "
                   "a prompt)"),
    SW_OPTION_FLAG("json", 0, struct sw_debug_order, json, "Print one line of JSON a stop"),
    SW_OPTION_INTERP(struct sw_debug_order, interp, "the recorded one"),
    SW_OPTION_NUMBER_OF(struct sw_debug_order, number, "a .sched's only one"),
    SW_OPTION_ENGINE(struct sw_debug_order, engine, "threads"),
    SW_OPTION_FLAG(
        "valgrind", 0, struct sw_debug_order, memcheck,
        "Run it once, under valgrind's memcheck, from its first instruction: without the "
        "commands that go"),
    SW_OPTION_FLAG(
        "in-place", 0, struct sw_debug_order, is_in_place,
        "For a debugger that starts spillway: become the interpreter, and stop --at STEP "
        "in sw_debug_stop_here()"),
    SW_OPTION_YES(struct sw_debug_order, at),
    {0},
};

SW_COMMAND(debug) = {
    .name = "debug",
    .summary = "go back and forth in a recorded run, in gdb",
    .group = SW_COMMAND_RECORD,
    .rank = 2,
    .usage = "FILE.sched[z] [-- GDB-OPTION...]",
    .argument = "FILE.sched",
    .least = 1,
    .most = 1,
    .splits = 1,
    .about = "Starts gdb on a recorded run.  A replay is the same in each address, so that going "
             "back is running again: to an earlier decision, or to the last write to a value.",
    .details =
        "In gdb: sw-goto STEP, sw-step [N], sw-back [N], sw-last-write EXPR, sw-reverse-continue, "
        "sw-where, sw-threads, sw-tasklets, sw-channels, sw-bt thread|fiber|tasklet|spill N, "
        "sw-pybt.  \"help sw-goto\" and so on say more.  Each stop prints the step, the thread, "
        "what is to be decided and the hash of the decisions before; where that hash is another "
        "than in an earlier run, it says so and no address means the same.\n"
        "SPILLWAY_GDB names another gdb than the one in PATH.",
    .exits = {"0 gdb's commands worked", "1 a run in it was not the recorded one",
              "2 a usage or harness error, or a command of --batch failed"},
    .options = options,
    .target = &order,
    .run = run,
};
