# SPDX-License-Identifier: MIT
"""Two locks in two orders, each thread with a counter to change under both.

Accesses: lock the one, lock the other; read, write counter; unlock both.
Grain call: each call of acquire() and release() is a decision.  (Not so a `with`: CPython 3.11
looks whether it is to be interrupted behind a call, and entering a lock that is free is none.)
"""
from threading import Lock, Thread


class State:
    __slots__ = ("counter",)


def change(s, first, second, by):
    first.acquire()
    second.acquire()
    s.counter += by
    second.release()
    first.release()


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def deadlock01(a, b, c, d):
    s = State()
    s.counter = 1
    run(Thread(target=change, args=(s, a, b, 1)), Thread(target=change, args=(s, c, d, -1)))
    assert s.counter == 1


def test_deadlock01():
    a, b = Lock(), Lock()
    deadlock01(a, b, b, a)


def test_deadlock01_fixed():
    a, b = Lock(), Lock()
    deadlock01(a, b, a, b)
