# SPDX-License-Identifier: MIT
"""A pool of three threads; the tasks sleep, which takes no time when the clock is virtual.

Prints the results in the order in which the tasks came to their end.  Python 2 has no such pools:
the exit status is 77 there.
"""
import sys
import time

try:
    import concurrent.futures
except ImportError:
    print("there is no module concurrent.futures")
    sys.exit(77)


def square(n):
    time.sleep((n * 7 % 5) * 10)
    return n * n


def main():
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max_workers=3) as pool:
        tasks = [pool.submit(square, n) for n in range(8)]
        results = [task.result() for task in concurrent.futures.as_completed(tasks)]
    assert sorted(results) == [n * n for n in range(8)], results
    print("%s in %.0f s" % (" ".join(map(str, results)), time.monotonic() - started))


main()
