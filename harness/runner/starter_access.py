# SPDX-License-Identifier: MIT
"""Grain access on CPython 3.12 and 3.13: announces what threads share, before each bytecode that
touches it.

sys.monitoring tells of each instruction before it is run.  What it will touch is on the value
stack, which lies in the frame; but how high that is only the evaluation loop knows.  It is the same
each time that an instruction is reached (the compiler sees to that), so it is found once for each
code object, from the effect that each instruction has (stack_depths).

Operations are those of harness/tracer/operation.h, with fewer things known: what C code touches
beyond the object whose method it is, is UNKNOWN; and of what threading does to start and join
threads there is no operation.  That is enough to let another thread in before each access.  It
proves nothing, so that strategy dpor is for CPython 3.11.
"""
import _opcode
import ctypes
import dis
import opcode
import os
import sys
import types

UNKNOWN, READ, WRITE = 0, 2, 3  # of enum sw_op, contract/decision.h
TOOL = 4  # none of the numbers that others are to use

# From the begin of a PyFrameObject, and of a _PyInterpreterFrame, in both versions.
FRAME_AT, GLOBALS_AT, STACK_AT, WORD = 24, 24, 72, 8

# Nothing about them can change.
PLAIN = frozenset((int, float, complex, bool, str, bytes, tuple, frozenset, type(None), type(...),
                   range, slice, type(iter(range(0))), types.CodeType, type(NotImplemented)))
# Calls of these read their argument, and nothing else.
READERS = frozenset((len, iter, next, sorted, sum, min, max, any, all, list, tuple, set, dict,
                     frozenset, enumerate, zip, map, filter, reversed, str, repr))
# What they do is nobody else's concern.
HARMLESS = frozenset((isinstance, issubclass, callable, id, hash, range, type, super, int, float,
                      bool, object, bytes, chr, ord, abs, divmod, round, locals, globals))

LIST_ITERATOR = type(iter([]))
HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class statement, mostly

OWN_OF_THREADING = frozenset(("_shutdown", "current_thread", "enumerate", "active_count",
                              "_newname", "main_thread"))


def is_muted(code, own):
    """What the starter, importlib and threading's book of its threads do is not announced."""
    file = code.co_filename
    if file in own or file.startswith(("<spillway>", "<frozen importlib")):
        return True
    if not file.endswith("/threading.py"):
        return code.co_qualname == "WeakSet.__init__.<locals>._remove"
    name = code.co_qualname
    return name in OWN_OF_THREADING or (
        name.startswith(("Thread.", "_DummyThread", "_MainThread", "_ThreadHandle")) and
        name != "Thread.run")


# ---- how high the value stack is ----

CACHES = opcode._inline_cache_entries
HAS_ARGUMENT = frozenset(dis.hasarg)
HAS_JUMP = frozenset(dis.hasjrel)
EXTENDED = opcode.opmap["EXTENDED_ARG"]
LEAVES = frozenset(opcode.opmap[name] for name in (
    "RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD",
    "JUMP_BACKWARD_NO_INTERRUPT") if name in opcode.opmap)
BACKWARD = frozenset(number for name, number in opcode.opmap.items() if "JUMP_BACKWARD" in name)


def cache_size(number):
    """3.12 has a list by number, 3.13 a dict by name."""
    return (CACHES.get(opcode.opname[number], 0) if isinstance(CACHES, dict) else CACHES[number])


def instructions(code):
    """(offset, number, argument, offset of the next) of each, as the compiler wrote them."""
    text, at, argument = code.co_code, 0, 0
    while at < len(text):
        number = text[at]
        argument = argument << 8 | text[at + 1]
        following = at + 2 + 2 * cache_size(number)
        yield at, number, argument, following
        if number != EXTENDED:
            argument = 0
        at = following


def effect(number, argument, jumps):
    return _opcode.stack_effect(number, argument if number in HAS_ARGUMENT else None, jump=jumps)


def stack_depths(code, listed):
    """By offset, of what can be reached."""
    by_offset = {at: (number, argument, following) for at, number, argument, following in listed}
    starts = code.co_flags & (0x20 | 0x80 | 0x200) and \
        effect(opcode.opmap["RETURN_GENERATOR"], 0, False) == 0
    depths, work = {}, [(0, 1 if starts else 0)]
    work += [(entry.target, entry.depth + entry.lasti + 1)
             for entry in dis._parse_exception_table(code)]
    while work:
        at, depth = work.pop()
        while at in by_offset and at not in depths:
            depths[at] = depth
            number, argument, following = by_offset[at]
            if number == EXTENDED:
                at = following
                continue
            if number in HAS_JUMP:
                distance = -2 * argument if number in BACKWARD else 2 * argument
                work.append((following + distance, depth + effect(number, argument, True)))
            if number in LEAVES:
                break
            depth += effect(number, argument, False)
            at = following
    return depths


# ---- what an instruction does ----

class Look(object):
    """The frame that an instruction is about to be run in."""

    def __init__(self, frame, top):
        self.inner = ctypes.c_size_t.from_address(id(frame) + FRAME_AT).value
        self.stack = self.inner + STACK_AT + WORD * top

    def address(self, depth):
        """Of the object there, from the top, which is 1; 0: there is none."""
        return ctypes.c_size_t.from_address(self.stack - WORD * depth).value

    def peek(self, depth):
        address = self.address(depth)
        return ctypes.cast(address, ctypes.py_object).value if address else None


def part_of(name):
    return hash(name) & 0xffffffffffffffff | 1  # 0 is the whole


def touch(op, value):
    """A second object would be UNKNOWN."""
    kind = type(value)
    if kind in PLAIN or kind is types.FunctionType or kind is types.BuiltinFunctionType:
        return None
    return op, id(value), 0


def both(*found):
    found = [one for one in found if one is not None]
    if len(found) > 1 and any(one != found[0] for one in found):
        return UNKNOWN, 0, 0
    return found[0] if found else None


def attribute(op, owner, name):
    if type(owner) in PLAIN:
        return None
    if type(owner) is types.ModuleType:
        owner = owner.__dict__  # where a global of it is
    return op, id(owner), part_of(name)


def of_global(op):
    def find(look, name):
        return op, ctypes.c_size_t.from_address(look.inner + GLOBALS_AT).value, part_of(name)
    return find


def of_local_name(op):
    def find(look, name):
        return op, ctypes.c_size_t.from_address(look.inner + GLOBALS_AT + 2 * WORD).value, \
            part_of(name)
    return find


def of_attribute(op):
    return lambda look, name: attribute(op, look.peek(1), name)


def of_cell(op):
    return lambda look, index: (
        op, ctypes.c_size_t.from_address(look.inner + STACK_AT + WORD * index).value, 0)


def of_object(op, depth):
    return lambda look, argument: touch(op, look.peek(depth))


def of_two(look, argument):
    return both(touch(READ, look.peek(1)), touch(READ, look.peek(2)))


def of_binary(look, argument):
    return both(touch(WRITE if argument >= 13 else READ, look.peek(2)), touch(READ, look.peek(1)))


def of_slice(op):
    return lambda look, argument: touch(op, look.peek(3))


def of_callable(function, owner, arguments):
    if type(function) is types.MethodType:
        function = function.__func__
    if type(function) is types.FunctionType or function in HARMLESS:
        return None  # its own bytecodes come
    if function in READERS:
        return both(*(touch(READ, one) for one in arguments))
    if type(function) is type:
        return None if function.__flags__ & HEAP_TYPE else (UNKNOWN, 0, 0)
    own = owner if owner is not None else getattr(function, "__self__", None)
    if own is None or type(own) is types.ModuleType:
        return None if all(type(one) in PLAIN for one in arguments) else (UNKNOWN, 0, 0)
    return touch(WRITE, own)  # a method of C code


# Others are instances with a __call__, which is looked for in their class.
CALLABLES = frozenset((types.BuiltinFunctionType, types.FunctionType, type, types.MethodType,
                       types.MethodDescriptorType, types.WrapperDescriptorType,
                       types.MethodWrapperType, types.ClassMethodDescriptorType))


# 3.12 has NULL or the method first, and the callable or self behind it; 3.13 the callable first.
CALLABLE_FIRST = sys.version_info >= (3, 13)


def of_call(extra):
    def find(look, count):
        first, second = look.peek(count + 2 + extra), look.peek(count + 1 + extra)
        if CALLABLE_FIRST:
            function, owner = first, second
        else:
            function, owner = (first, second) if look.address(count + 2 + extra) else (second, None)
        arguments = [look.peek(depth + extra) for depth in range(1, count + 1)]
        if type(function) not in CALLABLES:
            called = getattr(type(function), "__call__", None)
            return None if type(called) is types.FunctionType else (UNKNOWN, 0, 0)
        return of_callable(function, owner, arguments)
    return find


def of_star_call(look, argument):
    return UNKNOWN, 0, 0


def of_with(look, argument):
    manager = look.peek(1)
    enter = getattr(type(manager), "__enter__", None)
    return None if type(enter) is types.FunctionType else touch(WRITE, manager)


def of_next(look, argument):
    iterator = look.peek(1)
    if type(iterator) is LIST_ITERATOR:
        behind = iterator.__reduce__()[1]
        return touch(READ, behind[0]) if behind else None
    if type(iterator) in PLAIN or type(iterator) is types.GeneratorType:
        return None
    return UNKNOWN, 0, 0


def of_truth(look, argument):
    value = look.peek(1)
    return touch(READ, value) if type(value) in (list, dict, set, bytearray) else None


def named(shift):
    return lambda code, argument: code.co_names[argument >> shift]


def plain(code, argument):
    return argument


HANDLERS = {
    "LOAD_GLOBAL": (of_global(READ), named(1)),
    "STORE_GLOBAL": (of_global(WRITE), named(0)),
    "DELETE_GLOBAL": (of_global(WRITE), named(0)),
    "LOAD_NAME": (of_local_name(READ), named(0)),
    "STORE_NAME": (of_local_name(WRITE), named(0)),
    "DELETE_NAME": (of_local_name(WRITE), named(0)),
    "LOAD_ATTR": (of_attribute(READ), named(1)),
    "LOAD_SUPER_ATTR": (of_attribute(READ), named(2)),
    "STORE_ATTR": (of_attribute(WRITE), named(0)),
    "DELETE_ATTR": (of_attribute(WRITE), named(0)),
    "LOAD_DEREF": (of_cell(READ), plain),
    "STORE_DEREF": (of_cell(WRITE), plain),
    "DELETE_DEREF": (of_cell(WRITE), plain),
    "BINARY_SUBSCR": (of_object(READ, 2), plain),
    "STORE_SUBSCR": (of_object(WRITE, 2), plain),
    "DELETE_SUBSCR": (of_object(WRITE, 2), plain),
    "BINARY_SLICE": (of_slice(READ), plain),
    "STORE_SLICE": (of_slice(WRITE), plain),
    "BINARY_OP": (of_binary, plain),
    "COMPARE_OP": (of_two, plain),
    "CONTAINS_OP": (of_object(READ, 1), plain),
    "FOR_ITER": (of_next, plain),
    "GET_ITER": (of_object(READ, 1), plain),
    "GET_LEN": (of_object(READ, 1), plain),
    "UNPACK_SEQUENCE": (of_object(READ, 1), plain),
    "UNPACK_EX": (of_object(READ, 1), plain),
    "LIST_EXTEND": (of_object(READ, 1), plain),
    "SET_UPDATE": (of_object(READ, 1), plain),
    "DICT_UPDATE": (of_object(READ, 1), plain),
    "DICT_MERGE": (of_object(READ, 1), plain),
    "FORMAT_VALUE": (of_object(READ, 1), plain),
    "FORMAT_SIMPLE": (of_object(READ, 1), plain),
    "FORMAT_WITH_SPEC": (of_object(READ, 2), plain),
    "TO_BOOL": (of_truth, plain),
    "UNARY_NOT": (of_truth, plain),
    "POP_JUMP_IF_TRUE": (of_truth, plain),
    "POP_JUMP_IF_FALSE": (of_truth, plain),
    "CALL": (of_call(0), plain),
    "CALL_KW": (of_call(1), plain),
    "CALL_FUNCTION_EX": (of_star_call, plain),
    "BEFORE_WITH": (of_with, plain),
}
BY_NUMBER = {opcode.opmap[name]: row for name, row in HANDLERS.items() if name in opcode.opmap}


def table_of(code):
    """By offset: what finds the operation, its argument, and where the stack's top is."""
    listed = list(instructions(code))
    depths = stack_depths(code, listed)
    names = dict.fromkeys(code.co_varnames + code.co_cellvars + code.co_freevars)
    table = {}
    for at, number, argument, _ in listed:
        if number in BY_NUMBER and at in depths:
            find, prepare = BY_NUMBER[number]
            table[at] = find, prepare(code, argument), len(names) + depths[at]
    return table


# ---- announcing ----

class Monitor(object):
    def __init__(self, own):
        self.own = own  # files that are not announced
        self.tables = {}  # by the number of a code object, which is kept: so it is not used again
        library = ctypes.CDLL(None)  # which lets the GIL go: who is chosen instead needs it
        self.announce = library.spillway_access
        self.announce.argtypes = [ctypes.c_uint, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p]
        self.matters = ctypes.PyDLL(None).spillway_access_matters

    def learn(self, code):
        table = {} if is_muted(code, self.own) else table_of(code)
        self.tables[id(code)] = code, table
        return table

    def learn_all(self, code):
        """In front of the first schedule, since none that begins there would keep it."""
        if id(code) not in self.tables:
            self.learn(code)
        for one in code.co_consts:
            if isinstance(one, types.CodeType):
                self.learn_all(one)

    def on_instruction(self, code, offset):
        known = self.tables.get(id(code))
        entry = (known[1] if known is not None else self.learn(code)).get(offset)
        if entry is None:
            return sys.monitoring.DISABLE
        if not self.matters():
            return None
        find, argument, top = entry
        operation = find(Look(sys._getframe(1), top), argument)
        if operation is not None:
            self.announce(*operation, None)
        return None


def functions_of(modules):
    for module in modules:
        for value in list(vars(module).values()):
            members = list(vars(value).values()) if isinstance(value, type) else [value]
            for member in members:
                function = getattr(member, "__func__", getattr(member, "fget", member))
                if isinstance(function, types.FunctionType):
                    yield function.__code__


def start(own):
    """From now on; own: the starter's files."""
    monitor = Monitor(frozenset(own) | {__file__})
    library = os.path.dirname(os.__file__) + os.sep
    known = ("threading", "queue", "_weakrefset", "contextlib", "collections")
    modules = [module for name, module in list(sys.modules.items()) if name in known or
               not (getattr(module, "__file__", None) or library).startswith(library)]
    for code in functions_of(modules):
        monitor.learn_all(code)
    events = sys.monitoring
    events.use_tool_id(TOOL, "spillway")
    events.register_callback(TOOL, events.events.INSTRUCTION, monitor.on_instruction)
    events.set_events(TOOL, events.events.INSTRUCTION)
