# SPDX-License-Identifier: MIT
"""The surroundings of the tests of CCP's scheduler: see shim.py.

They import `scheduler`, and from `_scheduler`; that is carbon/scheduler.py here.
"""

import os
import sys

import shim


def enter(directory):
    sys.path[0] = directory
    sys.path.append(os.path.join(shim.HERE, "carbon"))
    sys.path.append(shim.HERE)
    import scheduler

    sys.modules["_scheduler"] = scheduler


def needs(_skip):
    return ""


def does_not_apply(_test):
    return ""
