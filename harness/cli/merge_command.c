/* SPDX-License-Identifier: MIT
 *
 * merge_command.c - "spillway merge": see fuzz/explore/campaign.h.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "command.h"
#include "common_options.h"
#include "contract/exit.h"
#include "harness/formats/files/atomic_files.h"
#include "fuzz/explore/campaign.h"

static struct merge {
    const char *json; /* NULL: none */
} merge;

static int is_same(const char *a, const char *b)
{
    struct stat one, other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* A folder that is named twice would count its seconds twice.  Returns how many are left. */
static int leave_out_twins(char **folders, int all)
{
    int count = 0;

    for (int i = 0; i < all; i++) {
        int known = 0;
        for (int j = 0; j < count; j++)
            known |= is_same(folders[j], folders[i]);
        if (!known)
            folders[count++] = folders[i];
    }
    return count;
}

/* The exit status. */
static int report(const struct sw_campaign_summary *summary, struct sw_error *e)
{
    int status = sw_campaign_print_status(summary, 0);
    const struct sw_campaign_report all = {summary->plan.program, summary, status, NULL};

    sw_campaign_print(stdout, &all);
    if (merge.json == NULL || sw_campaign_print_json(merge.json, &all, e) == 0)
        return status;
    sw_error_print(e);
    return SW_EXIT_ERROR;
}

static int run(const struct sw_command_arguments *arguments)
{
    struct sw_campaign_summary *summary = calloc(1, sizeof *summary);
    int count = leave_out_twins(arguments->list, arguments->count), status = SW_EXIT_ERROR;
    struct sw_error e = {0};

    if (summary == NULL)
        return sw_command_refuse("merge", "out of memory");
    if (sw_atomic_files_check_output(merge.json, &e) < 0 ||
        sw_campaign_read((const char *const *)arguments->list, count, summary, &e) < 0)
        sw_error_print(&e);
    else
        status = report(summary, &e);
    free(summary);
    return status;
}

static const struct sw_option options[] = {
    SW_OPTION_JSON(struct merge, json),
    {0},
};

SW_COMMAND(merge) = {
    .name = "merge",
    .summary = "report what the shards of a campaign have found together",
    .group = SW_COMMAND_EXPLORE,
    .rank = 1,
    .usage = "DIR...",
    .argument = "DIR",
    .least = 1,
    .most = SW_COMMAND_ANY,
    .about = "Reports what the shards of a campaign have found together.  Each DIR is a folder of "
             "spillway explore --campaign.",
    .exits = {"0 all schedules have been run, and none failed", "1 a schedule failed",
              "2 a usage error, or a damaged folder", "3 some schedules have not been run"},
    .options = options,
    .target = &merge,
    .run = run,
};
