/* SPDX-License-Identifier: MIT
 *
 * regression.h - a schedule as a test: "spillway run FILE.sched".
 *
 * It passes if the program ends as it was recorded, under those decisions.  The interpreter may be
 * another than then (that is what changes); the program may not.  A run that cannot follow the
 * schedule any more fails, and says where.
 */
#ifndef SW_REGRESSION_H
#define SW_REGRESSION_H

#include "trial.h"

struct sw_regression_order {
    const char *path;
    const char *interp; /* NULL: the recorded one */
    enum sw_board_engine engine;
    int watchdog_s;
    int stdout_is_ours; /* what the program prints goes to stderr */
};

/* trial->story: the caller's to free. */
void sw_regression_run(const struct sw_regression_order *order, struct sw_trial *trial);

#endif
