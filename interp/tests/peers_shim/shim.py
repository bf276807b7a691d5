# SPDX-License-Identifier: MIT
"""What the tests of peers expect around themselves, and does not belong into our core.

enter() prepares the process for one suite.  A name that a test cannot do without, and that stands
for something which we do not have by decision, becomes a stand-in: the test that uses it ends there
and does not apply, whatever would have come of it.  Whatever can be done, is done.
"""

import os
import pickle
import re
import sys

PICKLING = "pickling"
SOFT_SWITCHING = "soft switching"
C_API = "the C API of Stackless"

HERE = os.path.dirname(os.path.abspath(__file__))

# Called with what is missing once a test runs; it does not return.
end_test = None


class NotHere(Exception):
    """Something was used that we do not have by decision, while no test runs."""


def missing(why):
    if end_test is not None:
        end_test(why)
    raise NotHere(why)


def stand_in(name, why):
    def refuse(*_args, **_kwargs):
        missing(why)

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


def what_was_missing(error):
    """Why the test that failed with `error` does not apply; "" if it is not to be seen from that.

    Some errors say it by themselves: all that Stackless can pickle, and Python cannot, ends in one.
    """
    kinds = (TypeError, AttributeError, pickle.PicklingError)
    if isinstance(error, kinds) and re.match("(cannot|[Cc]an't) pickle ", str(error)):
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
