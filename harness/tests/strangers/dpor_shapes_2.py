# SPDX-License-Identifier: MIT
"""Each test fails under some schedule at grain call; dpor said of each that all traces hold."""
import collections
import io
import operator
import os
import socket
import sqlite3
import sys
import tempfile
import threading
import types
import weakref


def run(*bodies):
    failed = []

    def guard(body):
        try:
            body()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=guard, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


def nothing():
    pass


def test_shared_generator():
    def numbers():
        for i in range(2):
            nothing()
            yield i
    work = numbers()

    def take():
        next(work)
    run(take, take)


def test_print_file():
    out = io.StringIO()
    seen = []
    run(lambda: print("a", file=out), lambda: seen.append(out.getvalue()))
    assert seen == ["a\n"]


def test_two_files():
    fd, path = tempfile.mkstemp()
    os.close(fd)
    out, back = open(path, "wb", 0), open(path, "rb", 0)
    seen = []
    try:
        run(lambda: out.write(b"x"), lambda: seen.append(back.read()))
    finally:
        out.close()
        back.close()
        os.remove(path)
    assert seen == [b"x"]


def test_star_call():
    arguments = []
    seen = []

    def count(*given):
        return len(given)

    def look():
        seen.append(count(*arguments))
    run(lambda: arguments.append(1), look)
    assert seen == [1]


def test_module_getattr():
    global N
    N = 0
    me = sys.modules[__name__]

    def one():
        global N
        n = N
        nothing()
        N = n + 1

    def two():
        n = getattr(me, "N")
        nothing()
        setattr(me, "N", n + 1)
    run(one, two)
    assert N == 2


def test_class_setattr():
    class Feature:
        on = False
    feature = Feature()
    seen = []
    run(lambda: setattr(Feature, "on", True), lambda: seen.append(feature.on))
    assert seen == [True]


def test_nested_str():
    inner = []
    outer = {"a": inner}
    seen = []
    run(lambda: inner.append(1), lambda: seen.append(str(outer)))
    assert seen == ["{'a': [1]}"]
