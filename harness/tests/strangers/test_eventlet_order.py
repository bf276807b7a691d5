# SPDX-License-Identifier: MIT
"""Eventlet keeps who waits for an Event in a set: it wakes them in an order of addresses."""
import eventlet
from eventlet.event import Event


def test_first_come_first_served():
    order, event = [], Event()
    waiters = [eventlet.spawn(lambda me: (event.wait(), order.append(me)), me) for me in range(3)]
    eventlet.sleep(0)
    event.send(None)
    for waiter in waiters:
        waiter.wait()
    assert order == [0, 1, 2]
