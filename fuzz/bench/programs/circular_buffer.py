# SPDX-License-Identifier: MIT
"""A producer and a consumer that take turns, but count the turns that were not theirs as well.

Accesses of each of 7 turns: lock m; read the flag; if set, put or take the element, which reads
next or first (and the other bound), writes it, and reads or writes an element; write both flags;
unlock.
Grain call: each lock operation is a decision, and that is all that matters here.
"""
from threading import Lock, Thread

TURNS = 7
SIZE = 10


class State:
    __slots__ = "first", "next", "may_send", "may_receive"


def produce(s, buffer, m, turns, size):
    for i in turns:
        with m:
            if s.may_send:
                buffer[s.next] = i
                s.next = (s.next + 1) % size
                s.may_send = False
                s.may_receive = True


def consume(s, buffer, m, turns, size):
    for i in turns:
        with m:
            if s.may_receive:
                assert s.next > 0 and s.first < size
                s.first += 1
                assert buffer[s.first - 1] == i
                s.may_receive = False
                s.may_send = True


def produce_fixed(s, buffer, m, turns, size):
    i = 0
    for _ in turns:
        with m:
            if s.may_send:
                buffer[s.next] = i
                s.next = (s.next + 1) % size
                i += 1
                s.may_send = False
                s.may_receive = True


def consume_fixed(s, buffer, m, turns, size):
    i = 0
    for _ in turns:
        with m:
            if s.may_receive:
                assert s.next > 0 and s.first < size
                s.first += 1
                assert buffer[s.first - 1] == i
                i += 1
                s.may_receive = False
                s.may_send = True


def run(*threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def circular_buffer(produce, consume):
    s, buffer, m = State(), [0] * SIZE, Lock()
    s.first, s.next, s.may_send, s.may_receive = 0, 0, True, False
    run(Thread(target=produce, args=(s, buffer, m, range(TURNS), SIZE)),
        Thread(target=consume, args=(s, buffer, m, range(TURNS), SIZE)))


def test_circular_buffer():
    circular_buffer(produce, consume)


def test_circular_buffer_fixed():
    circular_buffer(produce_fixed, consume_fixed)
