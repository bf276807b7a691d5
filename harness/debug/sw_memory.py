# SPDX-License-Identifier: MIT
"""sw_memory.py - reads what the program's process has in its memory, and changes nothing there."""

import gdb


def evaluate(text):
    return gdb.parse_and_eval(text)


def quietly(make):
    """What make() returns; that gdb does not know a function yet, since its library is not loaded, is
    not printed."""
    global _make, _made  # pylint: disable=global-statement
    _make = make
    gdb.execute("python import sw_memory; sw_memory._made = sw_memory._make()", to_string=True)
    return _made


_make = _made = None


def word(address):
    """The 8 bytes at an address."""
    return int.from_bytes(read(address, 8), "little")


def read(address, size):
    return gdb.selected_inferior().read_memory(address, size).tobytes()


def at(address, type_name):
    """The struct of that type at an address."""
    return gdb.Value(address).cast(gdb.lookup_type(type_name).pointer()).dereference()


# ---- the engine ----

def engine():
    try:
        return evaluate("sw_engine")
    except gdb.error:
        raise gdb.GdbError("no libspillway here: the program is not under control") from None


def board():
    """The control memory; None before the engine has begun."""
    shm = engine()["shm"]
    return shm.dereference() if int(shm) else None


def step_and_hash():
    """How many decisions were made, and the hash over them; (None, None) where nobody decides."""
    try:
        shm = board()
    except (gdb.error, gdb.GdbError):
        return None, None
    return (None, None) if shm is None else (int(shm["decision_count"]), int(shm["hash"]))


def engine_threads():
    """The threads under control, each a struct sw_thread."""
    e = engine()
    return [e["live"][i].dereference() for i in range(int(e["live_count"]))]


def engine_thread(number):
    for thread in engine_threads():
        if int(thread["ordinal"]) == number:
            return thread
    raise gdb.GdbError(f"there is no thread T{number}")


def current_thread():
    """Its number; None: nobody runs under control."""
    current = engine()["current"]
    return int(current["ordinal"]) if int(current) else None


# ---- tasklets and channels ----

def slp_threads():
    """The struct slp_thread of each thread that has tasklets, oldest first."""
    try:
        thread = evaluate("'thread.c'::all_threads")
    except gdb.error:
        raise gdb.GdbError("no tasklets here: it is not slpython, and has no module stackless "
                           "(or one without debug information)") from None
    found = []
    while int(thread):
        found.append(thread)
        thread = thread["next"]
    return sorted(found, key=lambda one: int(one["id"]))


def tasklets():
    """Pairs of a struct slp_thread and a tasklet that has something on a C stack, each thread's in
    the order of their start; the main tasklet first."""
    found = []
    for thread in slp_threads():
        tasklet, started = thread["started"], []
        while int(tasklet):
            started.insert(0, tasklet)
            tasklet = tasklet["started_next"]
        if int(thread["main"]) and not any(int(thread["main"]) == int(t) for t in started):
            started.insert(0, thread["main"])
        found += [(thread, t) for t in started]
    return found


def tasklet_name(tasklet):
    """As stories and transcripts call it."""
    name = named("tasklets").get(int(tasklet))
    if name:
        return name
    number = int(tasklet["number"])
    if number >> 31 == 0:
        return f"tasklet#{number}"
    number &= 0x7fffffff
    return "main" if number == 1 else f"main of thread {number}"


def channel_name(channel):
    return named("channels").get(int(channel)) or f"channel#{int(channel['number'])}"


def named(table_name):
    """What the agent calls tasklets, or channels: {address: name}.  Empty where there is none."""
    try:
        table = evaluate(f"'tasklet_names.c'::{table_name}")
        shm = evaluate("'event_writer.c'::event_shm")
        record = gdb.lookup_type("struct sw_" + table_name[:-1]).pointer()
    except gdb.error:
        return {}
    names = {}
    for i in range(int(table["size"])):
        if int(table["records"][i]):
            one = table["records"][i].cast(record)
            offset = int(one["name"])
            if offset:
                names[int(one["address"])] = shm["text"][offset].address.cast(
                    gdb.lookup_type("char").pointer()).string()
    return names


def channels():
    """All that somebody waits at, and those that the agent knows."""
    found = {}
    for _, tasklet in tasklets():
        if int(tasklet["direction"]) and int(tasklet["channel"]):
            found[int(tasklet["channel"])] = tasklet["channel"]
    pointer = gdb.lookup_type("struct slp_channel").pointer()
    for address in named("channels"):
        found.setdefault(address, gdb.Value(address).cast(pointer))
    return [found[address] for address in sorted(found, key=lambda a: int(found[a]["number"]))]


def waiting(channel):
    tasklet, found = channel["first"], []
    while int(tasklet):
        found.append(tasklet)
        tasklet = tasklet["next"]
    return found


# ---- Python objects ----

def type_name(address):
    """Of the object there, by the one layout that all versions up to 3.11 have."""
    if address == 0:
        return "NULL"
    try:
        kind = word(address + 8)
        return gdb.Value(word(kind + 24)).cast(gdb.lookup_type("char").pointer()).string()
    except (gdb.error, UnicodeDecodeError):
        return "?"


def describe_object(address):
    name = type_name(address)
    return {"NoneType": "None", "NULL": "NULL"}.get(name, f"<{name} at {address:#x}>")


def text_of(string):
    """A str of 3.11 that is compact ASCII, as names of files and functions mostly are; else "?"."""
    address = int(string)
    state = int.from_bytes(read(address + 32, 4), "little")
    if state >> 5 & 3 != 3:
        return "?"
    return read(address + 48, word(address + 16)).decode("ascii", "replace")
