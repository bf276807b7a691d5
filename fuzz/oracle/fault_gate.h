/* SPDX-License-Identifier: MIT
 *
 * fault_gate.h - would the oracle notice?  With a rule of the tracer, or a step of dpor, switched off
 * (contract/search_faults.h).
 *
 * A fault is NOTICED by a program with which something is wrong, or of which dpor runs more traces
 * than there are classes, while neither is so without the fault.  A step of dpor is looked for in
 * models first (model_gate.h).
 */
#ifndef SW_FAULT_GATE_H
#define SW_FAULT_GATE_H

#include "program_judge.h"

/* That fault, or "all": with each as many programs as it takes, and at most so many, from that seed
 * on.  A line for each.  *noticed: at least 19 of 20 were; a fault may be none, a step whose work
 * another step does, too.  0; or -1 with *e. */
int sw_fault_gate_run(struct sw_program_judge *judge, const char *name, uint64_t seed,
                      uint64_t programs, int *noticed, struct sw_error *e);

#endif
