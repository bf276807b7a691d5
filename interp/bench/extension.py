# SPDX-License-Identifier: MIT
"""What the extension module costs a stock python3.11: prints one JSON object, nanoseconds of CPU
time.  "plain", "off", "on" and "off again" are the same plain Python function: before the module is
imported, with it, while stacks may be spilled, and after that was switched off.
"""

import json
import sys
import time


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def best(function, times):
    samples = []
    for _ in range(7):
        start = time.process_time_ns()
        for _ in range(times):
            function()
        samples.append((time.process_time_ns() - start) / times)
    return min(samples)


def once(function):
    start = time.process_time_ns()
    function()
    return time.process_time_ns() - start


def load():
    global stackless
    import stackless


def first_switch():
    stackless.tasklet(lambda: None)()
    stackless.run()


def switch_on_and_off():
    stackless.spill("default")
    stackless.spill("never")


def set_nothing():
    stackless.spill("never")
    stackless.spill("never")


def main():
    times = 20
    result = {"plain": best(lambda: fibonacci(15), times)}
    result["import"] = once(load)
    result["first switch"] = once(first_switch)
    result["off"] = best(lambda: fibonacci(15), times)
    stackless.spill("default")
    result["on"] = best(lambda: fibonacci(15), times)
    stackless.spill("never")
    result["off again"] = best(lambda: fibonacci(15), times)
    result["on and off"] = best(switch_on_and_off, 10_000)
    result["two calls of spill()"] = best(set_nothing, 10_000)
    json.dump(result, sys.stdout)


main()
