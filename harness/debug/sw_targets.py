# SPDX-License-Identifier: MIT
"""sw_targets.py - what can be watched, found anew in each run.

    mailbox:TASKLET    what is in a tasklet's mailbox, from the tasklet's start on
    channel:CHANNEL    the first that waits at a channel
    attribute:PATH     what an attribute, a global or a local of Python is (sw_objects.py)
    refcount:PATH      how many references to the object of that name there are
    an expression      of C, as gdb understands it: *(long *)0x1234, sw_engine.now_ns

A tasklet and a channel have the names that sw-tasklets and sw-channels print, or a number alone: of
its creation.  What a name of Python's means is found where it is asked for, and again at each write:
one that comes while the name means something else is not counted.  The address of an expression is
found once, where it is first asked for; whether it means the same in another run is for the prefix
hash to say.
"""

import gdb

import sw_memory
import sw_objects

SIZES = {1: "unsigned char", 2: "unsigned short", 4: "unsigned int", 8: "unsigned long"}


class Fixed:
    """Memory at an address.  It can be watched from the engine's start on."""

    begins_at = "sw_engine_start"
    is_of_here = True  # what it is, is found where the program stands

    def __init__(self, text):
        self.text = text
        value = gdb.parse_and_eval(text)
        if value.address is None:
            raise gdb.GdbError(f"{text} is no memory: it has no address")
        if value.type.strip_typedefs().sizeof not in SIZES:
            raise gdb.GdbError(f"{text} is not of 1, 2, 4 or 8 bytes: a part of it, perhaps?")
        self.address = int(value.address)
        self.size = value.type.strip_typedefs().sizeof

    def find(self):
        return self.address

    def new_run(self):
        """It is the same address."""

    def is_still(self):
        """Is what is there now what was found there?"""
        return True

    @staticmethod
    def describe(value):
        return f"{value:#x}"


class NotHere(gdb.GdbError):
    """There is no such thing where the program stands."""


class OfPython(Fixed):
    """What a name of Python's is."""

    size = 8

    def __init__(self, text, path):  # pylint: disable=super-init-not-called
        sw_objects.check()
        self.text = text
        self.path = path
        self.address = self.locate()
        if self.address is None:
            raise NotHere(f"{path} is nothing here: sw-goto a step where it is")

    def locate(self):
        raise NotImplementedError


class Attribute(OfPython):
    holder = None

    def locate(self):
        found = sw_objects.slot(self.path)
        self.holder = found[1] if found else None
        return found[0] if found else None

    def is_still(self):
        # Where it has just been deleted it has no name, but it is still the same place.
        at, holder = self.holder
        try:
            return sw_objects.word(at) == holder
        except gdb.MemoryError:
            return False

    @staticmethod
    def describe(value):
        if value and sw_memory.type_name(value) == "int":
            return f"{sw_objects.integer(value)}"
        return sw_memory.describe_object(value)


class Refcount(OfPython):
    is_known = False  # it has had the name in this run, and lives

    def locate(self):
        return sw_objects.find(self.path)

    def new_run(self):
        self.is_known = False

    def is_still(self):
        is_it = self.is_known or sw_objects.find(self.path) == self.address
        self.is_known = is_it and sw_objects.word(self.address) != 0
        return is_it

    @staticmethod
    def describe(value):
        return str(value)


class Named:
    """Memory in an object that is known by a name.  begins_at: where there may be one more."""

    size = 8
    is_of_here = False

    def __init__(self, text, name):
        self.text = text
        self.name = name
        self.object = None  # once it was found
        self.number = 0

    def found(self, one, member):
        """The address of that member of the object, which is one that is called so."""
        self.object, self.number = one, int(one["number"])
        return int(one[member].address)

    def is_still(self):
        """It may have died, and its memory be another's."""
        try:
            return int(self.object["number"]) == self.number
        except gdb.MemoryError:
            return False

    def is_called(self, name, number):
        return self.name == name or self.name == str(number)

    def new_run(self):
        """It is found anew anyway."""

    @staticmethod
    def describe(value):
        return f"{value:#x}"


class Mailbox(Named):
    begins_at = "slp_tasklet_mark_started"

    def is_it(self, tasklet):
        return self.is_called(sw_memory.tasklet_name(tasklet), int(tasklet["number"]))

    def find(self):
        """None: there is no such tasklet, or not yet."""
        for _, tasklet in sw_memory.tasklets():
            if self.is_it(tasklet):
                return self.found(tasklet, "tempval")
        # It is about to be marked as started, and so in no list.
        if gdb.newest_frame().name() == self.begins_at:
            tasklet = gdb.newest_frame().read_var("t")
            if self.is_it(tasklet):
                return self.found(tasklet, "tempval")
        return None

    @staticmethod
    def describe(value):
        return sw_memory.describe_object(value)


class Channel(Named):
    begins_at = "slp_channel_action"

    def find(self):
        found = sw_memory.channels()
        frame = gdb.newest_frame()
        if frame.name() == self.begins_at:
            found.append(frame.read_var("channel"))
        for channel in found:
            if self.is_called(sw_memory.channel_name(channel), int(channel["number"])):
                return self.found(channel, "first")
        return None


NAMES = {"mailbox": Mailbox, "channel": Channel, "attribute": Attribute, "refcount": Refcount}


def is_name(text):
    kind, _, name = text.partition(":")
    return kind in NAMES and name != "" and not name.startswith(":")


def is_of_here(text):
    return not is_name(text) or NAMES[text.partition(":")[0]].is_of_here


def parse(text):
    if is_name(text):
        kind, _, name = text.partition(":")
        return NAMES[kind](text, name)
    try:
        return Fixed(text)
    except gdb.error as error:
        raise gdb.GdbError(f"{text}: {error}") from None


class Watch(gdb.Breakpoint):
    """Counts the writes that change it, and stops at one of them; wanted(hits): is it the last of
    these?"""

    can_stop = True  # whether this machine's do: "spillway debug" has tried it

    def __init__(self, target, address, wanted):
        super().__init__(f"*({SIZES[target.size]} *){address:#x}", gdb.BP_WATCHPOINT, gdb.WP_WRITE,
                         internal=True)
        self.silent = True
        self.target = target
        self.address = address
        self.wanted = wanted
        self.hits = []  # (step, prefix hash)
        # Without one gdb would go on instruction by instruction, for hours.
        if self.type != gdb.BP_HARDWARE_WATCHPOINT:
            self.delete()
            raise gdb.GdbError("this machine, or gdb, has no hardware watchpoint for it")
        # And one that never stops would tell that nothing has written.
        if not self.can_stop:
            self.delete()
            raise gdb.GdbError("hardware watchpoints never stop a program on this machine, so that "
                               "what writes is not seen (spillway doctor)")

    def stop(self):
        if not self.target.is_still():
            return False
        self.hits.append(sw_memory.step_and_hash())
        return self.wanted is not None and self.wanted(self.hits)

    def value(self):
        return int.from_bytes(sw_memory.read(self.address, self.target.size), "little")


class Arrival(gdb.Breakpoint):
    """Where what is to be watched may have come."""

    def __init__(self, target):
        super().__init__(target.begins_at, internal=True)
        self.silent = True
        self.target = target

    def stop(self):
        return self.target.find() is not None


class Arm:
    """A target in one run: waits for it, and then watches it."""

    def __init__(self, target, wanted=None):
        self.target = target
        self.wanted = wanted
        target.new_run()
        self.arrival = sw_memory.quietly(lambda: Arrival(target))
        self.watch = None

    def try_now(self):
        """Watches it if it is there."""
        address = self.target.find() if self.watch is None else None
        if address is None:
            return
        self.watch = Watch(self.target, address, self.wanted)
        self.arrival.delete()
        self.arrival = None

    def hits(self):
        return self.watch.hits if self.watch is not None else []

    def delete(self):
        for one in (self.arrival, self.watch):
            if one is not None and one.is_valid():
                one.delete()
