# SPDX-License-Identifier: MIT
"""A program that a random walk makes, and what must hold of it whatever it does.

A program is some tasklets, each with a list of steps, on the main thread and on up to four others.
A step is an operation of the module on one of the tasklets or channels, which all of them share; it
is taken as it stands, or, with one thread, at a place of nested.py, or at a place in a place.
What a step raises is its own business: it is caught, and the tasklet goes on with the next one.

What must hold: the process ends; on one thread a value whose sender was not refused has arrived, or
was told of as displaced; none arrives twice; and in the end no tasklet is alive.
"""

import functools
import gc
import random
import sys
import threading

import stackless
from stackless import channel, getcurrent, getmain, tasklet

from nested import PLACES

CHANNELS = 2
TURNS = 400  # of the end: more than any program needs
NESTED = (0, 0, 0, 1, 2)  # places of a step, one in the other, each as likely; on one thread
LENGTH = 8  # steps of a tasklet, at most


class Value:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"v{self.name}"


class Walk:
    """What all steps of a program share."""

    def __init__(self, plan):
        self.plan = plan
        self.channels = [channel() for _ in range(CHANNELS)]
        self.tasklets = []
        self.sent, self.arrived, self.told = [], [], []
        self.bomb = stackless.bomb(ValueError("kept"))  # goes wherever one does, and stays whole
        self.count = 0
        self.is_over = False
        self.generator = None  # which one has begun, and another may go on with
        self.wrong = []

    def value(self):
        self.count += 1
        return Value(self.count)


# ---- steps: name, and a function of the walk, a tasklet, a channel ----


def send(walk, _, c):
    value = walk.value()
    c.send(value)
    walk.sent.append(value)


def receive(walk, _, c):
    """In one go: who is interrupted and killed behind a receive has received, and tells nobody."""
    current = getcurrent()
    before = current.set_atomic(True)
    try:
        got = c.receive()
        if isinstance(got, Value):
            walk.arrived.append(got)
    finally:
        current.set_atomic(before)


def tempval_bomb(walk, t, _):
    """What it replaces, its own account is told of: in one go, as in receive()."""
    with stackless.atomic():
        walk.told.append(repr(t.tempval))
        t.tempval = walk.bomb


def insert_with_a_bomb(walk, t, c):
    tempval_bomb(walk, t, c)
    t.insert()


def again(walk, t, _):
    """A second life for one that has ended."""
    t.bind(lambda: act(walk, [("schedule", 0, 0)]))
    t.setup()


def in_a_timeout(walk, _, __):
    t = stackless.run(50)
    if t is not None:
        t.insert()


def trap(walk, t, c):
    stackless.switch_trap(1)
    try:
        receive(walk, t, c)
    finally:
        stackless.switch_trap(-1)


def atomic(_, __, ___):
    with stackless.atomic():
        stackless.schedule()


def trace(_, __, ___):
    sys.settrace(None if sys.gettrace() else lambda *_: None)


def callback(_, __, ___):
    old = stackless.set_schedule_callback(lambda *_: None)
    if old is not None:
        stackless.set_schedule_callback(None)


STEPS = {
    "send": send,
    "receive": receive,
    "send_exception": lambda w, t, c: c.send_exception(ValueError, "sent"),
    "send_throw": lambda w, t, c: c.send_throw(ValueError("sent")),
    "send_bomb": lambda w, t, c: c.send(stackless.bomb(ValueError, "sent")),
    "send_kept_bomb": lambda w, t, c: c.send(w.bomb),
    "tempval_bomb": tempval_bomb,
    "insert_with_a_bomb": insert_with_a_bomb,
    "preference": lambda w, t, c: setattr(c, "preference", (c.preference + 2) % 3 - 1),
    "schedule_all": lambda w, t, c: setattr(c, "schedule_all", not c.schedule_all),
    "close": lambda w, t, c: c.close(),
    "open": lambda w, t, c: c.open(),
    "schedule": lambda w, t, c: stackless.schedule(),
    "schedule_remove": lambda w, t, c: stackless.schedule_remove(),
    "schedule_bomb": lambda w, t, c: stackless.schedule(w.bomb),
    "remove_with_a_bomb": lambda w, t, c: stackless.schedule_remove(w.bomb),
    "insert": lambda w, t, c: t.insert(),
    "remove": lambda w, t, c: t.remove(),
    "run": lambda w, t, c: t.run(),
    "switch": lambda w, t, c: t.switch(),
    "throw": lambda w, t, c: t.throw(KeyError, "thrown"),
    "throw_pending": lambda w, t, c: t.throw(KeyError, "thrown", None, True),
    "raise_exception": lambda w, t, c: t.raise_exception(KeyError, "raised"),
    "kill": lambda w, t, c: t.kill(),
    "kill_pending": lambda w, t, c: t.kill(pending=True),
    "again": again,
    "bind_thread": lambda w, t, c: t.bind_thread(),
    "set_atomic": lambda w, t, c: getcurrent().set_atomic(not getcurrent().atomic),
    "ignore_nesting": lambda w, t, c: getcurrent().set_ignore_nesting(True),
    "block_trap": lambda w, t, c: setattr(getcurrent(), "block_trap", not getcurrent().block_trap),
    "stackless_run": lambda w, t, c: stackless.run(),
    "in_a_timeout": in_a_timeout,
    "in_a_context": lambda w, t, c: t.context_run(stackless.schedule),
    "trap": trap,
    "atomic": atomic,
    "trace": trace,
    "callback": callback,
    "nested": lambda w, t, c: list(map(lambda _: stackless.schedule(), [0])),
    "collect": lambda w, t, c: gc.collect(),
    "spill": lambda w, t, c: stackless.spill("always"),
    "look": lambda w, t, c: (repr(t), t.next, t.prev, t.frame, c.queue, c.balance, t.tempval),
}
# Values are what it is about: half of the steps move some.
WEIGHTS = [12 if name in ("send", "receive") else 1 for name in STEPS]


def make(seed, threads):
    """A plan: [home, steps] of each tasklet; a step is (name, tasklet, channel, place...)."""
    chance = random.Random(f"{seed} {threads}")
    names, places = list(STEPS), list(PLACES)
    return [
        [
            chance.randrange(threads + 1),
            [
                (
                    chance.choices(names, WEIGHTS)[0],
                    chance.randrange(8),
                    chance.randrange(CHANNELS),
                    *(chance.choices(places, k=chance.choice(NESTED)) if threads == 0 else ()),
                )
                for _ in range(chance.randint(1, LENGTH))
            ],
        ]
        for _ in range(chance.randint(2, 6))
    ]


# ---- acting ----


def take(walk, function, *args):
    """A step, or a place with one.  What a program has left may die in the next one, in which nobody
    would serve it, and it would tell nobody of what it replaces."""
    if not walk.is_over:
        function(walk, *args)


def act(walk, steps):
    for name, t, c, *places in steps:
        it = walk.tasklets[t % len(walk.tasklets)]
        step = functools.partial(take, walk, STEPS[name], it, walk.channels[c])
        for place in places:
            step = functools.partial(take, walk, PLACES[place], step)
        try:
            step()
        except stackless.TaskletExit:
            raise
        except Exception:
            pass


def body(walk, steps):
    try:
        act(walk, steps)
    finally:
        sys.settrace(None)


def tell(walk):
    """What is displaced on this thread."""
    stackless.set_displaced_callback(lambda t, value: walk.told.append(repr(value)))


def others(walk, stop, ready):
    """Another thread: its main tasklet waits for the end, and its tasklets run meanwhile."""
    tell(walk)
    ready.release()
    while True:
        try:
            stop.receive()
            return
        except BaseException as error:
            walk.told.append(repr(error))


def begin(walk, idents):
    """Each on its thread.  One that has begun may have taken another one for itself."""
    for t, (home, steps) in zip(walk.tasklets, walk.plan):
        try:
            t.bind_thread(idents[home])
            t.bind(body)(walk, steps)
        except RuntimeError:
            pass


def forget():
    """What steps have set, and nobody else has set back."""
    sys.settrace(None)
    stackless.set_schedule_callback(None)
    stackless.set_channel_callback(None)
    stackless.set_error_handler(None)


def settle(walk):
    """Main runs what can, serves who waits, and makes runnable who is paused, until all have ended."""
    main = getmain()
    for _ in range(TURNS):
        forget()
        tell(walk)
        try:
            stackless.run()
        except BaseException as error:
            walk.told.append(repr(error))
        main.set_atomic(False)
        main.block_trap = True
        alive = [t for t in walk.tasklets if t.alive]
        if not alive:
            break
        serve(walk)
        for t in alive:
            if t.paused:
                try:
                    t.insert()
                except RuntimeError:
                    pass
    main.block_trap = False
    main.set_ignore_nesting(False)


def serve(walk):
    for c in walk.channels:
        try:
            c.open()
            if c.balance < 0:
                send(walk, None, c)
            elif c.balance > 0:
                receive(walk, None, c)
        except BaseException as error:
            walk.told.append(repr(error))


def play(plan):
    """What is wrong, as a list of sentences."""
    walk = Walk(plan)
    stops = [channel() for _ in range(max(home for home, _ in plan))]
    ready = threading.Semaphore(0)
    before = stackless.spill()
    sys.unraisablehook = lambda it: walk.told.append(repr(it.exc_value))
    tell(walk)
    walk.tasklets = [tasklet() for _ in plan]
    started = [threading.Thread(target=others, args=(walk, stop, ready)) for stop in stops]
    for thread in started:
        thread.start()
        ready.acquire()
    begin(walk, [threading.get_ident(), *(thread.ident for thread in started)])
    settle(walk)
    for stop, thread in zip(stops, started):
        stop.send(None)
        thread.join()
    settle(walk)
    walk.generator = None
    settle(walk)
    stackless.spill(*before)
    check(walk)
    walk.is_over = True
    return walk.wrong


def check(walk):
    told = " ".join(walk.told) + " "
    arrived = [value.name for value in walk.arrived]
    # From another thread a kill may come between a receive and the line that writes it down: there
    # only slpython-lab, which looks itself, can tell.
    is_alone = all(home == 0 for home, _ in walk.plan)
    for value in walk.sent:
        if is_alone and value.name not in arrived and f"{value!r} " not in told:
            walk.wrong.append(f"{value} is lost")
    if len(set(arrived)) != len(arrived):
        walk.wrong.append("a value has arrived twice")
    alive = sum(t.alive for t in walk.tasklets)
    if alive:
        walk.wrong.append(f"{alive} tasklets are alive")
    if stackless.getruncount() != 1:
        walk.wrong.append("main is not alone")
