/* SPDX-License-Identifier: MIT
 *
 * sched_test.h - a schedule as a test: "spillway run FILE.sched".
 *
 * It passes if the program ends as it was recorded, under those decisions.  The interpreter may be
 * another than then (that is what changes); the program may not.  A run that cannot follow the
 * schedule any more fails, and says where.
 *
 * One that was promoted says itself how the test is to end, and the program may change: it is
 * followed as far as it fits, and then goes on with the defaults.  Where none of its choices fits any
 * more, a test that passes proves nothing, and is inconclusive.
 */
#ifndef SW_SCHED_TEST_H
#define SW_SCHED_TEST_H

#include "trial.h"

struct sw_sched_test_order {
    const char *path;
    const char *interp; /* NULL: the recorded one */
    enum sw_control_shm_engine engine;
    int watchdog_s;
    int stdout_is_ours; /* what the program prints goes to stderr */
};

/* trial->story: the caller's to free. */
void sw_sched_test_run(const struct sw_sched_test_order *order, struct sw_trial *trial);

#endif
