# SPDX-License-Identifier: MIT
"""sw_frames.py - frames of C and Python as text, and merged.

Python's are read from CPython 3.11's own records, by types that slpython's debug information has, so
that no debug information of libpython is needed.  Where there is none of either, that is said.
"""

import os

import gdb

import sw_memory

EVALUATES = ("_PyEval_EvalFrameDefault", "__real__PyEval_EvalFrameDefault")
C_FRAMES_MAX = 200
PYTHON_FRAMES_MAX = 1000  # as many as Python's own limit of recursion


# ---- Python ----

def has_types():
    try:
        gdb.lookup_type("struct _PyInterpreterFrame")
        return True
    except gdb.error:
        return False


def missing():
    """One line: why there are no Python frames."""
    return ("no Python frames: the interpreter has no debug information; of /usr/bin/python3.11 it "
            "is in Debian's package python3.11-dbg, whose py-bt shows them")


class Locations:
    """The table of a code object that says which instruction is of which line
    (Objects/locations.md of CPython)."""

    def __init__(self, table):
        self.bytes = table
        self.next = 0

    def varint(self):
        value = shift = 0
        while True:
            byte = self.bytes[self.next]
            self.next += 1
            value |= (byte & 63) << shift
            shift += 6
            if not byte & 64:
                return value

    def signed(self):
        value = self.varint()
        return -(value >> 1) if value & 1 else value >> 1

    def entry(self):
        """(how many bytes of code, how many lines further; None: of no line)."""
        first = self.bytes[self.next]
        self.next += 1
        kind, size = first >> 3 & 15, ((first & 7) + 1) * 2
        if kind == 15:
            return size, None
        if kind == 14:
            delta = self.signed()
            for _ in range(3):
                self.varint()
            return size, delta
        if kind == 13:
            return size, self.signed()
        self.next += 2 if kind >= 10 else 1
        return size, kind - 10 if kind >= 10 else 0

    def line(self, first_line, offset):
        line = first_line
        while self.next < len(self.bytes):
            size, delta = self.entry()
            line += delta or 0
            if offset < size:
                return line if delta is not None else None
            offset -= size
        return None


def line_of(frame):
    code = frame["f_code"]
    begin = int(code) + gdb.lookup_type("PyCodeObject")["co_code_adaptive"].bitpos // 8
    table = int(code["co_linetable"])
    locations = Locations(sw_memory.read(table + 32, sw_memory.word(table + 16)))
    return locations.line(int(code["co_firstlineno"]), int(frame["prev_instr"]) - begin)


def python_text(frame):
    code = frame["f_code"]
    line = line_of(frame)
    return (f"{sw_memory.text_of(code['co_filename'])}:{line if line is not None else '?'} in "
            f"{sw_memory.text_of(code['co_name'])}")


def python_frames(frame):
    """Pairs: the text, and whether the C stack has a call of the evaluation loop for it."""
    found = []
    while int(frame) and len(found) < PYTHON_FRAMES_MAX:
        found.append((python_text(frame), bool(int(frame["is_entry"]))))
        frame = frame["previous"]
    return found


def of_cframe(cframe, stack=None):
    """The innermost Python frame of a cframe, which may lie on a stack that was left."""
    if stack is not None:
        cframe = gdb.Value(stack.find(int(cframe))).cast(cframe.type)
    return cframe["current_frame"] if int(cframe) else gdb.Value(0)


def thread_state(handle):
    """The PyThreadState of that pthread_t, or None."""
    try:
        state = sw_memory.evaluate("_PyRuntime.interpreters.head->threads.head")
    except gdb.error:
        return None
    while int(state):
        if int(state["thread_id"]) == handle:
            return state
        state = state["next"]
    return None


# ---- C, and both ----

def c_text(frame):
    name = frame.name() or "?"
    where = frame.find_sal()
    if where.symtab is None:
        return name
    parts = where.symtab.filename.split(os.sep)
    inlined = "  (inlined)" if frame.type() == gdb.INLINE_FRAME else ""
    return f"{name}  {'/'.join(parts[-2:])}:{where.line}{inlined}"


def c_frames(frame, most=C_FRAMES_MAX):
    found = []
    while frame is not None and len(found) < most:
        found.append((frame.name(), c_text(frame)))
        try:
            frame = frame.older()
        except gdb.error as error:  # what was here is still good
            found.append((None, f"({error})"))
            break
    return found


def merged(c, python):
    """Lines: under each call of the evaluation loop the Python frames that it evaluates."""
    lines, left = [], list(python)
    for number, (name, text) in enumerate(c):
        lines.append(f"  #{number:<3}{text}")
        while name in EVALUATES and left:
            text, is_entry = left.pop(0)
            lines.append(f"        py  {text}")
            if is_entry:
                break
    return lines
