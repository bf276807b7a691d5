# SPDX-License-Identifier: MIT
"""Attributes, flags, and what is refused."""

import contextvars
import copy
import gc
import os
import pickle
import sys
import weakref

import stackless
from stackless import TaskletExit, channel, getcurrent, getmain, run, schedule
from stackless import schedule_remove, tasklet

from support import behaviour, go, raises


# ---- attributes ----


@behaviour
def a_spill_does_not_change_the_level():
    levels = []

    def key(x):
        levels.append(getcurrent().nesting_level)
        return x

    def sorts(deep):
        if deep:
            return sorted([deep], key=lambda x: sorts(deep - 1))
        return key(0)

    before = stackless.spill("never")
    go(sorts, 0)
    go(sorts, 3)
    plain = levels[:]
    levels.clear()
    stackless.spill("always")
    go(sorts, 0)
    go(sorts, 3)
    stackless.spill(*before)
    assert plain == [0, 3], plain
    if hasattr(stackless, "__file__"):
        # While the extension module may spill, each call from Python enters C.
        plain = [1, 7]
    assert levels == plain, (levels, plain)


@behaviour
def pickling_and_copying_are_refused():
    for thing in tasklet(), getmain(), channel(), go(schedule_remove):
        for step in pickle.dumps, copy.copy, copy.deepcopy:
            assert "cannot pickle" in str(raises(TypeError, step, thing))


@behaviour
def there_is_no_soft_switching():
    for flag in None, True, False:
        assert stackless.enable_softswitch(flag) is False


@behaviour
def new_tasklets_begin_with_all_flags_clear():
    with stackless.atomic():
        t = tasklet()
    assert not (t.atomic or t.block_trap or t.ignore_nesting)


@behaviour
def an_atomic_block_may_be_shared():
    block, log = stackless.atomic(), []

    def enters():
        with block:
            schedule()
            log.append(getcurrent().atomic)
        log.append(getcurrent().atomic)

    for i in range(2):
        tasklet(enters)()
    run()
    assert log == [True, False] * 2, log


@behaviour
def signal_handlers_run_in_an_atomic_block():
    import signal

    log = []
    signal.signal(signal.SIGUSR1, lambda *args: log.append(getcurrent().atomic))
    with stackless.atomic():
        os.kill(os.getpid(), signal.SIGUSR1)
        for i in range(10):
            pass
        assert log == [True]


@behaviour
def a_context_is_seen_by_its_tasklet():
    var, got = contextvars.ContextVar("var"), []
    var.set("mine")
    t = tasklet(lambda: got.append(var.get()))()
    t.context_run(var.set, "its")
    run()
    assert got == ["its"] and var.get() == "mine"
    raises(RuntimeError, getcurrent().set_context, contextvars.copy_context())
    raises(RuntimeError, t.set_context, contextvars.copy_context())


@behaviour
def a_context_may_be_replaced_during_context_run():
    var, me = contextvars.ContextVar("var", default="none"), getcurrent()
    new = contextvars.Context()
    new.run(var.set, "new")

    def replaces(*steps):
        tasklet(lambda: me.set_context(new))()
        schedule()
        for step in steps:
            step()

    other = tasklet(print)
    error = raises(RuntimeError, other.context_run, replaces)
    assert "cannot exit context" in str(error) and var.get() == "new"
    raises(ZeroDivisionError, other.context_run, replaces, lambda: 1 / 0)
    assert var.get() == "new"
    # Nested, in contexts that tasklets have already.
    one, two = (tasklet(print, ()) for _ in range(2))
    raises(RuntimeError, one.context_run, lambda: two.context_run(replaces))
    assert var.get() == "new"


@behaviour
def there_is_a_built_in_tasklet_exit():
    import builtins

    assert builtins.TaskletExit is TaskletExit and issubclass(TaskletExit, SystemExit)


@behaviour
def bind_drops_what_was_bound():
    log = []
    t = tasklet(log.append, ("old",))
    assert t.alive and t.bind(log.append) is t and not t.alive
    raises(RuntimeError, t.insert)
    t("new")
    run()
    assert log == ["new"]
    t.bind(log.append, ("other",)).bind(None, ("arguments",)).insert()
    run()
    assert log == ["new", "arguments"]


@behaviour
def bind_after_an_end_with_a_trace_function():
    def hook(*_):
        return None

    def traces():
        sys.settrace(hook)
        schedule()

    for function in None, print:
        t = go(traces)
        before = sys.getrefcount(hook)
        run()
        t.bind(function)
        assert sys.getrefcount(hook) == before - 1 and not t.alive


@behaviour
def a_bind_that_is_refused_changes_nothing():
    log = []
    t = tasklet(log.append, ("kept",))
    for arguments in (1,), (print, 1), (print, (), 1), (None, 1), (1, ()):
        raises(TypeError, t.bind, *arguments)
    assert t.alive
    t.insert()
    raises(RuntimeError, t.bind, print)
    run()
    assert log == ["kept"]


@behaviour
def nothing_goes_to_gc_garbage():
    def refuses():
        while True:
            try:
                schedule_remove(None)
            except TaskletExit:
                pass

    t = go(refuses)
    del t
    gc.collect()
    assert gc.garbage == [] and stackless.uncollectables == []


class Owner:
    """Of a tasklet that has it in turn."""

    def __init__(self):
        self.log, self.exception = [], None

    def waits(self, *_):
        try:
            schedule_remove(None)
        finally:
            self.log.append("finally")

    def handles(self):
        try:
            raise ValueError
        except ValueError as error:
            self.exception = error  # has a traceback, and that the frame
            self.waits()

    def below_c(self):
        sorted([1], key=lambda _: schedule_remove(None))
        self.log.append("not reached")


class WithDel(tasklet):
    def __del__(self):
        self.owner.log.append(("__del__", self.alive))


@behaviour
def a_cycle_with_a_paused_tasklet_is_collected():
    kinds = {
        "its function": lambda owner: tasklet(owner.waits)(),
        "an argument": lambda owner: tasklet(Owner.waits)(owner),
        "a closure": lambda owner: tasklet(lambda: owner.waits())(),
        "what is handled": lambda owner: tasklet(owner.handles)(),
        "a frame below C": lambda owner: tasklet(owner.below_c)(),
        "what it is told": lambda owner: tasklet(schedule_remove)(),
    }
    gc.disable()
    for name, make in kinds.items():
        owner = Owner()
        log, gone = owner.log, weakref.ref(owner)
        owner.tasklet = make(owner)
        run()
        assert owner.tasklet.paused, name
        gc.collect()
        assert gone() is owner and log == [], name
        del owner
        gc.collect()  # it is made runnable, since nobody can switch in there
        run()
        gc.collect()
        assert gone() is None and not any(type(o) is Owner for o in gc.get_objects()), name
        assert log == ([] if name in ("a frame below C", "what it is told") else ["finally"]), name


@behaviour
def a_paused_tasklet_with_a_del_is_collected():
    owner = Owner()
    log = owner.log
    owner.tasklet = WithDel(owner.waits)()
    owner.tasklet.owner = owner
    run()
    del owner
    gc.collect()
    run()
    assert log == [("__del__", True), "finally"], log


@behaviour
def a_del_may_keep_the_tasklet():
    kept, log = [], []

    class Kept(tasklet):
        def __del__(self):
            kept.append(self)

    t = Kept(lambda: log.append(schedule_remove("told")))()
    run()
    del t
    gc.collect()
    assert kept[0].paused
    kept[0].insert()
    run()
    assert log == ["told"]


@behaviour
def a_collection_cannot_switch():
    log = []

    class D:
        def __del__(self):
            log.append(type(raises(RuntimeError, schedule)))

    tasklet(lambda: None)()
    cycle = D()
    cycle.itself = cycle
    del cycle
    gc.collect()
    run()
    assert log == [RuntimeError]
