/* SPDX-License-Identifier: MIT
 *
 * agentless.h - specs in an interpreter that is not slpython-lab: PyPy, a real Stackless.
 *
 * There is no agent and there are no points, so that a schedule that acts at a
 * point, or a spec that wants spills or faults, is skipped, with what it needs.
 * The others run under control (process.h) with agentless.py as their driver:
 * their moves, the states in which steps come to rest, and their conditions are
 * judged as in slpython-lab.  What happens to a value on the way is not seen,
 * and there is no transcript to compare.
 *
 * PyPy's tasklets of different threads cannot share a channel; specs with more
 * than one thread are skipped there.
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
/* What an exit status of agentless.py's says that is missing, or NULL. */
const char *sw_agentless_missing(int exit_status);

/* To the variables of the child's environment: where agentless.py finds what in the
 * event_shm. */
void sw_agentless_add_layout(struct sw_settings *setting);
/* agentless.py, to be given to the interpreter as -c. */
extern const char sw_agentless_driver[];

#endif
