# SPDX-License-Identifier: MIT
"""Tasklets of four threads hand numbers to each other.

A feeder on the main thread sends numbers; three threads take them, and two tasklets of each square
them and send the results back.  Prints which thread squared how many; ends with 1 if a square is
wrong or missing, and with 77 on an interpreter that has no tasklets.

PyPy has tasklets on the main thread only: there the other threads are plain ones, behind queues.
"""
import sys
import threading

try:
    import stackless
except ImportError:
    print("there is no module stackless")
    sys.exit(77)

NUMBERS = 12
WORKERS = 3
SQUARERS = 2

ON_EVERY_THREAD = hasattr(stackless.tasklet, "thread_id")
if ON_EVERY_THREAD:
    Link = stackless.channel
else:
    import queue

    class Link:
        """What stands in for a channel between threads."""

        def __init__(self):
            self.items = queue.Queue()
            self.send = self.items.put
            self.receive = self.items.get


def square(name, jobs, outbox, ended):
    """A squarer."""
    while True:
        number = jobs.receive()
        if number is None:
            ended.send(name)
            return
        outbox.send((name, number, number * number))


def work(name, inbox, outbox):
    """A thread: takes numbers off the inbox and hands them to its squarers."""
    jobs, ended = stackless.channel(), stackless.channel()
    for _ in range(SQUARERS):
        stackless.tasklet(square)(name, jobs, outbox, ended)
    while True:
        number = inbox.receive()
        if number is None:
            break
        jobs.send(number)
    for _ in range(SQUARERS):
        jobs.send(None)
    for _ in range(SQUARERS):
        ended.receive()


def work_without_tasklets(name, inbox, outbox):
    for number in iter(inbox.receive, None):
        outbox.send((name, number, number * number))


def feed(inbox):
    """The feeder."""
    for number in range(NUMBERS):
        inbox.send(number)
    for _ in range(WORKERS):
        inbox.send(None)


def main():
    inbox, outbox = Link(), Link()
    names = ["worker-%d" % n for n in range(WORKERS)]
    target = work if ON_EVERY_THREAD else work_without_tasklets
    threads = [threading.Thread(target=target, args=(name, inbox, outbox)) for name in names]
    for thread in threads:
        thread.start()
    feeder = stackless.tasklet(feed)(inbox)
    stackless.schedule()
    results = [outbox.receive() for _ in range(NUMBERS)]
    while feeder.alive:
        stackless.schedule()
    for thread in threads:
        thread.join()
    squares = sorted((number, squared) for _, number, squared in results)
    if squares != [(n, n * n) for n in range(NUMBERS)]:
        print("wrong: %s" % squares)
        sys.exit(1)
    squarers = [name for name, _, _ in results]
    print(", ".join("%s squared %d" % (name, squarers.count(name)) for name in names))


main()
