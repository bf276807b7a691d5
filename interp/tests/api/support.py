# SPDX-License-Identifier: MIT
"""What the API tests share.

They run in slpython and in a stock python3.11 with the extension module, each with several settings
of SLP_SPILL: see ci/groups/api.
"""

import os
import subprocess
import sys
import unittest

import stackless

# With a trace or profile function throughout, and a schedule callback that gives it to tasklets:
# interp/tests/traced.
IS_TRACED = bool(os.environ.get("SLP_TRACED"))
# Under valgrind: ci/groups/memcheck.
IS_MEMCHECK = "no-memcheck" in os.environ.get("CK_EXCLUDE_TAGS", "")
IS_EXTENSION = "stackless" not in sys.builtin_module_names


def through_c(function, *args):
    """function(*args), called from C."""
    return next(map(lambda _: function(*args), (0,)))


def drain():
    """Ends what an earlier test has left runnable."""
    for _ in range(100):
        if stackless.getruncount() == 1:
            return
        stackless.run()
    raise AssertionError("tasklets that never end")


class Test(unittest.TestCase):
    def setUp(self):
        self.addCleanup(drain)
        self.addCleanup(stackless.spill, *stackless.spill())


def run_program(text, *options, **environment):
    """Runs the lines in a process of their own: (status, stdout, stderr).

    RUN_UNDER, if set, is what the interpreter is run under: ci/memcheck.
    """
    under = os.environ.get("RUN_UNDER", "").split()
    done = subprocess.run(
        [*under, sys.executable, *options, "-c", text],
        env=dict(os.environ, **environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr
