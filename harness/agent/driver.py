# SPDX-License-Identifier: MIT
"""Runs a plan: the Python half of the agent (agent.h), inside the interpreter.

Steps run in one namespace, in frames of the spec's own file and lines.  No
reference to an actor's tasklet is held while it runs or is blocked, so that its
last reference dies where it would die in a real program; only while it is
paused between two steps is it kept, in `paused`.

The automatic garbage collector is off, since it would run at a place that
depends on everything that was ever allocated; a step can call gc.collect(), and
a schedule can say `gc at`.

The process ends with _exit() as soon as the schedule is over: what is still
blocked then is left as it is, nothing is killed, no finaliser runs.
"""

import _spillway
import _thread
import gc
import os
import stackless
import sys

plan = _spillway.plan()
actors = plan["actors"]  # (name, class name, is a thread, thread's ordinal, takes part)
namespace = {"__name__": "__spec__", "stackless": stackless}
codes = []  # of the steps
conditions = []  # (code, never)
broken = set()  # conditions that were found not to hold; each is told once
paused = {}  # actor: its tasklet


def compiled(source, line, mode):
    return compile("\n" * (line - 1) + source, plan["path"], mode, dont_inherit=True)


# ---- actors


def run_step(actor, step):
    """Returns whether it was the actor's last."""
    try:
        exec(codes[step], namespace)
    except stackless.TaskletExit as exception:
        _spillway.end_step(actor, exception)
        raise
    except BaseException as exception:
        return _spillway.end_step(actor, exception)
    return _spillway.end_step(actor, None)


def pause(actor):
    paused[actor] = stackless.getcurrent()
    try:
        stackless.schedule_remove(None)
    finally:
        paused.pop(actor, None)  # somebody else may have made it runnable, or killed it


def act_in_tasklet(actor):
    last = False
    while not last:
        step = _spillway.claim(actor)
        while step < 0:
            pause(actor)
            step = _spillway.claim(actor)
        last = run_step(actor, step)


def act_on_thread(actor):
    try:
        while not run_step(actor, _spillway.claim(actor)):
            pass
    except stackless.TaskletExit:
        pass
    _spillway.ended(actor)


def make_actors(thread):
    """Returns the actor that is the thread itself, or None."""
    for actor, (name, class_name, is_thread, home, takes_part) in enumerate(actors):
        if home != thread or not takes_part:
            continue
        if is_thread:
            _spillway.born(actor, stackless.getcurrent())
            return actor
        cls = namespace[class_name] if class_name else stackless.tasklet
        tasklet = cls(act_in_tasklet)
        _spillway.born(actor, tasklet)
        tasklet(actor)
    return None


# ---- threads


def run_tasklets(thread):
    while True:
        try:
            stackless.run(threadblock=True)
        except BaseException as exception:
            if _spillway.ends():
                return
            _spillway.uncaught(exception)
        _spillway.idle(thread)  # only if that run() could not even wait


def serve(thread):
    try:
        bare = make_actors(thread)
    except BaseException as exception:
        refuse(exception)
    if bare is None:
        run_tasklets(thread)
    else:
        act_on_thread(bare)
    if thread == 0:  # the process's main thread cannot end before the process
        run_tasklets(thread)


def show_traceback():
    sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()


def refuse(exception):
    """The spec's own Python is wrong, and nothing can be run."""
    show_traceback()
    _spillway.setup_raised(exception)


def fail():
    """A bug of the harness, never a verdict."""
    sys.stderr.write("spillway: the driver failed\n")
    show_traceback()
    os._exit(3)


def thread_main(thread):
    try:
        _spillway.enter(thread)
        serve(thread)
    except BaseException:
        fail()


def start_thread(function, number, stack_bytes):
    _thread.stack_size(stack_bytes)
    _thread.start_new_thread(function, (number,))
    _thread.stack_size(0)
    _spillway.expect(number)


# ---- the conductor


def check_conditions():
    for number, (code, never) in enumerate(conditions):
        if number in broken:
            continue
        try:
            holds = bool(eval(code, namespace)) != bool(never)
        except BaseException as exception:
            holds = False
            _spillway.condition(number, exception)
        else:
            if not holds:
                _spillway.condition(number, None)
        if not holds:
            broken.add(number)


def conduct(number):
    try:
        _spillway.enter(number)
        for thread in range(len(plan["threads"])):
            _spillway.admit(thread)
        for _ in range(plan["moves"]):
            actor = _spillway.move()
            if actor is not None:
                paused.pop(actor).insert()
            _spillway.settle()
            check_conditions()
        sys.stdout.flush()
        sys.stderr.flush()
        _spillway.finish()
    except BaseException:
        fail()


# ---- the main thread


def set_up():
    exec(compiled(plan["setup"], plan["setup_line"], "exec"), namespace)
    for source, line in plan["steps"]:
        codes.append(compiled(source, line, "exec"))
    for source, line, never in plan["conditions"]:
        conditions.append((compiled(source.strip(), line, "eval"), never))
    for name, class_name, is_thread, home, takes_part in actors:
        if takes_part and class_name and class_name not in namespace:
            raise NameError(f"the class {class_name!r} of actor {name!r} is not defined")


def main():
    gc.disable()
    sys.unraisablehook = _spillway.unraisable
    _spillway.namespace(namespace)
    _spillway.enter(0)
    stackless.getmain()  # T0's main tasklet is the first of all
    try:
        set_up()
    except BaseException as exception:
        refuse(exception)
    for thread, stack_bytes in enumerate(plan["threads"]):
        if thread != 0:
            start_thread(thread_main, thread, stack_bytes)
    start_thread(conduct, _spillway.CONDUCTOR, 0)
    _spillway.begin()
    try:
        serve(0)
    except BaseException:
        fail()


main()
