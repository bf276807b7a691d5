# SPDX-License-Identifier: MIT
"""A flag that another thread raises as soon as it gets what this one releases, with the GIL held.

    release.py spin|barrier|once

Ends with 1 if the flag was raised between two instructions behind the release.  Nothing but the
release makes that possible: until then the other thread cannot run, so that nobody has asked this
one for the GIL, and behind it this thread neither waits nor gives anything away.
"""
import ctypes
import sys
import threading
import time

without_gil = ctypes.CDLL(None)
with_gil = ctypes.PyDLL(None)
room = ctypes.create_string_buffer(64)  # more than any of the objects needs
raised = False


def spin_take():
    without_gil.pthread_spin_lock(room)


def spin_release():
    with_gil.pthread_spin_unlock(room)


def barrier_take():
    without_gil.pthread_barrier_wait(room)


def barrier_release():
    """Where two are to meet, the second to arrive releases the first."""
    with_gil.pthread_barrier_wait(room)


@ctypes.PYFUNCTYPE(None)
def initialise():
    """Long enough for the other thread to come and wait for the end of it."""
    time.sleep(1)


def once_take():
    time.sleep(1.5)  # main() begins after 1 and ends after 2
    without_gil.pthread_once(room, initialise)


def once_release():
    with_gil.pthread_once(room, initialise)


def main(kind):
    if kind == "once":
        take, release = once_take, once_release
    elif kind == "spin":
        without_gil.pthread_spin_init(room, 0)
        without_gil.pthread_spin_lock(room)
        take, release = spin_take, spin_release
    else:
        without_gil.pthread_barrier_init(room, None, 2)
        take, release = barrier_take, barrier_release

    def wait_and_raise():
        global raised
        take()
        raised = True

    thread = threading.Thread(target=wait_and_raise)
    thread.start()
    time.sleep(1)  # of virtual time: until the other thread waits
    release()
    seen = False
    for _ in range(20):
        seen = seen or raised
    thread.join()
    return 1 if seen else 0


sys.exit(main(sys.argv[1]))
