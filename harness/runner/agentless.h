/* SPDX-License-Identifier: MIT
 *
 * agentless.h - specs in an interpreter that is not slpython-lab: PyPy, a real Stackless.
 *
 * There is no agent and there are no points, so that a schedule that acts at a
 * point, or a spec that wants spills or faults, is skipped, with what it needs.
 * What the spec requires (formats/spec/spec_need.h) is tried out in the interpreter
 * at hand; what it lacks is told, and the spec is skipped.  So is a spec with
 * more than one thread where tasklets of different threads cannot share a
 * channel, as in PyPy.
 *
 * The others run under control (process.h) with agentless.py as their driver:
 * their moves, the states in which steps come to rest, and their conditions are
 * judged as in slpython-lab.  What happens to a value on the way is not seen,
 * and there is no transcript to compare.
 */
#ifndef SW_AGENTLESS_H
#define SW_AGENTLESS_H

#include "harness/formats/sched/settings.h"
#include "harness/formats/spec/spec.h"

/* Is that interpreter without an agent?  A script is taken for a wrapper of slpython-lab. */
int sw_agentless_is(const char *interp);
/* What this schedule needs that only slpython-lab has, "POINT release.enter", or
 * NULL.  faults: those that are asked for on the command line. */
const char *sw_agentless_lacks(const struct sw_spec *spec, const struct sw_spec_schedule *schedule,
                             const struct sw_fault_set *faults);
/* What the interpreter is asked for before the spec runs there: bits of enum sw_spec_need. */
uint32_t sw_agentless_needs(const struct sw_spec *spec);
/* What the exit status of a driver that did not finish its schedule says that is missing, or NULL.
 * has_begun: the spec's own Python may have run. */
const char *sw_agentless_missing(const struct sw_spec *spec, int exit_status, int has_begun);

/* To the variables of the child's environment: where agentless.py finds what in the
 * event_shm, and what it asks the interpreter for. */
void sw_agentless_add_layout(struct sw_settings *setting, uint32_t needs);
/* agentless_needs.py and agentless.py, to be given to the interpreter as -c. */
extern const char sw_agentless_driver[];

#endif
