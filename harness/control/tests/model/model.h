/* SPDX-License-Identifier: MIT
 *
 * model.h - small programs of threads in C that a strategy drives: the engine's part of a decision
 * without an interpreter.
 *
 * A thread is a function that touches what is shared only by the calls below.  Before each of
 * them it says what it is about to do, and waits until it is chosen.
 */
#ifndef SW_TESTS_MODEL_H
#define SW_TESTS_MODEL_H

#include <stdint.h>

#include "contract/decision.h"
#include "contract/trace.h"

enum { MODEL_THREADS = 128, MODEL_OBJECTS = 64 };

struct model_program {
    const char *name;
    int threads;
    /* thread 0 to threads - 1, as T1 and on. */
    void (*body)(int thread);
    int start[MODEL_OBJECTS]; /* what the variables begin with */
};

enum model_end { MODEL_ENDED, MODEL_FAILED, MODEL_DEADLOCK };

/* One schedule.  blind: nothing is said of what is pending, as at grain "call".  The
 * trace is written anyhow, unless it is blind.  hash: of the decisions. */
enum model_end model_run(const struct model_program *program, struct sw_driver *driver, int blind,
                         struct sw_trace *trace, uint64_t *hash);

/* ---- for the threads; variables and locks are numbers below MODEL_OBJECTS ---- */

int model_read(int variable);
void model_write(int variable, int value);
int model_add(int variable, int value); /* atomic; the new value */
void model_acquire(int lock);
void model_release(int lock);
void model_assert(int holds);

/* How often each thread was chosen in the last run, as the control memory has it. */
extern uint32_t model_chosen[1024], model_made_by[1024];

#endif
