# SPDX-License-Identifier: MIT
from threading import Lock


class Account:
    def __init__(self, balance):
        self.lock = Lock()
        self.balance = balance

    def add(self, amount):
        self.balance += amount


def transfer(source, target, amount):
    with source.lock:
        source.add(-amount)
        with target.lock:
            target.add(amount)
