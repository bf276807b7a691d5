# SPDX-License-Identifier: MIT
"""Three philosophers, three forks, each takes the left one first.

Accesses: lock the left fork, lock the right one; unlock both.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread


def eat(first, second):
    with first:
        with second:
            pass


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
