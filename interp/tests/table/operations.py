# SPDX-License-Identifier: MIT
"""The operations of the module: on the tasklet t, on the channel c, and on all of the thread."""

import contextvars
import threading

import stackless

from cell import Value

operations = {}  # name, as t.run, c.send or stackless.run: a function of the world
groups = {}  # what a state names: its operations


def group(name, owner):
    """The operations of a group."""

    def is_group(**steps):
        groups[name] = [f"{owner}.{step}" for step in steps]
        operations.update(zip(groups[name], steps.values()))

    return is_group


def bound_to(world):
    return world.body(lambda: Value("another-result"))


def attributes(world):
    """Those that a spill does not change."""
    t = world.t
    flags = "alive blocked scheduled paused restorable atomic ignore_nesting is_main is_current"
    said = [name for name in flags.split() if getattr(t, name)]
    return [Words(" ".join(said)), t.thread_id, t.tempval, t._channel]


class Words(str):
    __repr__ = str.__str__


def assigned_tempval(world):
    """Whoever assigns can read the old value first."""
    old = world.t.tempval
    if isinstance(old, Value):
        world.log.append(f"replaces {old}")
    world.t.tempval = Value("assigned")


def assigned_bomb(world):
    """It is raised where another value would be returned."""
    if isinstance(world.t.tempval, Value):
        world.log.append(f"replaces {world.t.tempval}")
    world.t.tempval = stackless.bomb(ValueError, "bombed")


def inserted_with_a_bomb(world):
    """As programs for a Stackless that has no throw() do."""
    assigned_bomb(world)
    return world.t.insert()


def last_reference(world):
    """t is nobody's but whose it must be."""
    if not world.t.is_current:
        world.t = None


group("tasklet", "t")(
    attributes=attributes,
    next_prev=lambda w: (w.t.next, w.t.prev),
    repr=lambda w: repr(w.t) and None,
    call=lambda w: w.t(),
    bind=lambda w: w.t.bind(bound_to(w)),
    bind_and_set_up=lambda w: w.t.bind(bound_to(w), ()),
    bind_none=lambda w: w.t.bind(None),
    setup=lambda w: w.t.setup(),
    insert=lambda w: w.t.insert(),
    remove=lambda w: w.t.remove(),
    run=lambda w: w.t.run(),
    switch=lambda w: w.t.switch(),
    throw=lambda w: w.t.throw(ValueError, "thrown"),
    throw_pending=lambda w: w.t.throw(ValueError, "thrown", None, True),
    throw_nothing=lambda w: w.t.throw(3),
    raise_exception=lambda w: w.t.raise_exception(ValueError, "raised"),
    kill=lambda w: w.t.kill(),
    kill_pending=lambda w: w.t.kill(pending=True),
    set_atomic=lambda w: (w.t.set_atomic(True), w.t.atomic, w.t.set_atomic(False)),
    set_ignore_nesting=lambda w: (
        w.t.set_ignore_nesting(True), w.t.ignore_nesting, w.t.set_ignore_nesting(False)
    ),
    bind_thread=lambda w: (w.t.bind_thread(), w.t.thread_id)[1],
    bind_thread_unknown=lambda w: w.t.bind_thread(1),
    context_run=lambda w: w.t.context_run(lambda: Value("in-context")),
    set_context=lambda w: w.t.set_context(contextvars.Context()),
    block_trap=lambda w: setattr(w.t, "block_trap", False),
    tempval=assigned_tempval,
    tempval_bomb=assigned_bomb,
    insert_with_a_bomb=inserted_with_a_bomb,
    trace_function=lambda w: setattr(w.t, "trace_function", None),
    profile_function=lambda w: setattr(w.t, "profile_function", None),
    last_reference=last_reference,
)

group("channel", "c")(
    look=lambda w: (w.c.balance, w.c.closing, w.c.closed, w.c.queue, w.c.preference),
    send=lambda w: w.c.send(w.value("sent")),
    send_preferring_nobody=lambda w: preferring(w, 0, lambda: w.c.send(w.value("sent"))),
    send_preferring_sender=lambda w: preferring(w, 1, lambda: w.c.send(w.value("sent"))),
    send_none=lambda w: w.c.send(None),
    send_exception=lambda w: w.c.send_exception(ValueError, "sent"),
    send_throw=lambda w: w.c.send_throw(ValueError("sent")),
    send_sequence=lambda w: w.c.send_sequence([w.value("sent")]),
    send_bomb=lambda w: w.c.send(w.bomb("bombed")),
    send_bomb_preferring_sender=lambda w: preferring(w, 1, lambda: w.c.send(w.bomb("bombed"))),
    send_sequence_of_bombs=lambda w: w.c.send_sequence([w.bomb("bombed")]),
    receive=lambda w: w.c.receive(),
    receive_preferring_nobody=lambda w: preferring(w, 0, w.c.receive),
    receive_preferring_sender=lambda w: preferring(w, 1, w.c.receive),
    next=lambda w: next(w.c),
    trapped_send=lambda w: trapped(lambda: w.c.send(w.value("sent"))),
    trapped_receive=lambda w: trapped(w.c.receive),
    close=lambda w: (w.c.close(), w.c.closing, w.c.closed),
    open=lambda w: (w.c.open(), w.c.closing, w.c.closed),
)

group("module", "stackless")(
    schedule=lambda w: stackless.schedule(w.value("own")),
    schedule_remove=lambda w: stackless.schedule_remove(w.value("own")),
    schedule_bomb=lambda w: stackless.schedule(w.bomb("bombed")),
    schedule_remove_bomb=lambda w: stackless.schedule_remove(w.bomb("bombed")),
    run=lambda w: stackless.run(),
    run_timeout=lambda w: stackless.run(10**6),
    run_soft=lambda w: stackless.run(10**6, soft=True),
    run_threadblock=lambda w: stackless.run(threadblock=True),
    trap=lambda w: (stackless.switch_trap(1), stackless.switch_trap(-1)),
    getruncount=lambda w: stackless.getruncount(),
    getcurrent=lambda w: stackless.getcurrent(),
    getmain=lambda w: stackless.getmain(),
    get_thread_info=lambda w: stackless.get_thread_info(),
    spill=lambda w: stackless.spill(*stackless.spill()) and None,
    set_channel_callback=lambda w: callback(stackless.set_channel_callback),
    set_schedule_callback=lambda w: callback(stackless.set_schedule_callback),
    set_error_handler=lambda w: callback(stackless.set_error_handler),
    enable_softswitch=lambda w: stackless.enable_softswitch(True),
)


def preferring(world, preference, step):
    world.c.preference = preference
    return step()


def trapped(step):
    """The current one does not like to be blocked."""
    current = stackless.getcurrent()
    current.block_trap = True
    try:
        return step()
    finally:
        current.block_trap = False


def callback(setter):
    """Another one, for as long as nothing happens: what there was before comes back."""
    old = setter(lambda *_: None)
    setter(old)
