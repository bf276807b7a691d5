/* SPDX-License-Identifier: MIT
 *
 * tracer_lab.h - the tracer with a rule switched off, for fuzz/oracle.
 *
 * The lab's tracer is another library, in lib/lab, which is built of the same files with SW_LAB;
 * without it there is no trace of all this.  Whoever runs programs there sets these two, which are
 * exported:
 *
 *      spillway_tracer_fault   0, or the number of a fault (contract/search_faults.h)
 *      spillway_tracer_each    1: each bytecode is announced; those that do nothing as UNKNOWN, so
 *                              that a schedule can switch anywhere in the program
 */
#ifndef SW_TRACER_LAB_H
#define SW_TRACER_LAB_H

#include "harness/tracer/operation.h"

#ifdef SW_LAB
/* After sw_operation_find(), whose answer is found: the answer that is to be believed. */
int sw_tracer_lab_change(const _PyInterpreterFrame *frame, int found, struct operation *operation);
#else
#define sw_tracer_lab_change(frame, found, operation) (found)
#endif

#endif
