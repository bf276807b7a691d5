/* SPDX-License-Identifier: MIT */
#include "dpor_session.h"

#include "harness/runner/interrupt.h"

static struct sw_schedule_order order_of(const struct sw_dpor_run *run)
{
    return (struct sw_schedule_order){.strategy = SW_STRATEGY_NAMED,
                                      .name = "prefix",
                                      .prefix = {.threads = run->prefix,
                                                 .sleeping = run->sleeping,
                                                 .count = run->prefix_count,
                                                 .sleeping_at = run->sleeping_at,
                                                 .sleeping_count = run->sleeping_count}};
}

int sw_dpor_session_run(struct sw_session *session, struct sw_turns *turns,
                        const struct sw_dpor_run *run, struct sw_batch_result *result,
                        const struct sw_control_shm **shm, struct sw_error *e)
{
    const struct sw_schedule_order schedule = order_of(run);
    int status = 0, is_over = 0;

    for (int times = 0; times < 2 && !is_over; times++) {
        int taken = sw_turns_take(turns);
        status = sw_session_run(session, &schedule, result, shm, e);
        sw_turns_give(turns, taken, status == 0 ? *shm : NULL);
        /* Before its first schedule, a killed process is one that could not be started. */
        is_over = sw_interrupt_came() || (status == 0 && !sw_run_end_is_kill(result->end));
    }
    return status;
}
