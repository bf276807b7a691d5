# SPDX-License-Identifier: MIT
# Starts once what each schedule of a spec needs, and is forked for each (fork_module.h).  The text
# of driver.py follows in the same module, so that each fork runs it as deep in the stack as a
# process of its own does; what that imports is here as well, so that no fork has to find it.
import _spillway_forks
import _thread
import gc
import os
import stackless
import sys

if not _spillway_forks.serve():
    os._exit(0)
del _spillway_forks, sys.modules["_spillway_forks"]
