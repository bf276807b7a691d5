# SPDX-License-Identifier: MIT
"""Ten of the programs of failures.py, mended: what "mends" shows beside the report."""
from threading import Condition, Lock

from failures import Thing, run, same


def test_attribute():
    stats = Thing()
    stats.hits = 0
    lock = Lock()

    def count():
        with lock:
            stats.hits = same(stats.hits) + 1

    run(count, count)
    assert stats.hits == 2


def test_lazy():
    made = []
    cache = Thing()
    cache.value = None
    lock = Lock()

    def make():
        made.append(1)
        return object()

    def get():
        with lock:
            if cache.value is None:
                cache.value = make()

    run(get, get)
    assert len(made) == 1


def test_key():
    waiting = {"job": 1}

    def take():
        waiting.pop("job", None)

    run(take, take)


def test_closed_meanwhile():
    client = Thing()
    client.socket = []

    def send():
        socket = client.socket
        if socket is not None:
            same(0)
            socket.append("x")

    def close():
        client.socket = None

    run(send, close)


def test_dict_grows():
    seen = {1: 1, 2: 2}

    def look():
        for key in list(seen):
            same(key)

    def add():
        seen[3] = 3

    run(look, add)


def test_half_written():
    point = Thing()
    point.both = 0, 0

    def move():
        same(0)
        point.both = 1, 1

    def look():
        x, y = point.both
        assert x == y

    run(move, look)


def test_used_before_it_is_made():
    server = Thing()
    server.port = 80

    def start():
        same(0)

    def connect():
        return server.port + 0

    run(start, connect)


def test_two_locks():
    a, b = Lock(), Lock()

    def one():
        with a:
            same(0)
            with b:
                pass

    def other():
        with a:
            same(0)
            with b:
                pass

    run(one, other)


def test_transfers():
    class Account:
        def __init__(self):
            self.lock = Lock()
            self.balance = 1

    def transfer(source, target):
        first, second = sorted((source, target), key=id)
        with first.lock:
            same(0)
            with second.lock:
                source.balance -= 1
                target.balance += 1

    a, b = Account(), Account()
    run(lambda: transfer(a, b), lambda: transfer(b, a))


def test_notified_too_early():
    ready = Condition()
    given = []

    def give():
        with ready:
            given.append(1)
            ready.notify()

    def take():
        with ready:
            ready.wait_for(lambda: given)

    run(take, give)
