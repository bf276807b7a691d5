# SPDX-License-Identifier: MIT
"""sw_unwind.py - stacks that nobody runs on: gdb walks them where they lie.

A stack that was left has 64 bytes on its top (arch/x86_64/left_frame.h):

    +0 mxcsr, x87   +8 r15   +16 r14   +24 r13   +32 r12   +40 rbx   +48 rbp   +56 return address

While one is shown, the innermost frame of the selected thread gets another caller: whoever left that
stack.  Of a tasklet the bytes are in its slice, on the heap.  From there on gdb's own unwinder does
the rest, since compiled code finds its frames by rsp; but for functions that keep a frame pointer,
which means the place where the stack was, and will be again.  So do pointers to locals.
"""

import contextlib
import re

import gdb
from gdb.unwinder import Unwinder

import sw_memory

SAVED = (("r15", 8), ("r14", 16), ("r13", 24), ("r12", 32), ("rbx", 40), ("rbp", 48))
LEFT_BYTES = 64
# push rbp; mov rsp, rbp; and what may be pushed right behind, a word below the other.
FRAME_POINTER = bytes((0x55, 0x48, 0x89, 0xe5))
PUSHES = ((b"\x41\x57", "r15"), (b"\x41\x56", "r14"), (b"\x41\x55", "r13"), (b"\x41\x54", "r12"),
          (b"\x53", "rbx"))


class FrameId:
    """What gdb knows a frame by."""

    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class LeftStack:
    """Where a stack was left (top), and how far its bytes lie from where they were."""

    def __init__(self, top, start=0, size=0, moved=0):
        self.top = top
        self.start = start
        self.size = size
        self.moved = moved

    @classmethod
    def of_slice(cls, one):
        start, used, resume = (int(one[key]) for key in ("start", "used", "resume"))
        if used == 0:
            raise gdb.GdbError("it is not switched out: look at the thread that it runs on")
        if int(one["segment_low"]):
            return cls(resume)
        moved = int(one["bytes"]) - start
        return cls(resume + moved, start, used, moved)

    def find(self, address):
        """Where the byte of that address is now."""
        return address + self.moved if self.start <= address < self.start + self.size else address


class LeftStackUnwinder(Unwinder):
    """Idle unless a stack is shown."""

    def __init__(self):
        super().__init__("spillway-left-stack")
        self.stack = None
        self.innermost = None

    def __call__(self, pending):
        if self.stack is None:
            return None
        pc, sp, rbp = (int(pending.read_register(name)) for name in ("rip", "rsp", "rbp"))
        if (pc, sp) == self.innermost:
            top = self.stack.top
            saved = {name: sw_memory.word(top + offset) for name, offset in SAVED}
            # Its own frame is below the callers', or gdb takes the stack for a corrupt one.
            return caller(pending, FrameId(top - LEFT_BYTES, pc), top + LEFT_BYTES,
                          sw_memory.word(top + 56), saved)
        where = self.stack.find(rbp)
        begin = function_at(pc) if where != rbp else None
        code = sw_memory.read(begin, 16) if begin is not None else b""
        if not code.startswith(FRAME_POINTER):
            return None
        saved = {"rbp": sw_memory.word(where), **pushed(code, where)}
        return caller(pending, FrameId(where + 16, begin), where + 16,
                      sw_memory.word(where + 8), saved)


def caller(pending, frame, rsp, rip, saved):
    """What gdb wants to be told of a frame's caller."""
    def typed(name, value):
        return gdb.Value(value).cast(pending.read_register(name).type)

    info = pending.create_unwind_info(FrameId(typed("rsp", frame.sp), typed("rip", frame.pc)))
    for name, value in {**saved, "rsp": rsp, "rip": rip}.items():
        info.add_saved_register(name, typed(name, value))
    return info


def function_at(pc):
    """Where the function begins that has this instruction, or None."""
    text = gdb.execute(f"info symbol {pc:#x}", to_string=True)
    found = re.match(r"\S+ \+ (\d+) in section", text)
    return pc - int(found.group(1)) if found else None


def pushed(code, frame_pointer):
    """The registers that the function has pushed first of all."""
    saved, at = {}, len(FRAME_POINTER)
    for bytes_of, name in PUSHES:
        if code.startswith(bytes_of, at):
            at += len(bytes_of)
            saved[name] = sw_memory.word(frame_pointer - 8 * (len(saved) + 1))
    return saved


UNWINDER = LeftStackUnwinder()
gdb.unwinder.register_unwinder(None, UNWINDER, replace=True)


@contextlib.contextmanager
def shown(stack):
    """Inside, the frames above the innermost one are those of the stack; yields the first of
    them."""
    newest = gdb.newest_frame()
    UNWINDER.innermost = (int(newest.read_register("rip")), int(newest.read_register("rsp")))
    UNWINDER.stack = stack
    gdb.invalidate_cached_frames()
    try:
        frame = gdb.newest_frame()
        while frame.type() == gdb.INLINE_FRAME:
            frame = frame.older()
        yield frame.older()
    finally:
        UNWINDER.stack = None
        gdb.invalidate_cached_frames()


def of_tasklet(tasklet):
    return LeftStack.of_slice(tasklet["slice"])


def of_fiber(thread):
    """thread: a struct sw_thread that does not run."""
    if int(thread["shell"]) == 0:
        raise gdb.GdbError("its threads are no fibers: sw-bt thread")
    return LeftStack(sw_memory.word(int(thread["shell"])))  # a shell begins with its fiber


def spills(cframe, stack):
    """The records of the spills below a cframe, the innermost first.  stack: where the cframe's
    bytes are, or None."""
    record = gdb.lookup_type("struct slp_spill_record")
    end = record["end"].bitpos // 8
    found = []
    while int(cframe):
        where = stack.find(int(cframe)) if stack is not None else int(cframe)
        previous = gdb.Value(where).cast(cframe.type)["previous"]
        if int(previous) != int(cframe):
            cframe = previous
            continue
        # The one that is its own previous is a record's end, and the next is where it says.
        one = gdb.Value(int(cframe) - end).cast(record.pointer())
        found.append(one)
        stack = None if int(one["segment"]) else LeftStack.of_slice(one["slice"])
        cframe = one["real"]
    return found


def of_spill(record):
    if int(record["segment"]):
        return LeftStack(int(record["sp"]))
    return LeftStack.of_slice(record["slice"])
