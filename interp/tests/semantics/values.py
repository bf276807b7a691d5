# SPDX-License-Identifier: MIT
"""What is sent, and what is thrown, does not vanish."""

import ctypes
import gc
import sys
import threading
import warnings

import stackless
from stackless import TaskletExit, channel, getcurrent, getmain, run, schedule, schedule_remove
from stackless import tasklet

from support import Thread, behaviour, go, raises, until


# ---- values and exceptions ----


def received():
    """A tasklet that has received "value" and not gone on, and where it ends."""
    c, ends = channel(), []
    c.preference = 1

    def receives():
        try:
            ends.append(c.receive())
        except BaseException as error:
            ends.append(error)

    t = go(receives)
    c.send("value")
    assert t.tempval == "value" and not ends
    return t, ends


@behaviour
def a_displaced_value_without_a_callback_is_warned_of():
    t, ends = received()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        t.throw(KeyError)
    assert type(ends[0]) is KeyError
    assert [w.category for w in caught] == [RuntimeWarning], caught
    assert "'value' is displaced" in str(caught[0].message)


@behaviour
def an_error_of_the_displaced_callback_is_unraisable():
    said = []
    sys.unraisablehook = lambda args: said.append(args.exc_type)
    stackless.set_displaced_callback(lambda t, value: 1 / 0)
    t, ends = received()
    t.kill()
    assert said == [ZeroDivisionError] and type(ends[0]) is TaskletExit


@behaviour
def an_earlier_exception_becomes_the_context():
    ends = []

    def waits():
        try:
            schedule_remove(None)
        except ValueError as error:
            ends.append(error)

    t = go(waits)
    t.throw(KeyError, "first", pending=True)
    t.throw(ValueError, "second", pending=True)
    run()
    assert ends[0].args == ("second",) and ends[0].__context__.args == ("first",)


@behaviour
def one_that_runs_elsewhere_raises_at_its_next_check():
    ready, ends, mine = [], [], []

    def body():
        mine.append(getcurrent())
        try:
            ready.append(1)
            while True:
                pass
        except KeyError as error:
            ends.append(error.args)

    thread = Thread(body)
    until(lambda: ready)
    mine[0].throw(KeyError, "k")
    thread.finish()
    assert ends == [("k",)]


@behaviour
def one_that_runs_elsewhere_raises_at_its_next_operation():
    c, mine, ends, go_on = channel(), [], [], threading.Lock()
    go_on.acquire()

    def operates():
        mine.append(getcurrent())
        try:
            go_on.acquire()  # no bytecode of this thread runs while this waits
            c.receive()
        except KeyError:
            ends.append("raised")

    thread = Thread(operates)
    until(lambda: mine)
    mine[0].throw(KeyError)
    mine[0].throw(KeyError)
    assert mine[0].is_current
    go_on.release()
    thread.finish()
    assert ends == ["raised"] and c.balance == 0


def loops_right_under_try(ready):
    try:
        while True: ready[0] = 1  # fmt: skip
    except KeyError:
        return "caught"


def loops_further_down(ready):
    try:
        ready[0] = 1
        while True:
            ready[0] = 1
            ready[0] = 2
    except KeyError:
        return "caught"


@behaviour
def a_loop_right_under_try_is_as_python_has_it():
    """The check of a loop's jump counts as the instruction in front of the loop."""
    set_async = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def body(function, ready, mine, ends):
        mine.append(getcurrent())
        try:
            ends.append(function(ready))
        except KeyError:
            ends.append("escaped")

    def interrupted(function, throw):
        ready, mine, ends = [0], [], []
        thread = Thread(body, function, ready, mine, ends)
        until(lambda: ready[0])
        throw(mine[0], thread.ident)
        thread.finish()
        return ends[0]

    def ours(t, ident):
        t.throw(KeyError)

    def pythons(t, ident):
        set_async(ctypes.c_ulong(ident), ctypes.py_object(KeyError))

    for throw in ours, pythons:
        assert interrupted(loops_right_under_try, throw) == "escaped"
        assert interrupted(loops_further_down, throw) == "caught"
    # Thrown at one that a timeout has interrupted: it goes on where the check was.
    ends = []
    for function in loops_right_under_try, loops_further_down:
        t = tasklet(body)(function, [0], [], ends)
        assert run(1000) is t
        t.throw(KeyError)
    assert ends == ["escaped", "caught"], ends


@behaviour
def what_comes_too_late_is_unraisable():
    """Thrown at one that runs elsewhere, in a call from C, and ends."""
    said, mine, hold = [], [], threading.Lock()
    sys.unraisablehook = lambda args: said.append((args.exc_type, args.object))
    hold.acquire()

    def body():
        for _ in range(2):
            mine.append(tasklet(hold.acquire)())
            run()

    thread = Thread(body)
    for kind in KeyError, TaskletExit:
        until(lambda: mine and mine[-1].is_current)
        mine[-1].throw(kind)
        last = mine[-1]
        hold.release()
        until(lambda: not last.alive)
        until(lambda: len(mine) == 2)
    thread.finish()
    assert said == [(KeyError, mine[0])], said


@behaviour
def a_received_value_is_displaced_by_the_last_reference():
    told = []
    stackless.set_displaced_callback(lambda t, value: told.append(value))
    t, ends = received()
    t.remove()
    del t
    assert told == ["value"] and type(ends[0]) is TaskletExit


@behaviour
def a_received_exception_becomes_the_context():
    c, ends = channel(), []
    c.preference = 1

    def receives():
        ends.append(raises(TaskletExit, c.receive))

    t = go(receives)
    c.send_exception(ValueError, "sent")
    t.kill()
    assert ends[0].__context__.args == ("sent",)


@behaviour
def an_error_that_main_cannot_take_is_unraisable():
    said = []
    sys.unraisablehook = lambda args: said.append(args.exc_type)
    c = channel()
    c.preference = 1

    def fails():
        c.send(5)
        raise KeyError

    tasklet(fails)()
    assert c.receive() == 5 and said == [KeyError]


@behaviour
def a_kill_of_a_sender_raises_in_the_send():
    c, ends = channel(), []

    def sends():
        try:
            c.send("value")
        except TaskletExit:
            ends.append("not sent")

    go(sends).kill()
    assert ends == ["not sent"] and c.balance == 0


@behaviour
def tempval_is_changed_on_ones_own_account():
    t, ends = received()
    stackless.set_displaced_callback(lambda t, value: ends.append("told"))
    t.tempval = "another"
    run()
    assert ends == ["another"]
    c = channel()
    go(c.send, 1).tempval = 2
    assert c.receive() == 2


def raised_by(step):
    """What it raised, or what it returned."""
    try:
        return step()
    except Exception as error:
        return error


@behaviour
def a_bomb_is_raised_wherever_it_arrives():
    c, ends, one = channel(), [], KeyError("one")
    bomb = stackless.bomb(one)

    def ends_with(step):
        ends.append(raised_by(step))

    for wake in (lambda t: c.send(bomb), lambda t: (setattr(t, "tempval", bomb), t.insert(), run())):
        t = go(ends_with, c.receive if not ends else schedule_remove)
        wake(t)
        run()
    go(c.send, bomb)
    ends_with(c.receive)
    ends_with(lambda: schedule(bomb))  # alone
    tasklet(int)()
    ends_with(lambda: schedule(bomb))
    assert all(end is one for end in ends) and len(ends) == 5, ends
    t = tasklet(ends.append)(0)
    t.tempval = bomb
    assert raised_by(run) is one and not t.alive and 0 not in ends


@behaviour
def a_bomb_has_what_raise_would_take():
    bomb = stackless.bomb(ValueError, "text")
    assert (bomb.type, bomb.value, bomb.traceback) == (ValueError, "text", None)
    error = raised_by(lambda: 1 // 0)
    bomb = stackless.bomb(error)
    assert (bomb.type, bomb.value) == (ZeroDivisionError, error)
    assert bomb.traceback is error.__traceback__
    for wrong in (), (1,), (int,), (error, 1), (ValueError, 1, 2), (1, 2, 3, 4):
        raises(TypeError, stackless.bomb, *wrong)
    raises(TypeError, type, "Bomb", (stackless.bomb,), {})
    raises(AttributeError, setattr, bomb, "type", KeyError)


@behaviour
def a_bomb_that_somebody_keeps_is_raised_again():
    c, ends = channel(), []
    bomb = stackless.bomb(ValueError, "text")
    for _ in range(3):
        go(lambda: ends.append(raised_by(c.receive)))
        c.send(bomb)
        run()
    assert [end.args for end in ends] == [("text",)] * 3
    assert len(set(map(id, ends))) == 3, "each has its own"
    assert sys.getrefcount(bomb) == 2 and bomb.value == "text"
    t = go(c.send_exception, ValueError, 1, 2)
    bomb = t.tempval
    assert raised_by(c.receive).args == (1, 2) and bomb.value == (1, 2)


@behaviour
def tempval_of_the_current_one_is_no_result():
    c, me = channel(), getcurrent()
    tasklet(c.send)(1)
    schedule()
    for step, result in ((c.receive, 1), (run, None), (lambda: tasklet(schedule, ()).run(), None),
                         (lambda: tasklet(me.insert, ()).switch(), None)):
        me.tempval = 5
        assert me.tempval == 5
        assert step() == result and me.tempval is None, step
    sent = object()
    tasklet(c.receive)()
    me.tempval = sent
    c.send(sent)  # it is dropped, and sent: slpython-lab takes neither for the other
    run()


@behaviour
def what_is_handled_is_no_context():
    ends = []

    def handles(step):
        try:
            raise OSError
        except OSError:
            try:
                step()
            except BaseException as error:
                ends.append((type(error), error.__context__))

    try:
        raise ValueError
    except ValueError:
        go(handles, schedule_remove).throw(KeyError("instance"))
        go(handles, schedule_remove).raise_exception(KeyError, "class")
        go(handles, schedule_remove).kill()
        c = channel()
        for send in (lambda: c.send_exception(KeyError), lambda: c.send_throw(KeyError())):
            go(handles, c.receive)
            send()
    thrown = [(KeyError, None), (KeyError, None), (TaskletExit, None)]
    assert ends == [*thrown, (KeyError, None), (KeyError, None)], ends


class Dies:
    """step() when it goes."""

    def __init__(self, step):
        self.step = step

    def __del__(self):
        self.step()


def dropped(operation, step, make):
    """What becomes of the operation on make(), if the current one's mailbox has what does step() on
    it when it goes, which is once."""
    made, log = make(), []
    getcurrent().tempval = Dies(lambda: log.append(step(made)))
    try:
        log.append(operation(made))
    except BaseException as error:
        log.append(type(error))
    finally:
        getcurrent().block_trap = False
        stackless.switch_trap(-stackless.switch_trap(0))
    assert len(log) == 2, log
    run()
    return log[1]


def blocked(function, *args):
    c = channel()
    return c, go(getattr(c, function), *args)


@behaviour
def what_the_mailbox_drops_may_end_the_counterpart():
    paused = lambda: go(schedule_remove)
    ends = lambda t: t.run()
    trap = lambda _: stackless.switch_trap(1)
    assert dropped(lambda t: t.run(), ends, paused) is RuntimeError
    assert dropped(lambda t: t.switch(), ends, paused) is RuntimeError
    assert dropped(lambda t: t.throw(KeyError), ends, paused) is RuntimeError
    assert dropped(lambda t: t.kill(), ends, paused) is None
    assert dropped(lambda t: schedule(5), trap, lambda: tasklet(int)()) is RuntimeError
    assert dropped(lambda t: schedule_remove(5), trap, lambda: tasklet(int)()) is RuntimeError
    assert dropped(lambda t: run(), trap, lambda: tasklet(int)()) is RuntimeError

    def unsent(it):
        it[1].kill()
        getcurrent().block_trap = True

    assert dropped(lambda it: it[0].send(5), unsent, lambda: blocked("receive")) is RuntimeError
    assert dropped(lambda it: it[0].receive(), unsent, lambda: blocked("send", 5)) is RuntimeError
    closes = lambda it: (it[1].kill(), it[0].close())
    assert dropped(lambda it: it[0].send(5), closes, lambda: blocked("receive")) is ValueError


@behaviour
def what_a_release_leaves_in_the_mailbox_takes_no_value():
    log, c = [], channel()
    c.preference = 1

    class Leaves(tasklet):
        def __del__(self):
            getcurrent().tempval = Dies(lambda: (log.append("dropped"), go(int)))

    go(lambda: log.append(c.receive()))
    Leaves(c.send)("value")
    run()
    assert log == ["dropped", "value"], log


@behaviour
def what_refills_the_mailbox_without_end_is_lost():
    c, made = channel(), []

    class Again:
        def __init__(self):
            made.append(None)
            getcurrent().tempval = self

        def __del__(self):
            Again()

    class Leaves(tasklet):
        def __del__(self):
            Again()

    def counted(step):
        made.clear()
        Again()
        result = step()
        assert len(made) == 11 and getcurrent().tempval is None, len(made)
        return result

    tasklet(int)()
    assert counted(lambda: schedule(5)) == 5
    go(c.receive)
    assert counted(lambda: c.send(5)) is None
    assert counted(lambda: go(c.send, 6)) and c.receive() == 6
    assert counted(go(schedule_remove).kill) is None
    got = []
    c.preference = 1
    go(lambda: got.append(c.receive()))
    made.clear()
    Leaves(c.send)("value")
    run()
    assert got == ["value"] and len(made) == 11, (got, made)


@behaviour
def a_bomb_in_the_mailbox_is_not_what_a_throw_brings():
    t = go(schedule_remove)
    getcurrent().tempval = stackless.bomb(ValueError)
    t.kill()
    assert not t.alive and getcurrent().tempval is None


@behaviour
def tempval_of_a_receiver_is_the_senders_result():
    c, got = channel(), []
    t = go(lambda: got.append(c.receive()))
    t.tempval = 5
    assert c.send("first") == 5
    run()
    t = go(lambda: got.append(c.receive()))
    t.tempval = stackless.bomb(KeyError, "assigned")
    assert raises(KeyError, c.send, "second").args == ("assigned",)
    run()
    assert got == ["first", "second"]


@behaviour
def tempval_of_the_dead_is_kept():
    log = []
    t = go(lambda: 0)
    t.tempval = 5
    c = channel()
    go(c.send, 1)
    assert c.receive() == 1  # anybody's operation
    assert t.tempval == 5 and not t.alive
    t.bind(log.append)(1)
    assert t.tempval is None
    run()
    assert log == [1] and t.tempval is None


@behaviour
def a_pending_exception_waits_while_paused():
    c, ends = channel(), []

    def waits(step):
        try:
            ends.append(step())
        except ValueError as error:
            ends.append(error)

    for step in c.receive, lambda: c.send(1), schedule_remove, lambda: schedule_remove(None):
        t = go(waits, step)
        t.throw(ValueError, pending=True)
        t.remove()
        assert t.paused and c.balance == 0
        tasklet(c.send)(2)
        assert c.receive() == 2 and not ends, ends
        t.insert()
        run()
        assert type(ends.pop()) is ValueError and not ends and not t.alive


@behaviour
def a_kill_before_the_setup_means_nothing():
    log = []
    for step in (lambda t: t.kill(), lambda t: t.kill(pending=True), lambda t: t.throw(TaskletExit),
                 lambda t: t.raise_exception(TaskletExit)):
        t = tasklet(log.append)
        step(t)
        assert not t.alive and not t.scheduled
        t("called")
        run()
        assert log.pop() == "called"
        step(t)  # nor does one of the dead
        raises(RuntimeError, t, "it is unbound")
    tasklet().kill()


@behaviour
def a_second_life_begins_with_nothing():
    c, log = channel(), []
    t = tasklet(log.append)("never")
    t.kill()
    t.bind(lambda: log.append(c.receive()))()
    schedule()
    assert t.blocked and t.tempval is None
    c.send(1)
    schedule()
    assert log == [1] and not t.alive
    t.bind(log.append)(2)
    run()
    assert log == [1, 2]


def told_by_a_send_of_main(ends, *steps):
    """What main's send raises while the tasklet does ends(), and what was told of."""
    told = []
    stackless.set_displaced_callback(lambda t, value: told.append((t, value)))
    tasklet(ends)()
    try:
        for step in steps:
            step()
    except (RuntimeError, KeyError) as error:
        return error, told
    raise AssertionError("nothing was raised")


@behaviour
def an_exception_that_main_could_not_send_is_displaced():
    def fails():
        raise KeyError("from the tasklet")

    def exits():
        raise TaskletExit

    c = channel()
    for ends, kind in ((lambda: None, RuntimeError), (exits, RuntimeError), (fails, KeyError)):
        for step in (lambda: c.send_exception(ValueError, "sent"),
                     lambda: c.send_throw(ValueError, "sent"),
                     lambda: c.send_throw(ValueError("sent"))):
            error, told = told_by_a_send_of_main(ends, step)
            assert type(error) is kind and type(error.__context__) is ValueError, repr(error)
            assert told == [(getmain(), error.__context__)] and told[0][1].args == ("sent",), told
            assert c.balance == 0 and getmain().tempval is None
        error, told = told_by_a_send_of_main(ends, lambda: c.send(1))
        assert type(error) is kind and not told and c.balance == 0
    stackless.set_displaced_callback(None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tasklet(lambda: None)()
        raises(RuntimeError, c.send_exception, ValueError, "sent")
    assert "'sent'" in str(caught[0].message) and "displaced" in str(caught[0].message)


@behaviour
def a_channel_lives_while_somebody_waits():
    kept = []
    t = go(lambda: kept.append(channel().receive()))
    gc.collect()
    assert t.blocked and t._channel.balance == -1
    t._channel.send("found by its waiter")
    assert kept == ["found by its waiter"]


# ---- channels ----


@behaviour
def the_channel_callback_is_before_also_between_threads():
    c, log = channel(), []
    thread = Thread(c.receive)
    until(lambda: c.balance == -1)
    stackless.set_channel_callback(
        lambda c, t, sending, willblock: log.append((sending, willblock, c.balance, t.tempval))
    )
    c.send("v")
    stackless.set_channel_callback(None)
    thread.finish()
    assert log[0] == (True, False, -1, "v"), log


@behaviour
def close_wakes_nobody():
    c, log = channel(), []

    def loops():
        for value in c:
            log.append(value)
        log.append("end")

    t = go(loops)
    c.close()
    run()
    assert t.blocked and log == []
    c.send(1)
    run()
    assert log == [1, "end"] and not t.alive


@behaviour
def iteration_ends_with_a_sent_stop_iteration():
    c, log = channel(), []
    t = go(lambda: log.extend(c))
    c.send(1)
    c.send_exception(StopIteration)
    run()
    assert log == [1] and not t.alive and not c.closing


@behaviour
def receive_runs_on_and_the_sender_goes_last():
    c, log = channel(), []
    tasklet(lambda: (c.send(1), log.append("sent")))()
    schedule()
    c.receive()
    log.append("received")
    run()
    assert log == ["received", "sent"]


@behaviour
def send_throw_keeps_what_raise_would():
    c = channel()
    error = KeyError("k")
    go(c.send_throw, error)
    assert raises(KeyError, c.receive) is error
    raises(TypeError, c.send_throw, error, 5)
    raises(TypeError, c.send_throw, KeyError, None, 5)
    raises(TypeError, c.send_exception, error)
