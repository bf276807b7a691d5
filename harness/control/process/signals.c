/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "harness/control/checkpoint/checkpoint.h"
#include "harness/control/engine/cancel.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/io/fds.h"
#include "harness/control/io/readiness.h"
#include "harness/control/engine/real.h"
#include "pid.h"
#include "children.h"
#include "forked.h"

static uint64_t sent[SW_LIVE_THREADS_MAX]; /* to the threads of sw_engine.threads */

static uint64_t bit_of(int number)
{
    assert(number > 0 && number < 65);
    return (uint64_t)1 << (number - 1);
}

/* ---- to whom ---- */

static int can_be_interrupted(const struct sw_thread *thread)
{
    return thread->wait.clause != NULL && thread->wait.clause->interruptible;
}

static int blocks(const struct sw_thread *thread, int number)
{
    return (thread->blocked_signals & bit_of(number)) != 0;
}

/* A signal that was sent already and has not arrived is one, as with the kernel's own. */
static void put(struct sw_thread *thread, int number)
{
    uint64_t *to = &sent[thread - sw_engine.threads];

    sw_engine.signals_sent += (*to & bit_of(number)) == 0;
    *to |= bit_of(number);
    if (can_be_interrupted(thread))
        thread->wait.interrupted = 1;
}

void sw_signals_send(int number)
{
    struct sw_thread *first = sw_engine.live[0], *current = sw_engine.current;

    assert(current != NULL && (first != NULL || sw_engine.live_count == 0));
    /* To whom, the kernel would choose among all threads that do not block it.  Here it is always
     * the same one: the first thread if it waits where a signal ends the wait, as Python programs
     * expect it; else whoever runs. */
    if (sw_engine.live_count > 0 && first != current && can_be_interrupted(first) &&
        !blocks(first, number)) {
        put(first, number);
        return;
    }
    if (current->state == SW_THREAD_LIVE && !blocks(current, number)) {
        if (sw_engine.busy) /* it is about to be chosen, or not */
            put(current, number);
        else
            raise(number);
        return;
    }
    for (uint32_t i = 0; i < sw_engine.live_count; i++)
        if (!blocks(sw_engine.live[i], number)) {
            put(sw_engine.live[i], number);
            return;
        }
    /* Every thread blocks it: it stays pending with the kernel, for sigwait() or a signalfd. */
    SW_REAL(kill)(SW_REAL(getpid)(), number);
    sw_readiness_io_done(); /* a signalfd may be readable */
}

void sw_signals_forget(const struct sw_thread *thread)
{
    uint64_t *to = &sent[thread - sw_engine.threads];

    sw_engine.signals_sent -= __builtin_popcountll(*to);
    *to = 0;
}

void sw_signals_arrive(void)
{
    uint64_t *mine = &sent[sw_engine.current - sw_engine.threads];
    /* A handler may change it, and who is interrupted must not see that. */
    int saved = errno;

    for (int number = 1; *mine != 0 && number < 65; number++) {
        if ((*mine & bit_of(number)) == 0)
            continue;
        *mine &= ~bit_of(number);
        sw_engine.signals_sent--;
        raise(number);
    }
    errno = saved;
}

SW_EXPORT int kill(pid_t pid, int number)
{
    pid_t real = sw_pid_real_group(pid);

    if (sw_engine_self() != NULL && real != SW_REAL(getpid)() && number > 0)
        sw_children_signalled(real);
    if (sw_engine_self() == NULL || real != SW_REAL(getpid)() || number <= 0 || number > 64)
        return SW_REAL(kill)(real, number);
    sw_signals_send(number);
    return 0;
}

SW_EXPORT int pthread_kill(pthread_t handle, int number)
{
    struct sw_thread *self = sw_engine_self();
    struct sw_thread *thread = self != NULL ? sw_thread_table_find(handle) : NULL;

    if (thread == NULL || number <= 0 || number > 64)
        return thread == NULL ? SW_REAL(pthread_kill)(handle, number) : number == 0 ? 0 : EINVAL;
    if (thread == self)
        raise(number);
    else if (thread->state == SW_THREAD_LIVE)
        put(thread, number);
    return 0;
}

/* ---- handlers ---- */

static struct sigaction handlers[65]; /* the program's own, for those that have the trampoline */
static volatile uint32_t handled; /* calls of them so far */

/* The program raises these itself, at a point that is the same in every run: there is nothing to
 * note, and the trampoline would take their si_code for one from outside. */
static int is_fault(int number)
{
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
           number == SIGTRAP || number == SIGABRT;
}

static const char *name_of(int number)
{
    const char *name = sigabbrev_np(number);

    return name != NULL ? name : "?";
}

/* On whichever OS thread the kernel has chosen, which need not be the current one. */
static void note_foreign(int number)
{
    sw_engine_uncontrolled("a signal from outside (SIG%s)", name_of(number));
    /* Whoever hears of it asks once, without waiting, and never again. */
    if (number == SIGCHLD)
        sw_children_end_was_told();
    if (sw_engine.live_count > 0 && can_be_interrupted(sw_engine.live[0]))
        sw_engine.live[0]->wait.interrupted = 1;
    sw_readiness_interrupt();
}

static void trampoline(int number, siginfo_t *info, void *context)
{
    const struct sigaction *handler = &handlers[number];
    int saved = errno;

    /* Neither raised by this process nor sent by it to itself. */
    if (sw_forked_is())
        sw_forked_signal_came();
    if (sw_engine.on && (info->si_code > 0 || info->si_pid != SW_REAL(getpid)()))
        note_foreign(number);
    sw_pid_show_sender(info);
    errno = saved;
    handled++;
    if ((handler->sa_flags & SA_SIGINFO) != 0)
        handler->sa_sigaction(number, info, context);
    else
        handler->sa_handler(number);
}

static int is_function(const struct sigaction *action)
{
    return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

SW_EXPORT int sigaction(int number, const struct sigaction *restrict action,
                        struct sigaction *restrict old)
{
    struct sigaction ours, before;

    if (action != NULL && number > 0 && number <= 64)
        sw_checkpoint_signal_changed(number);
    if (!sw_fds_kept() || number <= 0 || number > 64 || is_fault(number))
        return SW_REAL(sigaction)(number, action, old);
    struct sigaction previous = handlers[number];
    if (action != NULL) {
        handlers[number] = ours = *action;
        if (is_function(action)) {
            ours.sa_sigaction = trampoline;
            ours.sa_flags |= SA_SIGINFO;
        }
    }
    int failed = SW_REAL(sigaction)(number, action != NULL ? &ours : NULL, &before);
    if (old != NULL && failed == 0)
        *old = before.sa_sigaction == trampoline ? previous : before;
    if (failed != 0)
        handlers[number] = previous;
    return failed;
}

SW_EXPORT sighandler_t signal(int number, sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

    return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* ---- waiting for one ---- */

SW_EXPORT int pause(void)
{
    if (sw_engine_self() == NULL)
        return SW_REAL(pause)();
    sw_readiness_pause();
    sw_cancel_point();
    errno = EINTR;
    return -1;
}

SW_EXPORT int sigsuspend(const sigset_t *mask)
{
    sigset_t old;
    uint32_t before = handled;

    if (sw_engine_self() == NULL)
        return SW_REAL(sigsuspend)(mask);
    /* One that was pending has its handler run here. */
    pthread_sigmask(SIG_SETMASK, mask, &old);
    if (handled == before)
        sw_readiness_pause();
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    sw_cancel_point();
    errno = EINTR;
    return -1;
}
