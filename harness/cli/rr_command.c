/* SPDX-License-Identifier: MIT
 *
 * rr_command.c - "spillway rr": see harness/report/rr.h.
 */
#include "command.h"
#include "common_options.h"
#include "contract/control_shm.h"
#include "harness/report/rr.h"

static struct sw_rr_order order = {.engine = SW_ENGINE_FIBERS};

static int run(const struct sw_command_arguments *arguments)
{
    order.path = arguments->list[0];
    order.options = arguments->behind;
    return sw_rr_run(&order);
}

static const struct sw_option options[] = {
    SW_OPTION_TEXT("record-only", 0, "DIR", struct sw_rr_order, record_only,
                   "Keep the trace there, and do not open it (default: open it, and keep nothing)"),
    SW_OPTION_INTERP(struct sw_rr_order, interp, "the recorded one"),
    SW_OPTION_NUMBER_OF(struct sw_rr_order, number, "a .sched's only one"),
    SW_OPTION_ENGINE(struct sw_rr_order, engine, "fibers"),
    SW_OPTION_YES(struct sw_rr_order, record_only),
    {0},
};

SW_COMMAND(rr) = {
    .name = "rr",
    .summary = "record a recorded run with rr, and open it in gdb",
    .group = SW_COMMAND_RECORD,
    .rank = 3,
    .usage = "FILE.sched[z] [-- GDB-OPTION...]",
    .argument = "FILE.sched",
    .least = 1,
    .most = 1,
    .splits = 1,
    .about =
        "Records the interpreter of a recorded run with rr, and opens the trace at its end, in "
        "gdb: reverse-continue and the like work there, and spillway's sw-where, sw-threads, "
        "sw-tasklets, sw-channels, sw-bt, sw-pybt and sw-address.  A trace of another run is "
        "not kept.",
    .details = "rr records only where the processor's performance counters can be had, which is "
               "tried first.  SPILLWAY_RR names another rr than the one in PATH.",
    .exits = {"0 it was recorded, and gdb ended well", "1 it was another run",
              "2 a usage or harness error", "3 rr cannot record on this machine; it says why"},
    .options = options,
    .target = &order,
    .run = run,
};
