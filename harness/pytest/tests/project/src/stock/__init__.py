# SPDX-License-Identifier: MIT
"""What a shop has of a thing, with a race: between has() and take() another thread may take it."""
from threading import Lock


class Stock:
    def __init__(self, count):
        self.count = count
        self.lock = Lock()

    def has(self, count):
        return self.count >= count

    def take(self, count):
        self.count -= count

    def sell(self, count):
        if self.has(count):
            self.take(count)

    def sell_safely(self, count):
        with self.lock:
            self.sell(count)
