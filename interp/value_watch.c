/* SPDX-License-Identifier: MIT */
#include "value_watch.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/watches_values.h"
#include "dump.h"
#include "value_text.h"

int slp_value_watch_failures;

#ifndef SLP_LAB
int slp_value_watch_on;

unsigned slp_value_watch_visit(enum slp_point point, void *subject, void *object, void *value)
{
    slp_value_ledger_visit(&(struct slp_point_info){point, subject, object, value, 0});
    return 0;
}
#endif

/* ---- telling ---- */

/* "ch: sent 'chunk' by worker, for main: dropped from the mailbox of main" */
static char *describe(const struct slp_value_told *told, char *line, size_t size)
{
    char channel[SLP_VALUE_TEXT_MAX], value[SLP_VALUE_TEXT_MAX], sender[SLP_VALUE_TEXT_MAX],
        receiver[SLP_VALUE_TEXT_MAX] = "nobody yet", came[SLP_VALUE_TEXT_MAX],
        holder[SLP_VALUE_TEXT_MAX] = "";
    const struct slp_value_operation *op = told->op;

    slp_value_text_channel(op->channel, channel, sizeof channel);
    slp_value_ledger_text(op, value, sizeof value);
    slp_value_text_tasklet(op->sender, sender, sizeof sender);
    slp_value_text_object(told->object, 0, came, sizeof came);
    if (op->receives)
        slp_value_text_tasklet(told->tasklet->number, receiver, sizeof receiver);
    if (told->holder != NULL)
        slp_value_text_tasklet(told->holder->number, holder, sizeof holder);
    if (op->number == 0)
        snprintf(line, size, "%s %s: nobody sent, %s received %s",
                 slp_value_ledger_names[told->failure], channel, receiver, came);
    else
        snprintf(line, size, "%s %s: sent %s by %s, for %s: %s%s%s",
                 slp_value_ledger_names[told->failure], channel, value, sender, receiver,
                 *told->note != '\0' ? told->note : "received ",
                 *told->note == '\0' ? came
                 : *holder != '\0'   ? " of "
                                     : "",
                 holder);
    return line;
}

static void *of_controller(const char *name)
{
    return dlsym(RTLD_DEFAULT, name);
}

static void tell_stack(void)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    /* Written by hand, and no Python code runs: the moment may be the middle of a switch. */
    fflush(stderr);
    _Py_DumpTracebackThreads(STDERR_FILENO, NULL, slp_cpython_tstate());
    slp_dump_tasklets(STDERR_FILENO);
    PyErr_Restore(type, value, traceback);
}

void slp_value_watch_tell(const struct slp_value_told *told)
{
    char line[6 * SLP_VALUE_TEXT_MAX];
    slp_value_watch_fails *fails;

    if (told->news != SLP_VALUE_FAILS)
        return;
    slp_value_watch_failures++;
    describe(told, line, sizeof line);
    *(void **)&fails = of_controller(SLP_VALUE_WATCH_FAILS);
    if (fails != NULL)
        fails(line);
    fprintf(stderr, "stackless: %s\n", line);
    tell_stack();
}

/* ---- begin and end ---- */

/* Called last: it was registered before Python was, or with the module. */
static void exit_with_failure(int status, void *unused)
{
    (void)unused;
    if (slp_value_watch_failures == 0 || status != 0)
        return;
    fflush(NULL);
    _exit(SLP_VALUE_WATCH_EXIT);
}

static void begin(void)
{
    slp_value_watch_begins *begins;

    on_exit(exit_with_failure, NULL);
    *(void **)&begins = of_controller(SLP_VALUE_WATCH_BEGINS);
    if (begins != NULL)
        begins();
#ifndef SLP_LAB
    slp_value_watch_on = 1;
#endif
}

int slp_value_watch_init(void)
{
    const char *text = getenv(SLP_VALUE_WATCH_ENV);
    int is_wanted = text != NULL && strcmp(text, SLP_VALUE_WATCH_WORD) == 0;
    static int called;

    if (text != NULL && *text != '\0' && !is_wanted) {
        PyErr_Format(PyExc_ImportError,
                     "stackless: " SLP_VALUE_WATCH_ENV " is '%s'; it can be " SLP_VALUE_WATCH_WORD,
                     text);
        return -1;
    }
    if ((is_wanted || SLP_POINT_BUILT) && !called++)
        begin();
    return 0;
}
