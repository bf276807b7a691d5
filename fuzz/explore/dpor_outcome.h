/* SPDX-License-Identifier: MIT
 *
 * dpor_outcome.h - what a run has left, kept until the search asks for it.
 *
 * The control memory of a process is written anew by its next schedule, and is large: this is a
 * copy of what dpor_explore.h looks at, as small as it can be.
 */
#ifndef SW_DPOR_OUTCOME_H
#define SW_DPOR_OUTCOME_H

#include <stddef.h>

#include "dpor.h"
#include "harness/runner/batch.h"

struct sw_dpor_outcome;

/* run: of which it is, copied.  NULL: no memory. */
struct sw_dpor_outcome *sw_dpor_outcome_new(const struct sw_dpor_run *run,
                                            const struct sw_batch_result *result,
                                            const struct sw_control_shm *shm);
void sw_dpor_outcome_free(struct sw_dpor_outcome *outcome);
size_t sw_dpor_outcome_size(const struct sw_dpor_outcome *outcome);

/* Would that run have come to the same?  Its prefix may go further than the one that was followed,
 * if all has happened as it wants: what is chosen behind a prefix depends only on who sleeps. */
int sw_dpor_outcome_is_of(const struct sw_dpor_outcome *outcome, const struct sw_dpor_run *run);
/* The threads of its prefix up to and with the branch; none, if it had no prefix. */
const uint32_t *sw_dpor_outcome_branch(const struct sw_dpor_outcome *outcome, uint32_t *count);

/* Writes it where a process would have left it.  end: room; result is as a session has it. */
void sw_dpor_outcome_restore(const struct sw_dpor_outcome *outcome, struct sw_control_shm *shm,
                             struct sw_end *end, struct sw_batch_result *result);

#endif
