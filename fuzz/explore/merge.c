/* SPDX-License-Identifier: MIT */
#include <argp.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "contract/exit.h"
#include "campaign.h"
#include "atomic_files.h"

struct order {
    const char *json;
    const char **folders;
    int count;
};

enum { KEY_JSON = 256 };

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct order *order = state->input;

    switch (key) {
    case KEY_JSON:
        order->json = arg;
        return 0;
    case ARGP_KEY_ARGS:
        order->folders = (const char **)state->argv + state->next;
        order->count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no DIR given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int is_same(const char *a, const char *b)
{
    struct stat one, other;

    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* A folder that is named twice would count its seconds twice. */
static void leave_out_twins(struct order *order)
{
    int count = 0;

    for (int i = 0; i < order->count; i++) {
        int known = 0;
        for (int j = 0; j < count; j++)
            known |= is_same(order->folders[j], order->folders[i]);
        if (!known)
            order->folders[count++] = order->folders[i];
    }
    order->count = count;
}

int sw_merge(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"json", KEY_JSON, "FILE", 0, "Write the results as JSON, too", 0}, {0}};
    static const char doc[] =
        "Says what the shards of a campaign have found together.  Each DIR is a folder of "
        "spillway explore --campaign."
        "\vExit status: 0 nothing was found and all has been run, 1 something was found, 2 a usage "
        "error or a damaged folder, 3 some schedules have not been run.";
    static char name[] = "spillway merge";
    const struct argp argp = {options, parse_option, "DIR...", doc, 0, 0, 0};
    struct sw_campaign_summary *summary = calloc(1, sizeof *summary);
    struct order order = {0};
    struct sw_error e = {0};
    int status = SW_EXIT_ERROR;

    argv[0] = name;
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &order);
    leave_out_twins(&order);
    if (summary == NULL || sw_atomic_files_check_output(order.json, &e) < 0 ||
        sw_campaign_read(order.folders, order.count, summary, &e) < 0) {
        sw_error_print(&e);
    } else {
        status = sw_campaign_print_status(summary, 0);
        struct sw_campaign_report report = {summary->plan.program, summary, status, NULL};
        sw_campaign_print(stdout, &report);
        if (order.json != NULL && sw_campaign_print_json(order.json, &report, &e) < 0) {
            sw_error_print(&e);
            status = SW_EXIT_ERROR;
        }
    }
    free(summary);
    return status;
}
