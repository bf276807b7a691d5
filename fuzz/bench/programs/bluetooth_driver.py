# SPDX-License-Identifier: MIT
"""A driver that is stopped while a request is on its way in.

pending counts the requests, and one for the driver itself; who brings it to 0 says that all have
gone.  The request looks at the flag first and counts itself afterwards: in between the driver can
stop.

Accesses: request: read stopping; if not set, lock; read, write pending; unlock; read stopped.  Both
leave by: lock; read, write, read pending; unlock; if that was the last, write gone.  stop: write
stopping before it leaves, and behind it read gone; if set, write stopped.
Classes, by where stop's section of the lock is: 3 in which the request sees the flag; else 4 with it
before the first of the request's sections (one of them fails), 2 between the two, 1 behind both.
Grain call: the request can be interrupted behind its look, at the call of enter().
"""
from threading import Lock, Thread


class Driver:
    __slots__ = "stopping", "stopped", "gone", "pending"

    def enter(self, m):
        with m:
            self.pending += 1

    def leave(self, m):
        with m:
            self.pending -= 1
            left = self.pending
        if left == 0:
            self.gone = True

    def stop(self, m):
        self.stopping = True
        self.leave(m)
        if self.gone:
            self.stopped = True

    def request(self, m):
        if not self.stopping:
            self.enter(m)
            assert not self.stopped
        self.leave(m)

    def request_fixed(self, m):
        self.enter(m)
        if not self.stopping:
            assert not self.stopped
        self.leave(m)


def driver(request):
    d, m = Driver(), Lock()
    d.stopping, d.stopped, d.gone, d.pending = False, False, False, 1
    stopper = Thread(target=d.stop, args=(m,))
    stopper.start()
    try:
        request(d, m)
    finally:  # what goes on behind the end of a test is in a race with that
        stopper.join()


def test_bluetooth_driver():
    driver(Driver.request)


def test_bluetooth_driver_fixed():
    driver(Driver.request_fixed)
