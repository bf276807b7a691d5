# SPDX-License-Identifier: MIT
"""What spillway_starter.py asks of libspillway.so, and what it makes the same in each interpreter
before the first schedule begins.

For Python 2.7 and 3.
"""
import gc
import itertools
import os
import sys
import threading


# ---- libspillway.so ----

class Control(object):
    """The loop of harness/control/entry/schedule_loop.h; without control, or without ctypes, one
    time and no more."""

    def __init__(self):
        self.begun = self.wants_accesses = self.wants_notes = self.wants_traces = False
        self.from_line = 0
        self.real_hook, self.notes = None, []
        try:
            import ctypes
            with_gil = getattr(ctypes, "PyDLL", ctypes.CDLL)  # PyPy has no PyDLL
            self.real_begin = with_gil(None).spillway_loop_begin
            self.real_begin.restype = ctypes.c_int64
            self.real_end = ctypes.CDLL(None).spillway_loop_end
            self.real_tell = ctypes.CDLL(None).spillway_tell_failure
            self.real_refuse = ctypes.CDLL(None).spillway_tell_refusal
            self.tell_generator = with_gil(None).spillway_library_generator
            self.tell_generator.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
            self.tell_draws = ctypes.CDLL(None).spillway_library_draws
            self.wants_accesses = ctypes.CDLL(None).spillway_wants_accesses() != 0
            self.wants_traces = ctypes.CDLL(None).spillway_wants_traces() != 0
            self.wants_notes = ctypes.CDLL(None).spillway_wants_notes() != 0
            self.from_line = ctypes.CDLL(None).spillway_from_line()
            if sys.version_info >= (3, 8) and sys.implementation.name == "cpython":
                self.real_hook = with_gil(None).spillway_builtin_hook
                self.real_hook.argtypes = [ctypes.py_object, ctypes.py_object]
        except (ImportError, AttributeError, OSError):
            self.real_begin = self.real_end = self.real_refuse = None

    def begin(self):
        if self.real_begin is not None:
            if not self.begun:
                self.tell_generators()
            self.begun = True
            return self.real_begin()
        first, self.begun = not self.begun, True
        return 0 if first else -1

    def watch_hook(self, hook, note):
        """note() is called before hook(), where that is a function in C of CPython's."""
        if sys.version_info < (3, 8) or self.real_hook is None or type(hook) is not type(len):
            return False
        self.notes.append(note)
        return self.real_hook(hook, note) == 0

    def tell_generators(self):
        """Those that Python's library has seeded when it was imported, and may never use."""
        if "random" not in sys.modules or getattr(sys, "implementation", None) is None \
                or sys.implementation.name != "cpython":
            return
        import _random
        self.make_temporary_names()
        names = getattr(sys.modules.get("tempfile"), "_name_sequence", None)
        # These seed each generator when it is made, and once more in __init__(); that of secrets,
        # which never uses it, has none that seeds.
        draws = 2 if sys.version_info[:2] in ((3, 6), (3, 7), (3, 10)) else 1
        secret = getattr(sys.modules.get("secrets"), "_sysrand", None)
        for one, is_for_names, count in ((getattr(sys.modules["random"], "_inst", None), 0, draws),
                                         (secret, 0, 1), (getattr(names, "_rng", None), 1, draws)):
            if isinstance(one, _random.Random):
                self.tell_generator(id(one), is_for_names, count)

    def make_temporary_names(self):
        """tempfile draws when it is first asked for a folder or a name: pytest does, for
        tmp_path."""
        tempfile = sys.modules.get("tempfile")
        if self.real_end is None or not hasattr(tempfile, "_get_candidate_names"):
            return
        self.tell_draws(1)
        try:
            tempfile.gettempdir()
            getattr(tempfile._get_candidate_names(), "rng", None)
        except OSError:  # there is no folder for them
            pass
        self.tell_draws(0)

    def tell_failure(self, number):
        if self.real_end is not None:
            self.real_tell(number)

    def tell_refusal(self, text):
        if self.real_refuse is not None:
            self.real_refuse(text.encode("utf-8", "replace"))

    def end(self, outcome):
        """How many threads are left."""
        return self.real_end(outcome) if self.real_end is not None else 0


# ---- the same in each interpreter ----

def collide():
    """Two threads that want to run at once teach the engine how this interpreter is interrupted."""
    def nothing():
        pass

    def body():
        for _ in range(20):
            nothing()
    # With names, so as to take none of the numbers of the test's own threads.
    threads = [threading.Thread(target=body, name="collision") for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tidy():
    """Each time begins with Thread-1 and with no garbage, which may hold locks.  From 3.7 on that
    is quick, since what was there before the first is frozen; PyPy's takes milliseconds."""
    if hasattr(threading, "_counter"):
        numbers = itertools.count(1)
        threading._counter = getattr(numbers, "__next__", getattr(numbers, "next", None))
    if "__pypy__" not in sys.builtin_module_names:
        gc.collect()


class Threads(dict):
    """What a pool needs of a set, in the order in which they were added.  All of it is C."""
    __slots__ = ()
    add = dict.setdefault


def keep_pools_in_order():
    """A pool joins the set of its threads: in an order of addresses, which are others where the
    project lies elsewhere, and of which none is the right one."""
    if "concurrent.futures" not in sys.modules:
        return
    try:
        import concurrent.futures.thread as pools
    except ImportError:
        return
    pools.set = Threads


def do_as_at_first():
    """What an interpreter does only each so many times, or after so many, would not be the same in
    a process of its own."""
    if sys.version_info[0] == 2:
        sys.setcheckinterval(0)  # else only each 100th instruction is a decision
    try:
        import pypyjit
        pypyjit.set_param("off")
    except ImportError:
        pass


def write_by_lines():
    """Whether output is a terminal, a pipe or a file must not change when it is written."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True)
    if sys.version_info[0] == 2:
        sys.stdout = os.fdopen(1, "w", 1)


# ---- accesses ----

def is_cpython(*versions):
    return sys.version_info[:2] in versions and sys.implementation.name == "cpython"


def can_be_traced():
    return is_cpython((3, 11))


def trace_accesses(starter):
    """From now on the program's threads say what they are about to share, or what they do."""
    if not can_be_traced() and starter.control.wants_traces:
        starter.refuse("strategy dpor is for CPython 3.11; %s is not" % sys.executable)
    if is_cpython((3, 12), (3, 13)):
        return starter.side("access").start(starter.own_files())
    if not can_be_traced():
        starter.refuse("grain access is for CPython 3.11 to 3.13; %s is not" % sys.executable)
    from importlib.machinery import ExtensionFileLoader
    from importlib.util import module_from_spec, spec_from_loader
    name = "spillway_tracer"
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        name + ".cpython-311-x86_64-linux-gnu.so")
    loader = ExtensionFileLoader(name, path)
    tracer = module_from_spec(spec_from_loader(name, loader))
    loader.exec_module(tracer)
    tracer.start(starter.__file__)
