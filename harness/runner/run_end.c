/* SPDX-License-Identifier: MIT */
#include "run_end.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* With these spillway_starter.py ends its process. */
enum { TEST_FAILED = 1, TEST_SKIPPED = 77 };

static const char *const words[SW_ENDED_COUNT] = {
#define WORD(id, word) word,
    SW_ENDINGS(WORD)
#undef WORD
};

/* ---- making one ---- */

/* One line of a file: a report quotes names that the program chose. */
static void set_text(struct sw_end *end, const char *text)
{
    snprintf(end->text, sizeof end->text, "%.*s", SW_REPORT_MAX - 1, text);
    for (char *at = end->text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
}

/* Field by field: a compound literal would clear the whole text each time. */
static void begin(struct sw_end *end, enum sw_end_kind kind, int code)
{
    end->kind = kind;
    end->code = code;
    end->signal = 0;
    end->signature = 0;
    end->text[0] = '\0';
}

/* A number that the engine does not write was scribbled there by the program. */
static enum sw_end_kind kind_of_engine(uint32_t end)
{
    switch (end) {
    case SW_END_DEADLOCK:
        return SW_ENDED_DEADLOCK;
    case SW_END_DIVERGED:
        return SW_ENDED_DIVERGED;
    case SW_END_BUDGET:
        return SW_ENDED_LIVELOCK;
    case SW_END_VALUE:
        return SW_ENDED_ORACLE;
    default:
        return SW_ENDED_ENGINE_ERROR;
    }
}

void sw_run_end_make(struct sw_end *end, int status, int timed_out,
                     const struct sw_control_shm *shm)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

    /* A process that did not end in time proves nothing, whatever it said before.  Else the engine
     * knows why it ended the process; how it then went down says less. */
    if (timed_out) {
        begin(end, SW_ENDED_WATCHDOG, 0);
    } else if (shm != NULL && shm->end != SW_END_NONE) {
        begin(end, kind_of_engine(shm->end), code);
        set_text(end, shm->report);
        if (end->kind == SW_ENDED_DEADLOCK)
            end->signature = shm->signature;
    } else if (WIFSIGNALED(status)) {
        begin(end, SW_ENDED_CRASHED, 0);
        end->signal = WTERMSIG(status);
    } else {
        begin(end, SW_ENDED_EXITED, code);
    }
}

void sw_run_end_set_oracle(struct sw_end *end, const char *line)
{
    if (end->kind != SW_ENDED_EXITED || *line == '\0')
        return;
    begin(end, SW_ENDED_ORACLE, end->code);
    set_text(end, line);
}

void sw_run_end_of_test(struct sw_end *end, const struct sw_result *result)
{
    switch (result->outcome) {
    case SW_LOOP_PASSED:
        begin(end, SW_ENDED_PASSED, 0);
        break;
    case SW_LOOP_SKIPPED:
        begin(end, SW_ENDED_SKIPPED, TEST_SKIPPED);
        break;
    default: /* what the program wrote over counts as a failure: it is looked at once more */
        begin(end, SW_ENDED_FAILED, TEST_FAILED);
        end->signature = result->signature;
        break;
    }
}

/* ---- as text ---- */

char *sw_run_end_signal_name(int number, char *buf, size_t size)
{
    /* Real-time signals have none. */
    const char *name = sigabbrev_np(number);

    if (name != NULL)
        snprintf(buf, size, "SIG%s", name);
    else
        snprintf(buf, size, "signal %d", number);
    return buf;
}

char *sw_run_end_format(const struct sw_end *end, char *buf, size_t size)
{
    char name[32];

    switch (end->kind) {
    case SW_ENDED_EXITED:
    case SW_ENDED_PASSED:
    case SW_ENDED_FAILED:
    case SW_ENDED_SKIPPED:
        snprintf(buf, size, "exit %d", end->code);
        break;
    case SW_ENDED_CRASHED:
        snprintf(buf, size, "crashed %s", sw_run_end_signal_name(end->signal, name, sizeof name));
        break;
    case SW_ENDED_DIVERGED:
    case SW_ENDED_WATCHDOG:
        snprintf(buf, size, "%s", words[end->kind]);
        break;
    case SW_ENDED_ORACLE:
        snprintf(buf, size, "%s", end->text);
        break;
    case SW_ENDED_ENGINE_ERROR: /* in no .sched, but told of a schedule among others */
        snprintf(buf, size, "%s error: %s", words[end->kind], end->text);
        break;
    default:
        snprintf(buf, size, "%s %s", words[end->kind], end->text);
        break;
    }
    return buf;
}

char *sw_run_end_word(const struct sw_end *end, char buf[SW_END_WORD_MAX])
{
    const char *text = end->kind == SW_ENDED_ORACLE ? end->text : words[end->kind];

    snprintf(buf, SW_END_WORD_MAX, "%.*s", (int)strcspn(text, " "), text);
    return buf;
}

/* What stands behind "WORD ", or NULL. */
static const char *behind(const char *line, enum sw_end_kind kind)
{
    size_t length = strlen(words[kind]);

    return strncmp(line, words[kind], length) == 0 && line[length] == ' ' ? line + length + 1
                                                                          : NULL;
}

/* A line of these is made again of each number that there is, and so only what is written as we
 * write it is taken for one: "exit 007" is not. */
static int find_number(struct sw_end *end, enum sw_end_kind kind, int *number, int max,
                       const char *line)
{
    char buf[SW_END_WORD_MAX];

    begin(end, kind, 0);
    for (*number = 0; *number <= max; ++*number)
        if (strcmp(sw_run_end_format(end, buf, sizeof buf), line) == 0)
            return 1;
    return 0;
}

void sw_run_end_parse(struct sw_end *end, const char *line)
{
    /* Diverged and watchdog have no text in a .sched: where it happened is another place in each
     * run. */
    static const enum sw_end_kind with_text[] = {SW_ENDED_DEADLOCK, SW_ENDED_LIVELOCK};

    if (behind(line, SW_ENDED_EXITED) != NULL &&
        find_number(end, SW_ENDED_EXITED, &end->code, 255, line))
        return;
    if (behind(line, SW_ENDED_CRASHED) != NULL &&
        find_number(end, SW_ENDED_CRASHED, &end->signal, SIGRTMAX, line))
        return;
    for (size_t i = 0; i < sizeof with_text / sizeof *with_text; i++) {
        if (behind(line, with_text[i]) == NULL)
            continue;
        begin(end, with_text[i], 0);
        set_text(end, behind(line, with_text[i]));
        return;
    }
    if (strcmp(line, words[SW_ENDED_DIVERGED]) == 0) {
        begin(end, SW_ENDED_DIVERGED, 0);
    } else if (strcmp(line, words[SW_ENDED_WATCHDOG]) == 0) {
        begin(end, SW_ENDED_WATCHDOG, 0);
    } else {
        begin(end, SW_ENDED_ORACLE, 0);
        set_text(end, line);
    }
}

/* ---- what it says ---- */

int sw_run_end_is_failure(const struct sw_end *end)
{
    return end->kind != SW_ENDED_PASSED && end->kind != SW_ENDED_SKIPPED &&
           !(end->kind == SW_ENDED_EXITED && end->code == 0);
}

int sw_run_end_is_engine(const struct sw_end *end)
{
    return end->kind == SW_ENDED_DEADLOCK || end->kind == SW_ENDED_LIVELOCK ||
           end->kind == SW_ENDED_DIVERGED || end->kind == SW_ENDED_ENGINE_ERROR;
}

int sw_run_end_is_kill(const struct sw_end *end)
{
    /* What a terminal, a shell, a scheduler of jobs and the kernel without memory send. */
    static const int sent[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGKILL};
    int is = 0;

    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        is |= end->kind == SW_ENDED_CRASHED && end->signal == sent[i];
    return is;
}

/* Digits behind a #, as in "lock#3", are equal to all such. */
static int is_equal_but_numbers(const char *a, const char *b)
{
    static const char digits[] = "0123456789";

    while (*a == *b && *a != '\0') {
        int is_number = *a == '#';
        a++, b++;
        if (is_number)
            a += strspn(a, digits), b += strspn(b, digits);
    }
    return *a == *b;
}

int sw_run_end_is_recorded(const struct sw_end *end, const char *line)
{
    char ours[SW_END_LINE_MAX];

    return is_equal_but_numbers(sw_run_end_format(end, ours, sizeof ours), line);
}

int sw_run_end_is_alike(const struct sw_end *a, const struct sw_end *b)
{
    char of_a[SW_END_WORD_MAX], of_b[SW_END_WORD_MAX];

    if (a->kind != b->kind)
        return 0;
    if (a->kind == SW_ENDED_EXITED)
        return a->code == b->code;
    if (a->kind == SW_ENDED_FAILED)
        return a->signature == b->signature;
    if (a->kind == SW_ENDED_DEADLOCK)
        return a->signature == b->signature || a->signature == 0 || b->signature == 0;
    /* Texts name threads and locks, which are others in another schedule. */
    return strcmp(sw_run_end_word(a, of_a), sw_run_end_word(b, of_b)) == 0;
}
