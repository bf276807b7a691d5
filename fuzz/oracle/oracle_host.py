# SPDX-License-Identifier: MIT
"""What the interpreter's process runs for fuzz/oracle: one program after the other.

test() runs the program that the link `current` beside this file names, as PROGRAM:FAULT:EACH.  The harness is told the
checksum of its outcome; what that stands for is written to the file `outcomes` when it is new.
"""
import array, bisect, collections, contextvars, copy, ctypes, dataclasses, functools, gc, heapq, io
import importlib.machinery, itertools, json, logging, math, operator, os, pickle, queue, random, re, select
import shutil, socket, sqlite3, statistics, string, struct, sys, tempfile, textwrap
import threading, types, weakref, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
STARTER = os.path.dirname(os.path.abspath(sys.modules["__main__"].__file__))
TRACER = STARTER + "/spillway_tracer" + importlib.machinery.EXTENSION_SUFFIXES[0]
tell = ctypes.CDLL(None).spillway_tell_failure
codes = {}
known = set()


def set_tracer(fault, each):
    """See harness/tracer/lab/tracer_lab.h."""
    for name, value in ("fault", fault), ("each", each):
        ctypes.c_uint.in_dll(ctypes.CDLL(TRACER), "spillway_tracer_" + name).value = int(value)


def load():
    """The program as a new module; its text is read once."""
    name, fault, each = os.readlink(HERE + "/current").split(":")
    set_tracer(fault, each)
    if name not in codes:
        codes.clear()
        known.clear()
        path = os.path.join(HERE, name)
        with open(path, encoding="utf-8") as text:
            codes[name] = compile(text.read(), path, "exec")
    module = sys.modules["program"] = types.ModuleType("program")
    exec(codes[name], module.__dict__)
    return module


def test():
    text = load().outcome()
    number = zlib.crc32(text.encode()) or 1
    if number not in known:
        known.add(number)
        with open(HERE + "/outcomes", "a", encoding="utf-8") as out:
            out.write(f"{number:08x} {text!r}\n")
    tell(number)
