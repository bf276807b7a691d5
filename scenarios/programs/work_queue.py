# SPDX-License-Identifier: MIT
"""Four threads share a queue: two put numbers in, two take them out and sum them up.

Prints the sum of all, which no schedule changes, and who took how many, which every schedule does.
"""
import threading

try:
    import queue
except ImportError:  # Python 2
    import Queue as queue

ITEMS = 8
work = queue.Queue(maxsize=3)
taken = {"consumer-0": [], "consumer-1": []}


def produce(first):
    for item in range(first, first + ITEMS):
        work.put(item)
    work.put(None)


def consume():
    mine = taken[threading.current_thread().name]
    while True:
        item = work.get(timeout=60)
        if item is None:
            return
        mine.append(item)


def main():
    threads = [threading.Thread(target=produce, args=(n * ITEMS,), name="producer-%d" % n)
               for n in range(2)]
    threads += [threading.Thread(target=consume, name="consumer-%d" % n) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(sum(items) for items in taken.values())
    assert total == sum(range(2 * ITEMS)), total
    print("sum %d; %s" % (total, ", ".join("%s took %d" % (name, len(items))
                                           for name, items in sorted(taken.items()))))


main()
