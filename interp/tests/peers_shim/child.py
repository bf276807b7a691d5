# SPDX-License-Identifier: MIT
"""child.py SUITE DIRECTORY MODULE ANSWER [TEST]: one module's tests, or one test, of a peer.

Run by interp/tests/peers, in a process of its own.  Without TEST the tests of the module are
listed, with it that one is run.  ANSWER is a file, since the tests print what they like; what is
in it is JSON: a list of tests, or [outcome, reason, details] with an outcome of peers.OUTCOMES.  A
process that dies leaves no answer.
"""

import importlib
import json
import os
import sys
import traceback
import unittest

import shim


class Result(unittest.TestResult):
    """The outcome of one test: the first thing that went wrong, errors before skips."""

    def __init__(self):
        super().__init__()
        self.wrong = None
        self.skip = None

    def _note(self, error):
        kind, value, _ = error
        lines = str(value).splitlines() or [""]
        reason = f"{kind.__name__}: {lines[0]}"
        details = "".join(traceback.format_exception(*error))
        self.wrong = self.wrong or (reason, details, value)

    def addError(self, test, error):
        self._note(error)

    def addFailure(self, test, error):
        self._note(error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._note(error)

    def addSkip(self, test, reason):
        self.skip = self.skip or reason

    def addUnexpectedSuccess(self, test):
        self.wrong = self.wrong or ("passed, but the peer expects a failure", "", None)

    def answer(self, suite):
        if self.wrong is not None:
            reason, details, error = self.wrong
            missing = shim.what_was_missing(error)
            return ("not applicable", missing, details) if missing else ("failed", reason, details)
        if self.skip is not None:
            missing = suite.needs(self.skip)
            return ("not applicable", missing, "") if missing else ("skipped", self.skip, "")
        return "passed", "", ""


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def load(module):
    """The tests of a module; it may itself say that it wants to be skipped."""
    loader = unittest.defaultTestLoader
    return list(flatten(loader.loadTestsFromModule(importlib.import_module(module))))


def listing(module):
    return [test.id() for test in load(module)]


def run(suite, module, wanted, path):
    chosen = [test for test in load(module) if test.id() == wanted]
    if len(chosen) != 1:
        return "failed", f"{len(chosen)} tests have this name", ""

    def end_test(missing):
        write(path, ["not applicable", missing, ""])
        os._exit(0)

    shim.end_test = end_test
    result = Result()
    unittest.TestSuite(chosen).run(result)
    return result.answer(suite)


def write(path, answer):
    # Whole or not at all: a thread that is still running may end the process.
    with open(path + ".part", "w", encoding="utf-8") as out:
        json.dump(answer, out)
    os.rename(path + ".part", path)


def main():
    name, directory, module, path, *test = sys.argv[1:]
    suite = shim.enter(name, directory)
    write(path, run(suite, module, test[0], path) if test else listing(module))


if __name__ == "__main__":
    main()
