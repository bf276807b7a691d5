# SPDX-License-Identifier: MIT
"""1 and 2 are added, and a third thread is sure that it comes before one of them.

Accesses: lock m; read data, and write it in the first two threads; unlock.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread


class State:
    __slots__ = ("data",)


def add(s, m, number):
    with m:
        s.data += number


def check(s, m, limit):
    with m:
        assert s.data < limit


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lazy01(limit):
    s, m = State(), Lock()
    s.data = 0
    run(Thread(target=add, args=(s, m, 1)),
        Thread(target=add, args=(s, m, 2)),
        Thread(target=check, args=(s, m, limit)))


def test_lazy01():
    lazy01(3)


def test_lazy01_fixed():
    lazy01(4)
