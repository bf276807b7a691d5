/* SPDX-License-Identifier: MIT
 *
 * doctor_command.c - "spillway doctor": what is at hand here, and what a process hangs on.
 */
#include <limits.h>
#include <stdio.h>

#include "command.h"
#include "contract/exit.h"
#include "contract/words.h"
#include "harness/report/doctor.h"
#include "harness/runner/hang.h"

static int look_at_process(const char *text)
{
    struct sw_error e;
    uint64_t pid;

    if (sw_words_number(text, 1, INT_MAX, &pid, &e) < 0)
        return sw_command_refuse("doctor", "PID: %s", e.text);
    return sw_hang_print(stdout, (pid_t)pid, "", &e) < 0 ? sw_command_refuse("doctor", "%s", e.text)
                                                         : SW_EXIT_OK;
}

static int run(const struct sw_command_arguments *arguments)
{
    if (arguments->count > 0)
        return look_at_process(arguments->list[0]);
    return sw_doctor_print(stdout) ? SW_EXIT_OK : SW_EXIT_FAILED;
}

SW_COMMAND(doctor) = {
    .name = "doctor",
    .summary = "say what is at hand here; or what a process hangs on",
    .group = SW_COMMAND_ABOUT,
    .usage = "[PID]",
    .argument = "PID",
    .most = 1,
    .about =
        "Tries what spillway can use on this machine: interpreters, debuggers, symbols, what the "
        "kernel allows; and says what is not there, what for, and how to install it.  With PID: "
        "says of each thread of that process what it waits for, if that is outside of control: "
        "which lock and who holds it, which file, which child.",
    .details = "A watchdog that ends a run which does not decide any more says the same of it.",
    .exits = {"0 tests can be explored here, or the process was looked at",
              "1 something is missing without which no test runs",
              "2 a usage error, or there is no such process, or it may not be looked at"},
    .options = sw_command_no_options,
    .run = run,
};
