# SPDX-License-Identifier: MIT
"""A schedule that begins at a line of the program's file, for spillway_starter.py: --from LINE.

For Python 3.8 and later.
"""
import ast
import os
import sys
import threading

BEGIN = "__spillway_begin__"  # at the line where the schedule is to begin


class Beginning(object):
    """Has the file say when the main thread first comes to the line.

    "if BEGIN: BEGIN()" before the statement there, and nothing is traced: so all else runs as it
    does without, and once the schedule has begun a false name costs no decision."""

    def __init__(self, starter, path, line):
        self.starter = starter
        self.path, self.line = path, line
        self.process, self.thread = os.getpid(), threading.current_thread()
        self.is_early = True  # the test has not been called yet
        self.came_early = self.has_begun = False
        if sys.version_info < (3, 8):
            self.starter.refuse("--from is for Python 3.8 and later; %s is not" % sys.executable)
        if self.starter.control.real_end is None:
            self.starter.refuse("--from needs ctypes, which %s does not have" % sys.executable)
        import builtins
        setattr(builtins, BEGIN, self.come)

    def name(self):
        return "%s:%d" % (self.path, self.line)

    def finder(self, name):
        from importlib.machinery import SourceFileLoader
        from importlib.util import spec_from_file_location

        class Loader(SourceFileLoader):
            def get_code(_, fullname):
                return self.compile()

        class Finder(object):
            @staticmethod
            def find_spec(fullname, path=None, target=None):
                if fullname == name:
                    return spec_from_file_location(name, self.path, loader=Loader(name, self.path))
        return Finder

    def compile(self):
        with open(self.path, "rb") as source:
            text = source.read()
        tree = ast.parse(text, self.path)
        holder, index = self.find(tree, len(text.splitlines()))
        begin = ast.parse("if %s: %s()" % (BEGIN, BEGIN)).body[0]
        for node in ast.walk(begin):
            if hasattr(node, "lineno"):
                ast.copy_location(node, holder[index])
        holder.insert(index, begin)
        return compile(tree, self.path, "exec")

    def find(self, tree, count):
        """The list that the statement of that line is in, and its place there."""
        if self.line > count:
            self.starter.end("%s: the file has %d lines" % (self.name(), count))
        around = None
        for node in ast.walk(tree):
            for _, holder in ast.iter_fields(node):
                if not isinstance(holder, list):
                    continue
                for index, one in enumerate(holder):
                    if not isinstance(one, ast.stmt) or self.is_none(node, index, one):
                        continue
                    if one.lineno == self.line:
                        return holder, index
                    if one.lineno < self.line <= one.end_lineno:
                        around = one.lineno  # the innermost comes last
        hint = "" if around is None else "; the one around it begins in line %d" % around
        self.starter.end("%s: no statement begins there%s" % (self.name(), hint))

    @staticmethod
    def is_none(owner, index, statement):
        """Docstrings are never run, and nothing may stand before a __future__."""
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            return True
        return (index == 0 and isinstance(statement, ast.Expr) and
                isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
                and isinstance(owner, (ast.Module, ast.ClassDef, ast.FunctionDef,
                                       ast.AsyncFunctionDef)))

    def come(self):
        """The program is at the line."""
        if os.getpid() != self.process or threading.current_thread() is not self.thread:
            return
        if self.is_early:
            self.came_early = True
            return
        left = self.starter.control.end(0)
        if left > 0:
            self.starter.end("%s: no schedule can begin there: the main thread comes to it with %d other thread%s"
                % (self.name(), left, "" if left == 1 else "s"))
        import builtins
        setattr(builtins, BEGIN, None)
        self.has_begun = self.starter.control.begin() >= 0

    def check(self):
        """The test is over."""
        if self.has_begun:
            return
        self.starter.refuse("%s: the main thread never comes to it%s"
               % (self.name(), " in the test: it did before that" if self.came_early else ""))
