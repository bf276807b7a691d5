# SPDX-License-Identifier: MIT
"""What one spill costs, by how much C stack is in use: prints a JSON list of
[bytes in use, policy, nanoseconds of CPU time].

C code calls a Python function again and again at the bottom of a recursion through map(), with
every call spilled and with none; the difference is the spill, there and back.
"""

import json
import sys
import time

import stackless

SIZES = [1 << 10, 17 << 10, 66 << 10, 1 << 20]


def nothing(_):
    return None


def descend(levels, body):
    return next(map(lambda _: descend(levels - 1, body), (0,))) if levels else body()


def depth():
    """How much C stack is in use where C calls Python, found by trying."""
    low, high = 0, 8 << 20
    while high - low > 16:
        middle = (low + high) // 2
        stackless.spill(middle)
        before = stackless.spill_count()
        list(map(nothing, (0,)))
        if stackless.spill_count() > before:
            low = middle
        else:
            high = middle
    stackless.spill("never")
    return high


def one_call(calls):
    start = time.process_time_ns()
    for _ in map(nothing, range(calls)):
        pass
    return (time.process_time_ns() - start) / calls


def costs():
    """[depth, {policy: ns}] at this place."""
    here = depth()
    calls = max(200, min(20_000, (256 << 20) // here))
    result = {}
    for policy in ("copy", "segment"):
        samples = []
        for _ in range(9):
            stackless.spill("never", policy)
            plain = one_call(calls)
            stackless.spill("always", policy)
            one_call(1)
            spilled = one_call(calls)
            samples.append(spilled - plain)
        result[policy] = sorted(samples)[len(samples) // 2]
    stackless.spill("never", "copy")
    return here, result


def main():
    sys.setrecursionlimit(1_000_000)
    stackless.spill("never", "copy")
    top = depth()
    level = (descend(100, depth) - top) / 100
    rows = []
    for size in SIZES:
        levels = max(0, round((size - top) / level))
        here, by_policy = descend(levels, costs)
        rows += [[here, policy, ns] for policy, ns in by_policy.items()]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
