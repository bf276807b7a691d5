# SPDX-License-Identifier: MIT
"""Plain Python, no tasklets: prints one JSON object, name -> nanoseconds of CPU time for one unit.

Run by interp/bench/run in several interpreters in turn.
"""

import json
import random

import measure


def nothing(a, b):
    return a


def calls():
    for _ in range(300_000):
        nothing(1, 2)
    return 300_000


class Counter:
    def __init__(self):
        self.n = 0

    def add(self, by):
        self.n += by

    def __len__(self):
        return self.n


def methods():
    counter = Counter()
    for _ in range(150_000):
        counter.add(1)
        len(counter)
    return 150_000


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def fib_24():
    fib(24)
    return 1


DOCUMENT = [
    {"id": i, "name": f"item {i}", "tags": ["a", "b", None], "x": i / 7} for i in range(500)
]


def json_round_trip():
    for _ in range(10):
        json.loads(json.dumps(DOCUMENT))
    return 10


NUMBERS = [random.Random(1).random() for _ in range(20_000)]


def sort():
    sorted(NUMBERS, key=lambda x: -x)
    sorted(map(str, NUMBERS))
    return 1


BENCHES = {
    "calls": calls,
    "methods": methods,
    "fib(24)": fib_24,
    "json": json_round_trip,
    "sort": sort,
}


if __name__ == "__main__":
    measure.report(BENCHES)
