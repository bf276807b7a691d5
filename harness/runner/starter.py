# SPDX-License-Identifier: MIT
"""Runs one test of a Python file, once or as often as the harness says.

    spillway_starter.py FILE.py NAME[::NAME]...          runs the test
    spillway_starter.py FILE.py __main__ [ARG...]        runs the whole file, as a program
    spillway_starter.py --list FILE.py [NAME[::NAME]...] prints the tests that there are
    spillway_starter.py --list FOLDER                    the same of all files in it, FILE.py::NAME

Which tests there are is in starter_finding.py.  pytest runs what is in a project of pytest's, and what
needs it (starter_pytest.py).

For Python 2.7 and 3.  Exit status: 0 passed, 1 failed, 2 there is no such test, or the file cannot
be imported, 77 skipped.
"""
from __future__ import print_function

import gc
import inspect
import itertools
import os
import re
import sys
import threading
import traceback
import unittest
import zlib

PASSED, FAILED, SKIPPED = 0, 1, 2  # enum sw_loop_outcome
STATUS = {PASSED: 0, FAILED: 1, SKIPPED: 77}
COLLISIONS = 5
WHOLE = "__main__"
__unittest = True  # unittest leaves such frames out of its tracebacks
PROJECT_MARKS = (".git", "setup.cfg", "pyproject.toml", "pytest.ini")

escaped = []  # exceptions that ended a thread of the test
were_there = []  # threads that imports have left running
finding = None  # starter_finding.py
control = None
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
    """The same where the program, or an import, is under way, and would see the exception; or where a
    thread is left that never ends."""
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
    ours = (os.path.abspath(__file__), __file__)
    while place is not None and (place.tb_frame.f_code.co_filename in ours or
                                 "importlib" in place.tb_frame.f_code.co_filename):
        place = place.tb_next
    traceback.print_exception(kind, error, place)


# ---- its other files ----

def this_module():
    return sys.modules[__name__]


def path_of_side(name):
    """Of starter_NAME.py, which is called so where it was built."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "spillway_starter_%s.py" % name)


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

def module_place(path):
    """The folder to import from, and the module's name there."""
    folder, name = os.path.split(os.path.abspath(path))
    name = os.path.splitext(name)[0]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        name = package + "." + name
    return folder, name


class OwnModule(object):
    """Finds our modules where they were built or installed, if nobody else does."""

    def __init__(self):
        here = os.path.dirname(os.path.abspath(__file__))
        self.folders = [os.path.join(here, folder)
                        for folder in ("python", os.path.join("python3.11", "dist-packages"))]

    def path_of(self, name):
        paths = [os.path.join(folder, name + ".py") for folder in self.folders
                 if name in ("spillway", "spillway_pytest")]
        found = [path for path in paths if os.path.exists(path)]
        return found[0] if found else None

    def find_spec(self, name, path=None, target=None):
        from importlib.util import spec_from_file_location
        own = self.path_of(name)
        return spec_from_file_location(name, own) if own is not None else None

    def find_module(self, name, path=None):  # Python 2.7
        return self if self.path_of(name) is not None else None

    def load_module(self, name):
        import imp
        return imp.load_source(name, self.path_of(name))


def prepare(path, arguments=()):
    """As the interpreter would for that program.  The module's name in the folder."""
    sys.meta_path.append(OwnModule())
    sys.path[0], name = module_place(path)
    sys.argv = [path] + list(arguments)
    return name


def load(path):
    name = prepare(path)
    if beginning is not None:
        sys.meta_path.insert(0, beginning.finder(name))
        __import__(name)
        return sys.modules[name]
    if "." in name:
        __import__(name)
        return sys.modules[name]
    if sys.version_info[0] == 2:
        import imp
        return imp.load_source(name, path)
    from importlib.util import module_from_spec, spec_from_file_location
    spec = spec_from_file_location(name, path)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_or_exit(path):
    try:
        return load(path)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if is_skip(error):
            say("skipped: %s" % error)
            sys.exit(STATUS[SKIPPED])
        kind, error, place = sys.exc_info()
        show(kind, error, place)
        if isinstance(error, ImportError) and str(error).rstrip("'").endswith("pytest"):
            say("pytest is not installed for %s" % sys.executable)
        refuse("%s: it cannot be imported" % path)


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
    if finding.is_pytests_project(path):
        prepare(path)
        return [inner for _, inner in side("pytest").names(this_module(), path, name)]
    module = load_or_exit(path)
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


def listed_in_folder(folder):
    """FILE.py::NAME; each file in an interpreter of its own, unless pytest collects them."""
    if finding.is_installed("pytest"):
        sys.path.pop(0)
        sys.meta_path.append(OwnModule())
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


def finish(result):
    """A test that is a coroutine runs as one; one that is a generator would do nothing."""
    if inspect.isgenerator(result):
        raise TypeError("the test is a generator, and nothing of it has run")
    if getattr(inspect, "iscoroutine", bool)(result) is True:
        import asyncio
        asyncio.run(result)


def call_if_there(holder, name, argument):
    function = getattr(holder, name, None)
    if function is None:
        return
    wanted = finding.arguments_of(function, holder if inspect.isclass(holder) else None, name)
    if inspect.ismethod(function) and function.__self__ is not None:
        code = function.__func__.__code__
        wanted = code.co_varnames[1:code.co_argcount]
    function(*[argument][:len(wanted)])


def with_fixtures(fixtures, body):
    """body() between the setups and teardowns of (holder, word, argument)."""
    if not fixtures:
        return body()
    holder, word, argument = fixtures[0]
    call_if_there(holder, "setup_" + word, argument)
    try:
        with_fixtures(fixtures[1:], body)
    finally:
        call_if_there(holder, "teardown_" + word, argument)


def plain(module, owner, thing, name):
    """A function, or a method of a class that is no TestCase."""
    last = name.split("::")[-1]

    def body():
        if owner is None:
            with_fixtures([(module, "module", module), (module, "function", thing)],
                          lambda: finish(thing()))
            return
        instance = owner()
        method = getattr(instance, last)
        with_fixtures([(module, "module", module), (owner, "class", owner),
                       (instance, "method", method)], lambda: finish(method()))

    def run():
        try:
            body()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if is_skip(error):
                say("skipped: %s" % error)
                return SKIPPED
            if is_expected(error) or is_good_exit(error):
                return PASSED
            show(*sys.exc_info())
            return FAILED
        return PASSED
    return run


def whole(path, arguments):
    """The file from its first line on, as a program; what it imports is imported once only."""
    prepare(path, arguments)
    try:
        if beginning is not None:
            code = beginning.compile()
        else:
            with open(path, "rb") as source:
                code = compile(source.read(), path, "exec")
    except (SyntaxError, ValueError):
        traceback.print_exc(0)
        refuse("%s: it is no Python" % path)

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
                return PASSED
            if not isinstance(error.code, int):
                print(error.code, file=sys.stderr)
            tell_exception(*sys.exc_info()[::2])
            return FAILED
        except BaseException:
            if sys.excepthook is not own_hook:  # the program's, which the interpreter would call
                tell_exception(*sys.exc_info()[::2])
                sys.excepthook(*sys.exc_info())
            else:
                show(*sys.exc_info())
            return FAILED
        finally:
            sys.modules["__main__"] = ours
        return PASSED
    return run


class Result(unittest.TestResult):
    """Tells of each failure what it is told of in other tests; its text has paths and values."""

    def addError(self, test, error):
        tell_exception(error[0], error[2])
        unittest.TestResult.addError(self, test, error)

    def addFailure(self, test, error):
        tell_exception(error[0], error[2])
        unittest.TestResult.addFailure(self, test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            tell_exception(error[0], error[2])
        unittest.TestResult.addSubTest(self, test, subtest, error)


def case(owner, name):
    """A unittest.TestCase's, with the fixtures of its class and module."""
    def run():
        result = Result()
        unittest.TestSuite([owner(name.split("::")[-1])]).run(result)
        sys.stdout.flush()
        for _, text in result.errors + result.failures:
            print(text, file=sys.stderr)
        if result.unexpectedSuccesses:
            tell_failure("unexpected success")
            say("it passed, which was not expected")
        if result.errors or result.failures or result.unexpectedSuccesses:
            return FAILED
        for _, reason in result.skipped:
            say("skipped: %s" % reason)
        return SKIPPED if result.skipped else PASSED
    return run


def runner_of(path, name):
    """A function that is given what runs a test in all of its schedules."""
    if finding.is_pytests_project(path):
        prepare(path)
        return with_pytest(path, name, "its project")
    module = load_or_exit(path)
    owner, thing = find(path, module, name)
    if inspect.isclass(thing):
        refuse("%s: '%s' is a class, not a test" % (path, name))
    why = finding.needs_pytest(module, owner, thing, name)
    if why is not None:
        return with_pytest(path, name, why)
    run = case(owner, name) if finding.is_case(owner) else plain(module, owner, thing, name)
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


# ---- the harness ----

class Control(object):
    """The loop of harness/control/entry/schedule_loop.h; without control, or without ctypes, one time and no more."""

    def __init__(self):
        self.begun = self.wants_accesses = self.wants_notes = self.wants_traces = False
        self.from_line = 0
        self.real_hook, self.notes = None, []
        try:
            import ctypes
            with_gil = getattr(ctypes, "PyDLL", ctypes.CDLL)  # PyPy has no PyDLL
            self.real_begin = with_gil(None).spillway_loop_begin
            self.real_begin.restype = ctypes.c_int64
            self.real_end = ctypes.CDLL(None).spillway_loop_end
            self.real_tell = ctypes.CDLL(None).spillway_tell_failure
            self.real_refuse = ctypes.CDLL(None).spillway_tell_refusal
            self.tell_generator = with_gil(None).spillway_library_generator
            self.tell_generator.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
            self.tell_draws = ctypes.CDLL(None).spillway_library_draws
            self.wants_accesses = ctypes.CDLL(None).spillway_wants_accesses() != 0
            self.wants_traces = ctypes.CDLL(None).spillway_wants_traces() != 0
            self.wants_notes = ctypes.CDLL(None).spillway_wants_notes() != 0
            self.from_line = ctypes.CDLL(None).spillway_from_line()
            if sys.version_info >= (3, 8) and sys.implementation.name == "cpython":
                self.real_hook = with_gil(None).spillway_builtin_hook
                self.real_hook.argtypes = [ctypes.py_object, ctypes.py_object]
        except (ImportError, AttributeError, OSError):
            self.real_begin = self.real_end = self.real_refuse = None

    def begin(self):
        if self.real_begin is not None:
            if not self.begun:
                self.tell_generators()
            self.begun = True
            return self.real_begin()
        first, self.begun = not self.begun, True
        return 0 if first else -1

    def watch_hook(self, hook, note):
        """note() is called before hook(), where that is a function in C of CPython's."""
        if sys.version_info < (3, 8) or self.real_hook is None or type(hook) is not type(len):
            return False
        self.notes.append(note)
        return self.real_hook(hook, note) == 0

    def tell_generators(self):
        """Those that Python's library has seeded when it was imported, and may never use."""
        if "random" not in sys.modules or getattr(sys, "implementation", None) is None \
                or sys.implementation.name != "cpython":
            return
        import _random
        self.make_temporary_names()
        names = getattr(sys.modules.get("tempfile"), "_name_sequence", None)
        # These seed each generator when it is made, and once more in __init__(); that of secrets,
        # which never uses it, has none that seeds.
        draws = 2 if sys.version_info[:2] in ((3, 6), (3, 7), (3, 10)) else 1
        secret = getattr(sys.modules.get("secrets"), "_sysrand", None)
        for one, is_for_names, count in ((getattr(sys.modules["random"], "_inst", None), 0, draws),
                                         (secret, 0, 1), (getattr(names, "_rng", None), 1, draws)):
            if isinstance(one, _random.Random):
                self.tell_generator(id(one), is_for_names, count)

    def make_temporary_names(self):
        """tempfile draws when it is first asked for a folder or a name: pytest does, for tmp_path."""
        tempfile = sys.modules.get("tempfile")
        if self.real_end is None or not hasattr(tempfile, "_get_candidate_names"):
            return
        self.tell_draws(1)
        try:
            tempfile.gettempdir()
            getattr(tempfile._get_candidate_names(), "rng", None)
        except OSError:  # there is no folder for them
            pass
        self.tell_draws(0)

    def tell_failure(self, number):
        if self.real_end is not None:
            self.real_tell(number)

    def tell_refusal(self, text):
        if self.real_refuse is not None:
            self.real_refuse(text.encode("utf-8", "replace"))

    def end(self, outcome):
        """How many threads are left."""
        return self.real_end(outcome) if self.real_end is not None else 0


def collide():
    """Two threads that want to run at once teach the engine how this interpreter is interrupted."""
    def nothing():
        pass

    def body():
        for _ in range(20):
            nothing()
    # With names, so as to take none of the numbers of the test's own threads.
    threads = [threading.Thread(target=body, name="collision") for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tidy():
    """Each time begins with Thread-1 and with no garbage, which may hold locks.  From 3.7 on that
    is quick, since what was there before the first is frozen; PyPy's takes milliseconds."""
    if hasattr(threading, "_counter"):
        numbers = itertools.count(1)
        threading._counter = getattr(numbers, "__next__", getattr(numbers, "next", None))
    if "__pypy__" not in sys.builtin_module_names:
        gc.collect()


class Threads(dict):
    """What a pool needs of a set, in the order in which they were added.  All of it is C."""
    __slots__ = ()
    add = dict.setdefault


def keep_pools_in_order():
    """A pool joins the set of its threads: in an order of addresses, which are others where the
    project lies elsewhere, and of which none is the right one."""
    if "concurrent.futures" not in sys.modules:
        return
    try:
        import concurrent.futures.thread as pools
    except ImportError:
        return
    pools.set = Threads


def is_cpython(*versions):
    return sys.version_info[:2] in versions and sys.implementation.name == "cpython"


def can_be_traced():
    return is_cpython((3, 11))


def trace_accesses():
    """From now on the program's threads say what they are about to share, or what they do."""
    if not can_be_traced() and control.wants_traces:
        refuse("strategy dpor is for CPython 3.11; %s is not" % sys.executable)
    if is_cpython((3, 12), (3, 13)):
        return side("access").start([__file__, path_of_side("from")])
    if not can_be_traced():
        refuse("grain access is for CPython 3.11 to 3.13; %s is not" % sys.executable)
    from importlib.machinery import ExtensionFileLoader
    from importlib.util import module_from_spec, spec_from_loader
    name = "spillway_tracer"
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        name + ".cpython-311-x86_64-linux-gnu.so")
    loader = ExtensionFileLoader(name, path)
    tracer = module_from_spec(spec_from_loader(name, loader))
    loader.exec_module(tracer)
    tracer.start(__file__)


def do_as_at_first():
    """What an interpreter does only each so many times, or after so many, would not be the same in
    a process of its own."""
    if sys.version_info[0] == 2:
        sys.setcheckinterval(0)  # else only each 100th instruction is a decision
    try:
        import pypyjit
        pypyjit.set_param("off")
    except ImportError:
        pass


def write_by_lines():
    """Whether output is a terminal, a pipe or a file must not change when it is written."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True)
    if sys.version_info[0] == 2:
        sys.stdout = os.fdopen(1, "w", 1)


def prepare_schedules(path):
    global places
    places = Places(path)
    watch_threads()
    keep_pools_in_order()
    if control.real_end is not None:
        for _ in range(COLLISIONS):
            collide()
        gc.collect()
        getattr(gc, "freeze", int)()
    if control.wants_accesses or (control.wants_notes and can_be_traced()):
        trace_accesses()
    control.end(0)
    were_there.extend(one for one in threading.enumerate() if one is not threading.current_thread())
    if were_there and control.wants_accesses:
        end("%s: importing it leaves %s running, whose accesses are not seen: that takes grain call"
            % (path, ", ".join(sorted(one.name for one in were_there))))
    tidy()


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
        tidy()
    return FAILED if escaped else outcome


def run_test(path, name, arguments):
    global beginning, control
    control = Control()
    control.end(0)  # what is decided before the first schedule belongs to none
    do_as_at_first()
    write_by_lines()
    if control.from_line > 0:
        beginning = side("from").Beginning(this_module(), path, control.from_line)

    def schedules(run):
        return run_schedules(path, run)

    if name == WHOLE:
        return schedules(whole(path, arguments))
    return runner_of(path, name)(schedules)


def may_never_end(thread):
    pool = sys.modules.get("concurrent.futures.thread")
    return (not thread.daemon and thread.is_alive()
            and thread not in getattr(pool, "_threads_queues", ()))


def main(arguments):
    global finding
    sys.dont_write_bytecode = True
    finding = side("finding")
    if arguments[:1] == ["--list"]:
        list_tests(arguments[1], "".join(arguments[2:]))
    status = STATUS[run_test(arguments[0], arguments[1], arguments[2:])]
    if any(may_never_end(thread) for thread in were_there):
        sys.stdout.flush()
        os._exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
