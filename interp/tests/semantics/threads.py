# SPDX-License-Identifier: MIT
"""Threads, their end, and the end of the interpreter."""

import sys
import threading

import stackless
from stackless import channel, getmain, run, schedule, schedule_remove, tasklet

from support import Thread, behaviour, expect, go, raises, until


# ---- threads and exits ----


@behaviour
def tasklets_of_a_dead_thread_are_lost():
    mine, ends, c = [], [], channel()

    def waits():
        try:
            c.receive()
        finally:
            ends.append(threading.get_ident())

    def body():
        mine.extend([go(waits), go(schedule_remove), tasklet(print)("never")])

    thread = Thread(body)
    thread.finish()
    assert ends == [thread.ident] and c.balance == 0
    for t in mine:
        assert (t.alive, t.blocked, t.scheduled, t.paused) == (False,) * 4
        assert t.thread_id == -1 and t.next is None and t.prev is None
        raises(RuntimeError, t.insert)
        raises(RuntimeError, t.throw, KeyError)
        t.kill()


@behaviour
def one_that_never_ran_may_move_to_a_living_thread():
    mine, log = [], []
    Thread(lambda: mine.append(tasklet(log.append)("ran"))).finish()
    t = mine[0]
    assert not t.alive
    t.bind_thread()
    assert t.alive and t.paused
    t.insert()
    run()
    assert log == ["ran"] and not t.alive


@behaviour
def the_kills_at_a_threads_end_are_bounded():
    log = []

    def again():
        try:
            schedule_remove(None)
        finally:
            log.append(1)
            mine.append(go(again))

    mine = []

    def body():
        mine.append(go(again))

    Thread(body).finish()
    assert 1 < len(log) <= 1000, len(log)


def asks(c, log, *steps):
    """A tasklet that at its end does the steps."""
    try:
        schedule_remove()
    finally:
        log.append("begins")
        for step in steps:
            log.append(step())
        log.append("ends")


def serves(c):
    for x, back in c:
        back.send(x + 1)


def at_the_end_of_a_thread(*steps, server_first):
    """What is told when a thread ends that has a tasklet and, perhaps, a server."""
    log, c = [], channel()

    def body():
        kept.append(tasklet(serves)(c) if server_first else None)
        schedule()
        kept.append(tasklet(asks)(c, log, *(lambda step=step: step(c) for step in steps)))
        schedule()
        if not server_first:
            kept.append(tasklet(serves)(c))
            schedule()

    kept = []
    Thread(body).finish()
    assert not any(t.alive for t in kept if t is not None)
    return log


def ask(c):
    back = channel()
    c.send((1, back))
    return back.receive()


@behaviour
def a_finally_that_switches_comes_to_its_end():
    def makes(c):
        made = []
        tasklet(made.append)("made")
        schedule()
        return made

    def turns(c):
        for i in range(20):
            schedule()

    for first in True, False:
        assert at_the_end_of_a_thread(ask, server_first=first) == ["begins", 2, "ends"]
        assert at_the_end_of_a_thread(ask, turns, makes, server_first=first) == [
            "begins", 2, None, ["made"], "ends"]
    # Nobody answers: it is asked again.
    assert at_the_end_of_a_thread(lambda c: channel().receive(), server_first=True) == ["begins"]

    # Nor does one that goes on and on keep the thread.
    def goes_on(c):
        while True:
            schedule()

    assert at_the_end_of_a_thread(goes_on, server_first=True) == ["begins"]


@expect(out="begins\n2\nends\n")
def at_exit_a_finally_may_ask_who_waits():
    c = channel()

    class Log:
        append = print

    kept_until_exit.extend([tasklet(asks)(c, Log, lambda: ask(c)), tasklet(serves)(c)])
    schedule()


kept_until_exit = []


@behaviour
def bind_thread_leaves_alone_what_still_ends():
    log, go_on, ready = [], [], []

    def body():
        ready.append(threading.get_ident())
        getmain()
        until(lambda: go_on)

    thread = Thread(body)
    until(lambda: ready)

    def callback(prev, following):
        if not prev.alive:
            for step in (lambda: prev.bind_thread(ready[0]), prev.bind_thread,
                         lambda: prev.bind(print), lambda: prev(1)):
                log.append(type(raises(RuntimeError, step)))

    stackless.set_schedule_callback(callback)
    t = go(lambda: None)
    stackless.set_schedule_callback(None)
    assert log == [RuntimeError] * 4
    t.bind_thread(ready[0])  # now it has ended
    go_on.append(1)
    thread.finish()


@behaviour
def bind_thread_moves_what_has_no_stack():
    log, c = [], channel()
    t = tasklet(lambda: log.append(threading.get_ident()), ())

    def body():
        c.receive()
        t.bind_thread()
        t.insert()
        run()

    thread = Thread(body)
    until(lambda: c.balance == -1)
    c.send(1)
    thread.finish()
    assert log == [thread.ident]
    for no_thread in 1, -1, 1 << 70:
        assert str(no_thread) in str(raises(ValueError, tasklet().bind_thread, no_thread))
        raises(RuntimeError, stackless.get_thread_info, no_thread)
    raises(RuntimeError, getmain().bind_thread)
    blocked = go(c.receive)
    raises(RuntimeError, blocked.bind_thread)
    runnable = tasklet(log.append)(1)
    raises(RuntimeError, runnable.bind_thread)
    run()
    blocked.kill()


@expect(out="asked\n" * 10)
def at_exit_one_that_refuses_is_left_alone():
    """Asked ten times when the process ends; its last reference, which goes later, asks no more."""

    def refuses():
        while True:
            try:
                schedule_remove(None)
            except stackless.TaskletExit:
                print("asked")

    sys.kept = go(refuses)


@expect(out="kept\nended\n")
def at_exit_blocked_tasklets_come_to_their_finally():
    c = channel()

    def waits():
        try:
            c.receive()
        finally:
            print("ended")

    stackless.kept = go(waits)
    print("kept")


@expect(out="main ends\nthread ends SystemExit\n")
def at_exit_daemon_threads_that_wait_get_system_exit():
    c = channel()

    def waits():
        try:
            c.receive()
        except BaseException as error:
            print("thread ends", type(error).__name__, flush=True)
            raise

    thread = threading.Thread(target=waits, daemon=True)
    thread.start()
    until(lambda: c.balance == -1)
    print("main ends", flush=True)


@expect(out="main ends\n")
def at_exit_a_daemon_thread_that_refuses_is_given_up():
    c = channel()

    def waits():
        while True:
            try:
                c.receive()
            except BaseException:
                pass

    threading.Thread(target=waits, daemon=True).start()
    until(lambda: c.balance == -1)
    print("main ends", flush=True)


@expect(status=3)
def system_exit_in_a_tasklet_ends_the_process():
    tasklet(sys.exit)(3)
    run()


@behaviour
def system_exit_in_a_tasklet_of_a_thread_ends_the_tasklet():
    log = []

    def body():
        tasklet(sys.exit)(3)
        run()
        log.append("on")

    Thread(body).finish()
    assert log == ["on"]


@behaviour
def the_error_handler_comes_first():
    log = []

    def fails():
        raise KeyError("k")

    stackless.set_error_handler(lambda *args: log.append(args[:2]))
    tasklet(fails)()
    run()
    assert log[0][0] is KeyError and log[0][1].args == ("k",)
    stackless.set_error_handler(lambda *args: 1 / 0)
    tasklet(fails)()
    raises(ZeroDivisionError, run)
