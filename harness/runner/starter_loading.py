# SPDX-License-Identifier: MIT
"""Imports the file that a test is in, for spillway_starter.py, as the interpreter itself would.

The starter is given as `starter`, since it is a program and no module.

For Python 2.7 and 3.
"""
import os
import sys


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


def load(starter, path):
    name = prepare(path)
    if starter.beginning is not None:
        sys.meta_path.insert(0, starter.beginning.finder(name))
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


def load_or_exit(starter, path):
    try:
        return load(starter, path)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if starter.calling.is_skip(error):
            starter.say("skipped: %s" % error)
            sys.exit(starter.STATUS[starter.SKIPPED])
        kind, error, place = sys.exc_info()
        starter.show(kind, error, place)
        if isinstance(error, ImportError) and str(error).rstrip("'").endswith("pytest"):
            starter.say("pytest is not installed for %s" % sys.executable)
        starter.refuse("%s: it cannot be imported" % path)
