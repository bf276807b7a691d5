# SPDX-License-Identifier: MIT
"""What rates are measured with: a lost update that nobody minds, with 20 places to be interrupted.

Accesses of test_access: each of two threads 5 times: read x; write x.
Grain call: in test_call each of two threads 4 times calls a function and jumps back; and it starts
and ends.
"""
from threading import Thread


class State:
    __slots__ = ("x",)


def nothing():
    pass


def add(s, times):
    for _ in times:
        read = s.x
        s.x = read + 1


def add_by_call(s, times, nothing):
    for _ in times:
        read = s.x
        nothing()
        s.x = read + 1


def twice(add, *args):
    s = State()
    s.x = 0
    threads = [Thread(target=add, args=(s, *args)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_access():
    twice(add, range(5))


def test_call():
    twice(add_by_call, range(4), nothing)
