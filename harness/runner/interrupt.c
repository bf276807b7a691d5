/* SPDX-License-Identifier: MIT */
#include "interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t came;
static int wakes = -1; /* an event counter: a flag alone ends nobody's poll() */

static void on_signal(int number)
{
    const uint64_t one = 1;
    int saved = errno;

    came = number;
    if (number == SIGINT)
        signal(number, SIG_DFL);
    if (wakes >= 0)
        (void)!write(wakes, &one, sizeof one);
    errno = saved;
}

void sw_interrupt_begin(void)
{
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction hangup;

    if (wakes >= 0)
        return;
    wakes = eventfd(0, EFD_CLOEXEC);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) /* not for nohup */
        sigaction(SIGHUP, &action, NULL);
}

int sw_interrupt_came(void)
{
    return came;
}

int sw_interrupt_fd(void)
{
    return wakes;
}
