# SPDX-License-Identifier: MIT
"""One pushes, one pops as soon as anything has ever been pushed: until there is nothing left.

Accesses of each of 10 turns.  push: lock m; read top, write an element; read, write top; write
pushed; unlock.  pop: lock m; read pushed; if set, read top; read, write it; read an element;
unlock.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread

SIZE = 10


class State:
    __slots__ = "top", "pushed"


def push(s, elements, m, turns, size):
    for i in turns:
        with m:
            assert s.top < size
            elements[s.top] = i
            s.top += 1
            s.pushed = True


def pop(s, elements, m, turns):
    for _ in turns:
        with m:
            if s.pushed:
                assert s.top > 0
                s.top -= 1
                elements[s.top]


def pop_fixed(s, elements, m, turns):
    for _ in turns:
        with m:
            if s.top > 0:
                s.top -= 1
                elements[s.top]


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def stack(pop):
    s, elements, m = State(), [0] * SIZE, Lock()
    s.top, s.pushed = 0, False
    run(Thread(target=push, args=(s, elements, m, range(SIZE), SIZE)),
        Thread(target=pop, args=(s, elements, m, range(SIZE))))


def test_stack():
    stack(pop)


def test_stack_fixed():
    stack(pop_fixed)
