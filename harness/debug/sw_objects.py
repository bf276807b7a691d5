# SPDX-License-Identifier: MIT
"""sw_objects.py - Python objects by name, read from memory alone: where is what a name means?

    PATH    module.name.attribute...    from sys.modules; __main__ if it begins with no module
            T1:name.attribute...        from the innermost frame of thread T1 that has such a local

    find(PATH)    the address of the object, or None
    slot(PATH)    (address of the pointer that the last name of PATH is, what holds it), or None

Instance attributes, __slots__, the names of modules and of classes, and locals.  What is computed (a
property, __getattr__) is in no memory, and is not found.

The layout is that of CPython 3.11 on x86-64, in numbers, since Debian's Python has no debug
information; slpython has the same.  Of another interpreter it is said that it cannot be done.
"""

import gdb

import sw_memory

VERSION = 0x030b
# Offsets; HEADER: of what begins with ob_refcnt and ob_type.
HEADER, OB_TYPE = 16, 8
RUNTIME_MAIN, INTERP_MODULES, INTERP_THREADS = 48, 888, 16
THREAD_NEXT, THREAD_CFRAME, THREAD_ID, CFRAME_FRAME = 8, 56, 152, 8
FRAME_CODE, FRAME_PREVIOUS, FRAME_LOCALS = 32, 48, 72
CODE_LOCAL_COUNT, CODE_LOCAL_NAMES = 76, 96
TYPE_NAME, TYPE_FLAGS, TYPE_DICT, TYPE_DICTOFFSET, TYPE_MRO, TYPE_CACHED_KEYS = (
    24, 168, 264, 288, 344, 872)
DICT_KEYS, DICT_VALUES = 32, 40
KEYS_INDEX_BYTES, KEYS_KIND, KEYS_USABLE, KEYS_COUNT, KEYS_INDICES = 9, 10, 16, 24, 32
KEYS_GENERAL, KEYS_SPLIT = 0, 2
MEMBER_DEF, DEF_TYPE, DEF_OFFSET = 40, 8, 16
MEMBER_OBJECTS = (6, 16)  # T_OBJECT, T_OBJECT_EX
MANAGED_DICT, TYPE_SUBCLASS = 1 << 4, 1 << 31
VALUES_BEFORE, DICT_BEFORE = 32, 24  # an object with a managed dict has these in front
FRAMES_MAX, DIGITS_MAX = 1000, 10


def word(address):
    return sw_memory.word(address)


def small(address, size):
    return int.from_bytes(sw_memory.read(address, size), "little")


def signed(address, size=8):
    return int.from_bytes(sw_memory.read(address, size), "little", signed=True)


def check():
    """Raises an error where the layout is another."""
    try:
        version = small(int(sw_memory.evaluate("(unsigned long) &Py_Version")), 8) >> 16
    except gdb.error:
        version = None
    if version != VERSION:
        raise gdb.GdbError("names of Python objects are found in CPython 3.11 only: "
                           "an address can be watched")


def type_of(address):
    return word(address + OB_TYPE)


def type_name(kind):
    return gdb.Value(word(kind + TYPE_NAME)).cast(gdb.lookup_type("char").pointer()).string()


def integer(address):
    """An int; of a very long one the end."""
    size = signed(address + HEADER)
    digits = [small(address + HEADER + 8 + 4 * i, 4) for i in range(min(abs(size), DIGITS_MAX))]
    value = sum(digit << 30 * i for i, digit in enumerate(digits))
    return ("..." if abs(size) > DIGITS_MAX else "") + str(-value if size < 0 else value)


# ---- dicts ----

def entries(keys):
    """(name or None, address of the value in the table itself) of each entry."""
    kind, size = small(keys + KEYS_KIND, 1), 16
    first = keys + KEYS_INDICES + (1 << small(keys + KEYS_INDEX_BYTES, 1))
    if kind == KEYS_GENERAL:
        first, size = first + 8, 24  # the hash
    # And the one that is being added.
    for i in range(word(keys + KEYS_COUNT) + (signed(keys + KEYS_USABLE) > 0)):
        at = first + i * size
        key = word(at)
        yield (sw_memory.text_of(key) if key and type_name(type_of(key)) == "str" else None), at + 8


def in_keys(keys, values, name):
    """The address of the value of that name; values: where they are, 0: in the table itself."""
    for i, (key, address) in enumerate(entries(keys)):
        if key == name:
            return values + 8 * i if values else address
    return None


def in_dict(dictionary, name):
    """(address, the table that it is in: if that goes, the address means nothing) or None."""
    if not dictionary:
        return None
    keys, values = word(dictionary + DICT_KEYS), word(dictionary + DICT_VALUES)
    address = in_keys(keys, values, name)
    return None if address is None else (address, (dictionary + DICT_KEYS, keys))


# ---- attributes ----

def in_type(kind, name):
    """What the class, or one that it comes from, has by that name."""
    mro = word(kind + TYPE_MRO)
    for i in range(word(mro + HEADER) if mro else 0):
        found = in_dict(word(word(mro + 24 + 8 * i) + TYPE_DICT), name)
        if found:
            return found
    return None


def in_slots(address, kind, name):
    found = in_type(kind, name)
    if not found or type_name(type_of(word(found[0]))) != "member_descriptor":
        return None
    definition = word(word(found[0]) + MEMBER_DEF)
    if small(definition + DEF_TYPE, 4) not in MEMBER_OBJECTS:
        return None
    return address + word(definition + DEF_OFFSET), (address + OB_TYPE, kind)


def in_instance(address, kind, name):
    if word(kind + TYPE_FLAGS) & MANAGED_DICT:
        values = word(address - VALUES_BEFORE)
        if not values:
            return in_dict(word(address - DICT_BEFORE), name)
        at = in_keys(word(kind + TYPE_CACHED_KEYS), values, name)
        return None if at is None else (at, (address - VALUES_BEFORE, values))
    offset = signed(kind + TYPE_DICTOFFSET)
    return in_dict(word(address + offset), name) if offset > 0 else None


def attribute(address, name):
    kind = type_of(address)
    if word(kind + TYPE_FLAGS) & TYPE_SUBCLASS:
        return in_type(address, name)
    return in_slots(address, kind, name) or in_instance(address, kind, name) or in_type(kind, name)


# ---- where a name begins ----

def interpreter():
    return word(int(sw_memory.evaluate("(unsigned long) &_PyRuntime")) + RUNTIME_MAIN)


def in_modules(names):
    """(the slot of the longest beginning that is a module, how many names that were)."""
    modules = word(interpreter() + INTERP_MODULES) if interpreter() else 0
    for count in range(len(names), 0, -1):
        found = in_dict(modules, ".".join(names[:count]))
        if found and word(found[0]):
            return found, count
    return in_dict(modules, "__main__"), 0


def frames(number):
    handle = int(sw_memory.engine_thread(number)["handle"])
    state = word(interpreter() + INTERP_THREADS)
    while state and word(state + THREAD_ID) != handle:
        state = word(state + THREAD_NEXT)
    cframe = word(state + THREAD_CFRAME) if state else 0
    frame = word(cframe + CFRAME_FRAME) if cframe else 0
    for _ in range(FRAMES_MAX):
        if not frame:
            return
        yield frame
        frame = word(frame + FRAME_PREVIOUS)


def in_frames(number, name):
    for frame in frames(number):
        code = word(frame + FRAME_CODE)
        names = word(code + CODE_LOCAL_NAMES)
        for i in range(small(code + CODE_LOCAL_COUNT, 4)):
            at = frame + FRAME_LOCALS + 8 * i
            if sw_memory.text_of(word(names + 24 + 8 * i)) != name or not word(at):
                continue
            if type_name(type_of(word(at))) == "cell":  # other functions have it, too
                return word(at) + HEADER, (word(at) + OB_TYPE, type_of(word(at)))
            return at, (frame + FRAME_CODE, code)
    return None


# ---- all of it ----

def slot(path):
    thread, colon, rest = path.rpartition(":")
    names = rest.split(".")
    try:
        if colon:
            found, count = in_frames(int(thread[1:]), names[0]), 1
        else:
            found, count = in_modules(names)
        for name in names[count:]:
            if not found or not word(found[0]):
                return None
            found = attribute(word(found[0]), name)
        return found
    except (gdb.MemoryError, gdb.error):
        return None  # it is being made, or is there no more


def find(path):
    found = slot(path)
    return word(found[0]) or None if found else None
