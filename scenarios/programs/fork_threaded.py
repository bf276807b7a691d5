# SPDX-License-Identifier: MIT
"""Forks twice while three other threads live: two work on a queue, one sleeps.

A child has one thread, starts another and sends what the two did through a pipe; the parent waits
for it, and then for its own threads.  Prints how much was done before each fork.
"""
import os
import sys
import threading
import time
import warnings

try:
    import queue
except ImportError:  # Python 2
    import Queue as queue

# 3.12 and later: a child of a process with threads may come to a deadlock.
warnings.filterwarnings("ignore", category=DeprecationWarning)

ITEMS = 10
CHILDREN = 2
work = queue.Queue()
done = []


def work_off():
    while True:
        item = work.get()
        if item is None:
            return
        done.append(item * item)


def doze():
    time.sleep(5)


def be_child(number, end):
    got = []
    thread = threading.Thread(target=lambda: got.append("child %d" % number))
    thread.start()
    thread.join()
    os.write(end, got[0].encode())
    os._exit(number + 3)


def run_child(number):
    """Returns what it wrote and its exit status."""
    mine, its = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(mine)
        be_child(number, its)
    os.close(its)
    with os.fdopen(mine) as pipe:
        text = pipe.read()
    _, status = os.waitpid(pid, 0)
    return text, os.WEXITSTATUS(status) if os.WIFEXITED(status) else -status


def main():
    threads = [threading.Thread(target=target) for target in (work_off, work_off, doze)]
    for thread in threads:
        thread.start()
    before = []
    for number in range(CHILDREN):
        for item in range(ITEMS):
            work.put(item)
        before.append(len(done))
        text, status = run_child(number)
        if (text, status) != ("child %d" % number, number + 3):
            print("child %d wrote %r and ended with %d" % (number, text, status))
            sys.exit(1)
    for _ in range(2):
        work.put(None)
    for thread in threads:
        thread.join()
    if sorted(done) != sorted(n * n for n in range(ITEMS) for _ in range(CHILDREN)):
        print("the threads did %s" % done)
        sys.exit(1)
    print("done before the forks: %s" % " ".join(map(str, before)))


main()
