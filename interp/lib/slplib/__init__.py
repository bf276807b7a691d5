# SPDX-License-Identifier: MIT
"""Helpers for programs made of tasklets.

    locks     Lock, RLock, Condition, Semaphore, BoundedSemaphore, Event, Barrier
    queues    Queue, LifoQueue, PriorityQueue
    timeouts  timeout() ends the waits of a block, sleep()
    util      call_async() and WorkerPool for blocking calls; run(), and other small things
    futures   an executor of tasklets; waiting for futures; a way over from asyncio
    carbon    what CCP's scheduler has beside Stackless, for programs that were written for it

All of them make the calling tasklet wait and nobody else: its thread runs other tasklets meanwhile.
All may be used from tasklets of several threads at once; a thread without tasklets of its own waits
as the main tasklet that it is.

What holds for every wait.  A tasklet may be killed, thrown at or timed out while it waits, and also
after it was served and before it goes on.  Then nothing is lost: what it waited for stays where it
was or goes back there, and the next one that waits is served.  A wait ends for one reason, the
first one: who was served before the time was up was served.

What nothing can promise is a tasklet that does not wait.  An exception that another thread throws
at it while it runs comes anywhere, as a KeyboardInterrupt does: in the first line of a release(),
for example.  util.throw_waiting() throws only at who waits.

Seconds are those of time.monotonic(), and may be fractions.  Where threading says which errors a
method raises it is the same here.  Whoever waits where nobody can wake him any more gets the
RuntimeError that a channel raises then ("Deadlock: ...").
"""
