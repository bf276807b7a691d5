# SPDX-License-Identifier: MIT
"""Some threads set two variables, one after the other; one looks at both, and must not see half.

Accesses: a setter: write a; write b.  The checker: read a; if 0, read b; if that was not it, read a
again; if 1, read b.  No lock anywhere.
Grain call: CPython 3.11 cannot be interrupted between two accesses, so that this cannot fail there:
it is found at grain access only.
"""
from threading import Lock, Thread


class State:
    __slots__ = "a", "b"


def set_both(s):
    s.a = 1
    s.b = -1


def check(s):
    assert (s.a == 0 and s.b == 0) or (s.a == 1 and s.b == -1)


def set_both_fixed(s, m):
    with m:
        s.a = 1
        s.b = -1


def check_fixed(s, m):
    with m:
        assert (s.a == 0 and s.b == 0) or (s.a == 1 and s.b == -1)


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def reorder(setters, setter, checker, *locks):
    s = State()
    s.a = s.b = 0
    run(*[Thread(target=setter, args=(s, *locks)) for _ in range(setters)],
        Thread(target=checker, args=(s, *locks)))


def test_reorder_3():
    reorder(2, set_both, check)


def test_reorder_5():
    reorder(4, set_both, check)


def test_reorder_10():
    reorder(9, set_both, check)


def test_reorder_100():
    reorder(99, set_both, check)


def test_reorder_3_fixed():
    reorder(2, set_both_fixed, check_fixed, Lock())
