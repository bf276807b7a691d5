# SPDX-License-Identifier: MIT
"""The surroundings of the unit tests of Stackless: see shim.py.

prepare() is for every process, also those that a test starts (start.py); enter() for one that runs
tests.  What is made here, as far as it is more than a name:

- get_thread_info(thread, flags): with flags the test support asks for internals of the scheduler, and
  compares them before and after a test: the list of watchdogs, and the number of the last entry
  from outside.  It gets what it wants to see, so these two comparisons say nothing here.
- _test_nostacklesscall and test_cstate call a function from C, so that C frames lie between it and
  its caller.  operator.call() is C.
- test_cframe and test_cframe_nr switch n times.
- Views of a dict, cells and modules are pickled, by copyreg; nothing that runs is.
"""

import copyreg
import importlib
import operator
import os
import re
import sys
import types

import shim
from shim import C_API, PICKLING, SOFT_SWITCHING

# Theirs, written in C against their C API.
C_API_NAMES = ["test_PyEval_EvalFrameEx", "softswitchablefunc", "SoftSwitchableDemo"]
PICKLE_NAMES = ["pickle_flags", "pickle_flags_default"]
PICKLE_NUMBERS = [
    "PICKLEFLAGS_PRESERVE_TRACING_STATE",
    "PICKLEFLAGS_PRESERVE_AG_FINALIZER",
    "PICKLEFLAGS_RESET_AG_FINALIZER",
]


def call_from_c(function, *args, **kwargs):
    if isinstance(function, (types.FunctionType, types.MethodType)):
        return operator.call(function, *args, **kwargs)
    # What is counted is evaluations of Python code, so one has to lie between.
    return operator.call(lambda: function(*args, **kwargs))


def switch_often(switches, words=0, **unknown):
    import stackless

    if unknown:
        shim.missing(C_API)
    for _ in range(switches):
        stackless.schedule()
    return switches


class Wrap:
    """stackless._wrap: the types that Stackless pickles frames and generators with."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        shim.missing(PICKLING)


def make_view(kind, mapping):
    return getattr(mapping, kind)()


def make_cell(*contents):
    return types.CellType(*contents)


def reduce_cell(cell):
    try:
        return make_cell, (cell.cell_contents,)
    except ValueError:  # it is empty
        return make_cell, ()


def pickle_what_does_not_run():
    for kind in "keys", "values", "items":
        copyreg.pickle(
            type(make_view(kind, {})),
            lambda view, kind=kind: (make_view, (kind, view.mapping.copy())),
        )
    copyreg.pickle(types.CellType, reduce_cell)
    copyreg.pickle(types.ModuleType, lambda one: (importlib.import_module, (one.__name__,)))


def prepare():
    import stackless

    pickle_what_does_not_run()

    info = stackless.get_thread_info

    def get_thread_info(thread_id=-1, flags=0):
        known = info() if thread_id in (-1, None) else info(thread_id)
        return known + ([None], 0, None) if flags else known

    stackless.get_thread_info = get_thread_info
    stackless._test_nostacklesscall = call_from_c
    stackless.test_cframe_nr = switch_often
    stackless.test_outside = shim.stand_in("test_outside", C_API)
    stackless._wrap = Wrap()
    # The module, by `from stackless import *`; and some tests only want to call something of it.
    stackless.stackless = stackless
    stackless.__reduce__ = lambda: "stackless"
    stackless.pickle_with_tracing_state = False
    for name in PICKLE_NAMES:
        setattr(stackless, name, shim.stand_in(name, PICKLING))
    for bit, name in enumerate(PICKLE_NUMBERS):
        setattr(stackless, name, 1 << bit)
    sys.modules["_stackless"] = stackless
    sys.modules["_teststackless"] = their_c_module()


def their_c_module():
    module = types.ModuleType("_teststackless")
    module.test_cstate = call_from_c
    module.test_cframe = switch_often
    for name in C_API_NAMES:
        setattr(module, name, shim.stand_in(name, C_API))
    return module


def enter(directory):
    import stackless

    prepare()
    sys.path[0] = directory
    sys.path.append(shim.HERE)
    # What a test starts needs the same names.
    os.environ["PEERS_INTERPRETER"] = sys.executable
    # Some start it with -E; then PYTHONPATH does not say where stackless is, if it is an extension.
    os.environ["PEERS_STACKLESS"] = os.path.dirname(getattr(stackless, "__file__", ""))
    sys.executable = os.path.join(shim.HERE, "python")
    # They leave tests out when the machine is busy.
    os.getloadavg = lambda: (0.0, 0.0, 0.0)
    import test.support
    import test.support.os_helper

    test.support.temp_cwd = test.support.os_helper.temp_cwd
    import support

    support.get_tasklets_with_cstate = tasklets_with_c_stack


def tasklets_with_c_stack():
    """Theirs walks a list inside the scheduler.

    Those that are blocked get killed.  Not the main tasklet, that waits for a test which runs in a
    tasklet: there it has no C frames, here the methods of unittest that are written in C do count.
    """
    import gc
    import stackless

    return [
        one
        for one in gc.get_objects()
        if isinstance(one, stackless.tasklet)
        and one.alive
        and one.nesting_level > 0
        and not one.is_main
    ]


def needs(skip):
    """Why a test that skipped itself, saying `skip`, does not apply; or ""."""
    return SOFT_SWITCHING if re.search("soft-?switching", skip) else ""
