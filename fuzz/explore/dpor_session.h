/* SPDX-License-Identifier: MIT
 *
 * dpor_session.h - runs a schedule of a search, although somebody may kill its process.
 *
 * A process that is killed from outside, by the kernel for want of memory, say, has left half a
 * trace, which is not the program's.  So the run is done once more.  What is killed there again is
 * killed by the program itself, which does the same each time.
 */
#ifndef SW_DPOR_SESSION_H
#define SW_DPOR_SESSION_H

#include "contract/error.h"
#include "dpor.h"
#include "harness/runner/session.h"
#include "harness/runner/turns.h"

/* As sw_session_run().  turns: of the jobs that there are beside it; NULL: none. */
int sw_dpor_session_run(struct sw_session *session, struct sw_turns *turns,
                        const struct sw_dpor_run *run, struct sw_batch_result *result,
                        const struct sw_control_shm **shm, struct sw_error *e);

#endif
