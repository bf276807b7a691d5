# SPDX-License-Identifier: MIT
"""A driver that is stopped while a request is on its way in.

pending counts the requests, and one for the driver itself; who brings it to 0 says that all have
gone.  The request looks at the flag first and counts itself afterwards: in between the driver can
stop.

Accesses: request: read stopping; if not set, lock; read, write pending; unlock; read stopped.  Both
leave by: lock; read, write pending; unlock; if that was the last, write gone.  stop: write stopping
before it leaves, and behind it read gone; if set, write stopped.
Grain call: the lock operations are decisions, so the request can be interrupted behind its look.
"""
from threading import Lock, Thread


class State:
    __slots__ = "stopping", "stopped", "gone", "pending"


def leave(s, m):
    with m:
        s.pending -= 1
        left = s.pending
    if left == 0:
        s.gone = True


def stop(s, m):
    s.stopping = True
    leave(s, m)
    if s.gone:
        s.stopped = True


def request(s, m):
    if not s.stopping:
        with m:
            s.pending += 1
        assert not s.stopped
    leave(s, m)


def request_fixed(s, m):
    with m:
        s.pending += 1
    if not s.stopping:
        assert not s.stopped
    leave(s, m)


def driver(request):
    s, m = State(), Lock()
    s.stopping, s.stopped, s.gone, s.pending = False, False, False, 1
    stopper = Thread(target=stop, args=(s, m))
    stopper.start()
    request(s, m)
    stopper.join()


def test_bluetooth_driver():
    driver(request)


def test_bluetooth_driver_fixed():
    driver(request_fixed)
