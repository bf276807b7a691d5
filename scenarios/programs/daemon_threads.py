# SPDX-License-Identifier: MIT
"""Four daemon threads that are still at work when the program ends.

One computes and rests, one sleeps, one waits for a lock that nobody gives back, one for a queue
that stays empty.  Prints how far the first two came; ends with 1 if one of them never began.
"""
import sys
import threading
import time

try:
    import queue
except ImportError:  # Python 2
    import Queue as queue

begun = [threading.Event() for _ in range(4)]
steps = {"computes": 0, "sleeps": 0}
lock = threading.Lock()
empty = queue.Queue()


def one_more(n):
    return n + 1


def compute():
    begun[0].set()
    while True:
        for _ in range(20):
            steps["computes"] = one_more(steps["computes"])
        time.sleep(0.1)


def doze():
    begun[1].set()
    while True:
        time.sleep(0.5)
        steps["sleeps"] += 1


def wait_for_lock():
    begun[2].set()
    with lock:
        print("the lock was given back")


def wait_for_queue():
    begun[3].set()
    print("the queue held %r" % (empty.get(),))


def main():
    lock.acquire()
    for target in (compute, doze, wait_for_lock, wait_for_queue):
        thread = threading.Thread(target=target)
        thread.daemon = True
        thread.start()
    for number, event in enumerate(begun):
        if not event.wait(3600):
            print("thread %d did not begin" % number)
            sys.exit(1)
    time.sleep(2)
    print("%d computed, %d slept" % (steps["computes"], steps["sleeps"]))


main()
