# SPDX-License-Identifier: MIT
"""Runs a plan in an interpreter that is not ours, Python 2.7 or 3: agentless.h says what can be had there.

The counterpart of agent/driver.py, without an agent: what happens is seen from outside, when
nothing can run any more.  Each thread has an inbox; its main tasklet waits there for a step, lets
its tasklets run until none can, and waits again.  The conductor is a thread of its own; it comes
to rest in the engine, through ctypes, which returns when nobody else can run.

Steps run in one namespace.  No reference to an actor's tasklet is held while it runs or is
blocked; only while it is paused between two steps is it kept, in `paused`.
"""

import os
import traceback

# Exit statuses; the runner says what they mean.  What the spec needs is counted from the last.
NO_STACKLESS, NO_MODULES, NO_NAME, NO_NEED = 77, 78, 79, 80
RUN_ERRORS_MAX = 16  # of run() in a row that bring nobody forward

try:
    import ctypes
    import mmap
    import struct
except ImportError:
    os._exit(NO_MODULES)


# ---- the wire: shared memory, laid out as contract/event_shm.h says


layout = dict(item.split("=") for item in os.environ.pop("SPILLWAY_LAYOUT").split(","))
layout = dict((name, int(number)) for name, number in layout.items())
wire = mmap.mmap(int(os.environ.pop("SPILLWAY_FD")), layout["size"])
EVENT = struct.Struct("=IIHHIIIIIIII")  # what is behind them in an event stays 0
here = {"move": 0}


def number_at(offset):
    return struct.unpack_from("=I", wire, offset)[0]


def set_number(offset, number):
    struct.pack_into("=I", wire, offset, number)


def text_at(offset):
    start = layout["text"] + offset
    return wire[start:wire.find(b"\0", start)].decode("utf-8")


def add_text(text):
    """An offset; 0 for an empty text."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    if not data:
        return 0
    at = number_at(layout["text_used"])
    start = layout["text"] + at
    wire[start:start + len(data) + 1] = data + b"\0"
    set_number(layout["text_used"], at + len(data) + 1)
    return at


def append(kind, who="", other="", object="", text="", note=""):
    count = number_at(layout["event_count"])
    EVENT.pack_into(wire, layout["events"] + count * layout["event_size"], count, here["move"],
                    layout["kind_" + kind], 0, add_text(who), add_text(object), add_text(other), 0,
                    add_text(text), add_text(note), 0, 0)
    set_number(layout["event_count"], count + 1)


def rows(name, count, width):
    """The plan's tables are of 32-bit numbers only."""
    start = layout[name]
    return [struct.unpack_from("=%dI" % width, wire, start + 4 * width * i) for i in range(count)]


plan = layout["plan"]
(spec_path, schedule_name, setup_text, setup_line, thread_count, actor_count, step_count,
 move_count, condition_count) = struct.unpack_from("=9I", wire, plan)
path = text_at(spec_path)


# ---- what the interpreter has


def leave(status):
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def require(names):
    if stackless is None:
        leave(NO_STACKLESS)
    gc.disable()
    missing = first_missing(names)
    if missing is not None:
        leave(NO_NEED + missing)


require([name for name in os.environ.pop("SPILLWAY_NEEDS").split(",") if name])
set_number(layout["attached"], layout["magic"])

rest = ctypes.CDLL(None).spillway_rest  # lets go of the GIL
namespace = {"__name__": "__spec__", "stackless": stackless}


def compiled(source, line, mode):
    return compile("\n" * (line - 1) + source, path, mode, 0, True)


def describe(exception):
    return type(exception).__name__, str(exception)


class Step(object):
    def __init__(self, name, source, line, actor):
        self.name = text_at(name)
        self.source = text_at(source)
        self.line = line
        self.actor = actor
        self.code = None
        self.state = None  # the last that was told


class Actor(object):
    def __init__(self, number, name, class_name, kind, home):
        self.number = number
        self.name = text_at(name)
        self.class_name = text_at(class_name)
        self.is_thread = kind == 1
        self.home = home
        self.pending = None  # a step that it was given
        self.current = None  # the step under way
        self.last = False  # that is its last one
        self.ended = False
        self.tasklet = lambda: None  # a weak reference


actors = [Actor(i, *row) for i, row in enumerate(rows("actors", actor_count, 4))]
steps = [Step(*row) for row in rows("steps", step_count, 4)]
moves = rows("moves", move_count, layout["move_width"])
conditions = []
broken = set()
paused = {}  # actor's number: its tasklet
changed = []  # steps that came to an end, in order
taking_part = set(steps[move[0]].actor for move in moves)


# ---- actors


def run_step(actor):
    """Returns whether it was the actor's last."""
    step, actor.pending = actor.pending, None
    actor.current = step
    try:
        exec(step.code, namespace)
        state = ("done", "", "", "")
    except BaseException as exception:
        name, note = describe(exception)
        state = ("raised", "", name, note)
        if name == "TaskletExit":
            end_step(actor, step, state)
            actor.ended = True
            raise
    end_step(actor, step, state)
    return actor.last


def end_step(actor, step, state):
    actor.current = None
    actor.ended = actor.last
    changed.append((step, state))


def act_in_tasklet(number):
    actor = actors[number]
    while True:
        while actor.pending is None:
            paused[number] = stackless.getcurrent()
            stackless.schedule_remove(None)
            paused.pop(number, None)
        if run_step(actor):
            return


def make_actors(home):
    """Returns the actor that is the thread itself, or None."""
    bare = None
    for actor in actors:
        if actor.home != home or actor.number not in taking_part:
            continue
        if actor.is_thread:
            bare = actor
            actor.tasklet = weakref.ref(stackless.getmain())
            continue
        cls = namespace[actor.class_name] if actor.class_name else stackless.tasklet
        tasklet = cls(act_in_tasklet)
        actor.tasklet = weakref.ref(tasklet)
        tasklet(actor.number)
    return bare


# ---- threads


class Inbox(object):
    def __init__(self):
        self.lock = _thread.allocate_lock()
        self.lock.acquire()
        self.messages = []
        self.ran = False
        self.stuck = False

    def put(self, message):
        self.messages.append(message)
        self.lock.release()

    def get(self):
        self.lock.acquire()
        return self.messages.pop(0)


inboxes = [Inbox() for _ in range(thread_count)]


def run_tasklets(inbox):
    inbox.ran = stackless.getruncount() > 1
    errors = 0
    while stackless.getruncount() > 1:
        before = stackless.getruncount()
        try:
            stackless.run()
        except BaseException as exception:
            name, note = describe(exception)
            append("unraisable", text=name, note=note)
        errors = errors + 1 if stackless.getruncount() == before else 0
        if errors == RUN_ERRORS_MAX:
            inbox.stuck = True  # what is under way stays unfinished
            return


def serve(home):
    inbox = inboxes[home]
    try:
        bare = make_actors(home)
        run_tasklets(inbox)
    except BaseException as exception:
        refuse(exception)
    while True:
        number = inbox.get()
        if number is None:
            run_tasklets(inbox)
        elif bare is not None and number == bare.number:
            run_step(bare)
        else:
            paused.pop(number).insert()
            run_tasklets(inbox)


def refuse(exception):
    """The spec's own Python is wrong here, and nothing can be run."""
    traceback.print_exc()
    name, note = describe(exception)
    append("setup_raised", text=name, note=note)
    leave(0)


def fail():
    """A bug of the harness, never a verdict."""
    sys.stderr.write("spillway: the driver failed\n")
    traceback.print_exc()
    leave(3)


def guarded(function, *arguments):
    try:
        function(*arguments)
    except BaseException:
        fail()


# ---- the conductor


def come_to_rest():
    """A tasklet that another thread has made runnable is run, too."""
    rest()
    busy = True
    while busy:
        for inbox in inboxes:
            if not inbox.lock.locked():
                continue
            inbox.ran = False
            if is_waiting(inbox):
                inbox.put(None)
        rest()
        busy = any(inbox.ran for inbox in inboxes)


def is_waiting(inbox):
    """Not in the middle of a step that blocks its whole thread, and not where nothing can run."""
    if inbox.stuck:
        return False
    home = inboxes.index(inbox)
    return not any(actor.is_thread and actor.home == home and actor.current is not None
                   for actor in actors)


def queue_of(channel):
    """The tasklets that wait on it, where the interpreter shows them."""
    queue = channel.queue
    if queue is None:
        return []
    if not isinstance(queue, stackless.tasklet):
        return list(queue)
    found = [queue]
    while isinstance(found[-1].next, stackless.tasklet) and found[-1].next is not queue:
        found.append(found[-1].next)
    return found


def blocked_on(tasklet):
    for name in sorted(name for name in namespace if isinstance(name, str)):
        value = namespace[name]
        if isinstance(value, stackless.channel) and any(t is tasklet for t in queue_of(value)):
            return name, "receive" if value.balance < 0 else "send"
    leave(NO_NAME)


def is_scheduled(tasklet):
    """PyPy's tasklets do not say."""
    scheduled = getattr(tasklet, "scheduled", None)
    if scheduled is None:
        return any(t is tasklet for t in getattr(stackless, "_squeue", None) or ())
    return scheduled


def state_of(actor):
    """Of an actor with a step under way."""
    tasklet = actor.tasklet()
    if tasklet is None:
        return ("unfinished", "", "", "its tasklet is gone")
    if tasklet.blocked:
        name, operation = blocked_on(tasklet)
        return ("blocks", name, operation, "")
    if not actor.is_thread and not is_scheduled(tasklet):
        return ("pauses", "", "", "")
    return ("unfinished", "", "", "")


def tell(step, state):
    kind, object_name, text, note = state
    append(kind, who=step.name, other=actors[step.actor].name, object=object_name, text=text,
           note=note)


def settle(moved):
    """One event for each step whose state has changed: first for the one that was moved."""
    for actor in actors:
        if actor.current is not None:
            changed.append((actor.current, state_of(actor)))
    last = {}
    for place, (step, state) in enumerate(changed):
        last[step] = (place, state)
    del changed[:]
    for step, (place, state) in sorted(last.items(), key=lambda item: (item[0] is not moved,
                                                                       item[1][0])):
        if step is moved or step.state != state:
            tell(step, state)
        step.state = state


def refusal(actor):
    """Why it can take no step, or None."""
    if actor.ended:
        return "its actor has ended"
    if inboxes[actor.home].stuck:
        return "run() on its thread only raises"
    if actor.current is not None or actor.pending is not None:
        return "its actor is not idle"
    return None


def make(move):
    step = steps[move[0]]
    actor = actors[step.actor]
    append("move", who=step.name)
    why_not = refusal(actor)
    if why_not is not None:
        append("unfinished", who=step.name, other=actor.name, note=why_not)
        return
    actor.pending, actor.last = step, bool(move[2])
    inboxes[actor.home].put(actor.number)
    come_to_rest()
    settle(step)


def check_conditions():
    for number, (code, never, source) in enumerate(conditions):
        if number in broken:
            continue
        note = "it does not hold"
        try:
            holds = bool(eval(code, namespace)) != never
        except BaseException as exception:
            holds, note = False, "%s: %s" % describe(exception)
        if not holds:
            broken.add(number)
            append("condition", text=source, note=note)


def conduct():
    rest()
    for number, move in enumerate(moves):
        here["move"] = number + 1
        make(move)
        check_conditions()
    append("finished")
    leave(0)


# ---- the main thread


def set_up():
    exec(compiled(text_at(setup_text), setup_line, "exec"), namespace)
    for step in steps:
        step.code = compiled(step.source, step.line, "exec")
    for source, line, never in rows("conditions", condition_count, 3):
        text = text_at(source)
        conditions.append((compiled(text.strip(), line, "eval"), bool(never), text))


def main():
    try:
        set_up()
    except BaseException as exception:
        refuse(exception)
    for home in range(1, thread_count):
        _thread.start_new_thread(guarded, (serve, home))
    _thread.start_new_thread(guarded, (conduct,))
    guarded(serve, 0)


main()
