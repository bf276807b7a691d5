# SPDX-License-Identifier: MIT
"""sw_printers.py - how gdb prints a tasklet, a channel, a bomb and a slice: in one line."""

import gdb
import gdb.printing

import sw_memory


class Tasklet:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return (f"<tasklet {sw_memory.tasklet_name(self.value.address)}: {state(self.value)}, "
                f"mailbox {sw_memory.describe_object(int(self.value['tempval']))}>")


class Channel:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return (f"<channel {sw_memory.channel_name(self.value.address)}: "
                f"{waiters(int(self.value['balance']))}>")


class Bomb:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        kind = int(self.value["type"])
        if kind == 0:
            return "<bomb that has exploded>"
        name = gdb.Value(sw_memory.word(kind + 24)).cast(gdb.lookup_type("char").pointer())
        return f"<bomb {name.string()}: {sw_memory.describe_object(int(self.value['value']))}>"


class Slice:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        start, used = int(self.value["start"]), int(self.value["used"])
        if used == 0:
            return "<slice, empty>"
        where = "on a segment" if int(self.value["segment_low"]) else \
            f"at {int(self.value['bytes']):#x}"
        return f"<slice of [{start:#x}, {start + used:#x}), {used} bytes {where}>"


def state(tasklet):
    """As in tasklet.h, in the words of people."""
    if int(tasklet["ended"]):
        return "has ended"
    if int(tasklet["thread"]) and int(tasklet["thread"]["current"]) == int(tasklet.address):
        return "is its thread's current one"
    if int(tasklet["direction"]):
        verb = "receives from" if int(tasklet["direction"]) < 0 else "sends to"
        return f"{verb} {sw_memory.channel_name(tasklet['channel'])}"
    if int(tasklet["scheduled"]):
        return "is runnable"
    return "sits in run()" if int(tasklet["in_run"]) else "is paused"


def waiters(balance):
    if balance == 0:
        return "nobody waits"
    return f"{abs(balance)} wait to {'receive' if balance < 0 else 'send'}"


def register():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("spillway")
    for name, printer in (("slp_tasklet", Tasklet), ("slp_channel", Channel), ("slp_bomb", Bomb),
                          ("slp_slice", Slice)):
        printers.add_printer(name, f"^{name}$", printer)
    gdb.printing.register_pretty_printer(None, printers, replace=True)
