#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""INTERPRETER ci/tap/unit.py DIRECTORY [PATTERN]: the unittest suites of a directory, as TAP.

A test method is a test; with sub-tests that fail it fails once, and all of them are shown.  A class
or module that cannot be set up is one more test that fails.  What the tests print goes to stderr,
where the tracebacks go, too.  The plan comes last, so that a process which dies has none.

Its name is not unittest.py, since that would be imported instead of Python's own.
"""
import os
import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    """Prints a line when a test ends.  An error outside of a test is a line, too."""

    def __init__(self, tap):
        super().__init__()
        self.tap = tap
        self.count = 0
        self.line = None  # what the test that is under way has come to: (word, directive)

    def startTest(self, test):
        super().startTest(test)
        self.line = ("ok", "")

    def stopTest(self, test):
        super().stopTest(test)
        word, directive = self.line
        self.line = None
        self.tell(word, test, directive)

    def tell(self, word, test, directive=""):
        self.count += 1
        print(f"{word} {self.count} - {test.id().replace('#', '')}{directive}", file=self.tap,
              flush=True)

    def fail(self, test, error):
        print(f"{test.id()}:", file=sys.stderr)
        traceback.print_exception(*error)
        if self.line is None:
            self.tell("not ok", test)
        else:
            self.line = ("not ok", "")

    def addError(self, test, err):
        super().addError(test, err)
        self.fail(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fail(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.fail(subtest, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if self.line is None:
            self.tell("ok", test, f" # SKIP {reason}")
        elif self.line[0] == "ok":
            self.line = ("ok", f" # SKIP {reason}")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.line = ("not ok", "")


def main():
    directory, pattern = sys.argv[1], (sys.argv[2:] + ["test*.py"])[0]
    suite = unittest.defaultTestLoader.discover(directory, pattern)
    tap = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    result = TapResult(tap)
    suite.run(result)
    print(f"1..{result.count}", file=tap, flush=True)
    return 0 if result.testsRun > 0 and result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
