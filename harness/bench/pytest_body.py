# SPDX-License-Identifier: MIT
"""The same body without pytest, and with a fixture of its: same-state says how many schedules of each
run in a second of CPU time, for harness/docs/performance.md."""
from threading import Lock, Thread

try:
    from pytest import fixture
except ImportError:  # test_alone needs none

    def fixture(function):
        return function


class Account:
    def __init__(self):
        self.lock = Lock()
        self.balance = 0

    def put(self):
        with self.lock:
            self.balance += 1


@fixture
def account():
    return Account()


def body(account):
    threads = [Thread(target=account.put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance == 4


def test_alone():
    body(Account())


def test_with_pytest(account):
    body(account)
