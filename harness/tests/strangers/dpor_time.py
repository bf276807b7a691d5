# SPDX-License-Identifier: MIT
"""What waits, for a time or for somebody, and how many classes that has."""
import queue
import threading
import time


def run(*bodies):
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_timer():
    out = []
    timer = threading.Timer(1.0, out.append, (1,))
    timer.start()
    timer.join()
    assert out == [1]


def test_event_too_late():
    event, out = threading.Event(), []
    run(lambda: out.append(event.wait(1.0)))
    assert out == [False]


def test_equal_sleeps():
    """In either order."""
    out = []

    def body(name):
        time.sleep(0.1)
        out.append(name)

    run(lambda: body("a"), lambda: body("b"))


def test_different_sleeps():
    out = []

    def body(name, seconds):
        time.sleep(seconds)
        out.append(name)

    run(lambda: body("a", 0.2), lambda: body("b", 0.1))
    assert out == ["b", "a"]


def test_lock_for_a_time():
    """Either of them first, and nobody too late."""
    lock, out = threading.Lock(), []

    def body():
        if lock.acquire(timeout=1):
            out.append(1)
            lock.release()

    run(body, body)
    assert out == [1, 1]


def test_lock_that_is_kept():
    """The second has it first, and the first waits for ever."""
    lock = threading.Lock()

    def first():
        with lock:
            time.sleep(2)

    run(first, lambda: lock.acquire(timeout=1))


def test_queue():
    values = queue.Queue()
    run(lambda: values.put(1), lambda: values.get(timeout=1))


def test_join_for_a_time():
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    event.set()
    thread.join()
