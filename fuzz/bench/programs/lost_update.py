# SPDX-License-Identifier: MIT
"""Two threads, each adds 1 to a number n times, by a read and a write.

Accesses: read x; write x; n times.
Grain call: CPython 3.11 cannot be interrupted between the two, so that this cannot fail there; it
is found at grain access only.  With a call in between (test_lost_update_call) it can.
"""
from threading import Lock, Thread


class State:
    __slots__ = ("x",)


def add(s, times):
    for _ in times:
        read = s.x
        s.x = read + 1


def plus_one(number):
    return number + 1


def add_by_call(s, times, plus_one):
    for _ in times:
        s.x = plus_one(s.x)


def add_fixed(s, times, m):
    for _ in times:
        with m:
            read = s.x
            s.x = read + 1


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lost_update(n, add, *rest):
    s = State()
    s.x = 0
    run(*[Thread(target=add, args=(s, range(n), *rest)) for _ in range(2)])
    assert s.x == 2 * n


def test_lost_update_1():
    lost_update(1, add)


def test_lost_update_2():
    lost_update(2, add)


def test_lost_update_3():
    lost_update(3, add)


def test_lost_update_4():
    lost_update(4, add)


def test_lost_update_5():
    lost_update(5, add)


def test_lost_update_call():
    lost_update(5, add_by_call, plus_one)


def test_lost_update_fixed():
    lost_update(5, add_fixed, Lock())
