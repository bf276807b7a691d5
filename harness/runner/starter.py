# SPDX-License-Identifier: MIT
"""Runs one test of a Python file, once or as often as the harness says.

    spillway_starter.py FILE.py NAME[::NAME]...          runs the test
    spillway_starter.py FILE.py __main__ [ARG...]        runs the whole file, as a program
    spillway_starter.py --list FILE.py [NAME[::NAME]...] prints the tests that there are
    spillway_starter.py --list FOLDER                    the same of all files in it, FILE.py::NAME

Its other files stand beside it: which tests there are (starter_finding.py), importing their file
(starter_loading.py), calling them (starter_calling.py), and what is asked of libspillway.so
(starter_controlling.py).  pytest runs what is in a project of pytest's, and what needs it
(starter_pytest.py).

For Python 2.7 and 3.  Exit status: 0 passed, 1 failed, 2 there is no such test, or the file cannot
be imported, 77 skipped.
"""
from __future__ import print_function

import gc
import inspect
import os
import re
import sys
import threading
import traceback
import zlib

PASSED, FAILED, SKIPPED = 0, 1, 2  # enum sw_loop_outcome
STATUS = {PASSED: 0, FAILED: 1, SKIPPED: 77}
COLLISIONS = 5
WHOLE = "__main__"
__unittest = True  # unittest leaves such frames out of its tracebacks
PROJECT_MARKS = (".git", "setup.cfg", "pyproject.toml", "pytest.ini")

escaped = []  # exceptions that ended a thread of the test
were_there = []  # threads that imports have left running
calling = finding = loading = controlling = None  # the files that are always there
control = None  # of starter_controlling.py
places = None
beginning = None  # of starter_from.py, or None: the schedule begins with the test


def say(text):
    sys.stdout.flush()
    print("spillway: " + text, file=sys.stderr)


def say_why(text):
    say(text)
    if control is not None:
        control.tell_refusal(text)


def refuse(text):
    say_why(text)
    sys.exit(2)


def end(text):
    """The same where the program, or an import, is under way, and would see the exception; or where
    a thread is left that never ends."""
    say_why(text)
    sys.stderr.flush()
    os._exit(2)


def tell_failure(text):
    """Of all that fails in a schedule, the first; equal texts are equal failures."""
    if control is not None:
        control.tell_failure(zlib.crc32(text.encode("utf-8", "replace")) & 0xffffffff or 1)


def project_of(path):
    """The folder of the project that the file is in: the nearest with a mark, else the file's."""
    own = folder = os.path.dirname(path)
    while not any(os.path.exists(os.path.join(folder, mark)) for mark in PROJECT_MARKS):
        above = os.path.dirname(folder)
        if above == folder:
            return own
        folder = above
    return folder


class Places(object):
    """What files are called in every checkout and on every machine: by what stands behind their
    folder of sys.path, or behind that of the project.

    One search by a pattern, and no loop over folders: as many decisions wherever the files are.
    """

    def __init__(self, path):
        own = os.path.abspath(path)
        folders = set(os.path.abspath(one).rstrip("/") for one in sys.path + [project_of(own)])
        longest_first = sorted(folders, key=lambda one: (-len(one), one))
        self.known = re.compile("(?:%s)/" % "|".join(map(re.escape, longest_first)))
        self.given = {path: own}

    def name(self, path):
        path = self.given.get(path, path)
        match = self.known.match(path)
        return path if match is None else path[match.end():]


def tell_exception(kind, place):
    """By its type, and the innermost line that is the program's and not unittest's."""
    last = place
    while place is not None:
        if "__unittest" not in place.tb_frame.f_globals:
            last = place
        place = place.tb_next
    where = ""
    if last is not None:
        path = last.tb_frame.f_code.co_filename
        where = "%s:%d" % (path if places is None else places.name(path), last.tb_lineno)
    tell_failure("%s %s" % (getattr(kind, "__name__", kind), where))


def show(kind, error, place):
    """The traceback from the first frame on that is the test's."""
    tell_exception(kind, place)
    sys.stdout.flush()
    ours = (os.path.abspath(__file__), __file__, calling.__file__, loading.__file__)
    while place is not None and (place.tb_frame.f_code.co_filename in ours or
                                 "importlib" in place.tb_frame.f_code.co_filename):
        place = place.tb_next
    traceback.print_exception(kind, error, place)


# ---- its other files ----

SIDES = ("access", "calling", "controlling", "finding", "from", "loading", "pytest", "steady")


def this_module():
    return sys.modules[__name__]


def path_of_side(name):
    """Of starter_NAME.py, which is called so where it was built."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "spillway_starter_%s.py" % name)


def own_files():
    return [__file__] + [path_of_side(name) for name in SIDES]


def side(name):
    path = path_of_side(name)
    name = "spillway_starter_" + name
    if sys.version_info[0] == 2:
        import imp
        return imp.load_source(name, path)
    from importlib.util import module_from_spec, spec_from_file_location
    spec = spec_from_file_location(name, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- finding ----

def find(path, module, name):
    """What the name means, and the class around it or None."""
    found = finding.find(module, name)
    if found is None:
        wanted = name.split("[")[0]
        near = finding.nearest(module, wanted)
        hint = "; did you mean '%s'?" % near if near else ""
        refuse("%s: there is no '%s' in it%s" % (path, wanted, hint))
    return found


def listed(path, name):
    """Names of tests in the file."""
    if name == WHOLE:
        return [name]
    if is_pytests(path):
        loading.prepare(path)
        return listed_by_pytest(path, name)
    module = loading.load_or_exit(this_module(), path)
    found = listed_in_module(path, module, name)
    # Only pytest knows of which parameters there are, each of which is a test.
    if found != [name] and finding.is_installed("pytest") and any(
            finding.needs_pytest(module, *finding.find(module, one) + (one,)) for one in found):
        return listed_by_pytest(path, name)
    return found


def listed_in_module(path, module, name):
    if not name:
        found = finding.tests_of_module(module)
        if not found:
            refuse("%s: no test in it: no function test*, no class Test*, no unittest.TestCase"
                   % path)
        return found
    owner, thing = find(path, module, name)
    if not inspect.isclass(thing):
        return [name]
    found = [name + "::" + inner for inner in finding.tests_of_class(thing)]
    if not found:
        refuse("%s: the class '%s' has no test" % (path, name))
    return found


def listed_by_pytest(path, name):
    return [inner for _, inner in side("pytest").names(this_module(), path, name)]


def is_pytests(path):
    """Without pytest its fixtures and its configuration would count for nothing, and nobody would
    hear of it."""
    sign = finding.sign_of_pytest(path)
    if sign is not None and not finding.is_installed("pytest"):
        refuse("%s: its project is pytest's (%s), and pytest is not installed for %s"
               % (path, sign, sys.executable))
    return sign is not None


def listed_in_folder(folder):
    """FILE.py::NAME; each file in an interpreter of its own, unless pytest collects them."""
    if is_pytests(folder) or finding.is_installed("pytest"):
        sys.path.pop(0)
        sys.meta_path.append(loading.OwnModule())
        return ["%s::%s" % one for one in side("pytest").names(this_module(), folder, "")]
    import subprocess
    found = []
    for path in finding.files_of(folder):
        child = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--list", path],
                                 stdout=subprocess.PIPE)
        text = child.communicate()[0].decode("utf-8", "replace")
        if child.returncode not in (0, STATUS[SKIPPED]):
            sys.exit(child.returncode)
        found += ["%s::%s" % (path, name) for name in text.splitlines()]
    if not found:
        refuse("%s: no test in it, in no file test_*.py and no *_test.py" % folder)
    return found


def list_tests(path, name):
    """The names go where standard output went; what the file itself prints does not."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for one in listed_in_folder(path) if os.path.isdir(path) else listed(path, name):
        out.write(one + "\n")
    out.flush()
    sys.stdout.flush()
    os._exit(0)  # threads that the file has started may never end


def with_pytest(path, name, why):
    """What runs all schedules, inside of pytest."""
    if not finding.is_installed("pytest"):
        refuse("%s::%s needs pytest for %s, and pytest is not installed for %s"
               % (path, name, why, sys.executable))
    return lambda schedules: side("pytest").run(this_module(), path, name, schedules)


# ---- running ----

def runner_of(path, name):
    """A function that is given what runs a test in all of its schedules."""
    if is_pytests(path):
        loading.prepare(path)
        return with_pytest(path, name, "its project")
    module = loading.load_or_exit(this_module(), path)
    owner, thing = find(path, module, name)
    if inspect.isclass(thing):
        refuse("%s: '%s' is a class, not a test" % (path, name))
    why = finding.needs_pytest(module, owner, thing, name)
    if why is not None:
        return with_pytest(path, name, why)
    run = calling.case(this_module(), owner, name) if finding.is_case(owner) \
        else calling.plain(this_module(), module, owner, thing, name)
    return lambda schedules: schedules(run)


def threads_to_await():
    """Those that the interpreter itself would wait for before it ended."""
    pool = sys.modules.get("concurrent.futures.thread")
    idle = getattr(pool, "_threads_queues", ())  # told to end only when the interpreter ends
    return [thread for thread in threading.enumerate()
            if thread is not threading.current_thread() and not thread.daemon
            and thread not in idle and thread not in were_there]


def run_once(run):
    del escaped[:]
    process = os.getpid()
    outcome = run()
    if os.getpid() != process:  # of a fork that came back
        sys.stdout.flush()
        os._exit(STATUS[outcome])
    for thread in threads_to_await():
        thread.join()
    sys.stdout.flush()
    return FAILED if escaped else outcome


# ---- what escapes from threads ----

def note_before(module, name, is_ours):
    """Has the hook note what it is told, and then do as before.  It stays the object that it is, if
    it is the interpreter's own."""
    before = getattr(module, name)

    def note(*arguments):
        if is_ours(*arguments):
            escaped.append(1)
            if hasattr(arguments[0], "exc_traceback"):
                tell_exception(arguments[0].exc_type, arguments[0].exc_traceback)

    def hook(*arguments):
        note(*arguments)
        before(*arguments)
    if not control.watch_hook(before, note):
        setattr(module, name, hook)


def watch_runs():
    """threading without excepthook, before 3.8."""
    start = threading.Thread.start

    def watched_start(thread):
        run = thread.run

        def watched_run():
            try:
                run()
            except SystemExit:
                raise
            except BaseException:
                escaped.append(1)
                raise
            finally:
                thread.__dict__.pop("run", None)
        thread.run = watched_run
        return start(thread)
    threading.Thread.start = watched_start


def watch_threads():
    if hasattr(threading, "excepthook"):
        note_before(threading, "excepthook", lambda args: args.exc_type is not SystemExit)
    else:
        watch_runs()
    if hasattr(sys, "unraisablehook"):
        note_before(sys, "unraisablehook",
                    lambda args: "started by" in (args.err_msg or ""))
    note_before(sys, "excepthook", lambda *args: True)


# ---- the schedules ----

def prepare_schedules(path):
    global places
    places = Places(path)
    watch_threads()
    controlling.keep_pools_in_order()
    if control.real_end is not None:
        for _ in range(COLLISIONS):
            controlling.collide()
        gc.collect()
        getattr(gc, "freeze", int)()
    if control.wants_accesses or (control.wants_notes and controlling.can_be_traced()):
        controlling.trace_accesses(this_module())
    control.end(0)
    were_there.extend(one for one in threading.enumerate() if one is not threading.current_thread())
    if were_there and control.wants_accesses:
        end("%s: importing it leaves %s running, whose accesses are not seen: that takes grain call"
            % (path, ", ".join(sorted(one.name for one in were_there))))
    controlling.tidy()


def run_schedules(path, run):
    """All is imported: run() under one schedule after the other."""
    steady = int(os.environ.get("SPILLWAY_STEADY", 0))
    if steady > 0:
        many, test = side("steady"), run

        def run():
            return many.run(this_module(), steady, test)
    prepare_schedules(path)
    outcome = PASSED
    if beginning is not None:
        beginning.is_early = False
        outcome = run_once(run)
        beginning.check()
        control.end(outcome)
    while beginning is None and control.begin() >= 0:
        outcome = run_once(run)
        if control.end(outcome) > 0:
            break
        controlling.tidy()
    return FAILED if escaped else outcome


def run_test(path, name, arguments):
    global beginning, control
    control = controlling.Control()
    control.end(0)  # what is decided before the first schedule belongs to none
    controlling.do_as_at_first()
    controlling.write_by_lines()
    if control.from_line > 0:
        beginning = side("from").Beginning(this_module(), path, control.from_line)

    def schedules(run):
        return run_schedules(path, run)

    if name == WHOLE:
        return schedules(calling.whole(this_module(), path, arguments))
    return runner_of(path, name)(schedules)


def may_never_end(thread):
    pool = sys.modules.get("concurrent.futures.thread")
    return (not thread.daemon and thread.is_alive()
            and thread not in getattr(pool, "_threads_queues", ()))


def main(arguments):
    global calling, controlling, finding, loading
    sys.dont_write_bytecode = True
    calling, controlling = side("calling"), side("controlling")
    finding, loading = side("finding"), side("loading")
    if arguments[:1] == ["--list"]:
        list_tests(arguments[1], "".join(arguments[2:]))
    status = STATUS[run_test(arguments[0], arguments[1], arguments[2:])]
    if any(may_never_end(thread) for thread in were_there):
        sys.stdout.flush()
        os._exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
