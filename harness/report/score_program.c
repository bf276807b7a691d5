/* SPDX-License-Identifier: MIT */
#include "score_program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/runner/process.h"

enum { DECISIONS_MAX = 2000000, WATCHDOG_S = 60, TOLD_MAX = 4096 };

/* What a plain process of the lab tells: "slpython-lab: invariant I22 (wake-up): ...". */
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
    const struct sw_control_shm *shm = run->shm;
    char outcome[SW_REPORT_MAX + 64];

    if (find_invariant(told, verdict))
        return;
    sw_process_outcome(run, outcome, sizeof outcome);
    if (shm->end == SW_END_DEADLOCK)
        sw_judge_decide(verdict, SW_FAILED, "deadlock", 0, 0, "%s", outcome);
    else if (shm->end == SW_END_BUDGET)
        sw_judge_decide(verdict, SW_FAILED, "livelock", 0, 0, "%s", outcome);
    else if (run->timed_out || shm->end != SW_END_NONE)
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0, "%s", outcome);
    else if (WIFSIGNALED(run->status))
        sw_judge_decide(verdict, SW_CRASHED, "crash", 0, 0, "%s", outcome);
    else if (WEXITSTATUS(run->status) != 0)
        sw_judge_decide(verdict, SW_FAILED, "exit", 0, 0, "%s", outcome);
}

/* What it has written to stderr, cut at the end. */
static void read_told(int fd, char *told, size_t size)
{
    ssize_t got = pread(fd, told, size - 1, 0);

    told[got > 0 ? got : 0] = '\0';
}

void sw_score_program(const char *interp, const char *program, uint64_t faults, int watchdog_s,
                      struct sw_verdict *verdict)
{
    static char *const no_args[] = {NULL};
    const struct sw_settings setting = {.faults = {faults}};
    struct sw_error e = {0};
    struct sw_process run = {0};
    char told[TOLD_MAX];
    int fd = memfd_create("stderr", MFD_CLOEXEC);
    const struct sw_process_order order = {.interp = interp,
                                           .program = program,
                                           .args = no_args,
                                           .setting = &setting,
                                           .watchdog_s = watchdog_s ? watchdog_s : WATCHDOG_S,
                                           .silent = 1,
                                           .errors = fd};

    memset(verdict, 0, sizeof *verdict);
    if (fd < 0) {
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0, "%s", strerror(errno));
        return;
    }
    if (sw_process_open(&run, &e) == 0) {
        run.shm->strategy = SW_STRATEGY_DEFAULT;
        run.shm->decisions_max = DECISIONS_MAX;
        if (sw_process_run(&run, &order, &e) == 0) {
            read_told(fd, told, sizeof told);
            judge(&run, told, verdict);
        }
        sw_process_close(&run);
    }
    if (e.text[0] != '\0')
        sw_judge_decide(verdict, SW_HARNESS_ERROR, "harness", 0, 0, "%s", e.text);
    close(fd);
}
