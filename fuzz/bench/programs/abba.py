# SPDX-License-Identifier: MIT
"""Two locks in two orders, and nothing else.

Accesses: lock the one, lock the other; unlock both.
Grain call: each call of acquire() and release() is a decision.  (Not so a `with`: CPython 3.11
looks whether it is to be interrupted behind a call, and entering a lock that is free is none.)
"""
from threading import Lock, Thread


def take(first, second):
    first.acquire()
    second.acquire()
    second.release()
    first.release()


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
