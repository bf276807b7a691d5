/* SPDX-License-Identifier: MIT */
#include "promote.h"

#include <ctype.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/exit.h"
#include "contract/version.h"
#include "harness/formats/files/atomic_files.h"
#include "harness/formats/sched/sched_paths.h"
#include "harness/report/run_once.h"

/* ---- where it goes ---- */

/* The file that the schedule is about: of a test that, not what starts it. */
static const char *file_of(const struct sw_sched *sched)
{
    return sched->input != NULL ? sched->input : sched->program;
}

/* "test_bank-test_withdraw"; what a shell would not take becomes '_'. */
static void make_name(const struct sw_sched *sched, char *buf, size_t size)
{
    char file[PATH_MAX];
    int has_test = sched->input != NULL && sched->arg_count > 1;

    snprintf(file, sizeof file, "%s", file_of(sched));
    char *base = basename(file), *dot = strrchr(base, '.');
    if (dot != NULL && dot != base)
        *dot = '\0';
    snprintf(buf, size, "%.100s%s%.100s", base, has_test ? "-" : "",
             has_test ? sched->args[1] : "");
    for (char *at = buf; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
            *at = '_';
}

/* DIR/NAME.sched, each as it was given, else beside the file. */
static void make_path(const struct sw_promote_order *order, const struct sw_sched *sched,
                      char path[PATH_MAX])
{
    char name[256], file[PATH_MAX];

    make_name(sched, name, sizeof name);
    snprintf(file, sizeof file, "%s", file_of(sched));
    snprintf(path, PATH_MAX, "%s/%s.sched", order->folder != NULL ? order->folder : dirname(file),
             order->name != NULL ? order->name : name);
}

/* ---- the run that it is to prove something by ---- */

/* Runs it once more, to the recorded end.  0, and what it decided is in the control memory; or
 * -1. */
static int run_again(struct sw_process *run, const struct sw_sched *sched, struct sw_error *e)
{
    char outcome[SW_END_LINE_MAX];
    const struct sw_schedule_order schedule = sw_schedule_order_replay(sched);
    struct sw_process_order order = sw_process_order_of(sched);

    order.silent = 1;
    if (sw_run_once_run(run, &order, &schedule, e) < 0)
        return -1;
    if (sw_process_check(run) != SW_EXIT_OK || !sw_run_end_is_recorded(&run->end, sched->outcome))
        return sw_error_set(e, NULL, 0, 0, "it does not end as recorded: %s; recorded was: %s",
                            sw_run_end_format(&run->end, outcome, sizeof outcome), sched->outcome);
    return 0;
}

static int write_test(const struct sw_promote_order *order, const struct sw_process *run,
                      const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    char version[] = SW_VERSION;
    struct sw_sched test = *sched;

    test.format = SW_SCHED_VERSION;
    test.writer = version;
    test.setting.expects = order->expects_failure ? SW_EXPECTS_FAILURE : SW_EXPECTS_PASS;
    test.interp_version = (char *)sw_process_interp_version(run);
    if (test.interp_version == NULL && sw_sched_hash_file(test.interp, test.interp_hash, e) < 0)
        return -1;
    sw_process_fill(run, &test);
    return sw_sched_paths_write(path, &test, e);
}

/* ---- the whole ---- */

int sw_promote_program(const struct sw_promote_order *order, struct sw_sched *sched,
                       struct sw_error *e)
{
    char path[PATH_MAX];
    struct sw_process run;

    make_path(order, sched, path);
    if (order->folder != NULL && sw_atomic_files_make_folder(order->folder, e) < 0)
        return -1;
    if (!order->force && access(path, F_OK) == 0)
        return sw_error_set(e, path, 0, 0, "it is there already: --force");
    int status = run_again(&run, sched, e);
    if (status == 0)
        status = write_test(order, &run, path, sched, e);
    sw_process_close(&run);
    if (status == 0)
        printf("%s\nit is to %s; again: spillway run %s\n", path,
               order->expects_failure ? "fail" : "pass", path);
    return status;
}
