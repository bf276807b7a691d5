# SPDX-License-Identifier: MIT
"""One cell of the table: an operation, on a tasklet in a state, at a place.

World makes the state anew, acts at the place, lets everybody go on to the end, and says what
happened:

    result; word; log

The result is the operation's value or error.  The word is how the tasklet is then.  The log is what
its body saw in the course of the cell, and what was told to the displaced callback and to
sys.unraisablehook.  Whatever is wrong in any cell stands in capitals: a value LOST, a reference that
LEAKS, a ring that is LEFT dirty.
"""

import gc
import sys
import threading
import warnings
import weakref

import stackless
from stackless import channel, getcurrent, getmain, tasklet

TURNS = 20  # of run(): more than any tasklet of a cell needs
TIMES = 300  # that a cell is played until it takes no memory: more than any cache needs


class Value:
    """Something that is sent or returned.  It can be looked for, and leaks visibly."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


class World:
    """What a state, an operation and a place have in common."""

    def __init__(self):
        self.log = []
        self.values = []  # names of those that must arrive, or be told of
        self.arrived = {}  # name: where that one must arrive, if that is not the log
        self.weak = []  # what must be gone when the cell is
        self.result = None  # None: the operation was not reached
        self.word = None
        self.t = self.elsewhere = None
        self.c = self.watched(channel())
        self.is_lost = False  # t stands in the middle of something and nobody can end it

    def watched(self, thing):
        self.weak.append(weakref.ref(thing))
        return thing

    def value(self, name):
        """One that is under way from now on."""
        self.values.append(name)
        return self.watched(Value(name))

    def bomb(self, name):
        """One that is under way from now on: somebody must raise it, or be told."""
        self.values.append(name)
        return stackless.bomb(ValueError, name)

    def tasklet(self, function=None):
        return self.watched(tasklet(function))

    def body(self, step):
        """A function for a tasklet: step(), and the log has what came of it."""

        def runs(*args):
            try:
                self.log.append(f"got {text(self, step())}")
            except BaseException as error:
                self.log.append(error_text(self, error))

        return runs

    def sends(self, name):
        """Sends one; what is raised instead tells that it was not sent."""
        try:
            self.c.send(self.value(name))
        except BaseException:
            self.values.remove(name)
            raise

    # ---- acting ----

    def act(self, operation):
        """The operation, at the place: its result, and how t is after it."""
        under_way = len(self.values)
        try:
            self.result = text(self, operation(self))
        except BaseException as error:
            self.result = error_text(self, error)
            del self.values[under_way:]  # the operation was told that they are not
        if self.elsewhere is None:
            self.word = word_of(self.t)

    def settle(self):
        """Everybody goes on until nobody can."""
        if self.elsewhere is not None:
            self.elsewhere.settle()
            self.word = word_of(self.t)
        drain(self)

    def finish(self):
        """Serves who waits on the channel, and ends who is left."""
        for _ in range(TURNS):
            if self.c.balance == 0:
                break
            try:
                if self.c.balance < 0:
                    self.c.send(Value("late"))
                    self.values.append("late")
                else:
                    # A sender on another thread has its say afterwards, on whatever machine.
                    with stackless.atomic():
                        self.log.append(f"main got {text(self, self.c.receive())}")
            except BaseException as error:
                self.log.append(f"main: {error_text(self, error)}")
            if self.elsewhere is not None:
                self.elsewhere.settle()
        drain(self)
        if self.t is not None and self.t.paused and not self.t.is_main and not self.is_lost:
            end_paused(self)
        if self.elsewhere is not None:
            self.elsewhere.end()

    def check_values(self):
        """A value whose sender was not refused has arrived."""
        told = " ".join([*self.log, self.result or ""])
        for name in self.values:
            got = repr(self.arrived[name]) if name in self.arrived else told
            if name not in got and name not in told:
                self.log.append(f"LOST {name}, {got} came" if name in self.arrived else f"LOST {name}")


def end_paused(world):
    try:
        world.t.insert()
        if world.elsewhere is not None:
            world.elsewhere.settle()
        drain(world)
        if world.t.alive:
            world.t.kill()
    except BaseException as error:
        world.log.append(f"its end: {error_text(world, error)}")
    if world.elsewhere is not None:
        world.elsewhere.settle()


def drain(world):
    for _ in range(TURNS):
        if stackless.getruncount() == 1:
            return
        try:
            stackless.run()
        except BaseException as error:
            world.log.append(f"main: {error_text(world, error)}")
    world.log.append("LEFT runnable")


# ---- words ----


def word_of(t):
    if t is None:
        return "no tasklet"
    if t.is_current:
        return "running"
    if t.blocked:
        return "sends" if t._channel.balance > 0 else "receives"
    if t.scheduled:
        return "runnable"
    if t.paused:
        return "paused" if t.frame is not None else "not begun"
    return "no thread" if t.thread_id == -1 else "ended"


def text(world, value):
    if isinstance(value, tasklet):
        return "t" if value is world.t else "main" if value is getmain() else "a tasklet"
    if isinstance(value, channel):
        return "c" if value is world.c else "a channel"
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(text(world, item) for item in value) + ")"
    if isinstance(value, int) and value in stackless.getthreads():
        return "here" if value == threading.get_ident() else "there"
    if isinstance(value, BaseException):
        return error_text(world, value)
    if isinstance(value, (str, int, float, Value, type(None))):
        return repr(value)
    return f"a {type(value).__name__}"


def error_text(world, error):
    args = ", ".join(arg if isinstance(arg, str) else text(world, arg) for arg in error.args)
    context = error.__context__
    return (
        type(error).__name__
        + (f": {args}" if args else "")
        + (f" after {error_text(world, context)}" if context is not None else "")
    )


# ---- one cell ----


def listen(world):
    """The callbacks of a cell tell its log."""
    sys.unraisablehook = lambda it: world.log.append(
        f"unraisable {error_text(world, it.exc_value)}"
    )
    stackless.set_displaced_callback(lambda t, value: world.log.append(f"displaced {value!r}"))


def play(state, operation, place):
    world = World()
    listen(world)
    acts = lambda: place(world, lambda: world.act(operation))
    before = stackless.spill()
    if state.acts_itself:
        state.make(world, acts)
    else:
        state.make(world)
        acts()
    world.settle()
    world.finish()
    world.check_values()
    stackless.spill(*before)
    getmain().tempval = None
    return world


def what_is_left():
    """What a cell may not leave: the next one begins with none of it."""
    main = getmain()
    left = {
        "a runnable tasklet": stackless.getruncount() != 1,
        "a callback": stackless.get_channel_callback() or stackless.get_schedule_callback(),
        "a tracer": sys.gettrace() or sys.getprofile(),
        "a flag": main.atomic or main.block_trap or main.ignore_nesting,
        "a trap": stackless.switch_trap(0) != 0,
        "a thread": threading.active_count() != 1,
    }
    return [f"LEFT {name}" for name, is_left in left.items() if is_left]


def play_once(state, operation, place):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        world = play(state, operation, place)
        log, weak, is_lost = world.log, world.weak, world.is_lost
        said = [world.result or "NOT REACHED", world.word or "?"]
        del world
        sys.unraisablehook = sys.__unraisablehook__
        stackless.set_displaced_callback(None)
        gc.collect()
    if not is_lost:
        log += [f"LEAKS a {type(ref()).__name__}" for ref in weak if ref() is not None]
    return "; ".join([*said, *log, *what_is_left()]), is_lost


def outcome(state, operation, place):
    """The text of a cell.  Caches fill when it is played first; what it takes each time leaks."""
    for times in range(TIMES):
        before = sys.getallocatedblocks(), sys.getrefcount(None)
        said, is_lost = play_once(state, operation, place)
        blocks = sys.getallocatedblocks() - before[0] - (times == 0)  # the text itself
        nones = sys.getrefcount(None) - before[1]
        if is_lost or (blocks <= 0 and nones <= 0):
            return said
    return f"{said}; LEAKS {blocks} blocks, {nones} references to None"
