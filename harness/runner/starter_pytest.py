# SPDX-License-Identifier: MIT
"""What pytest collects, for spillway_starter.py: lists it, and runs it again and again.

pytest is started once: it finds its configuration, loads plugins and each conftest.py, and
collects.  Where it would then run its items, the schedules begin: so the checkpoint is behind all of
that, and before the first fixture.  Each schedule sets up and tears down fixtures of every scope.

The starter is given as `starter`, since it is a program and no module.
"""
from __future__ import print_function

import difflib
import os
import shutil
import sys

import pytest

OURS = "spillway-items"  # the name under which this plugin is registered

# Plugins of others that have no use under control: they start processes or threads of their own,
# put tests into another order, or end them by the clock.  Each with what switches it off.
SWITCHED_OFF = (("xdist", ["-n0"]), ("pytest_cov", ["--no-cov"]), ("pytest_timeout", ["--timeout=0"]),
                ("pytest_randomly", ["-p", "no:randomly"]))
# pytest's own hook for threads would make a mere warning of what escapes from one.
ARGUMENTS = ["-qq", "-s", "-p", "no:cacheprovider", "-p", "no:threadexception",
             "-p", "no:unraisableexception"]
USES_TEMP = ("tmp_path", "tmpdir", "tmp_path_factory", "tmpdir_factory")


def reason_of(report):
    """Why it is skipped."""
    text = report.longrepr
    text = text[2] if isinstance(text, tuple) else str(text)
    return text[len("Skipped: "):] if text.startswith("Skipped: ") else text


def name_of(item):
    """The item's, as it stands behind the file: "TestClass::test_name[1]"."""
    return item.nodeid.split("::", 1)[-1]


def is_named(own, name):
    """Everything is without a name; else the item, all of its class, or all of its parameters."""
    return not name or own == name or own.startswith((name + "::", name + "["))


def arguments(starter, path):
    found = []
    for module, how in SWITCHED_OFF:
        if starter.finding.is_installed(module):
            found += how
    return ARGUMENTS + found + [path]


class Plugin(object):
    """What both have in common: the file that a schedule begins in, and what was skipped."""

    def __init__(self, starter):
        self.__name__ = OURS
        self.starter = starter
        self.skipped = None  # why a whole file is

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self):
        beginning = self.starter.beginning
        if beginning is not None:  # before pytest's own finder, which rewrites assertions
            sys.meta_path.insert(0, beginning.finder(self.starter.loading.module_place(beginning.path)[1]))

    def pytest_collectreport(self, report):
        if report.skipped:
            self.skipped = reason_of(report)


# ---- listing ----

class Lister(Plugin):
    def __init__(self, starter):
        Plugin.__init__(self, starter)
        self.items = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        if session.testsfailed:
            return None  # pytest says why it could not collect
        session.config.pluginmanager.unregister(name="terminalreporter")
        self.items = [(os.path.relpath(str(item.fspath)), name_of(item)) for item in session.items]
        return True


def names(starter, path, name):
    """Pairs of a file and a name in it, for the folder or file; does not return without any."""
    lister = Lister(starter)
    status = pytest.main(arguments(starter, path), plugins=[lister])
    if status not in (0, 5):  # 5: no item was collected
        starter.refuse("%s: pytest cannot collect it" % path)
    found = [(where, own) for where, own in lister.items if is_named(own, name)]
    if not found and lister.skipped is not None:
        starter.say("skipped: %s" % lister.skipped)
        sys.exit(starter.STATUS[starter.SKIPPED])
    if not found and lister.items:
        refuse_name(starter, path, name, [own for _, own in lister.items])
    if not found:
        starter.refuse("%s: no test in it that pytest collects" % path)
    return found


def refuse_name(starter, path, name, known):
    near = difflib.get_close_matches(name, known, 1, 0.5)
    hint = "; did you mean '%s'?" % near[0] if near else ""
    starter.refuse("%s: there is no '%s' in it%s" % (path, name, hint))


# ---- running ----

class Runner(Plugin):
    def __init__(self, starter, path, name, schedules):
        Plugin.__init__(self, starter)
        self.path, self.name, self.schedules = path, name, schedules
        self.items = []
        self.known = []  # the names of all that pytest has collected
        self.temp = None  # the folder of all that tmp_path gives, if one is used
        self.outcome = None  # None: no schedule has begun

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        if session.testsfailed:
            return None  # pytest says why it could not collect
        self.known = [name_of(item) for item in session.items]
        self.items = [item for item in session.items if is_named(name_of(item), self.name)]
        if not self.items:
            return True  # else pytest would run all the others
        if any(set(USES_TEMP) & set(getattr(item, "fixturenames", ())) for item in self.items):
            self.temp = str(session.config._tmp_path_factory.getbasetemp())
        # What it would count has been run without it.
        session.config.pluginmanager.unregister(name="terminalreporter")
        self.outcome = self.schedules(self.run)
        return True

    def pytest_exception_interact(self, call):
        """What has failed, and is neither a skip nor was it expected."""
        self.starter.tell_exception(call.excinfo.type, call.excinfo.tb)

    def run(self):
        from _pytest.runner import runtestprotocol
        self.empty_temp()
        outcomes = set()
        for item, following in zip(self.items, self.items[1:] + [None]):
            for report in runtestprotocol(item, log=False, nextitem=following):
                self.show(report)
                outcomes.add(self.outcome_of(report))
        for outcome in (self.starter.FAILED, self.starter.PASSED):
            if outcome in outcomes:
                return outcome
        return self.starter.SKIPPED

    def outcome_of(self, report):
        """None: what passed is only a fixture."""
        if report.failed:
            return self.starter.FAILED
        if report.skipped and not hasattr(report, "wasxfail"):
            return self.starter.SKIPPED
        return self.starter.PASSED if report.when == "call" else None

    def show(self, report):
        if report.failed:
            sys.stdout.flush()
            print(report.longreprtext, file=sys.stderr)
            if "[XPASS(strict)]" in report.longreprtext:
                self.starter.tell_failure("unexpected success")
        elif report.skipped and not hasattr(report, "wasxfail"):
            self.starter.say("skipped: %s" % reason_of(report))

    def empty_temp(self):
        """Files stay from one schedule to the next; the names that tmp_path gives must not."""
        for name in os.listdir(self.temp) if self.temp is not None else ():
            shutil.rmtree(os.path.join(self.temp, name), ignore_errors=True)


def run(starter, path, name, schedules):
    """The outcome of schedules(run), where run() runs the items once."""
    import tempfile  # pytest does so, and asks for a folder before the first schedule begins
    starter.control.make_temporary_names()
    runner = Runner(starter, path, name, schedules)
    status = pytest.main(arguments(starter, path), plugins=[runner])
    if runner.outcome is not None:
        return runner.outcome
    if runner.skipped is not None:
        starter.say("skipped: %s" % runner.skipped)
        return starter.SKIPPED
    if runner.known:
        refuse_name(starter, path, name, runner.known)
    starter.refuse("%s::%s: pytest does not run it (it ends with %d)" % (path, name, status))
