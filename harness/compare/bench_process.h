/* SPDX-License-Identifier: MIT
 *
 * bench_process.h - one process of a configuration, from its start to all that is left of it.
 *
 * It runs below a supervisor (harness/runner/supervisor.h): however it ends, nothing that it has
 * started stays behind.  A side with tests is talked to: a line to its standard input says which
 * test is to run, and a line of its output how long that took.  So two of them can take turns, one
 * test at a time, and one waits while the other runs.
 *
 * Only the watchdog looks at real time: a process that does not answer, or does not end, is killed
 * with all that is below it.
 */
#ifndef SW_BENCH_PROCESS_H
#define SW_BENCH_PROCESS_H

#include <sys/types.h>

#include "bench_side.h"

enum { SW_BENCH_PROCESS_LINE = 4096 };

struct sw_bench_process {
    const struct sw_bench_side *side;
    pid_t pid, supervisor; /* 0: there is none */
    int talk;              /* its standard input and output; -1: it has neither */
    int watchdog_s;
    double began_s;
    unsigned lines;       /* that were read */
    int held;             /* bytes of text that were read, and are no line yet */
    char text[SW_BENCH_PROCESS_LINE];
    char line[SW_BENCH_PROCESS_LINE];
};

/* By the system's account, with all that it has waited for. */
struct sw_bench_process_used {
    double cpu_s, real_s, bytes;
};

/* argv: the program's words.  talks: whether it is talked to.  0, or -1 with *e. */
int sw_bench_process_start(struct sw_bench_process *process, const struct sw_bench_side *side,
                           const struct sw_bench_way *way, struct sw_bench_side_luck luck,
                           char *const *argv, int talks, struct sw_error *e);
/* A line to it.  What ended does not hear it: that is seen at the answer. */
void sw_bench_process_say(struct sw_bench_process *process, int number);
/* The next line of its output, without its end, in process->line.  0; 1: there is none, and the
 * process has closed its output; -1 with *e: a line that is too long, or the watchdog came. */
int sw_bench_process_read(struct sw_bench_process *process, struct sw_error *e);
/* "LABEL: line N of its output is ...", of the line that was read last.  -1. */
int sw_bench_process_refuse_line(const struct sw_bench_process *process, struct sw_error *e);
/* It hears nothing more; waits until it has ended.  0, or -1 with *e: it did not, or not well. */
int sw_bench_process_end(struct sw_bench_process *process, struct sw_bench_process_used *used,
                         struct sw_error *e);
/* Kills what there is of it. */
void sw_bench_process_drop(struct sw_bench_process *process);

#endif
