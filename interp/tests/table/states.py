# SPDX-License-Identifier: MIT
"""The states of a tasklet, and those of the channel that it waits on.

Each is a function that sets world.t, and world.c if t waits there.  Main acts on them, but for those
that act themselves: t acts there on itself.
"""

import threading
import time

import stackless
from stackless import getmain, schedule, schedule_remove

from cell import Value, drain, error_text

states = {}  # name: State


class State:
    def __init__(self, make, groups, acts_itself):
        self.make, self.groups, self.acts_itself = make, groups.split(), acts_itself


def state(groups, acts_itself=False):
    """groups: those of the operations that are done in it."""

    def is_state(function):
        states[function.__name__.replace("_", "-")] = State(function, groups, acts_itself)
        return function

    return is_state


# ---- on this thread ----


@state("tasklet")
def new(world):
    world.t = world.tasklet()


@state("tasklet")
def bound(world):
    world.t = world.tasklet(world.body(lambda: Value("its-result")))


@state("tasklet module")
def not_begun(world):
    """Set up, and in the ring."""
    bound(world)
    world.t()


@state("tasklet module channel", acts_itself=True)
def running(world, acts):
    world.t = world.tasklet(world.body(acts))()
    drain(world)


@state("tasklet module channel", acts_itself=True)
def running_in_a_timeout(world, acts):
    world.t = world.tasklet(world.body(acts))()
    try:
        stackless.run(10**9)
    except BaseException as error:  # what a bomb in another mailbox becomes
        world.log.append(f"main: {error_text(world, error)}")


@state("tasklet module channel", acts_itself=True)
def main(world, acts):
    """Its only tasklet is main."""
    world.t = getmain()
    acts()


@state("tasklet module")
def runnable(world):
    world.t = world.tasklet(world.body(lambda: schedule(Value("its-own"))))()
    world.t.run()


@state("tasklet module channel")
def paused(world):
    world.t = world.tasklet(world.body(lambda: schedule_remove(Value("its-own"))))()
    world.t.run()


@state("tasklet module channel")
def sending(world):
    world.t = world.tasklet(world.body(lambda: world.sends("mail")))()
    world.t.run()


@state("tasklet module channel")
def sending_an_exception(world):
    world.t = world.tasklet(world.body(lambda: world.c.send_exception(KeyError, "mailed")))()
    world.t.run()


@state("tasklet module channel")
def receiving(world):
    world.t = world.tasklet(world.body(lambda: world.c.receive()))()
    world.t.run()


@state("tasklet module")
def delivered(world):
    """It has received a value and not gone on yet."""
    receiving(world)
    world.c.preference = 1
    world.c.send(world.value("mail"))


@state("tasklet module")
def served(world):
    """Its value was taken, and it has not gone on yet."""
    sending(world)
    world.log.append(f"main got {world.c.receive()!r}")


@state("tasklet module")
def pending(world):
    """Something was thrown at it, and it has not gone on yet."""
    paused(world)
    world.t.throw(KeyError, "first", pending=True)


@state("tasklet")
def ended(world):
    bound(world)
    world.t().run()


@state("tasklet")
def killed(world):
    paused(world)
    world.t.kill()


@state("tasklet")
def killed_before_its_start(world):
    not_begun(world)
    world.t.kill()


@state("channel")
def sending_while_closing(world):
    sending(world)
    world.c.close()


@state("channel")
def receiving_while_closing(world):
    receiving(world)
    world.c.close()


@state("channel")
def closed(world):
    world.c.close()


# ---- on another thread ----


class Elsewhere(threading.Thread):
    """A thread that makes a state, and then waits in a channel: an operation that would wait for it
    for ever is a deadlock that is seen."""

    def __init__(self, world, make, held=None):
        super().__init__()
        self.world, self.make = world, make
        self.asked, self.answered = stackless.channel(), threading.Semaphore(0)
        self.held = held  # a lock that a tasklet there waits for, or None
        self.start()

    def run(self):
        self.make(self.world)
        while self.asked.receive() != "end":
            drain(self.world)
            self.answered.release()

    def until_it_waits(self):
        while self.asked.balance == 0:
            time.sleep(0)

    def ask(self, what):
        self.until_it_waits()
        self.asked.send(what)

    def settle(self):
        if self.held is not None and self.held.locked():
            self.held.release()
        self.ask("settle")
        self.answered.acquire()

    def end(self):
        self.ask("end")
        self.join()


def elsewhere(world, make):
    world.elsewhere = Elsewhere(world, make)
    world.elsewhere.until_it_waits()


@state("tasklet")
def bound_elsewhere(world):
    elsewhere(world, bound)


@state("tasklet module")
def paused_elsewhere(world):
    elsewhere(world, paused)


@state("tasklet module channel")
def sending_elsewhere(world):
    elsewhere(world, sending)


@state("tasklet module channel")
def receiving_elsewhere(world):
    elsewhere(world, receiving)


@state("tasklet")
def pending_elsewhere(world):
    """Something was thrown at it, and it was removed before it went on."""
    elsewhere(world, lambda world: (pending(world), world.t.remove()))


@state("tasklet")
def ended_elsewhere(world):
    elsewhere(world, ended)


@state("tasklet")
def running_elsewhere(world):
    """Its thread is in C, and goes on after the operation."""
    inside, held = threading.Semaphore(0), threading.Lock()
    held.acquire()

    def waits():
        inside.release()
        with held:
            return Value("its-result")

    def makes(world):
        world.t = world.tasklet(world.body(waits))()
        world.t.run()

    world.elsewhere = Elsewhere(world, makes, held)
    inside.acquire()


# ---- of a thread that has ended ----


def on_a_dead_thread(world, make):
    thread = threading.Thread(target=make, args=(world,))
    thread.start()
    thread.join()


@state("tasklet")
def bound_on_a_dead_thread(world):
    on_a_dead_thread(world, bound)


@state("tasklet")
def not_begun_on_a_dead_thread(world):
    on_a_dead_thread(world, not_begun)


@state("tasklet")
def paused_on_a_dead_thread(world):
    """The thread's end killed it."""
    on_a_dead_thread(world, paused)


@state("tasklet")
def lost_with_its_thread(world):
    """It refused to end."""

    def refuses():
        while True:
            try:
                schedule_remove(None)
            except stackless.TaskletExit:
                pass

    def makes(world):
        world.t = world.tasklet(refuses)()
        world.t.run()

    on_a_dead_thread(world, makes)
    world.is_lost = True
