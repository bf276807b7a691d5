# SPDX-License-Identifier: MIT
"""For programs that are run by spillway: choices of their own.

    import spillway

    answer = ("yes", "no", "timeout")[spillway.choose("answer", 3)]

Each answer is a decision like any other: it is recorded, replayed, explored, minimised to 0 where
that does not matter, and printed with its name.  Where the process is not under control it is 0.

For Python 2.7 and 3.  A test that spillway starts (FILE.py::NAME) finds this module by itself, and
so does every program once spillway is installed; or else --env PYTHONPATH=build/lib/python.
"""

import re

CHOICES_MAX = 1024
_is_name = re.compile(r"[!#-\[\]-~]{1,40}\Z").match


def _find():
    """The function of libspillway.so, if that is in this process."""
    try:
        import ctypes
        # With the GIL, so that nobody else can run meanwhile; PyPy has no PyDLL.
        found = getattr(ctypes, "PyDLL", ctypes.CDLL)(None).spillway_choose
    except (ImportError, AttributeError, OSError):
        return None
    found.argtypes = [ctypes.c_char_p, ctypes.c_uint]
    found.restype = ctypes.c_uint
    return found


_choose = _find()


# No len() and no loop in it: what CPython specialises after a few calls may look less often whether
# another thread is to run, and then the schedules of a process would not be those of the next.
def choose(name, n):
    """One of 0 to n - 1, by that name; 0 is the default.

    ValueError: n is not from 1 to CHOICES_MAX, or the name is not 1 to 40 characters of ASCII, none
    of them a blank, a quote or a backslash.
    """
    if n < 1 or n > CHOICES_MAX:
        raise ValueError("a choice is one of 1 to %d, not of %r" % (CHOICES_MAX, n))
    if _is_name(name) is None:
        raise ValueError("%r is no name of a choice" % (name,))
    return 0 if _choose is None else _choose(name.encode("ascii"), n)
