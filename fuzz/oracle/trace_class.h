/* SPDX-License-Identifier: MIT
 *
 * trace_class.h - which class of equivalent schedules a trace is of, as a number.
 *
 * Two schedules are equivalent if each thread does as many operations in both, and any two dependent
 * operations come in the same order.  So the number is a hash of how many those are, and of the
 * ordered pairs.  What depends on what is said here once more, and not asked of
 * sw_decision_depends(): dpor asks that, and it has to run as many traces as there are numbers.
 */
#ifndef SW_TRACE_CLASS_H
#define SW_TRACE_CLASS_H

#include "contract/trace.h"

/* Does the order of the two, of two threads, matter? */
int sw_trace_class_orders(struct sw_pending a, struct sw_pending b);
uint64_t sw_trace_class(const struct sw_trace *trace);

#endif
