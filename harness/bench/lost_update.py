# SPDX-License-Identifier: MIT
"""Two threads, each increments a number four times, with a call between the read and the write.

    lost_update.py KIND SCHEDULES

KIND  threading, _thread    as often as the harness says; for harness/bench/schedules
      uncontrolled          SCHEDULES times, by threads that nobody controls; prints nanoseconds
      greenlet              SCHEDULES times, by a hand-written scheduler that picks one of two
                            greenlets at random at each of 20 points; prints nanoseconds
"""
import sys
import time

TIMES = 4


def increment(number, point):
    for _ in range(TIMES):
        read = number[0]
        point()
        number[0] = read + 1


def nothing():
    pass


def with_threading():
    import threading
    number = [0]
    threads = [threading.Thread(target=increment, args=(number, nothing)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return number[0] == 2 * TIMES


def with_thread():
    import _thread
    number = [0]
    ends = [_thread.allocate_lock(), _thread.allocate_lock()]

    def body(end):
        increment(number, nothing)
        end.release()

    for end in ends:
        end.acquire()
        _thread.start_new_thread(body, (end,))
    for end in ends:
        end.acquire()
    return number[0] == 2 * TIMES


def with_greenlets(random):
    import greenlet
    number = [0]
    scheduler = greenlet.getcurrent()

    def body():
        def point():
            scheduler.switch()
        point()
        for _ in range(TIMES):
            point()
            increment_once(number, point)
        point()

    runnable = [greenlet.greenlet(body), greenlet.greenlet(body)]
    while runnable:
        chosen = runnable[int(random() * len(runnable))]
        chosen.switch()
        if chosen.dead:
            runnable.remove(chosen)
    return number[0] == 2 * TIMES


def increment_once(number, point):
    read = number[0]
    point()
    number[0] = read + 1


def controlled(body):
    import ctypes
    begin = ctypes.PyDLL(None).spillway_loop_begin
    begin.restype = ctypes.c_int64
    end = ctypes.CDLL(None).spillway_loop_end
    for _ in range(10):  # until the interpreter's own caches are full
        body()
    end(0)
    while begin() >= 0:
        if end(0 if body() else 1):
            sys.exit("threads are left over")


def timed(body, schedules):
    start = time.perf_counter_ns()
    lost = sum(not body() for _ in range(schedules))
    print((time.perf_counter_ns() - start) / schedules, lost)


def main(kind, schedules):
    if kind == "threading":
        controlled(with_threading)
    elif kind == "_thread":
        controlled(with_thread)
    elif kind == "uncontrolled":
        timed(with_thread, schedules)
    else:
        import random
        timed(lambda: with_greenlets(random.random), schedules)


main(sys.argv[1], int(sys.argv[2]))
