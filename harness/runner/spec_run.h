/* SPDX-License-Identifier: MIT
 *
 * spec_run.h - a spec as a program to be recorded and replayed (process.h).
 *
 *      spillway record x.spec [SCHEDULE]
 *
 * Its moves, what is done at points and which thread runs are decisions of one list.  By default
 * they are what the schedule says.  A random walk makes the moves in another order, and spills and
 * collects where nobody asked.
 *
 * How such a run ended says whether a value was lost.  Whether each step came to rest as the spec
 * says holds for the spec's own order only, and is for "spillway run" to judge.
 */
#ifndef SW_SPEC_RUN_H
#define SW_SPEC_RUN_H

#include "harness/formats/sched/settings.h"
#include "harness/formats/spec/spec.h"
#include "contract/event_shm.h"
#include "run_end.h"

/* The event memory's number in the child: the same in every run, since the program can see it. */
enum { SW_SPEC_RUN_EVENT_FD = 901 };

/* Owns all it points to, from open to close. */
struct sw_spec_run {
    struct sw_spec *spec;
    const struct sw_spec_schedule *schedule; /* of the spec */
    struct sw_event_shm *event_shm;
    int event_fd;
};

/* Does the name end in .spec? */
int sw_spec_run_is(const char *program);
/* schedule NULL: the only one.  0, or -1 with *e; to be closed either way. */
int sw_spec_run_open(struct sw_spec_run *run, const char *path, const char *schedule,
                     struct sw_error *e);
/* Of a program that is explained: an event memory without a plan. */
int sw_spec_run_open_program(struct sw_spec_run *run, struct sw_error *e);
void sw_spec_run_close(struct sw_spec_run *run);

/* Between fork and exec: the given settings, with those of the spec and the event memory.  Valid
 * until the exec. */
const struct sw_settings *sw_spec_run_setting(const struct sw_spec_run *run,
                                             const struct sw_settings *given);
/* What the interpreter is given as -c. */
extern const char sw_child_driver[];

/* After the end of its process: sanitizes what is in the event memory, and if an oracle has found
 * something, that is how the run ended. */
void sw_spec_run_set_end(struct sw_spec_run *run, struct sw_end *end);

#endif
