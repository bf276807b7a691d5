# SPDX-License-Identifier: MIT
"""Small programs, each with one failure of a kind that is known: what a report has to say of it.

The two lines whose order decides are marked with the test's name.  table says which kind it is.
"""
from threading import Condition, Event, Lock, Thread


def run(*bodies):
    threads = [Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def same(value):
    return value


class Thing:
    pass


# ---- lost updates ----

def test_attribute():
    stats = Thing()
    stats.hits = 0

    def count():
        stats.hits = same(stats.hits) + 1  # test_attribute test_attribute

    run(count, count)
    assert stats.hits == 2


total = 0


def test_global():
    global total
    total = 0

    def add():
        global total
        seen = total  # test_global
        total = same(seen) + 1  # test_global

    run(add, add)
    assert total == 2, total


def test_cell():
    balance = 10

    def add(amount):
        nonlocal balance
        before = balance  # test_cell
        same(amount)
        balance = before + amount  # test_cell

    run(lambda: add(1), lambda: add(2))
    assert balance == 13


def test_item():
    counts = {"a": 0}

    def count():
        old = counts["a"]  # test_item
        same(old)
        counts["a"] = old + 1  # test_item

    run(count, count)
    assert counts["a"] == 2


def test_list_replaced():
    log = Thing()
    log.lines = []

    def write(line):
        lines = same(log.lines)  # test_list_replaced
        log.lines = same(lines + [line])  # test_list_replaced

    run(lambda: write("a"), lambda: write("b"))
    assert len(log.lines) == 2


# ---- check then act ----

def test_lazy():
    made = []
    cache = Thing()
    cache.value = None

    def make():
        made.append(1)
        return object()

    def get():
        if cache.value is None:  # test_lazy
            cache.value = make()  # test_lazy

    run(get, get)
    assert len(made) == 1


def test_key():
    waiting = {"job": 1}

    def take():
        if "job" in waiting:  # test_key
            same(0)
            waiting.pop("job")  # test_key

    run(take, take)


def test_queue_of_one():
    items = [1]
    failed = []

    def take():
        if len(items) > 0:  # test_queue_of_one
            same(0)
            try:
                items.pop()  # test_queue_of_one
            except IndexError as error:
                failed.append(error)

    run(take, take)
    assert not failed


def test_seats():
    hall = Thing()
    hall.free = 1

    def has():
        return hall.free > 0  # test_seats

    def sell():
        hall.free -= 1  # test_seats

    def buy():
        if has():
            sell()

    run(buy, buy)
    assert hall.free >= 0


def test_closed_meanwhile():
    client = Thing()
    client.socket = []

    def send():
        if client.socket is not None:  # test_closed_meanwhile
            same(0)
            client.socket.append("x")

    def close():
        client.socket = None  # test_closed_meanwhile

    run(send, close)


# ---- iteration while changed ----

def test_dict_grows():
    seen = {1: 1, 2: 2}

    def look():
        for key in seen:  # test_dict_grows
            same(key)

    def add():
        seen[3] = 3  # test_dict_grows

    run(look, add)


def test_set_shrinks():
    members = {1, 2, 3}
    problems = []

    def greet():
        try:
            for member in members:  # test_set_shrinks
                same(member)
        except RuntimeError as error:
            problems.append(error)

    def leave():
        members.discard(2)  # test_set_shrinks

    run(greet, leave)
    assert problems == []


def test_list_shrinks():
    """A list says nothing: who is behind the one that leaves is passed over."""
    members, greeted = ["ann", "bob", "cy"], []

    def greet():
        for member in members:  # test_list_shrinks
            greeted.append(same(member))

    def leave():
        members.remove("ann")  # test_list_shrinks

    run(greet, leave)
    assert "cy" in greeted and "bob" in greeted


def test_list_shrinks_in_a_comprehension():
    handlers, called = ["log", "mail", "page"], []

    def publish():
        called.extend([same(handler) for handler in handlers])  # test_list_shrinks_in_a_comprehension

    def unsubscribe():
        handlers.pop(0)  # test_list_shrinks_in_a_comprehension

    run(publish, unsubscribe)
    assert called[-2:] == ["mail", "page"]


# ---- torn pairs ----

def test_half_written():
    point = Thing()
    point.x = point.y = 0

    def move():
        point.x = 1  # test_half_written
        same(0)
        point.y = 1

    def look():
        x = point.x  # test_half_written
        y = point.y
        assert x == y

    run(move, look)


def test_half_read():
    span = Thing()
    span.low, span.high = 0, 1

    def move():
        span.low = 5  # test_half_read
        span.high = 6

    def look():
        low = span.low  # test_half_read
        same(0)
        high = span.high
        assert high - low == 1

    run(move, look)


# ---- order violations ----

def test_used_before_it_is_made():
    server = Thing()

    def start():
        same(0)
        server.port = 80  # test_used_before_it_is_made

    def connect():
        return server.port + 0  # test_used_before_it_is_made

    run(start, connect)


def test_none_before_it_is_set():
    worker = Thing()
    worker.task = None

    def give():
        worker.task = [1]  # test_none_before_it_is_set

    def work():
        worker.task.append(2)  # test_none_before_it_is_set

    run(give, work)


def test_used_after_it_is_gone():
    session = Thing()
    session.log = []

    def use():
        same(0)
        session.log.append("x")  # test_used_after_it_is_gone

    def end():
        session.log = None  # test_used_after_it_is_gone

    run(use, end)


# ---- deadlocks ----

def test_two_locks():
    a, b = Lock(), Lock()

    def one():
        with a:
            same(0)
            with b:  # test_two_locks
                pass

    def other():
        with b:
            same(0)
            with a:  # test_two_locks
                pass

    run(one, other)


def test_transfers():
    class Account:
        def __init__(self):
            self.lock = Lock()
            self.balance = 1

    def transfer(source, target):
        with source.lock:
            same(0)
            with target.lock:  # test_transfers test_transfers
                source.balance -= 1
                target.balance += 1

    a, b = Account(), Account()
    run(lambda: transfer(a, b), lambda: transfer(b, a))


# ---- lost wake-ups ----

def test_notified_too_early():
    ready = Condition()

    def give():
        with ready:
            ready.notify()  # test_notified_too_early

    def take():
        with ready:
            ready.wait()  # test_notified_too_early

    run(take, give)


def test_event_is_cleared():
    event = Event()

    def tell():
        event.set()  # test_event_is_cleared

    def wait():
        event.clear()  # test_event_is_cleared
        event.wait()

    run(wait, tell)
