# SPDX-License-Identifier: MIT
"""The first of a kind takes l for all of its kind; two kinds take it with m held: a deadlock.

Accesses of each thread: lock m; read, write its count, and read it again; if 1, lock l; unlock m;
lock m; read, write, read the count; if 0, unlock l; unlock m.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread


class State:
    __slots__ = "a", "b"


def use_a(s, m, l):
    with m:
        s.a += 1
        if s.a == 1:
            l.acquire()
    with m:
        s.a -= 1
        if s.a == 0:
            l.release()


def use_b(s, m, l):
    with m:
        s.b += 1
        if s.b == 1:
            l.acquire()
    with m:
        s.b -= 1
        if s.b == 0:
            l.release()


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_carter01():
    s, m, l = State(), Lock(), Lock()
    s.a = s.b = 0
    run(Thread(target=use_a, args=(s, m, l)), Thread(target=use_b, args=(s, m, l)))


def test_carter01_fixed():
    """A lock of its own for the count of each kind: who waits for l keeps nobody from giving it."""
    s, m_of_a, m_of_b, l = State(), Lock(), Lock(), Lock()
    s.a = s.b = 0
    run(Thread(target=use_a, args=(s, m_of_a, l)), Thread(target=use_b, args=(s, m_of_b, l)))
