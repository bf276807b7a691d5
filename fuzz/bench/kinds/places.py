# SPDX-License-Identifier: MIT
"""Lost updates and checks, each of a value at another place that programs keep values in.

As in failures.py, the two lines whose order decides are marked with the test's name.  One of them is
not known: a store whose key has its hash from Python code is told where it begins, and another thread
may come in the middle of it (test_key_of_an_enum).
"""
import ctypes
import os
from array import array
from collections import defaultdict, deque
from enum import Enum
from weakref import WeakValueDictionary

from failures import Thing, run, same


class Single:
    one = None
    made = 0

    def __init__(self):
        number = type(self).made  # test_class_attribute
        same(number)
        type(self).made = number + 1  # test_class_attribute

    @classmethod
    def get(cls):
        if cls.one is None:  # test_singleton
            same(cls)
            cls.one = object()  # test_singleton
        return cls.one


def test_class_attribute():
    Single.made = 0
    run(Single, Single)
    assert Single.made == 2


def test_singleton():
    Single.one = None
    got = []
    run(lambda: got.append(Single.get()), lambda: got.append(Single.get()))
    assert got[0] is got[1]


def test_getattr():
    thing = Thing()
    thing.hits = 0

    def count():
        hits = getattr(thing, "hits")  # test_getattr
        same(hits)
        setattr(thing, "hits", hits + 1)  # test_getattr

    run(count, count)
    assert thing.hits == 2


def test_namespace_of_an_object():
    thing = Thing()
    thing.hits = 0

    def count():
        hits = thing.__dict__["hits"]  # test_namespace_of_an_object
        same(hits)
        thing.__dict__["hits"] = hits + 1  # test_namespace_of_an_object

    run(count, count)
    assert thing.hits == 2


total = 0


def test_globals():
    globals()["total"] = 0

    def count():
        seen = globals()["total"]  # test_globals
        same(seen)
        globals()["total"] = seen + 1  # test_globals

    run(count, count)
    assert total == 2


def test_defaultdict():
    counts = defaultdict(int)

    def count():
        seen = counts["a"]  # test_defaultdict
        same(seen)
        counts["a"] = seen + 1  # test_defaultdict

    run(count, count)
    assert counts["a"] == 2


class Color(Enum):
    RED = 1


def test_key_of_an_enum():
    counts = {Color.RED: 0}

    def count():
        seen = counts[Color.RED]  # test_key_of_an_enum
        same(seen)
        counts[Color.RED] = seen + 1  # test_key_of_an_enum

    run(count, count)
    assert counts[Color.RED] == 2


def test_key_of_a_pair():
    made = {}

    def get():
        if made.get((1, "a")) is None:  # test_key_of_a_pair
            same(made)
            made[1, "a"] = object()  # test_key_of_a_pair
        return made[1, "a"]

    got = []
    run(lambda: got.append(get()), lambda: got.append(get()))
    assert got[0] is got[1]


def test_set():
    seen, done = set(), []

    def visit():
        if "a" not in seen:  # test_set
            same(seen)
            seen.add("a")  # test_set
            done.append("a")

    run(visit, visit)
    assert done == ["a"]


def test_array():
    counts = array("i", [0])

    def count():
        seen = counts[0]  # test_array
        same(seen)
        counts[0] = seen + 1  # test_array

    run(count, count)
    assert counts[0] == 2


def test_deque():
    ring = deque([0])

    def count():
        seen = ring[-1]  # test_deque
        same(seen)
        ring[-1] = seen + 1  # test_deque

    run(count, count)
    assert ring[0] == 2


def test_ctypes():
    class Point(ctypes.Structure):
        _fields_ = [("x", ctypes.c_int)]

    point = Point()

    def move():
        x = point.x  # test_ctypes
        same(x)
        point.x = x + 1  # test_ctypes

    run(move, move)
    assert point.x == 2


def test_environment():
    os.environ["HITS"] = "0"

    def count():
        hits = int(os.environ["HITS"])  # test_environment
        same(hits)
        os.environ["HITS"] = str(hits + 1)  # test_environment

    run(count, count)
    assert os.environ["HITS"] == "2"


def test_weak_values():
    alive, got = WeakValueDictionary(), []

    def get():
        thing = alive.get("a")  # test_weak_values
        if thing is None:
            thing = same(Thing())
            alive["a"] = thing  # test_weak_values
        got.append(thing)

    run(get, get)
    assert got[0] is got[1]
