/* SPDX-License-Identifier: MIT */
#include "score_program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/runner/watchdog.h"
#include "run_once.h"

enum { TOLD_MAX = 4096 };

/* What a plain process of the lab tells: "slpython-lab: invariant I22 (wake-up): ...". */
/* There is no event memory of a plain program, so that what the lab printed is all there is. */
static int find_invariant(const char *told, struct sw_verdict *verdict)
{
    static const char begin[] = "slpython-lab: invariant ";
    const char *at = strstr(told, begin);
    char id[16], name[32], text[256];

    if (at == NULL ||
        sscanf(at + sizeof begin - 1, "%15s (%31[^)]): %255[^\n]", id, name, text) != 3)
        return 0;
    char oracle[64];
    snprintf(oracle, sizeof oracle, "%s %s", id, name);
    sw_judge_decide(verdict, SW_FAILED, oracle, 0, 0, "%s", text);
    return 1;
}

static void judge(const struct sw_process *run, const char *told, struct sw_verdict *verdict)
{
    char line[SW_END_LINE_MAX], word[SW_END_WORD_MAX];

    if (find_invariant(told, verdict))
        return;
    sw_run_end_format(&run->end, line, sizeof line);
    sw_run_end_word(&run->end, word);
    switch (run->end.kind) {
    case SW_ENDED_EXITED:
    case SW_ENDED_DEADLOCK:
    case SW_ENDED_LIVELOCK:
    case SW_ENDED_ORACLE:
        if (sw_run_end_is_failure(&run->end))
            sw_judge_decide(verdict, SW_FAILED, word, 0, 0, "%s", line);
        break;
    /* What comes next is the harness's own failure: a fault in the interpreter must not be able to
     * count as caught because the engine gave up. */
    case SW_ENDED_CRASHED:
        sw_judge_decide(verdict, SW_CRASHED, "crash", 0, 0, "%s", line);
        break;
    default:
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0, "%s", line);
        break;
    }
}

/* What it has written to stderr, cut at the end. */
static void read_told(int fd, char *told, size_t size)
{
    /* The invariant is the first line; a program that prints for ever has said it before. */
    ssize_t got = pread(fd, told, size - 1, 0);

    told[got > 0 ? got : 0] = '\0';
}

void sw_score_program(const char *interp, const char *program, int fault, int watchdog_s,
                      struct sw_verdict *verdict)
{
    static char *const no_args[] = {NULL};
    struct sw_settings setting = {0};
    struct sw_error e = {0};
    const struct sw_schedule_order schedule = {.decisions_max = SW_DECISIONS_SCORE_MAX};
    struct sw_process run;
    char told[TOLD_MAX];
    int fd = memfd_create("stderr", MFD_CLOEXEC);
    const struct sw_process_order order = {.interp = interp,
                                           .program = program,
                                           .args = no_args,
                                           .setting = &setting,
                                           .watchdog_s =
                                               watchdog_s ? watchdog_s : SW_WATCHDOG_SCORE_S,
                                           .silent = 1,
                                           .errors = fd};

    if (fault >= 0)
        sw_fault_set_add(&setting.faults, fault);
    memset(verdict, 0, sizeof *verdict);
    if (fd < 0) {
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0, "%s", strerror(errno));
        return;
    }
    if (sw_run_once_run(&run, &order, &schedule, &e) == 0) {
        read_told(fd, told, sizeof told);
        judge(&run, told, verdict);
    } else {
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0, "%s", e.text);
    }
    sw_process_close(&run);
    close(fd);
}
