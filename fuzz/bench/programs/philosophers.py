# SPDX-License-Identifier: MIT
"""Three philosophers, three forks, each takes the left one first.

Accesses: lock the left fork, lock the right one; unlock both.
Grain call: each call of acquire() and release() is a decision.  (Not so a `with`: CPython 3.11
looks whether it is to be interrupted behind a call, and entering a lock that is free is none.)
"""
from threading import Lock, Thread


def eat(first, second):
    first.acquire()
    second.acquire()
    second.release()
    first.release()


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_philosophers_3():
    a, b, c = Lock(), Lock(), Lock()
    run(Thread(target=eat, args=(a, b)),
        Thread(target=eat, args=(b, c)),
        Thread(target=eat, args=(c, a)))


def test_philosophers_3_fixed():
    a, b, c = Lock(), Lock(), Lock()
    run(Thread(target=eat, args=(a, b)),
        Thread(target=eat, args=(b, c)),
        Thread(target=eat, args=(a, c)))
