# SPDX-License-Identifier: MIT
"""spillway_gdb.py - what gdb reads first: "spillway debug" names it, and "source" works, too.

    sw_memory     reads the engine, the control memory, threads, tasklets, channels
    sw_unwind     stacks that were left: fibers, slices of tasklets, spills
    sw_frames     C and Python frames as text
    sw_session    runs the program again and again, and knows where it stands
    sw_objects    Python objects by name
    sw_targets    what can be watched, found anew in each run
    sw_going      sw-goto, sw-step, sw-back, sw-last-write, sw-reverse-continue
    sw_looking    sw-where, sw-threads, sw-tasklets, sw-channels, sw-bt, sw-pybt
    sw_printers   tasklets, channels, bombs and slices, where gdb prints a value

What looks only reads memory and registers, so that it works wherever gdb does: on a live program, on
a core, behind valgrind's gdbserver and in a replay of rr.  What goes needs "spillway debug".
"""

import os
import sys

import gdb

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import sw_going  # noqa: E402
import sw_looking  # noqa: E402
import sw_printers  # noqa: E402
import sw_session  # noqa: E402

SETTINGS = (
    "pagination off", "confirm off", "width 0", "breakpoint pending on", "debuginfod enabled off",
    "print thread-events off", "print inferior-events off", "startup-with-shell on",
)
# A program's signals are its own; it stops where it would die.
SIGNALS = ("all nostop noprint pass", "SIGSEGV SIGBUS SIGILL SIGFPE SIGABRT stop print pass",
           "SIGINT SIGTRAP stop print nopass")

# "spillway debug" waits for gdb's end, and knows by this that gdb was one, and had Python.
ready = os.environ.pop("SPILLWAY_DEBUG_READY", None)
if ready is not None:
    os.write(int(ready), b"1")
    os.close(int(ready))
for setting in SETTINGS:
    gdb.execute(f"set {setting}")
for signal in SIGNALS:
    gdb.execute(f"handle {signal}", to_string=True)
session = sw_session.Session(os.environ.pop("SPILLWAY_DEBUG", None))
if session.batch is not None:
    sys.stdout = sw_session.Output()
sw_printers.register()
sw_looking.register()
sw_going.register(session)
