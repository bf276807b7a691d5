# SPDX-License-Identifier: MIT
"""sw_going.py - the commands that go somewhere.

Back is again from the start.  To the last write to something it takes two runs: the first counts the
writes before here, and notes the step of each; the second goes to the step of the wanted one, and
watches from there.  The writes before that are known then, and cost one run each.
"""

import gdb

import sw_frames
import sw_memory
import sw_session
import sw_targets

OURS = ("step", "end", "write", "signal")  # positions that another run comes to again


class Write:
    """One of the writes to a target: the last of hits[:count]."""

    def __init__(self, target, hits, count):
        self.target = target
        self.hits = hits
        self.count = count

    def step(self):
        return self.hits[self.count - 1][0]

    def is_reached(self):
        """For a watch that begins before the step of the write."""
        step = self.step()
        nth = sum(1 for at, _ in self.hits[:self.count] if at == step)
        return lambda hits: hits[-1][0] == step and sum(1 for at, _ in hits if at == step) == nth


class Travel:
    def __init__(self, session):
        self.session = session

    def drive(self, arms):
        """Lets the program, which stands somewhere, come to a stop that is not only there to watch
        something."""
        while self.session.is_alive():
            # Even here: it may stand where the thing begins.
            for arm in arms:
                arm.try_now()
            if not self.is_on_the_way():
                return
            self.session.go_on()

    def is_on_the_way(self):
        return self.session.position.kind == "other" and gdb.newest_frame().name() in (
            "sw_engine_start", "slp_tasklet_mark_started", "slp_channel_action")

    def count(self, target):
        """The writes to it before here, as (step, hash)."""
        until = self.session.position
        goal = until.write
        arms = [sw_targets.Arm(target)]
        if until.kind == "write":
            arms.append(sw_targets.Arm(goal.target, goal.is_reached()))
        stop_at = until.step if until.kind in ("step", "other") else sw_session.NOWHERE
        try:
            self.session.run(stop_at)
            self.drive(arms)
            hits = arms[0].hits()
        finally:
            for arm in arms:
                arm.delete()
        if arms[0].watch is None:
            raise gdb.GdbError(f"{target.text} did not come into being before here")
        # Of a step that was under way nobody knows which of its writes come before here.
        return hits if until.kind != "other" else [hit for hit in hits if hit[0] < until.step]

    def go_to(self, write):
        """To right behind that write."""
        session = self.session
        arm = sw_targets.Arm(write.target, write.is_reached())
        try:
            # The step before it: a write is noted with the number of the decision that comes next.
            session.run(max(write.step() - 1, 0))
            self.drive([arm])
            if session.is_alive() and not self.is_there(arm, write):
                session.go_on()
                self.drive([arm])
            if not session.is_alive() or arm.watch is None or not self.is_there(arm, write):
                session.has_differed = True
                raise gdb.GdbError("another run than before: it did not come to that write")
            value = arm.watch.value()
        finally:
            arm.delete()
        position = sw_session.Position("write", *sw_memory.step_and_hash())
        position.write = write
        session.position = position
        session.trusts(position.step, write.hits[write.count - 1][1])
        number = write.count
        session.show(target=write.target.text, write=number, writes_before=number - 1,
                     value=write.target.describe(value),
                     frames=[text for _, text in
                             sw_frames.c_frames(gdb.newest_frame(), sw_session.FRAMES_SHOWN)])

    @staticmethod
    def is_there(arm, write):
        hits = arm.hits()
        return bool(hits) and write.is_reached()(hits)

    def parse(self, text):
        """What that is here.  A program that has ended has put away its modules: then it is looked for
        in the steps before, twice as far back each time."""
        try:
            return sw_targets.parse(text)
        except sw_targets.NotHere:
            if self.session.position.kind != "end":
                raise
        end, back = self.session.position.step, 1
        while True:
            self.session.come_to(max(end - back, 0))
            try:
                target = sw_targets.parse(text)
                print(f"({text} is nothing at the end: looked for from step "
                      f"{self.session.position.step} on back)")
                return target
            except sw_targets.NotHere:
                if back >= end:
                    raise
            back *= 2

    def last_write(self, text):
        session = self.session
        session.need()
        # Some names need no program that runs: the first run finds them.
        if session.position.kind == "none" and sw_targets.is_of_here(text):
            self.finish()
        elif session.position.kind == "other" and session.position.step is not None:
            print(f"(what step {session.position.step} has written so far is not looked at: "
                  "sw-goto to a step, and there is nothing in between)")
        target = self.parse(text)
        hits = self.count(target)
        if not hits:
            raise gdb.GdbError(f"nothing has written to {text} before here")
        self.go_to(Write(target, hits, len(hits)))

    def write_before(self):
        self.session.need()
        write = self.session.position.write
        if write is None:
            raise gdb.GdbError("it does not stand behind a write: sw-last-write EXPR goes to one")
        if write.count == 1:
            raise gdb.GdbError(f"that was the first write to {write.target.text}")
        self.go_to(Write(write.target, write.hits, write.count - 1))

    def go_to_step(self, step):
        self.session.come_to(step)
        self.session.show()

    def finish(self):
        self.session.run(sw_session.NOWHERE)

    def now(self):
        at = self.session.position
        if at.step is None:
            raise gdb.GdbError("the program does not run: sw-goto STEP")
        return at.step


def command(name, kind=gdb.COMMAND_RUNNING):
    """Makes a function of (argument) a command of gdb's; its docstring is the help."""
    def make(function):
        invoke = {"invoke": lambda self, argument, _: function(argument.strip()),
                  "__doc__": function.__doc__}
        type(function.__name__, (gdb.Command,), invoke)(name, kind)
        return function
    return make


def number(argument, otherwise=None):
    if not argument and otherwise is not None:
        return otherwise
    if not argument.isdecimal():
        raise gdb.GdbError(f"'{argument}' is no number")
    return int(argument)


def register(session):
    """All of them, for this session."""
    if session.told is not None:
        sw_targets.Watch.can_stop = bool(session.told["watches"])
    travel = Travel(session)

    @command("sw-goto")
    def _goto(argument):
        """sw-goto STEP: to right before the decision of that number, or to the end before it."""
        session.need()
        travel.go_to_step(number(argument))

    @command("sw-step")
    def _step(argument):
        """sw-step [N]: N decisions on (1)."""
        session.need()
        travel.go_to_step(travel.now() + number(argument, 1))

    @command("sw-back")
    def _back(argument):
        """sw-back [N]: N decisions back (1).  From the middle of a step, back to where it began is
        the first."""
        session.need()
        travel.go_to_step(max(travel.now() - number(argument, 1), 0))

    @command("sw-end")
    def _end(_):
        """sw-end: to the program's last moment, or to the signal that ends it."""
        session.need()
        travel.finish()
        session.show()

    @command("sw-last-write")
    def _last_write(argument):
        """sw-last-write EXPR: to right behind the last write before here that changed
        mailbox:TASKLET, channel:CHANNEL, attribute:PATH, refcount:PATH or an expression of C with an
        address.  PATH is module.name.attribute, or T1:name of a local of thread T1 (CPython 3.11).
        Before the program runs, "here" is its end."""
        if not argument:
            raise gdb.GdbError("sw-last-write EXPR")
        travel.last_write(argument)

    @command("sw-reverse-continue")
    def _reverse_continue(_):
        """sw-reverse-continue: to the write before that to the same."""
        travel.write_before()

    @command("sw-start")
    def _start(_):
        """sw-start: what the options of `spillway debug` ask for."""
        start(session)


def start(session):
    told = session.told
    # Of the interpreter it has been read, and is kept.  Of the libraries gdb would read it anew in
    # each run: with libc6-dbg that takes two thirds of the time of going back.
    gdb.execute("set debug-file-directory")
    commands = []
    if session.can_run and ("at" in told or session.batch is None and not told["watch"]):
        commands.append(f"sw-goto {told.get('at', 0)}")
    if told["watch"]:
        commands.append(f"sw-last-write {told['watch']}")
    if session.batch is None:
        for one in commands:
            gdb.execute(one)
        return
    commands += [one.strip() for one in session.batch.split(";") if one.strip()]
    failed = not all(perform(one) for one in commands)
    if session.is_alive():
        gdb.execute("kill", to_string=True)
    gdb.execute(f"quit {2 if failed else 1 if session.has_differed else 0}")


def perform(text):
    """Is what it did what was wanted?"""
    try:
        gdb.execute(text)
        return True
    except gdb.error as error:
        gdb.write(f"{text}: {error}\n", gdb.STDERR)
        return False
