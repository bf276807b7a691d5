# SPDX-License-Identifier: MIT
"""Tests for harness/bench/steady: those called test_grows_... keep more after each run, those called
test_steady_... do not, though some fill a cache.  For Python 2.7 and 3; what is not at hand returns
None at once and stands in ABSENT, which `python steady_programs.py` prints."""

import collections
import gc
import itertools
import logging
import os
import re
import socket
import sqlite3
import sys
import threading
import weakref

PYPY = "__pypy__" in sys.builtin_module_names
kept, numbers = [], itertools.count()
ABSENT = set()
try:
    import ctypes

    LIBC = ctypes.CDLL(None)
    LIBC.malloc.restype = ctypes.c_void_p
    LIBC.malloc.argtypes = [ctypes.c_size_t]
    LIBC.free.argtypes = [ctypes.c_void_p]
except ImportError:
    ABSENT |= {"test_grows_malloc", "test_steady_malloc"}
try:
    from functools import lru_cache
except ImportError:
    ABSENT |= {"test_grows_lru_cache", "test_steady_lru_cache"}
try:
    import tracemalloc
except ImportError:
    ABSENT |= {"test_steady_tracemalloc"}
if PYPY:  # neither its strings nor malloc()'s bytes can be measured there
    ABSENT |= {"test_grows_malloc", "test_grows_bytes"}
if not hasattr(sys, "getallocatedblocks"):  # what is small, and the collector does not know, is unseen
    ABSENT |= {"test_grows_interned"}
# In 3.12 what is interned stays for ever; in others it goes with its last user.
if sys.version_info[:2] != (3, 12):
    ABSENT |= {"test_grows_interned_and_dropped"}


class Job(object):
    pass


class Cycle(object):
    def __init__(self):
        self.me = self


def in_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def number():
    return next(numbers)


# ---- these keep more after each run ----

def test_grows_list():
    kept.append(Job())


def test_grows_in_thread():
    in_thread(lambda: kept.append(Job()))


def test_grows_bytes():
    kept.append(b"x" * 1000 + str(number()).encode())


def test_grows_dict(table={}):
    table[number()] = Job()


def test_grows_malloc():
    LIBC.malloc(200)


def test_grows_dup():
    os.dup(0)


def test_grows_socket():
    kept.append(socket.socket())


def test_grows_pipe():
    kept.append(os.pipe())


def test_grows_socketpair():
    kept.append(socket.socketpair())


def test_grows_logging():
    logging.getLogger("steady").addHandler(logging.StreamHandler())


def test_grows_loggers():
    logging.getLogger("steady.%d" % number())


def test_grows_lru_cache():
    cached(number())


def test_grows_sqlite():
    kept.append(sqlite3.connect(":memory:"))


def test_grows_cycle():
    gc.collect()
    kept.append(Cycle())


def test_grows_closure():
    value = [number()]
    kept.append(lambda: value)


def test_grows_class():
    kept.append(type("Made", (object,), {}))


def test_grows_traceback():
    try:
        raise ValueError(number())
    except ValueError:
        kept.append(sys.exc_info())


def test_grows_generator():
    made = (one for one in [number()])
    kept.append(made)


def test_grows_weak_callbacks(target=Job()):
    kept.append(weakref.ref(target, lambda gone: None))


def test_grows_locals_of_thread():
    local = threading.local()
    local.job = Job()
    kept.append(local)


def test_grows_interned():
    kept.append(getattr(sys, "intern", str)("a name that nobody has, %d" % number()))


def test_grows_interned_and_dropped():
    for _ in range(20):
        sys.intern("a name that nobody keeps, %d" % number())


def test_grows_waiting_threads():
    lock = threading.Event()
    thread = threading.Thread(target=lock.wait)
    thread.daemon = True
    thread.start()


# ---- these do not ----

def test_steady_nothing():
    pass


def test_steady_objects():
    in_thread(lambda: [Job() for _ in range(100)])


def test_steady_cycles():
    [Cycle() for _ in range(100)]


def test_steady_malloc():
    LIBC.free(LIBC.malloc(5000))


def test_steady_re():
    re.compile("x%d" % (number() % 7)).match("y")
    re.match("a{%d}" % (number() % 5), "aaaa")


def test_steady_lru_cache():
    bounded(number())


def test_steady_late_cache(table={}):
    table[number() % 10] = Job()


def test_steady_window(window=collections.deque(maxlen=5)):
    window.append(Job())


def test_steady_logging():
    handler = logging.StreamHandler()
    logging.getLogger("steady").addHandler(handler)
    logging.getLogger("steady").removeHandler(handler)


def test_steady_sqlite():
    base = sqlite3.connect(":memory:")
    [base.execute("select %d" % one).fetchall() for one in range(5)]
    base.close()


def test_steady_descriptors():
    ends = socket.socketpair()
    ends[0].sendall(b"x")
    ends[1].recv(1)
    [one.close() for one in ends]


def test_steady_weak_dict(table=weakref.WeakValueDictionary()):
    job = Job()
    table[number() % 50] = job


def test_steady_tracemalloc():
    tracemalloc.take_snapshot()


def test_steady_interned():
    getattr(sys, "intern", str)("a name that nobody has, %d" % (number() % 5))


def test_steady_exceptions():
    for _ in range(30):
        try:
            raise ValueError(_)
        except ValueError:
            pass


def test_steady_threads():
    threads = [threading.Thread(target=Job) for _ in range(3)]
    [one.start() for one in threads]
    [one.join() for one in threads]


def test_steady_classes():
    type("Made", (object,), {})


def test_steady_imports():
    import xml.sax  # noqa: F401


if "test_grows_lru_cache" not in ABSENT:
    cached = lru_cache(maxsize=None)(lambda one: Job())
    bounded = lru_cache(maxsize=4)(lambda one: Job())

if __name__ == "__main__":
    print(" ".join(name for name in sorted(globals())
                   if name.startswith("test_") and name not in ABSENT))
