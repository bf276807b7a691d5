# SPDX-License-Identifier: MIT
"""Small tests whose schedules can be counted; for check_exhaust."""
import threading


class State:
    """Its attributes are what the threads share."""


def run(*bodies):
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lost_update(times):
    s = State()
    s.x = 0

    def body():
        for _ in range(times):
            r = s.x
            s.x = r + 1
    run(body, body)
    assert s.x == 2 * times, s.x


def test_lost_update_1():
    lost_update(1)


def test_lost_update_2():
    lost_update(2)


def test_lost_update_3():
    lost_update(3)


def test_lost_update_4():
    lost_update(4)


def test_abba():
    a, b = threading.Lock(), threading.Lock()

    def one():
        with a:
            with b:
                pass

    def other():
        with b:
            with a:
                pass
    run(one, other)


def test_locked():
    s = State()
    s.x = 0
    m = threading.Lock()

    def body():
        with m:
            s.x += 1
    run(body, body)
    assert s.x == 2
