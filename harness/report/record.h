/* SPDX-License-Identifier: MIT
 *
 * record.h - runs a program under control, and keeps its schedule.
 */
#ifndef SW_RECORD_H
#define SW_RECORD_H

#include "harness/formats/sched/settings.h"

/* Texts are borrowed. */
struct sw_record_order {
    char **program; /* and its arguments; NULL-terminated */
    const char *interp;
    const char *output; /* a .sched, or a .schedz to which it is added; NULL: PROGRAM.sched */
    const char *under;  /* a command that the interpreter runs under, like valgrind; NULL: nothing */
    enum sw_control_shm_strategy strategy; /* RANDOM or DEFAULT */
    uint64_t seed;                         /* of RANDOM */
    uint64_t decisions_max;                /* more are a livelock */
    int engine;                            /* enum sw_control_shm_engine */
    int watchdog_s;
    int quiet; /* say nothing if the program ended with 0 */
    struct sw_settings setting;
};

/* Returns the exit status: 0 the program ended with 0, 1 it failed, crashed or came to a deadlock,
 * 2 a harness error, 3 inconclusive. */
int sw_record_run(const struct sw_record_order *record);

#endif
