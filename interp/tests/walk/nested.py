# SPDX-License-Identifier: MIT
"""Where a step of a random program may be taken: each is a function of the walk and of the step.

As in the table (interp/tests/table/places.py) it is somewhere in Python code that something else
calls; here many of these things happen one inside the other, and to several tasklets.
"""

import gc
import sys
import weakref

import stackless
from stackless import getcurrent, tasklet



class Dies:
    def __init__(self, step):
        self.step = step

    def __del__(self):
        self.step()


def once(step):
    """For a callback: the step, at its first call alone."""
    steps = [step]

    def callback(*_):
        if steps:
            steps.pop()()

    return callback


def in_a_del(_, step):
    Dies(step)


def in_a_weakref_callback(_, step):
    dies = set()
    watches = weakref.ref(dies, once(step))
    del dies
    del watches


def in_a_collection(_, step):
    dies = Dies(step)
    dies.itself = dies
    del dies
    gc.collect()


def in_a_callback(setter):
    def callback(_, step):
        setter(once(step))
        stackless.schedule()

    return callback


def in_the_displaced_callback(walk, step):
    then = once(step)

    def callback(t, value):
        walk.told.append(repr(value))
        then()

    stackless.set_displaced_callback(callback)


def in_a_generator(walk, step):
    """Which another tasklet may take on."""
    it, walk.generator = walk.generator, None
    if it is None:

        def generator():
            for _ in range(3):
                try:
                    yield step()
                finally:
                    stackless.schedule()

        it = generator()
    walk.generator = it
    next(it)


def in_a_handler(walk, step):
    try:
        raise OSError
    except OSError as error:
        step()
        if sys.exc_info()[1] is not error:
            walk.wrong.append("another exception is handled")


def in_a_finally(_, step):
    try:
        stackless.schedule_remove()
    finally:
        step()


def in_a_trace_function(_, step):
    then = once(step)
    sys.settrace(then)
    try:
        list(map(lambda x: x, [0]))
    finally:
        sys.settrace(None)


def in_its_mailbox(walk, step):
    """When the next operation drops what is there; in a callback of a send it replaces what is sent."""
    with stackless.atomic():
        walk.told.append(repr(getcurrent().tempval))
        getcurrent().tempval = Dies(step)


def with_the_last_reference(_, step):
    """At the end of a paused tasklet that nobody has any more."""

    def body(_):
        stackless.schedule_remove()

    tasklet(body)(Dies(step)).run()


def in_a_sort(_, step):
    sorted([1, 2], key=lambda _: step())


def in_a_coroutine(_, step):
    async def coroutine():
        async with Manager(step):
            stackless.schedule()

    coroutine().send(None)


class Manager:
    def __init__(self, step):
        self.step = step

    async def __aenter__(self):
        stackless.schedule()

    async def __aexit__(self, *_):
        self.step()


def in_the_error_handler(_, step):
    def fails():
        raise OSError

    stackless.set_error_handler(once(step))
    tasklet(fails)()
    stackless.schedule()


def at_an_end(_, step):
    """What a tasklet was called with goes when it ends.  By itself: what an exception brings to
    another one would be done by that."""

    def ends(_):
        pass

    tasklet(ends)(Dies(step))
    stackless.schedule()


PLACES = {
    "del": in_a_del,
    "weakref": in_a_weakref_callback,
    "collection": in_a_collection,
    "schedule_callback": in_a_callback(stackless.set_schedule_callback),
    "channel_callback": in_a_callback(stackless.set_channel_callback),
    "displaced": in_the_displaced_callback,
    "generator": in_a_generator,
    "handler": in_a_handler,
    "finally": in_a_finally,
    "trace": in_a_trace_function,
    "mailbox": in_its_mailbox,
    "last_reference": with_the_last_reference,
    "sort": in_a_sort,
    "coroutine": in_a_coroutine,
    "error_handler": in_the_error_handler,
    "end": at_an_end,
}
