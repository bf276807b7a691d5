# SPDX-License-Identifier: MIT
"""Two locks in two orders, and nothing else.

Accesses: lock the one, lock the other; unlock both.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread


def take(first, second):
    with first:
        with second:
            pass


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_abba():
    a, b = Lock(), Lock()
    run(Thread(target=take, args=(a, b)), Thread(target=take, args=(b, a)))


def test_abba_fixed():
    a, b = Lock(), Lock()
    run(Thread(target=take, args=(a, b)), Thread(target=take, args=(a, b)))
