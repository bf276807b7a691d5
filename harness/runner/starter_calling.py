# SPDX-License-Identifier: MIT
"""Calls a test once, for spillway_starter.py: a function, a method, a unittest.TestCase's, or all
of a file; with its fixtures.

Each maker here returns a function that runs the test and returns its outcome.  The starter is given
as `starter`, since it is a program and no module.

For Python 2.7 and 3.
"""
from __future__ import print_function

import inspect
import sys
import traceback
import unittest

__unittest = True  # unittest leaves such frames out of its tracebacks


# ---- what an exception means ----

def is_pytests(error, name):
    """The exception that pytest.skip(), or pytest.xfail(), raises."""
    outcomes = sys.modules.get("_pytest.outcomes")
    return outcomes is not None and isinstance(error, getattr(outcomes, name, ()))


def is_skip(error):
    return isinstance(error, unittest.SkipTest) or is_pytests(error, "Skipped")


def is_expected(error):
    return is_pytests(error, "XFailed")


def is_good_exit(error):
    return isinstance(error, SystemExit) and error.code in (None, 0)


# ---- a function, or a method ----

def finish(result):
    """A test that is a coroutine runs as one; one that is a generator would do nothing."""
    if inspect.isgenerator(result):
        raise TypeError("the test is a generator, and nothing of it has run")
    if getattr(inspect, "iscoroutine", bool)(result) is True:
        import asyncio
        asyncio.run(result)


def call_if_there(starter, holder, name, argument):
    function = getattr(holder, name, None)
    if function is None:
        return
    owner = holder if inspect.isclass(holder) else None
    wanted = starter.finding.arguments_of(function, owner, name)
    if inspect.ismethod(function) and function.__self__ is not None:
        code = function.__func__.__code__
        wanted = code.co_varnames[1:code.co_argcount]
    function(*[argument][:len(wanted)])


def with_fixtures(starter, fixtures, body):
    """body() between the setups and teardowns of (holder, word, argument)."""
    if not fixtures:
        return body()
    holder, word, argument = fixtures[0]
    call_if_there(starter, holder, "setup_" + word, argument)
    try:
        with_fixtures(starter, fixtures[1:], body)
    finally:
        call_if_there(starter, holder, "teardown_" + word, argument)


def plain(starter, module, owner, thing, name):
    """A function, or a method of a class that is no TestCase."""
    last = name.split("::")[-1]

    def body():
        if owner is None:
            around = [(module, "module", module), (module, "function", thing)]
            with_fixtures(starter, around, lambda: finish(thing()))
            return
        instance = owner()
        method = getattr(instance, last)
        around = [(module, "module", module), (owner, "class", owner),
                  (instance, "method", method)]
        with_fixtures(starter, around, lambda: finish(method()))

    def run():
        try:
            body()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if is_skip(error):
                starter.say("skipped: %s" % error)
                return starter.SKIPPED
            if is_expected(error) or is_good_exit(error):
                return starter.PASSED
            starter.show(*sys.exc_info())
            return starter.FAILED
        return starter.PASSED
    return run


# ---- all of a file ----

def whole(starter, path, arguments):
    """The file from its first line on, as a program; what it imports is imported once only."""
    starter.loading.prepare(path, arguments)
    try:
        if starter.beginning is not None:
            code = starter.beginning.compile()
        else:
            with open(path, "rb") as source:
                code = compile(source.read(), path, "exec")
    except (SyntaxError, ValueError):
        traceback.print_exc(0)
        starter.refuse("%s: it is no Python" % path)

    def body():
        module = sys.modules["__main__"] = type(sys)("__main__")
        module.__file__ = path
        exec(code, module.__dict__)

    def run():
        ours, own_hook = sys.modules["__main__"], sys.excepthook
        try:
            body()
        except KeyboardInterrupt:
            raise
        except SystemExit as error:
            if is_good_exit(error):
                return starter.PASSED
            if not isinstance(error.code, int):
                print(error.code, file=sys.stderr)
            starter.tell_exception(*sys.exc_info()[::2])
            return starter.FAILED
        except BaseException:
            if sys.excepthook is not own_hook:  # the program's, which the interpreter would call
                starter.tell_exception(*sys.exc_info()[::2])
                sys.excepthook(*sys.exc_info())
            else:
                starter.show(*sys.exc_info())
            return starter.FAILED
        finally:
            sys.modules["__main__"] = ours
        return starter.PASSED
    return run


# ---- a unittest.TestCase's ----

class Result(unittest.TestResult):
    """Tells of each failure what it is told of in other tests; its text has paths and values."""

    starter = None

    def addError(self, test, error):
        self.starter.tell_exception(error[0], error[2])
        unittest.TestResult.addError(self, test, error)

    def addFailure(self, test, error):
        self.starter.tell_exception(error[0], error[2])
        unittest.TestResult.addFailure(self, test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.starter.tell_exception(error[0], error[2])
        unittest.TestResult.addSubTest(self, test, subtest, error)


def case(starter, owner, name):
    """A unittest.TestCase's, with the fixtures of its class and module."""
    def run():
        result = Result()
        result.starter = starter
        unittest.TestSuite([owner(name.split("::")[-1])]).run(result)
        sys.stdout.flush()
        for _, text in result.errors + result.failures:
            print(text, file=sys.stderr)
        if result.unexpectedSuccesses:
            starter.tell_failure("unexpected success")
            starter.say("it passed, which was not expected")
        if result.errors or result.failures or result.unexpectedSuccesses:
            return starter.FAILED
        for _, reason in result.skipped:
            starter.say("skipped: %s" % reason)
        return starter.SKIPPED if result.skipped else starter.PASSED
    return run
