# SPDX-License-Identifier: MIT
# A race and a deadlock that some schedules run into and the default one does not; see canary.h.
# Of Python 2.7 and 3.  Arguments: race or deadlock, and how much happens in the dangerous place.
import os
import sys
try:
    import _thread as thread
except ImportError:
    import thread

if sys.version_info[0] == 2 or hasattr(sys, "pypy_version_info"):
    sys.setcheckinterval(1)

value = 0
first, second, spare = thread.allocate_lock(), thread.allocate_lock(), thread.allocate_lock()
gates, ends = [], []


def nothing():
    pass


def use_a_lock():
    spare.acquire()
    spare.release()


def look():
    os.stat("/")


def add_with(between):
    global value
    old = value
    between()
    value = old + 1


def add():
    global value
    old = value
    value = old + 1


def lock_both(one, other, between):
    one.acquire()
    between()
    other.acquire()
    other.release()
    one.release()


def lock():
    taken = thread.allocate_lock()
    taken.acquire()
    return taken


# Both wait at a gate until both are there: on PyPy a thread may run to its end inside of
# start_new_thread().
def prepare(function, *arguments):
    gate, ended = lock(), lock()

    def run():
        gate.acquire()
        function(*arguments)
        ended.release()
    thread.start_new_thread(run, ())
    gates.append(gate)
    ends.append(ended)


def main(what, grain):
    between = {"bytecode": nothing, "call": nothing, "lock": use_a_lock, "syscall": look}[grain]
    if what == "deadlock":
        prepare(lock_both, first, second, between)
        prepare(lock_both, second, first, between)
    elif grain == "bytecode":
        prepare(add)
        prepare(add)
    else:
        prepare(add_with, between)
        prepare(add_with, between)
    for gate in gates:
        gate.release()
    for ended in ends:
        ended.acquire()
    # Not 1, which any other failure is.
    sys.exit(41 if what == "race" and value != 2 else 0)


main(*sys.argv[1:])
