/* SPDX-License-Identifier: MIT
 *
 * cancel.c - cancelling threads; engine/cancel.h says how.
 */
#include "harness/control/engine/cancel.h"

#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"
#include "harness/control/python/after_release.h"
#include "harness/control/verdict/uncontrolled.h"

SW_EXPORT int pthread_cancel(pthread_t handle)
{
    struct sw_thread *self = sw_engine_self();
    struct sw_thread *thread = self != NULL ? sw_thread_table_find(handle) : NULL;

    /* At grain "access" it is no operation that an order could follow from. */
    if (self != NULL && (thread == NULL || sw_engine.grain != NULL))
        sw_uncontrolled_note("pthread_cancel()", __builtin_return_address(0));
    if (thread == NULL)
        return SW_REAL(pthread_cancel)(handle);
    if (thread->state != SW_THREAD_LIVE)
        return 0;
    thread->is_cancelled = 1;
    if (thread != self)
        sw_cancel_interrupt(thread);
    else if (self->cancels_anywhere)
        sw_cancel_point();
    sw_after_release(SW_AT_THREAD_CANCEL, NULL);
    return 0;
}

SW_EXPORT void pthread_testcancel(void)
{
    if (sw_engine_self() == NULL)
        SW_REAL(pthread_testcancel)();
    sw_cancel_point();
}

SW_EXPORT int pthread_setcancelstate(int state, int *old)
{
    struct sw_thread *self = sw_engine_self();
    int failed = SW_REAL(pthread_setcancelstate)(state, old);

    if (failed != 0 || self == NULL)
        return failed;
    self->refuses_cancel = state == PTHREAD_CANCEL_DISABLE;
    if (self->cancels_anywhere)
        sw_cancel_point();
    return 0;
}

SW_EXPORT int pthread_setcanceltype(int type, int *old)
{
    struct sw_thread *self = sw_engine_self();
    int failed = SW_REAL(pthread_setcanceltype)(type, old);

    if (failed != 0 || self == NULL)
        return failed;
    self->cancels_anywhere = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    if (!self->cancels_anywhere)
        return 0;
    sw_uncontrolled_note("asynchronous cancelling", __builtin_return_address(0));
    sw_cancel_point();
    return 0;
}
