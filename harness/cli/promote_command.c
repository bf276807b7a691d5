/* SPDX-License-Identifier: MIT
 *
 * promote_command.c - "spillway promote": see fuzz/explore/promote.h.
 */
#include <ctype.h>
#include <string.h>

#include "command.h"
#include "common_options.h"
#include "contract/exit.h"
#include "fuzz/explore/promote.h"
#include "harness/runner/interrupt.h"

/* Half of what a file name may have: it gets a suffix, and while it is written another. */
enum { NAME_MAX_BYTES = 127 };

static struct sw_promote_order order;

static int set_name(void *member, const char *text, struct sw_error *e)
{
    size_t length = strlen(text);
    /* What a spec can name, and what is no option and needs no quotes in a shell. */
    int good = length > 0 && length <= NAME_MAX_BYTES && *text != '-';

    for (const char *c = text; *c != '\0'; c++)
        good &= isalnum((unsigned char)*c) || *c == '_' || *c == '-';
    if (!good)
        return sw_error_set(e, NULL, 0, 0,
                            "'%s' is no name: it has letters, digits, '_' and '-' alone", text);
    *(const char **)member = text;
    return 0;
}

static int run(const struct sw_command_arguments *arguments)
{
    order.path = arguments->list[0];
    if (sw_promote_run(&order) == 0)
        return SW_EXIT_OK;
    return sw_interrupt_came() ? SW_EXIT_INTERRUPTED : SW_EXIT_ERROR;
}

static const struct sw_option options[] = {
    SW_OPTION_PARSED("name", 0, "NAME", struct sw_promote_order, name, set_name,
                     "The name of the test; of a scenario it is needed (default: FILE-TEST)"),
    SW_OPTION_TEXT("to", 0, "DIR", struct sw_promote_order, folder,
                   "The folder for the schedule of a program or a test (default: the one that "
                   "this is in)"),
    SW_OPTION_FLAG("expect-failure", 0, struct sw_promote_order, expects_failure,
                   "The test of a program holds as long as it fails; without this, once it passes"),
    SW_OPTION_FLAG("force", 0, struct sw_promote_order, force, "Overwrite what is there"),
    SW_OPTION_YES(struct sw_promote_order, name),
    {0},
};

SW_COMMAND(promote) = {
    .name = "promote",
    .summary = "turn a schedule that was found into a test",
    .group = SW_COMMAND_EXPLORE,
    .rank = 3,
    .usage = "FILE.sched",
    .argument = "FILE.sched",
    .least = 1,
    .most = 1,
    .about =
        "Turns a schedule that was found into a test that spillway run takes.  Of a program, or "
        "a test of a Python file, that is the schedule, beside it; it passes once the test "
        "passes under it, as far as it still fits.  Of a scenario, it is one more schedule in "
        "its spec.",
    .exits = {"0 the test was written", "2 a usage or harness error; nothing was written",
              "130 interrupted; nothing was written"},
    .options = options,
    .target = &order,
    .run = run,
};
