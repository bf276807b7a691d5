# SPDX-License-Identifier: MIT
"""The places where an operation is done.

Each is a function that calls acts() there once.  A value is under way at each, and must arrive: it is
world.value("letter"), and where it comes out it goes to the log.
"""

import contextlib
import gc
import sys
import threading
import weakref

import stackless
from stackless import channel, getcurrent, schedule, tasklet

from cell import Value, error_text

places = {}  # name: function


def place(function):
    places[function.__name__.strip("_").replace("_", "-")] = function
    return function


@contextlib.contextmanager
def letter(world):
    """One that must arrive in the list that is given as well, unless the place raises something."""
    arrives = []
    sent = world.value("letter")
    world.arrived["letter"] = arrives
    try:
        yield sent, arrives
    except BaseException as error:
        world.log.append(f"the place: {error_text(world, error)}")
        world.values.remove("letter")


class Once:
    """acts() at the first call alone: what acts may call the callback again."""

    def __init__(self, acts):
        self.acts = acts

    def __call__(self, *_):
        acts, self.acts = self.acts, None
        if acts is not None:
            acts()


@contextlib.contextmanager
def using(set_hook, hook):
    set_hook(hook)
    try:
        yield
    finally:
        set_hook(None)


@place
def plain(world, acts):
    acts()


@place
def schedule_callback(world, acts):
    tasklet(lambda: None)()
    with letter(world) as (sent, arrives), using(stackless.set_schedule_callback, Once(acts)):
        arrives.append(schedule(sent))


@place
def send_callback(world, acts):
    k = channel()
    with letter(world) as (sent, arrives):
        tasklet(lambda: arrives.append(k.receive()))().run()
        with using(stackless.set_channel_callback, Once(acts)):
            k.send(sent)


@place
def receive_callback(world, acts):
    k = channel()
    with letter(world) as (sent, arrives):
        tasklet(k.send)(sent).run()
        with using(stackless.set_channel_callback, Once(acts)):
            arrives.append(k.receive())


def hooked(world, acts, set_hook):
    """acts() where passes() begins."""
    once = Once(acts)

    def passes(value):
        return value

    def hook(frame, event, argument):
        if frame.f_code is passes.__code__ and event == "call":
            once()

    with letter(world) as (sent, arrives), using(set_hook, hook):
        arrives.append(passes(sent))


@place
def trace_function(world, acts):
    hooked(world, acts, sys.settrace)


@place
def profile_function(world, acts):
    hooked(world, acts, sys.setprofile)


class Dies:
    """acts() in its __del__."""

    def __init__(self, acts):
        self.acts = acts

    def __del__(self):
        self.acts()


@place
def weakref_callback(world, acts):
    with letter(world) as (sent, arrives):
        dies = [Value("dies")]
        watches = weakref.ref(dies[0], Once(acts))
        arrives.append((sent, dies.pop())[0])
        del watches


@place
def __del__(world, acts):
    with letter(world) as (sent, arrives):
        arrives.append((sent, Dies(acts))[0])


@place
def mailbox_del(world, acts):
    """In the __del__ of what a paused tasklet has in its mailbox, when that is replaced."""
    with letter(world) as (sent, arrives):
        waits = tasklet(lambda: arrives.append(stackless.schedule_remove(None)))()
        waits.run()
        waits.tempval = Dies(acts)
        waits.tempval = sent
        waits.run()


@place
def collection(world, acts):
    """In a garbage collection."""
    with letter(world) as (sent, arrives):
        cycle = Dies(acts)
        cycle.itself = cycle
        del cycle
        arrives.append((sent, gc.collect())[0])


@place
def context_run(world, acts):
    with letter(world) as (sent, arrives):
        arrives.append(getcurrent().context_run(lambda: (acts(), sent)[1]))


@place
def atomic(world, acts):
    with letter(world) as (sent, arrives), stackless.atomic():
        acts()
        arrives.append(sent)


@place
def switch_trap(world, acts):
    with letter(world) as (sent, arrives):
        stackless.switch_trap(1)
        try:
            acts()
        finally:
            stackless.switch_trap(-1)
        arrives.append(sent)


@place
def timeout(world, acts):
    """Inside a run(timeout) that lasts."""
    with letter(world) as (sent, arrives):
        begins_first(world.t, tasklet(lambda: (acts(), arrives.append(sent))))
        while not arrives and stackless.run(10**9) is not None:
            pass


def begins_first(t, other):
    """Puts the other one into the ring, in front of t if that is there."""
    is_there = t is not None and t.scheduled and not (t.blocked or t.is_current)
    is_there = is_there and t.thread_id == threading.get_ident()
    if is_there:
        t.remove()
    other()
    if is_there:
        t.insert()


@place
def spilled(world, acts):
    """The frames around it were spilled, and are copied back."""
    before = stackless.spill()
    with letter(world) as (sent, arrives):
        stackless.spill("always", before[1])
        try:
            arrives.extend(map(lambda value: (deep(acts, 8), value)[1], (sent,)))
        finally:
            stackless.spill(*before)


def deep(acts, levels):
    return list(map(lambda _: deep(acts, levels - 1), (0,))) if levels else acts()
