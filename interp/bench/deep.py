# SPDX-License-Identifier: MIT
"""Deep recursion through C code: deep.py HOW STACK_KIB prints one JSON object.

HOW is map, sorted or getattr; the 100,000 nested calls run on a thread with a C stack of that size.
"""

import json
import resource
import sys
import threading
import time

import stackless

LEVELS = 100_000


def by_map(level):
    return next(map(by_map, (level - 1,))) if level else 0


def by_sorted(level):
    return sorted((level - 1,), key=by_sorted)[0] if level else 0


class Nested:
    def __init__(self, level):
        self.level = level

    def __getattr__(self, name):
        return Nested(self.level - 1).value if self.level else 0


def by_getattr(level):
    return Nested(level).value


HOW = {"map": by_map, "sorted": by_sorted, "getattr": by_getattr}


def run(recurse, result):
    start = time.process_time_ns()
    recurse(LEVELS)
    result["cpu_ms"] = (time.process_time_ns() - start) / 1e6


def main():
    recurse = HOW[sys.argv[1]]
    sys.setrecursionlimit(3 * LEVELS)
    threading.stack_size(int(sys.argv[2]) * 1024)
    result = {}
    thread = threading.Thread(target=run, args=(recurse, result))
    thread.start()
    thread.join()
    result["spills"] = stackless.spill_count()
    result["rss_mib_max"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))


if __name__ == "__main__":
    main()
