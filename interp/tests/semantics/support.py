# SPDX-License-Identifier: MIT
"""What the behaviours have in common."""

import threading
import time

from stackless import tasklet

behaviours = {}  # name: (function, expect)


class expect:
    """The process must end so; out is what it prints on stdout."""

    def __init__(self, status=0, out=""):
        self.status, self.out = status, out

    def __call__(self, function):
        behaviours[function.__name__] = (function, self)
        return function


def behaviour(function):
    return expect()(function)


def raises(kind, step, *args, **kwargs):
    try:
        step(*args, **kwargs)
    except BaseException as error:
        assert type(error) is kind, repr(error)
        return error
    raise AssertionError(f"{step} did not raise {kind.__name__}")


def go(function, *args):
    t = tasklet(function)(*args)
    t.run()
    return t


def until(condition):
    while not condition():
        time.sleep(0)


class Thread(threading.Thread):
    """Its exception is raised by finish()."""

    def __init__(self, body, *args, daemon=False):
        super().__init__(daemon=daemon)
        self.body, self.args, self.why = body, args, None
        self.start()

    def run(self):
        try:
            self.body(*self.args)
        except BaseException as error:
            self.why = error

    def finish(self):
        self.join()
        if self.why is not None:
            raise self.why
