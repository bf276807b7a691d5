# SPDX-License-Identifier: MIT
"""One number is made of another in a second stage; who looks in between finds the first alone.

Accesses.  write: lock l1; write data1; unlock; lock l2; read data1, write data2; unlock.  check:
lock l1; read data1; if 0, unlock and be gone; read it again; unlock; lock l2; read data2; unlock.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread


class State:
    __slots__ = "data1", "data2"


def write(s, l1, l2):
    with l1:
        s.data1 = 1
    with l2:
        s.data2 = s.data1 + 1


def check(s, l1, l2):
    with l1:
        if s.data1 == 0:
            return
        first = s.data1
    with l2:
        second = s.data2
    assert second == first + 1


def write_fixed(s, l1, l2):
    with l1:
        s.data1 = 1
        with l2:
            s.data2 = s.data1 + 1


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def twostage(writers, checkers, write):
    s, l1, l2 = State(), Lock(), Lock()
    s.data1 = s.data2 = 0
    run(*[Thread(target=write, args=(s, l1, l2)) for _ in range(writers)],
        *[Thread(target=check, args=(s, l1, l2)) for _ in range(checkers)])


def test_twostage():
    twostage(1, 1, write)


def test_twostage_20():
    twostage(10, 10, write)


def test_twostage_100():
    twostage(99, 1, write)


def test_twostage_fixed():
    twostage(1, 1, write_fixed)
