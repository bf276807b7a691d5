# SPDX-License-Identifier: MIT
"""start.py -c TEXT ARGUMENTS...  or  start.py FILE ARGUMENTS...: a process started by a test.

As the interpreter itself would run it, but with the names that Stackless has and we do not.
"""

import os
import sys
import types

import shim_stackless


def main():
    here = sys.path.pop(0)
    # The extension module, if it is one: see shim_stackless.enter().
    if os.environ["PEERS_STACKLESS"]:
        sys.path.append(os.environ["PEERS_STACKLESS"])
    shim_stackless.prepare()
    del sys.argv[0]
    module = types.ModuleType("__main__")
    if sys.argv[0] == "-c":
        text, name = sys.argv.pop(1), "<string>"
        sys.path.insert(0, "")
    else:
        name = sys.argv[0]
        module.__file__ = name
        sys.path.insert(0, os.path.dirname(os.path.abspath(name)))
        with open(name, encoding="utf-8") as source:
            text = source.read()
    sys.path.append(here)
    sys.executable = os.path.join(here, "python")
    sys.modules["__main__"] = module
    exec(compile(text, name, "exec"), module.__dict__)


main()
