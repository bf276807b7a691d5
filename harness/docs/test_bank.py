# SPDX-License-Identifier: MIT
"""A test that passes, except once in a very long while: two withdrawals and one balance."""
from threading import Thread


class Account:
    def __init__(self, balance):
        self.balance = balance

    def has(self, amount):
        return self.balance >= amount

    def take(self, amount):
        self.balance -= amount


def withdraw(account):
    if account.has(70):
        account.take(70)


def test_withdraw():
    account = Account(100)
    threads = [Thread(target=withdraw, args=(account,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.balance >= 0, account.balance
