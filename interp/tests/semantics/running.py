# SPDX-License-Identifier: MIT
"""run() and its timeouts; main, current, the ring."""

import functools
import subprocess
import sys
import threading
import weakref

import stackless
from stackless import TaskletExit, channel, getcurrent, getmain, run, schedule
from stackless import schedule_remove, tasklet

from support import Thread, behaviour, go, raises, until


# ---- run() ----


def turns_until(timeout):
    """How many turns a loop without calls makes until it is interrupted."""
    turns = 0

    def loops():
        nonlocal turns
        for _ in range(10000):
            turns += 1

    t = tasklet(loops)()
    assert run(timeout) is t and t.paused
    t.kill()
    return turns


@behaviour
def a_check_counts_ten_instructions():
    assert turns_until(1000) in range(97, 104)  # one check a turn, and one at the start
    assert turns_until(2000) in range(197, 204)


PRINTS_TURNS = """
import stackless
def loops():
    for i in range(1000):
        turns.append(len(str(i)))
for timeout in 100, 777, 777, 2000, 777:
    turns = []
    stackless.tasklet(loops)()
    stackless.run(timeout).kill()
    print(len(turns))
"""


@behaviour
def a_timeout_is_the_same_in_every_process():
    command = [sys.executable, "-c", PRINTS_TURNS]
    seen = {subprocess.run(command, capture_output=True, check=True).stdout for _ in range(3)}
    assert len(seen) == 1 and seen != {b""}, seen


@behaviour
def only_the_outermost_timeout_counts():
    log = []

    def loops():
        for i in range(100):
            pass
        log.append("end")

    def inner():
        tasklet(loops)()
        log.append(run(20))

    tasklet(inner)()
    assert run(100000) is None
    assert log == ["end", None], log


@behaviour
def a_callback_may_leave_nobody_to_interrupt_for():
    c, mine = channel(), {}

    def loops():
        for i in range(1000):
            pass
        assert getcurrent().scheduled
        c.send(schedule("it goes on"))

    def runs():
        mine["loops"] = tasklet(loops)()
        run(100)

    def callback(prev, following):
        if prev is mine.get("loops") and following is runner:
            runner.remove()

    runner = tasklet(runs)()
    stackless.set_schedule_callback(callback)
    assert c.receive() == "it goes on"
    stackless.set_schedule_callback(None)
    assert runner.paused
    runner.insert()
    run()
    assert not runner.alive and not mine["loops"].alive


@behaviour
def a_soft_timeout_interrupts_nobody():
    log = []

    def loops():
        for i in range(1000):
            pass
        log.append("loop")
        schedule()
        log.append("end")

    tasklet(loops)()
    assert run(50, soft=True) is None and log == ["loop"]
    run()
    assert log == ["loop", "end"]


@behaviour
def totaltimeout_counts_from_the_beginning():
    def loops():
        for i in range(50):
            schedule()

    ts = [tasklet(loops)() for i in range(2)]
    assert run(100) is None and not ts[0].alive
    t = tasklet(loops)()
    tasklet(loops)()
    assert run(100, totaltimeout=True).alive
    while stackless.getruncount() > 1:
        run()


@behaviour
def nobody_is_interrupted_inside_a_call_from_c():
    log = []

    def key(x):
        for i in range(100):
            pass
        log.append(x)
        return x

    def sorts():
        sorted([2, 1], key=key)
        for i in range(10000):
            pass
        log.append("end")

    t = tasklet(sorts)()
    assert run(50) is t and log == [2, 1]
    t.kill()
    log.clear()
    t = tasklet(sorts)()
    assert run(50, ignore_nesting=True) is t and log == []
    t.kill()
    t = tasklet(sorts)()
    t.set_ignore_nesting(True)
    assert run(50) is t and log == []
    t.kill()


class Levels:
    """The nesting level of what each way to call Python leads to."""

    def __init__(self, *_):
        self.made = level()

    def __call__(self):
        return level()

    def method(self):
        return level()

    @property
    def attribute(self):
        return level()


def level(*_, **__):
    return stackless.getcurrent().nesting_level


def generates():
    yield level()


async def awaits():
    return level()


@behaviour
def some_calls_in_python_are_from_c():
    def calls():
        none = ()
        direct = [level(), level(none), level(key=none), Levels().method(), (lambda: level())()]
        assert direct == [0] * 5, direct
        through_c = [level(*none), level(**{}), functools.partial(level)(), Levels().made]
        through_c += [Levels()(), Levels().attribute, *generates(), *map(level, (0,))]
        try:
            awaits().send(None)
        except StopIteration as end:
            through_c.append(end.value)
        assert through_c == [1] * 9, through_c
        done.append(True)

    done = []
    go(calls)
    assert done


@behaviour
def a_call_with_stars_is_not_interrupted():
    def loops(*_):
        while turns[0] < 1000:
            turns[0] += 1

    for call, at_once in ((lambda: loops(1), True), (lambda: loops(*(1,)), False)):
        turns = [0]
        t = tasklet(call)()
        victim = run(100)
        assert (turns[0] < 1000) == at_once, turns
        if victim is not None:
            victim.kill()
        turns[0] = 0
        t = tasklet(call)()
        assert run(100, ignore_nesting=True) is t and turns[0] < 1000
        t.kill()


@behaviour
def nobody_is_interrupted_while_atomic():
    log = []

    def works():
        with stackless.atomic():
            for i in range(1000):
                pass
            log.append("atomic")
        for i in range(1000):
            pass
        log.append("end")

    t = tasklet(works)()
    assert run(50) is t and log == ["atomic"]
    t.kill()


@behaviour
def an_error_leaves_the_interrupted_one_runnable():
    def loops():
        while True:
            pass

    def handler(prev, next):
        if next is getmain() and victim.paused:
            getmain().throw(KeyError, pending=True)

    victim = tasklet(loops)()
    stackless.set_schedule_callback(handler)
    try:
        raises(KeyError, run, 50)
    finally:
        stackless.set_schedule_callback(None)
    assert victim.scheduled and victim.alive
    victim.kill()


@behaviour
def waking_an_outer_run_wakes_the_inner_ones():
    log = []

    def wakes():
        getmain().insert()
        log.append(stackless.getruncount())

    def inner():
        tasklet(wakes)()
        run()
        log.append("inner")

    tasklet(inner)()
    run()
    log.append("outer")
    run()
    # wakes() itself, and both that sat in run(); the inner one comes first.
    assert log == [3, "inner", "outer"], log


@behaviour
def an_inner_run_may_be_woken_alone():
    log, inner = [], []

    def wakes():
        inner[0].insert()
        schedule()
        log.append("wakes")

    def runs():
        inner.append(getcurrent())
        tasklet(wakes)()
        run()
        log.append("inner")

    tasklet(runs)()
    run()
    assert log == ["inner", "wakes"], log


@behaviour
def one_in_run_is_paused_and_can_be_killed():
    log = []

    def runs():
        try:
            run()
        except TaskletExit:
            log.append("killed")

    def kills():
        log.append((t.paused, t.scheduled, t.alive))
        t.kill()

    t = tasklet(runs)()
    tasklet(kills)()
    run()
    assert log == [(True, False, True), "killed"], log


@behaviour
def a_blocked_main_waits_for_other_threads_when_a_tasklet_ends():
    c, d = channel(), channel()

    def body():
        d.receive()
        c.send("late")

    thread = Thread(body)
    until(lambda: d.balance == -1)
    tasklet(d.send)(1)
    assert c.receive() == "late"
    thread.finish()


@behaviour
def threadblock_waits_and_ends_at_a_deadlock():
    c, log = channel(), []

    def body():
        c.send("from afar")

    tasklet(lambda: log.append(c.receive()))()
    schedule()
    thread = Thread(body)
    run(threadblock=True)
    thread.finish()
    assert log == ["from afar"]
    run(threadblock=True)  # nobody could: on the initial thread it just ends

    def on_a_thread():
        until(lambda: d.balance == -1)
        raises(RuntimeError, run, threadblock=True)
        d.send("refused")

    d = channel()
    thread = Thread(on_a_thread)
    assert d.receive() == "refused"
    thread.finish()


@behaviour
def the_end_of_a_thread_is_a_deadlock_for_the_others():
    c, log, hold = channel(), [], threading.Lock()
    hold.acquire()

    def waits():
        log.append(str(raises(RuntimeError, c.receive)))

    thread = Thread(waits)
    until(lambda: c.balance == -1)
    ends = Thread(hold.acquire)
    d = channel()

    def release():
        hold.release()

    tasklet(release)()
    # This thread waits, too; `ends` ends and one of the two learns of it.
    try:
        d.receive()
        first = None
    except RuntimeError as error:
        first = error
    if first is not None and not log:
        c.send(1)
        raise AssertionError("the oldest waits on")
    assert "Deadlock" in log[0]
    ends.finish()
    thread.finish()


# ---- main, current, ring ----


@behaviour
def schedule_alone_is_no_switch():
    stackless.switch_trap(1)
    assert schedule() is getcurrent() and schedule(5) == 5 and schedule(retval=6) == 6
    raises(RuntimeError, schedule_remove)
    stackless.switch_trap(-1)


@behaviour
def who_ends_under_a_trap_makes_room():
    log = []
    tasklet(lambda: log.append(stackless.switch_trap(1)))()
    tasklet(log.append)("next")
    run()
    assert log == [0, "next"] and stackless.switch_trap(-1) == 1


@behaviour
def an_operation_that_does_not_switch_is_not_trapped():
    c, d = channel(), channel()
    d.preference = 1
    go(c.send, 1)
    go(d.receive)
    stackless.switch_trap(1)
    assert c.receive() == 1
    d.send(2)
    stackless.switch_trap(-1)
    run()


@behaviour
def main_is_one_object_until_its_thread_ends():
    seen = []

    def body():
        first = getmain()
        tasklet(lambda: None)()
        run()
        seen.append(first is getmain() is getcurrent())
        seen.append(weakref.ref(first))

    Thread(body).finish()
    assert seen[0] is True and seen[1]() is None


@behaviour
def a_paused_main_goes_on_when_the_ring_is_empty():
    log = []
    tasklet(log.append)(1)
    assert schedule_remove("mine") == "mine" and log == [1]
    raises(RuntimeError, schedule_remove)


@behaviour
def switch_returns_what_tempval_is_set_to():
    me, log = getcurrent(), []

    def other():
        log.append((me.paused, stackless.getruncount()))
        me.tempval = 7
        me.insert()

    assert tasklet(other)().switch() == 7
    assert log == [(True, 1)]
    assert me.switch() is None


@behaviour
def retval_may_be_replaced_while_paused():
    got = []
    t = go(lambda: got.append(schedule_remove("default")))
    assert t.tempval == "default"
    t.tempval = "other"
    t.insert()
    run()
    assert got == ["other"]


@behaviour
def the_schedule_callback_always_gets_two_tasklets():
    seen = []

    def body():
        tasklet(lambda: None)()
        run()

    stackless.set_schedule_callback(lambda prev, next: seen.append((prev, next)))
    body()
    Thread(body).finish()
    stackless.set_schedule_callback(None)
    assert len(seen) == 4
    assert all(isinstance(t, tasklet) for pair in seen for t in pair)
