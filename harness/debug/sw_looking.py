# SPDX-License-Identifier: MIT
"""sw_looking.py - the commands that look: they read memory and registers, and nothing else."""

import gdb

import sw_frames
import sw_memory
import sw_printers
import sw_targets
import sw_unwind
from sw_going import command, number


def gdb_thread(tid):
    for thread in gdb.selected_inferior().threads():
        if thread.ptid[1] == tid or thread.ptid[2] == tid:
            return thread
    raise gdb.GdbError(f"gdb knows no thread {tid}")


def python_of(state):
    if state is None or int(state) == 0 or not sw_frames.has_types():
        return []
    return sw_frames.python_frames(sw_frames.of_cframe(state["cframe"]))


def show(c, python):
    for line in sw_frames.merged(c, python):
        print(line)
    if not sw_frames.has_types():
        print(sw_frames.missing())


# ---- one stack ----

def bt_thread(n):
    """It has an OS thread of its own; or it is the fiber that runs."""
    thread = sw_memory.engine_thread(n)
    is_fiber = int(thread["shell"]) != 0
    if is_fiber and n != sw_memory.current_thread():
        raise gdb.GdbError(f"T{n} is a fiber that does not run: sw-bt fiber {n}")
    before = gdb.selected_thread()
    if not is_fiber:
        gdb_thread(int(thread["tid"])).switch()
    try:
        show(sw_frames.c_frames(gdb.newest_frame()),
             python_of(sw_frames.thread_state(int(thread["handle"]))))
    finally:
        before.switch()


def bt_fiber(n):
    thread = sw_memory.engine_thread(n)
    if n == sw_memory.current_thread():
        bt_thread(n)
        return
    with sw_unwind.shown(sw_unwind.of_fiber(thread)) as first:
        c = sw_frames.c_frames(first)
    show(c, python_of(sw_frames.thread_state(int(thread["handle"]))))


def find_tasklet(text):
    for _, tasklet in sw_memory.tasklets():
        if text in (sw_memory.tasklet_name(tasklet), str(int(tasklet["number"]))):
            return tasklet
    raise gdb.GdbError(f"no tasklet '{text}' has a C stack: sw-tasklets lists them")


def bt_tasklet(text):
    tasklet = find_tasklet(text)
    stack = sw_unwind.of_tasklet(tasklet)
    python = []
    if sw_frames.has_types():
        python = sw_frames.python_frames(
            sw_frames.of_cframe(tasklet["state"]["cframe"], innermost(tasklet, stack)))
    with sw_unwind.shown(stack) as first:
        c = sw_frames.c_frames(first)
    show(c, python)


def innermost(tasklet, stack):
    """Where a tasklet's cframe lies; one that begins a spill's record was never moved."""
    address = int(tasklet["state"]["cframe"])
    return stack if stack.find(address) != address else None


def bt_spill(n):
    state = sw_memory.evaluate("_PyRuntime.gilstate.tstate_current._value")
    if int(state) == 0:
        raise gdb.GdbError("nobody holds the GIL here")
    cframe = state.cast(gdb.lookup_type("PyThreadState").pointer())["cframe"]
    records = sw_unwind.spills(cframe, None)
    if n >= len(records):
        raise gdb.GdbError(f"there are {len(records)} spills below what runs")
    record, stack = records[n], sw_unwind.of_spill(records[n])
    python = []
    if sw_frames.has_types():
        python = sw_frames.python_frames(sw_frames.of_cframe(record["real"], stack))
    with sw_unwind.shown(stack) as first:
        c = sw_frames.c_frames(first)
    show(c, python)


# ---- lists ----

def thread_line(thread, current):
    n, wait = int(thread["ordinal"]), thread["wait"]
    if int(wait["clause"]) == 0:
        what = "can run"
    else:
        clause = gdb.execute(f"info symbol {int(wait['clause'])}", to_string=True).split(" ")[0]
        what = f"waits by {clause} at {str(wait['place']).removeprefix('SW_AT_').lower()}"
        if int(wait["object"]):
            what += f" for number {int(wait['object'])}"
        if int(wait["deadline_ns"]):
            what += f", until {int(wait['deadline_ns'])} ns"
    mark = "*" if n == current else " "
    return f"{mark} T{n}  {what}  (kernel's {int(thread['tid'])})"


def register():
    @command("sw-where", gdb.COMMAND_STATUS)
    def _where(_):
        """sw-where: how many decisions were made, their hash, and who runs."""
        step, digest = sw_memory.step_and_hash()
        if step is None:
            raise gdb.GdbError("nobody decides here: the program is not under control"
                               if gdb.selected_inferior().pid else
                               "the program does not run: sw-goto STEP")
        print(f"after {step} decisions, hash {digest:016x}; T{sw_memory.current_thread()} runs")

    @command("sw-threads", gdb.COMMAND_STATUS)
    def _threads(_):
        """sw-threads: the threads under control, and what each waits for."""
        for thread in sw_memory.engine_threads():
            print(thread_line(thread, sw_memory.current_thread()))

    @command("sw-tasklets", gdb.COMMAND_STATUS)
    def _tasklets(_):
        """sw-tasklets: the tasklets that have something on a C stack, by thread."""
        for thread, tasklet in sw_memory.tasklets():
            one = tasklet.dereference()
            text = sw_printers.Tasklet(one).to_string()
            print(f"  {text[1:-1]}; its thread's id {int(thread['id'])}, at {int(tasklet):#x}")

    @command("sw-channels", gdb.COMMAND_STATUS)
    def _channels(_):
        """sw-channels: the channels that somebody waits at, and those that have a name."""
        for channel in sw_memory.channels():
            names = [sw_memory.tasklet_name(t) for t in sw_memory.waiting(channel)]
            print(f"  {sw_memory.channel_name(channel)}: "
                  f"{sw_printers.waiters(int(channel['balance']))}"
                  f"{': ' + ', '.join(names) if names else ''}; at {int(channel):#x}")

    @command("sw-address", gdb.COMMAND_DATA)
    def _address(argument):
        """sw-address mailbox:TASKLET | channel:CHANNEL | EXPR: an expression for gdb's own watch,
        as it is now."""
        target = sw_targets.parse(argument)
        address = target.find()
        if address is None:
            raise gdb.GdbError(f"there is no {argument} here")
        print(f"*({sw_targets.SIZES[target.size]} *){address:#x}")

    @command("sw-bt", gdb.COMMAND_STACK)
    def _bt(argument):
        """sw-bt thread N | fiber N | tasklet NAME | spill N: the C stack with its Python frames.
        spill N is the part of the running stack that the Nth spill has put aside, 0 the
        innermost."""
        kind, _, which = argument.partition(" ")
        which = which.strip()
        if kind == "tasklet" and which:
            bt_tasklet(which)
        elif kind in ("thread", "fiber", "spill"):
            {"thread": bt_thread, "fiber": bt_fiber, "spill": bt_spill}[kind](number(which))
        else:
            raise gdb.GdbError("sw-bt thread N | fiber N | tasklet NAME | spill N")

    @command("sw-pybt", gdb.COMMAND_STACK)
    def _pybt(argument):
        """sw-pybt [N]: the Python frames of thread TN (the one that runs)."""
        if not sw_frames.has_types():
            raise gdb.GdbError(sw_frames.missing())
        n = number(argument, sw_memory.current_thread())
        state = sw_frames.thread_state(int(sw_memory.engine_thread(n)["handle"]))
        for text, _ in python_of(state):
            print(f"  {text}")
