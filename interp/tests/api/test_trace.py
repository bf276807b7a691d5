# SPDX-License-Identifier: MIT
"""Trace and profile functions where the evaluation loop is asked to look at something.

Each runs in a process of its own: what is wrong here hangs.
"""

import unittest

from support import IS_EXTENSION, IS_TRACED, Test, run_program

# What follows is run while on() has set a trace or profile function; off() takes it away.
TRACERS = {
    "settrace": "on, off = lambda: sys.settrace(count), lambda: sys.settrace(None)",
    "setprofile": "on, off = lambda: sys.setprofile(count), lambda: sys.setprofile(None)",
    "both": """
def on():
    sys.settrace(count)
    sys.setprofile(count)
def off():
    sys.settrace(None)
    sys.setprofile(None)
""",
    "cProfile": "profile = cProfile.Profile(); on, off = profile.enable, profile.disable",
    "bdb": """
class Debugger(bdb.Bdb):
    def user_call(self, frame, arguments):
        self.set_step()
debugger = Debugger()
debugger.reset()
on, off = lambda: sys.settrace(debugger.trace_dispatch), lambda: sys.settrace(None)
""",
}

BEGIN = """
import bdb, cProfile, ctypes, functools, operator, stackless, sys, threading, time
told = 0
def count(frame, event, argument):
    global told
    told += 1
    return count
def one(): return 1
def generate():
    yield one()
    yield one()
async def wait(): return one()
def body():
    on()
    for _ in range(20):
        one()
        sum(generate())
        try: wait().send(None)
        except StopIteration: pass
    off()
    log.append("done")
log = []
"""


class TraceTest(Test):
    def runs(self, text, says, tracers=TRACERS):
        for name in tracers:
            with self.subTest(tracer=name):
                done = run_program(BEGIN + TRACERS[name] + "\n" + text)
                self.assertEqual(done, (0, says, ""))

    def test_under_a_timeout(self):
        self.runs(
            "interrupted = 0\n"
            "t = stackless.tasklet(body)()\n"
            "while t.alive:\n"
            "    who = stackless.run(200)\n"
            "    assert who in (t, None), who\n"
            "    interrupted += who is t\n"
            "    if who: who.insert()\n"
            "print(log, interrupted > 1)\n",
            "['done'] True\n",
        )

    def test_under_a_soft_timeout(self):
        self.runs(
            "stackless.tasklet(body)()\n"
            "stackless.run(100, soft=True)\n"
            "stackless.run()\n"
            "print(log)\n",
            "['done']\n",
        )

    @unittest.skipIf(IS_TRACED, "what it is compared with has a profiler, too")
    def test_a_profiler_in_c_takes_no_time(self):
        def interrupted_at(tracer):
            status, out, err = run_program(
                BEGIN
                + tracer
                + """
def calls():
    on()
    while True:
        steps.append(one())
steps = []
t = stackless.tasklet(calls)()
for _ in range(6):
    stackless.run(70).insert()
    print(len(steps))
t.remove().kill()
"""
            )
            self.assertEqual((status, err), (0, ""))
            return out

        # Three turns of the loop are fewer than the interpreter needs to have specialised it.
        untraced = interrupted_at("on = sys.getrecursionlimit")
        self.assertEqual(interrupted_at(TRACERS["cProfile"]).split()[:1], untraced.split()[:1])

    def test_two_that_take_turns(self):
        self.runs(
            "turns = []\n"
            "both = [stackless.tasklet(body)() for _ in range(2)]\n"
            "while stackless.getruncount() > 1:\n"
            "    who = stackless.run(150)\n"
            "    if who:\n"
            "        turns.append(both.index(who))\n"
            "        who.insert()\n"
            "print(log, 0 in turns, 1 in turns)\n",
            "['done', 'done'] True True\n",
            ["settrace", "setprofile", "both"],
        )

    @unittest.skipIf(IS_TRACED, "it is called in the schedule callback, too, where it cannot switch")
    def test_a_trace_function_that_switches(self):
        done = run_program(
            BEGIN
            + """
def count(frame, event, argument):
    if event == 'call': stackless.schedule()
    return count
def on(): sys.settrace(count)
def off(): sys.settrace(None)
for _ in range(2): stackless.tasklet(body)()
while stackless.getruncount() > 1:
    who = stackless.run(150)
    if who: who.insert()
print(log)
"""
        )
        self.assertEqual(done, (0, "['done', 'done']\n", ""))

    def test_a_debugger_that_replaces_settrace(self):
        """It traces each new tasklet from a schedule callback, by a settrace of its own."""
        done = run_program(
            BEGIN
            + """
real = sys.settrace
def replaced(function): real(function)
sys.settrace = replaced
def on_switch(prev, next):
    if next.trace_function is None: next.trace_function = count
stackless.set_schedule_callback(on_switch)
def on(): pass
off = on
real(count)
t = stackless.tasklet(body)()
interrupted = 0
while t.alive:
    who = stackless.run(200)
    interrupted += who is t
    if who: who.insert()
print(log, interrupted > 1)
"""
        )
        self.assertEqual(done, (0, "['done'] True\n", ""))

    def test_atomic_beside_another_thread(self):
        self.runs(
            "def other():\n"
            "    while not log: one()\n"
            "sys.setswitchinterval(1e-6)  # so that the other one asks soon\n"
            "thread = threading.Thread(target=other)\n"
            "thread.start()\n"
            "on()\n"
            "for _ in range(5000):\n"
            "    with stackless.atomic():\n"
            "        one(); one()\n"
            "off()\n"
            "log.append(0)\n"
            "thread.join()\n"
            "print('done')\n",
            "done\n",
        )

    def test_atomic_under_a_timeout_beside_another_thread(self):
        self.runs(
            "def other():\n"
            "    while not log: one()\n"
            "thread = threading.Thread(target=other)\n"
            "thread.start()\n"
            "def atomic():\n"
            "    with stackless.atomic(): body()\n"
            "stackless.tasklet(atomic)()\n"
            "while stackless.getruncount() > 1:\n"
            "    who = stackless.run(100)\n"
            "    if who: who.insert()\n"
            "thread.join()\n"
            "print(log)\n",
            "['done']\n",
        )

    def test_after_a_throw_that_came_too_late(self):
        # The victim is in C until its next operation, which raises what was thrown.
        self.runs(
            """
begun, thrown = threading.Lock(), threading.Lock()
begun.acquire()
thrown.acquire()
t = None
def throws():
    begun.acquire()
    t.throw(ValueError)
    thrown.release()
thread = threading.Thread(target=throws)
thread.start()
def victim():
    steps = [begun.release, thrown.acquire, stackless.schedule_remove]
    try: [*map(operator.call, steps)]
    except ValueError: print('caught')
t = stackless.tasklet(victim)()
stackless.run()
thread.join()
body()
print(log)
""",
            "caught\n['done']\n",
        )

    def test_thrown_at_one_that_is_traced(self):
        self.runs(
            """
begun = threading.Event()
def victim():
    on()
    try:
        begun.set()
        while True: one()
    except ValueError: pass
    off()
    log.append('caught')
def works():
    tasklets.append(stackless.tasklet(victim)())
    stackless.run()
tasklets = []
thread = threading.Thread(target=works)
thread.start()
begun.wait()
tasklets[0].throw(ValueError, pending=True)
thread.join()
print(log)
""",
            "['caught']\n",
        )

    def test_thrown_by_one_that_is_traced(self):
        # Until the victim comes back from C, which it does when the thrower says so.
        self.runs(
            """
begun, go_on = threading.Event(), threading.Lock()
go_on.acquire()
def victim():
    begun.set()
    try:
        go_on.acquire()
        one()
    except ValueError: log.append('caught')
def works():
    tasklets.append(stackless.tasklet(victim)())
    stackless.run()
tasklets = []
thread = threading.Thread(target=works)
thread.start()
begun.wait()
time.sleep(0.01)
tasklets[0].throw(ValueError, pending=True)
body()
go_on.release()
thread.join()
print(log)
""",
            "['done', 'caught']\n",
        )

    @unittest.skipIf(IS_EXTENSION, "the stock interpreter's own fault")
    def test_pythons_own_exception_for_another_thread(self):
        self.runs(
            """
go_on = threading.Lock()
go_on.acquire()
def victim():
    try:
        go_on.acquire()
        while True: one()
    except ValueError: log.append('caught')
thread = threading.Thread(target=victim)
thread.start()
set_async = ctypes.pythonapi.PyThreadState_SetAsyncExc
set_async(ctypes.c_ulong(thread.ident), ctypes.py_object(ValueError))
body()
go_on.release()
thread.join()
print(log)
""",
            "['done', 'caught']\n",
        )


if __name__ == "__main__":
    unittest.main()
