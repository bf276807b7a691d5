# SPDX-License-Identifier: MIT
"""A plugin of pytest's: tests are explored by spillway, each in processes of its own.

    pytest -p spillway_pytest --spillway[=SCHEDULES] ...    explores all that is selected
    @pytest.mark.spillway(schedules=, grain=, early=)       explores this test, with these settings

Nothing is to be installed by pip: PYTHONPATH names the folder of this file (build/lib/python), where
`make install` does not put it into the interpreter's own.  A test fails in pytest if a schedule of it
fails; the report has the traceback, the explanation, and the schedule's file for `spillway replay`.
What is undecided fails, too, unless --spillway-unsure=skip is given: nothing has been shown of it.

The test runs in a process of spillway's, where this plugin does nothing.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import pytest
from _pytest.reports import TestReport

SCHEDULES = 1000
KNOWN = {"schedules", "grain", "early"}
# Exit statuses of spillway explore.
PASSED, FOUND, UNSURE = 0, 1, 3


def pytest_addoption(parser):
    group = parser.getgroup("spillway", "schedules of threads")
    group.addoption("--spillway", nargs="?", type=int, const=SCHEDULES, metavar="SCHEDULES",
                    help="Explore each test: run it under so many schedules of its threads "
                         "(default: %d)" % SCHEDULES)
    group.addoption("--spillway-folder", default="spillway-found", metavar="FOLDER",
                    help="Where failing schedules are kept (default: spillway-found)")
    group.addoption("--spillway-env", action="append", default=[], metavar="NAME",
                    help="Give the tests this variable of the environment, which they do not have "
                         "otherwise; may be repeated")
    group.addoption("--spillway-unsure", choices=("fail", "skip"), default="fail",
                    help="What a test is of which nothing can be said (default: fail)")


def pytest_configure(config):
    config.addinivalue_line("markers", "spillway(schedules=, grain=, early=): explore this test: run "
                                       "it under many schedules of its threads")


def is_inside(config):
    """Is this the process that spillway has started?"""
    return config.pluginmanager.hasplugin("spillway-items")


def find_spillway():
    folder = os.path.dirname(os.path.realpath(__file__))
    for _ in range(5):
        path = os.path.join(folder, "bin", "spillway")
        if os.access(path, os.X_OK):
            return path
        folder = os.path.dirname(folder)
    found = shutil.which("spillway")
    if found is None:
        raise pytest.UsageError("no spillway beside %s, and none on PATH" % __file__)
    return found


def pytest_report_header(config):
    if config.option.spillway is not None and not is_inside(config):
        return "spillway: %d schedules a test; failing ones are kept in %s" % (
            config.option.spillway, config.option.spillway_folder)
    return None


# ---- which tests, and how ----

def settings_of(item):
    """The mark's, over those of the command line; None: it is not to be explored."""
    mark = item.get_closest_marker("spillway")
    schedules = item.config.option.spillway
    if is_inside(item.config) or (mark is None and schedules is None):
        return None
    given = {} if mark is None else mark.kwargs
    if mark is not None and (mark.args or set(given) - KNOWN):
        raise pytest.UsageError("%s: mark spillway takes schedules=, grain= and early=" % item.nodeid)
    return dict({"schedules": schedules or SCHEDULES}, **given)


def pytest_collection_modifyitems(items):
    for item in items:
        settings_of(item)  # a wrong mark is said before anything runs


def command_of(item, settings, report):
    option = item.config.option
    words = [find_spillway(), "explore", "--json", report, "--interp", sys.executable,
             "--output", os.path.join(option.spillway_folder, "")]
    for name in sorted(settings):
        words += ["--" + name, str(settings[name])]
    for name in ["PYTHONPATH"] + option.spillway_env:
        if name in os.environ:
            words += ["--env", "%s=%s" % (name, os.environ[name])]
    path = os.path.relpath(str(item.fspath))
    return words + ["%s::%s" % (path, item.nodeid.split("::", 1)[-1])]


# ---- one test ----

def explore(item, settings):
    """Exit status, what was printed, and the JSON object, {} if there is none."""
    folder = tempfile.mkdtemp(prefix="spillway-")
    try:
        report = os.path.join(folder, "report.json")
        child = subprocess.run(command_of(item, settings, report), stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        found = {}
        if os.path.exists(report):
            with open(report, encoding="utf-8") as text:
                found = json.load(text)
    finally:
        shutil.rmtree(folder)
    return child.returncode, child.stdout.decode("utf-8", "replace"), found


def outcome_of(item, status, found):
    """An outcome, and why if it is skipped."""
    if status == PASSED:
        return ("skipped", "skipped") if found.get("end") == "skipped" else ("passed", None)
    if status == UNSURE and item.config.option.spillway_unsure == "skip":
        return "skipped", "undecided: %s" % found.get("why", "")
    return "failed", None


def report_of(item, when, outcome, longrepr, sections, seconds):
    report = TestReport(item.nodeid, item.location, {name: 1 for name in item.keywords}, outcome,
                        longrepr, when, sections, seconds)
    item.ihook.pytest_runtest_logreport(report=report)
    return report


def tear_down(item, nextitem):
    """What tests before this one have set up, and those behind it do not need."""
    state = item.session._setupstate
    try:
        state.teardown_exact(nextitem)
    except TypeError:  # before pytest 6.3
        state.teardown_exact(item, nextitem)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    settings = settings_of(item)
    if settings is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    report_of(item, "setup", "passed", None, [], 0)
    begun = time.time()
    status, printed, found = explore(item, settings)
    outcome, why = outcome_of(item, status, found)
    longrepr = printed if outcome == "failed" else None
    if outcome == "skipped":
        longrepr = (str(item.fspath), item.location[1], "Skipped: %s" % why)
    sections = [] if outcome == "failed" else [("spillway", printed)]
    report_of(item, "call", outcome, longrepr, sections, time.time() - begun)
    report_of(item, "teardown", "passed", None, [], 0)
    tear_down(item, nextitem)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
