# SPDX-License-Identifier: MIT
"""A deposit, a withdrawal, and a check of the balance that takes one of them for the other.

Accesses: deposit, withdraw: lock; read, write balance; write its flag; unlock.  check: lock; read
deposited; if set, read withdrawn; if set, read balance; unlock.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread


class State:
    __slots__ = "balance", "deposited", "withdrawn"


def deposit(s, m, amount):
    with m:
        s.balance += amount
        s.deposited = True


def withdraw(s, m, amount):
    with m:
        s.balance -= amount
        s.withdrawn = True


def check(s, m, expected):
    with m:
        if s.deposited and s.withdrawn:
            assert s.balance == expected


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def account(expected):
    s, m = State(), Lock()
    s.balance, s.deposited, s.withdrawn = 1, False, False
    run(Thread(target=check, args=(s, m, expected)),
        Thread(target=deposit, args=(s, m, 2)),
        Thread(target=withdraw, args=(s, m, 4)))


def test_account():
    account((1 - 2) - 4)


def test_account_fixed():
    account((1 + 2) - 4)
