# SPDX-License-Identifier: MIT
"""What the tests of peers expect around themselves, and does not belong into our core.

enter() prepares the process for one suite.  A name that a test cannot do without, and that stands
for something which we do not have by decision, becomes a stand-in that raises NotHere when it is
used: a test that fails after that does not apply.  Whatever can be done, is done.
"""

import os
import sys

PICKLING = "pickling"
SOFT_SWITCHING = "soft switching"
C_API = "the C API of Stackless"

HERE = os.path.dirname(os.path.abspath(__file__))

# Why the tests that used a stand-in do not apply, in the order in which they did.
used = []


class NotHere(Exception):
    """Something was used that we do not have by decision; the message says what."""

    def __init__(self, why):
        super().__init__(why)
        used.append(why)


def stand_in(name, why):
    def refuse(*_args, **_kwargs):
        raise NotHere(why)

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


def what_was_missing(error):
    """Why the test that failed with `error` (or None) does not apply; "" if that is unknown.

    One error says it by itself: all that Stackless can pickle, and Python cannot, ends in it.
    """
    if used:
        return used[0]
    if isinstance(error, TypeError) and str(error).startswith("cannot pickle "):
        return PICKLING
    return ""


def enter(name, directory):
    """Makes this process ready for the tests in `directory`; returns the suite's module."""
    if name == "stackless":
        import shim_stackless as suite
    else:
        import shim_carbon as suite
    suite.enter(directory)
    return suite
