/* SPDX-License-Identifier: MIT
 *
 * canary_command.c - "spillway canary": are interpreters under control?
 */
#include <stdio.h>
#include <time.h>

#include "command.h"
#include "common_options.h"
#include "contract/exit.h"
#include "contract/real_time.h"
#include "harness/report/canary.h"
#include "harness/report/target.h"

enum { INTERPS_MAX = 64 };

static struct {
    const char *interps[INTERPS_MAX];
    int count;
} order;

static int add_interp(void *member, const char *text, struct sw_error *e)
{
    (void)member;
    if (order.count == INTERPS_MAX)
        return sw_error_set(e, NULL, 0, 0, "more than %d interpreters", INTERPS_MAX);
    order.interps[order.count++] = sw_common_options_interp(text);
    return 0;
}

/* Real time, which is only printed: nothing is decided by it. */
static double now_ms(void)
{
    return sw_real_time_s() * 1e3;
}

static void print(const char *interp, const struct sw_canary *canary, double ms)
{
    if (!canary->controlled)
        printf("%s: not controlled: %s (%d runs, %.0f ms)\n", interp, canary->why_not, canary->runs,
               ms);
    else
        printf("%s: controlled, %s (%d runs, %.0f ms; the race at try %d, the deadlock at try "
               "%d)\n",
               interp, sw_canary_text(canary->grain), canary->runs, ms, canary->race_tries,
               canary->deadlock_tries);
}

/* 0: it is controlled; else the exit status. */
static int check(const char *interp)
{
    struct sw_canary canary;
    struct sw_error e;
    double began = now_ms();

    if (sw_canary_check(interp, &canary, &e) < 0) {
        sw_error_print(&e);
        return SW_EXIT_ERROR;
    }
    print(interp, &canary, now_ms() - began);
    return canary.controlled ? SW_EXIT_OK : SW_EXIT_UNSURE;
}

static int run(const struct sw_command_arguments *arguments)
{
    int status = SW_EXIT_OK;

    (void)arguments;
    if (order.count == 0)
        order.interps[order.count++] = SW_TARGET_INTERP;
    /* An error of the harness is not of one interpreter: the others would only repeat it. */
    for (int i = 0; i < order.count && status != SW_EXIT_ERROR; i++) {
        int one = check(order.interps[i]);
        if (one != SW_EXIT_OK)
            status = one;
    }
    return status;
}

static const struct sw_option options[] = {
    {.kind = SW_OPTION_IS_PARSED,
     .name = "interp",
     .letter = 'i',
     .argument = "FILE",
     .parse = add_interp,
     .help = "An interpreter; may be repeated (default: " SW_TARGET_INTERP ")"},
    {0},
};

SW_COMMAND(canary) = {
    .name = "canary",
    .summary = "prove that interpreters are under control, and how finely",
    .group = SW_COMMAND_LOOK,
    .usage = "",
    .about = "Proves that interpreters are under control: of two programs, a lost update and a "
             "deadlock must be found, and the same decisions must give the same run.",
    .details = "Even in an interpreter that is under control, these are not seen: code that waits "
               "by spinning on memory; system calls that an extension makes without the C library; "
               "what goes on between two threads of an extension that hold no lock.  What is seen "
               "and not controlled (subprocesses, raw futexes, ...) is reported after each run.",
    .exits = {"0 all are controlled", "2 a usage or harness error", "3 one is not controlled"},
    .options = options,
    .target = &order,
    .run = run,
};
