/* SPDX-License-Identifier: MIT
 *
 * cancel.h - pthread_cancel(), modelled: the C library's own never hears of it.
 *
 * A thread that is cancelled has a mark, and its wait ends with EINTR if it is one that cancelling
 * ends (wait.h, cancellable).  What blocked undoes what it has begun, as for a signal, and is at a
 * CANCELLATION POINT then: there the thread unwinds, as by pthread_exit().  So nothing of the
 * engine's is ever left half done.  What the C library calls a cancellation point has such a point at
 * its beginning, too, since it acts whether it has to wait or not.
 *
 * What is no call of ours is none: close(), fsync(), what printf() writes.  There a cancelled thread
 * goes on until it comes to one.  Who asks to be cancelled at any instruction
 * (PTHREAD_CANCEL_ASYNCHRONOUS) is cancelled where it waits, whatever for.
 */
#ifndef SW_CANCEL_H
#define SW_CANCEL_H

#include "engine.h"
#include "thread_record.h"

/* The thread waits, or is about to: does it have to end that? */
static inline void sw_cancel_interrupt(struct sw_thread *thread)
{
    if (thread->is_cancelled && !thread->refuses_cancel && thread->wait.clause != NULL &&
        (thread->wait.clause->cancellable || thread->cancels_anywhere))
        thread->wait.interrupted = 1;
}

/* Does not return if the calling thread, which is self, is to be cancelled. */
static inline void sw_cancel_point_of(struct sw_thread *self)
{
    if (self == NULL || !self->is_cancelled || self->refuses_cancel)
        return;
    /* Its cleanup handlers may wait as anybody. */
    self->is_cancelled = 0;
    pthread_exit(PTHREAD_CANCELED);
}

static inline void sw_cancel_point(void)
{
    sw_cancel_point_of(sw_engine_self());
}

/* Behind a wait: if it has failed, cancelling may have ended it.  Returns the result. */
static inline int sw_cancel_after(int result)
{
    if (result < 0)
        sw_cancel_point();
    return result;
}

#endif
