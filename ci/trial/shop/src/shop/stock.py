# SPDX-License-Identifier: MIT
class SoldOut(Exception):
    pass


class Stock:
    def __init__(self, **counts):
        self.counts = dict(counts)

    def has(self, name):
        return self.counts[name] > 0

    def take(self, name):
        self.counts[name] -= 1
        return name

    def sell(self, name):
        if not self.has(name):
            raise SoldOut(name)
        return self.take(name)
