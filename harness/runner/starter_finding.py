# SPDX-License-Identifier: MIT
"""Which tests there are in a module, for spillway_starter.py, and which of them need pytest.

Nothing is imported or run here, and nobody is told: what is not there is None.

For Python 2.7 and 3.
"""
import difflib
import inspect
import os
import sys
import unittest


# ---- in a module that is imported ----

def is_case(thing):
    return inspect.isclass(thing) and issubclass(thing, unittest.TestCase)


def first_line(thing):
    code = getattr(inspect.unwrap(thing) if hasattr(inspect, "unwrap") else thing, "__code__", None)
    if code is not None:
        return code.co_firstlineno
    inside = vars(thing).values() if inspect.isclass(thing) else ()
    return min([first_line(one) for one in inside if inspect.isfunction(one)] or [0])


def members(thing):
    """Names and values as they stand in the source."""
    found = list(vars(thing).items())
    if sys.version_info < (3, 7):
        found.sort(key=lambda item: (first_line(item[1]), item[0]))
    return found


def inherited(a_class):
    """The same of a class, those of its bases first."""
    found = {}
    order = []
    for base in reversed(inspect.getmro(a_class)):
        for name, value in members(base):
            if name not in found:
                order.append(name)
            found[name] = value
    return [(name, found[name]) for name in order]


def is_test_class(name, thing):
    if not inspect.isclass(thing) or getattr(thing, "__test__", True) is False:
        return False
    return is_case(thing) or name.startswith("Test")


def tests_of_class(a_class):
    if is_case(a_class):
        return list(unittest.TestLoader().getTestCaseNames(a_class))
    found = []
    for name, value in inherited(a_class):
        if is_test_class(name, value):
            found.extend(name + "::" + inner for inner in tests_of_class(value))
        elif name.startswith("test") and callable(getattr(a_class, name)):
            found.append(name)
    return found


def tests_of_module(module):
    found = []
    for name, value in members(module):
        if is_test_class(name, value):
            found.extend(name + "::" + inner for inner in tests_of_class(value))
        elif name.startswith("test") and callable(value) and not inspect.isclass(value):
            if getattr(value, "__test__", True) is not False:
                found.append(name)
    return found


def find(module, name):
    """What the name means, and the class around it or None; None: there is no such thing."""
    owner, thing = None, module
    for part in name.split("[")[0].split("::"):
        owner = thing
        thing = getattr(owner, part, None)
        if thing is None or not (callable(thing) or inspect.isclass(thing)):
            return None
    return (owner if inspect.isclass(owner) else None), thing


def nearest(module, wanted):
    """The name that may have been meant, or None."""
    names = tests_of_module(module)
    names += [name for name, value in members(module)
              if is_test_class(name, value) or inspect.isfunction(value)]
    return (difflib.get_close_matches(wanted, names, 1, 0.5) or [None])[0]


# ---- in a folder ----

def files_of(folder):
    """Those that pytest would look into by default."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith((".", "__pycache__")))
        for name in sorted(files):
            if name.endswith(".py") and (name.startswith("test_") or name[:-3].endswith("_test")):
                yield os.path.join(here, name)


# ---- pytest's ----

def arguments_of(thing, owner, name):
    """What it cannot be called without."""
    thing = getattr(thing, "__func__", thing)
    code = getattr(thing, "__code__", None)
    if code is None:
        return ()
    count = code.co_argcount - len(getattr(thing, "__defaults__", None) or ())
    static = owner is not None and isinstance(vars(owner).get(name), staticmethod)
    return code.co_varnames[owner is not None and not static:count]


def is_autouse(thing):
    older = getattr(thing, "_pytestfixturefunction", None)
    marker = getattr(thing, "_fixture_function_marker", older)
    return getattr(marker, "autouse", False) is True


def needs_pytest(module, owner, thing, name):
    """Why, or None."""
    if "[" in name:
        return "a parameter"
    if "pytest" in sys.modules:
        for holder in (module, owner, thing):
            for mark in getattr(holder, "pytestmark", None) or ():
                return "the mark '%s'" % getattr(mark, "name", mark)
        for holder in (module, owner):
            for inner, value in vars(holder).items() if holder is not None else ():
                if is_autouse(value):
                    return "the fixture '%s'" % inner
    if is_case(owner):
        return None
    wanted = arguments_of(thing, owner, name.split("::")[-1])
    return "the fixture '%s'" % wanted[0] if wanted else None


def is_installed(name):
    try:
        from importlib.util import find_spec
    except ImportError:  # Python 2.7
        import imp
        try:
            imp.find_module(name)
        except ImportError:
            return False
        return True
    return find_spec(name) is not None


PYTEST_SECTIONS = (("pytest.ini", ""), (".pytest.ini", ""), ("pyproject.toml", "[tool.pytest"),
                   ("tox.ini", "[pytest]"), ("setup.cfg", "[tool:pytest]"))


def has_text(path, text):
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as source:
        return text.encode("ascii") in source.read()


def sign_of_pytest(path):
    """The conftest.py, or the configuration of pytest's, beside the file (or in the folder) or above
    it: then how it is imported is pytest's to say.  None: there is none."""
    path = os.path.abspath(path)
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    while True:
        for name, text in (("conftest.py", ""),) + PYTEST_SECTIONS:
            if has_text(os.path.join(folder, name), text):
                return os.path.join(folder, name)
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        folder = above
