/* SPDX-License-Identifier: MIT
 *
 * bench_machine.h - where it was measured, as far as the system says, and what else went on there.
 */
#ifndef SW_BENCH_MACHINE_H
#define SW_BENCH_MACHINE_H

struct sw_bench_machine {
    char system[160];  /* "Linux 6.1.0, x86_64" */
    char cpu[160];     /* "AMD EPYC 7763"; "unknown" */
    char governor[32]; /* of its frequency: "performance"; "unknown" */
    int cpus;          /* that this process may use */
    double load;       /* how many processes ran or were ready, in the last minute; -1: unknown */
};

void sw_bench_machine_fill(struct sw_bench_machine *machine);

#endif
