# SPDX-License-Identifier: MIT
"""sw_session.py - runs the recorded program, again and again, and knows where it stands.

gdb's own "run" starts "spillway debug --in-place", which becomes the interpreter: so each run is
controlled, and one that is typed is, too.  The step at which it is to stop is an option of that
command, so that going there costs one breakpoint.

Addresses mean the same in two runs if the decisions before were the same: so the prefix hash is kept
of each step that was seen, and one that is another is said.
"""

import json
import os
import shlex

import gdb

import sw_frames
import sw_memory

NOWHERE = (1 << 64) - 1
STOP_HERE = "sw_debug_stop_here"
FRAMES_SHOWN = 5
EXIT_ERROR = 2  # contract/exit.h


class Output:
    """Standard output without gdb in between, which does not say that it cannot write.  For a batch:
    an editor wants to have what is printed from gdb."""

    @staticmethod
    def write(text):
        gdb.flush()
        rest = text.encode("utf-8", "backslashreplace")
        try:
            while rest:
                rest = rest[os.write(1, rest):]
        except OSError as error:
            gdb.write(f"spillway: cannot write the report: {error.strerror}\n", gdb.STDERR)
            gdb.execute("kill", to_string=True) if gdb.selected_inferior().pid else None
            gdb.execute(f"quit {EXIT_ERROR}")

    @staticmethod
    def flush():
        gdb.flush()


class Position:
    """Where the program stands.  kind: "step", before a decision; "end", its last moment; "write",
    behind one (write: sw_going.Write); "signal"; "other", which the user has chosen; "none"."""

    def __init__(self, kind, step=None, digest=None):
        self.kind = kind
        self.step = step
        self.hash = digest
        self.write = None


class StopHere(gdb.Breakpoint):
    """The one breakpoint for steps and the end."""

    def __init__(self):
        super().__init__(STOP_HERE, internal=True)
        self.silent = True


class Session:
    def __init__(self, told):
        self.told = json.loads(told) if told else None
        self.batch = self.told["batch"] if self.told else None
        self.json = bool(self.told and self.told["json"])
        self.seen = {}  # step: its prefix hash in the first run that came there
        self.has_differed = False
        self.position = Position("none")
        self.is_quiet = False  # our own stops are printed by whoever made them
        self.stop_here = None
        self.signal = None
        self.can_run = self.told is not None and not self.told["attached"]
        if self.can_run:
            gdb.execute("set exec-wrapper " + self.wrapper(0))
            gdb.execute(f"set cwd {os.getcwd()}")  # whatever gdb's own "cd" does
            gdb.events.stop.connect(self.on_stop)
            gdb.events.exited.connect(self.on_exited)

    # ---- running ----

    def wrapper(self, stop_at):
        """What gdb puts in front of the program and its arguments, which it ignores."""
        words = [self.told["spillway"], "debug", "--in-place", "--engine", self.told["engine"]]
        if stop_at != NOWHERE:
            words += ["--at", str(stop_at)]
        if self.told["interp"]:
            words += ["--interp", self.told["interp"]]
        if self.told["number"]:
            words += ["--number", str(self.told["number"])]
        return " ".join(shlex.quote(word) for word in [*words, self.told["schedule"], "--"])

    def need(self):
        if not self.can_run:
            raise gdb.GdbError("only in `spillway debug FILE.sched`, which runs it again")

    def is_alive(self):
        return gdb.selected_inferior().pid != 0

    def execute(self, command):
        """A command of gdb's that lets the program go on, past the user's breakpoints; nothing is
        printed."""
        theirs = [one for one in gdb.breakpoints() if one.number > 0 and one.enabled]
        self.is_quiet = True
        for one in theirs:
            one.enabled = False
        try:
            gdb.execute(command, to_string=True)
            while self.is_own_interrupt():
                gdb.execute("signal SIGINT", to_string=True)
        finally:
            self.is_quiet = False
            for one in theirs:
                one.enabled = True

    def is_own_interrupt(self):
        """A SIGINT that the program has sent itself is a part of the run, and not a Ctrl-C."""
        if not self.is_alive() or self.signal != "SIGINT":
            return False
        sender = gdb.parse_and_eval("$_siginfo")
        return (int(sender["si_code"]) <= 0 and
                int(sender["_sifields"]["_kill"]["si_pid"]) == gdb.selected_inferior().pid)

    def run(self, stop_at):
        """From the start, to the first stop."""
        self.need()
        if self.stop_here is None:
            self.stop_here = sw_memory.quietly(StopHere)
        if self.is_alive():
            gdb.execute("kill", to_string=True)
        gdb.execute("set exec-wrapper " + self.wrapper(stop_at))
        self.execute("run")

    def go_on(self):
        self.execute("continue")

    def stop_at(self, step):
        """From here on."""
        gdb.execute(f"set var sw_engine.shm->stop_at = {step}ull", to_string=True)

    def come_to(self, step):
        """The program stands before the decision of that number, or at its end before."""
        now, _ = sw_memory.step_and_hash() if self.is_alive() else (None, None)
        ahead = self.position.kind in ("step", "other", "write") and now is not None and now < step
        if ahead:
            self.stop_at(step)
            self.go_on()
        else:
            self.run(step)

    # ---- where it stands ----

    def on_stop(self, event):
        self.signal = event.stop_signal if isinstance(event, gdb.SignalEvent) else None
        self.position = self.find_position()
        if not self.is_quiet:
            self.show()

    def on_exited(self, _):
        self.position = Position("none")

    def find_position(self):
        step, digest = sw_memory.step_and_hash()
        if step is None:
            return Position("other")
        try:
            frame = gdb.newest_frame()
            if frame.name() == STOP_HERE:
                why = str(frame.read_var("why"))
                return Position("end" if why == "SW_DEBUG_STOP_END" else "step", step, digest)
        except gdb.error:
            pass
        return Position("signal" if self.signal else "other", step, digest)

    def trusts(self, step, digest):
        """Is the prefix hash what it was?  0 of a step that nobody has seen yet."""
        known = self.seen.setdefault(step, digest)
        self.has_differed |= known != digest
        return known == digest

    # ---- telling ----

    def show(self, **more):
        """One stop: as lines, or as one line of JSON."""
        told = {**self.describe(), **more}
        if self.json:
            print(json.dumps(told), flush=True)
            return
        for line in lines_of(told):
            print(line)

    def describe(self):
        at = self.position
        if at.kind == "none":
            return {"stop": "none"}
        told = {"stop": at.kind, "step": at.step, "thread": None, "hash": None, "same": True}
        if at.step is None:
            return told
        thread = sw_memory.current_thread()
        told["thread"] = None if thread is None else f"T{thread}"
        told["hash"] = f"{at.hash:016x}"
        told["same"] = self.trusts(at.step, at.hash)
        if at.kind == "step":
            told["decision"] = sw_memory.evaluate("sw_debug_stop_text").string()
        elif at.kind == "end":
            self.describe_end(told)
        else:
            told["signal"] = self.signal
            told["frames"] = [text for _, text in
                              sw_frames.c_frames(gdb.newest_frame(), FRAMES_SHOWN)]
        return told

    def describe_end(self, told):
        shm = sw_memory.board()
        if int(shm["end"]):
            told["end"] = shm["report"].string() or "ended by the engine"
        else:
            told["end"] = f"exit {int(shm['exited_with'])}"
        is_same = (told["step"], int(shm["hash"])) == (self.told["decisions"], self.told["hash"])
        told["same"] = told["same"] and is_same
        self.has_differed |= not is_same
        told["recorded"] = f"{self.told['decisions']} decisions, hash {self.told['hash']:016x}"


def lines_of(told):
    kind, thread = told["stop"], told.get("thread") or "nobody"
    if kind == "none":
        return ["the program does not run"]
    if told["step"] is None:
        return ["before control has begun"]
    if kind == "end":
        lines = [f"the end, after {told['step']} decisions: {told['end']}; hash {told['hash']}"]
    elif kind == "step":
        lines = [f"step {told['step']}: {thread} {told['decision']}; hash {told['hash']}"]
    else:
        after = f"after step {told['step'] - 1}" if told["step"] else "before step 0"
        what = ""
        if kind == "write":
            what = f" wrote {told['target']}, now {told['value']}"
        elif told["signal"]:
            what = f" got {told['signal']}"
        lines = [f"{after}: {thread}{what}; hash {told['hash']}"]
    if not told["same"]:
        lines.append("another run than before: the hash differs, and no address means the same"
                     + (f"; recorded were {told['recorded']}" if "recorded" in told else ""))
    return lines + [f"  #{i:<3}{text}" for i, text in enumerate(told.get("frames", []))]
