# SPDX-License-Identifier: MIT
"""The surroundings of the tests of CCP's scheduler: see shim.py.

They import `scheduler`, a package of theirs in Python over `_scheduler`, a module of theirs in C.
The package comes from the checkout; the module is carbon/_scheduler.py here, over slplib.carbon.
"""

import os
import sys

import shim


def enter(directory):
    os.environ.pop("BUILDFLAVOR", None)  # It would choose another name for the module in C.
    checkout = directory
    for _ in range(4):
        checkout = os.path.dirname(checkout)
    sys.path[0] = directory
    sys.path.append(os.path.join(checkout, "python"))
    sys.path.append(os.path.join(shim.HERE, "carbon"))
    sys.path.append(os.path.join(shim.HERE, "..", "..", "lib"))
    sys.path.append(shim.HERE)


def needs(_skip):
    return ""
