# SPDX-License-Identifier: MIT
"""Values that are lost behind the interpreter's back: theft.py WAY

The program does not look at what it receives.  It reaches into the memory of a tasklet that waits
to send and changes its mailbox, as a fault of the interpreter would:

    lost       None is there instead
    wrong      something else is, that nobody has sent
    misplaced  two of them have been exchanged
    doubled    what has been received already is there once more
    honest     nothing is changed
"""

import ctypes
import sys

import stackless


class Value:
    pass


def mailbox(tasklet, value):
    """The word of the tasklet that refers to the value."""
    words = (ctypes.c_void_p * (type(tasklet).__basicsize__ // 8)).from_address(id(tasklet))
    (at,) = [i for i, word in enumerate(words) if word == id(value)]
    return ctypes.c_void_p.from_address(ctypes.addressof(words) + 8 * at)


def put(word, value):
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(value))
    word.value = id(value)


def main(way):
    first, second = stackless.channel(), stackless.channel()
    one, two, other = Value(), Value(), Value()
    sender = stackless.tasklet(first.send)(one)
    stackless.tasklet(second.send)(two)
    stackless.run()
    neighbour = second.queue
    if way == "lost":
        put(mailbox(sender, one), None)
    elif way == "wrong":
        put(mailbox(sender, one), other)
    elif way == "misplaced":
        words = mailbox(sender, one), mailbox(neighbour, two)
        words[0].value, words[1].value = id(two), id(one)
    elif way == "doubled":
        second.receive()
        put(mailbox(sender, one), two)
    first.receive()
    if way != "doubled":
        second.receive()
    stackless.run()


main(sys.argv[1] if len(sys.argv) > 1 else "honest")
