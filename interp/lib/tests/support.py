# SPDX-License-Identifier: MIT
"""What the tests of slplib share."""

import threading
import unittest

import stackless
from slplib import _timers


class ManualTimer:
    """Stands in for _timers.Timer: is called when a test says so."""

    armed = []

    def __init__(self, seconds, function):
        self.seconds = seconds
        self.function = function
        self.armed.append(self)

    def cancel(self):
        self.function = None

    @classmethod
    def fire(cls):
        """Calls all that were armed up to now, as the timers' thread would."""
        timers, cls.armed[:] = cls.armed[:], []
        for timer in timers:
            function, timer.function = timer.function, None
            if function is not None:
                with stackless.atomic():
                    function()


def drain():
    for _ in range(100):
        if stackless.getruncount() == 1:
            return
        stackless.run()
    raise AssertionError("tasklets that never end")


class Test(unittest.TestCase):
    def setUp(self):
        self.addCleanup(drain)
        self.displaced = []
        old = stackless.set_displaced_callback(lambda _, value: self.displaced.append(value))
        self.addCleanup(stackless.set_displaced_callback, old)

    def manual_timers(self):
        ManualTimer.armed = []
        real, _timers.Timer = _timers.Timer, ManualTimer
        self.addCleanup(setattr, _timers, "Timer", real)


class Home:
    """An OS thread that runs tasklets which this one gives it."""

    def __enter__(self):
        self.stop = None
        ready = threading.Event()
        self.thread = threading.Thread(target=self.serve, args=(ready,))
        self.thread.start()
        ready.wait()
        return self

    def serve(self, ready):
        self.stop = stackless.channel()
        self.id = threading.get_ident()
        ready.set()
        self.stop.receive()

    def start(self, function, *args):
        tasklet = stackless.tasklet().bind(function, args)
        tasklet.bind_thread(self.id)
        tasklet.insert()
        return tasklet

    def settle(self):
        """Until all that is runnable there has come to its next wait."""
        done = stackless.channel()
        self.start(done.send, None)
        done.receive()

    def __exit__(self, *error):
        self.stop.send(None)
        self.thread.join()


class Here:
    """The same with the calling thread."""

    def __enter__(self):
        return self

    def start(self, function, *args):
        return stackless.tasklet(function)(*args)

    def settle(self):
        stackless.run()

    def __exit__(self, *error):
        pass
