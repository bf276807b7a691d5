# SPDX-License-Identifier: MIT
"""Two threads that take turns at a queue, and count the turns that were not theirs as well.

Accesses of the first turn of the producer: lock m; put an element, and note it; read tail and head;
unlock.  Of each other turn, 19 and 20: lock m; read the flag; if set, put and note, or take and
compare; write both flags; unlock.  Put: read, write tail and amount, write an element; take: read,
write head and amount, read an element.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread

SIZE = 20


class State:
    __slots__ = "head", "tail", "amount", "may_put", "may_take"


def put(s, elements, value, size):
    elements[s.tail] = value
    s.amount += 1
    s.tail = (s.tail + 1) % size


def take(s, elements, size):
    value = elements[s.head]
    s.amount -= 1
    s.head = (s.head + 1) % size
    return value


def produce(s, elements, noted, m, turns, put, size):
    with m:
        put(s, elements, 100, size)
        noted[0] = 100
        assert s.head != s.tail
    for i in turns:
        with m:
            if s.may_put:
                put(s, elements, 101 + i, size)
                noted[i + 1] = 101 + i
                s.may_put, s.may_take = False, True


def consume(s, elements, noted, m, turns, take, size):
    for i in turns:
        with m:
            if s.may_take:
                assert take(s, elements, size) == noted[i]
                s.may_put, s.may_take = True, False


def produce_fixed(s, elements, noted, m, turns, put, size):
    for i in turns:
        with m:
            if s.may_put:
                noted[s.tail] = 100 + i
                put(s, elements, 100 + i, size)
                s.may_put, s.may_take = False, True


def consume_fixed(s, elements, noted, m, turns, take, size):
    for _ in turns:
        with m:
            if s.may_take:
                expected = noted[s.head]
                assert take(s, elements, size) == expected
                s.may_put, s.may_take = True, False


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def queue(produce, consume):
    s, elements, noted, m = State(), [0] * SIZE, [0] * SIZE, Lock()
    s.head, s.tail, s.amount, s.may_put, s.may_take = 0, 0, 0, True, False
    run(Thread(target=produce, args=(s, elements, noted, m, range(SIZE - 1), put, SIZE)),
        Thread(target=consume, args=(s, elements, noted, m, range(SIZE), take, SIZE)))


def test_queue():
    queue(produce, consume)


def test_queue_fixed():
    queue(produce_fixed, consume_fixed)
