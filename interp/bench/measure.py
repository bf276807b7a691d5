# SPDX-License-Identifier: MIT
"""How a bench is timed, the same in every program that interp/bench/run compares."""

import json
import time


def measure(bench):
    """Nanoseconds of CPU time for one of the units that bench() says it has done; the best of 5."""
    samples = []
    for _ in range(5):
        start = time.process_time_ns()
        units = bench()
        samples.append((time.process_time_ns() - start) / units)
    return min(samples)


def report(benches):
    """Prints one JSON object, name -> nanoseconds."""
    print(json.dumps({name: measure(bench) for name, bench in benches.items()}))
