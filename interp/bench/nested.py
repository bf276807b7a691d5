# SPDX-License-Identifier: MIT
"""What a spill into a segment costs where spills are nested: nested.py prints a JSON list of
[depth, nanoseconds of CPU time a spill, resident KiB a spill].

A recursion through map(), every call of which is spilled, against the same one without spills.
"""

import json
import sys
import time

import stackless

DEPTHS = (8, 100, 1000)
SAMPLES = 7
CALLS = 20_000  # of one sample, about
PAGE_KIB = 4


def nested(level):
    return next(map(nested, (level - 1,))) if level else 0


def resident_kib(level):
    """At the bottom of the recursion."""
    if level:
        return next(map(resident_kib, (level - 1,)))
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * PAGE_KIB


def memory(depth):
    """Before anything else: segments are kept."""
    stackless.spill("never", "segment")
    resident_kib(depth)
    plain = resident_kib(depth)
    stackless.spill("always", "segment")
    return (resident_kib(depth) - plain) / depth


def one(depth, limit):
    stackless.spill(limit, "segment")
    nested(depth)
    repeats = max(5, CALLS // depth)
    start = time.process_time_ns()
    for _ in range(repeats):
        nested(depth)
    return (time.process_time_ns() - start) / repeats / depth


def main():
    sys.setrecursionlimit(1_000_000)
    rows = []
    for depth in DEPTHS:
        kib = memory(depth)
        costs = sorted(one(depth, "always") - one(depth, "never") for _ in range(SAMPLES))
        rows.append([depth, costs[SAMPLES // 2], kib])
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
