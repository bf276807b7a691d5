/* SPDX-License-Identifier: MIT
 *
 * check_channel.c - channels: what arrives, who waits, what is refused.  The
 * order in which tasklets go on is in check_ring.c.
 */
#include "python_fixture.h"

#define GO "def go(f, *args): t = tasklet(f)(*args); t.run(); return t\n"

/* ---- values ---- */

PYTHON_TEST(the_very_object_arrives,
            GO "got = []; o = object(); n = sys.getrefcount(o)\n"
               "for preference in -1, 0, 1:\n"
               "    for schedule_all in False, True:\n"
               "        c = channel(); c.preference = preference; c.schedule_all = schedule_all\n"
               "        go(lambda: got.append(c.receive())); assert c.send(o) is None; run()\n"
               "        go(c.send, o); got.append(c.receive()); run()\n"
               "assert len(got) == 12 and all(x is o for x in got)\n"
               "got.clear(); assert sys.getrefcount(o) == n\n")

PYTHON_TEST(senders_are_served_in_order,
            GO "c = channel()\n"
               "for i in range(5): go(c.send, i)\n"
               "assert c.balance == 5\n"
               "assert [c.receive() for i in range(5)] == [0, 1, 2, 3, 4] and c.balance == 0\n")

PYTHON_TEST(receivers_are_served_in_order,
            GO "c = channel(); got = []\n"
               "for i in range(5): go(lambda i: got.append((i, c.receive())), i)\n"
               "assert c.balance == -5\n"
               "for i in range(5): c.send(i)\n"
               "assert got == [(i, i) for i in range(5)] and c.balance == 0\n")

PYTHON_TEST(balance_and_queue_tell_who_waits,
            GO "c = channel(); assert c.balance == 0 and c.queue is None\n"
               "a, b = go(c.send, 1), go(c.send, 2)\n"
               "assert c.balance == 2 and c.queue is a and a.next is b and b.prev is a\n"
               "assert a.blocked and a.scheduled and a._channel is c and a.tempval == 1\n"
               "c.receive(); assert c.queue is b and b.prev is None and not a.blocked\n"
               "c.receive(); assert c.balance == 0 and c.queue is None\n")

PYTHON_TEST(any_int_as_preference_is_a_sign,
            "c = channel(); assert c.preference == -1 and c.schedule_all == 0\n"
            "for p in -10**30, -5, 0, 7, 10**30:\n"
            "    c.preference = p; assert c.preference == (p > 0) - (p < 0)\n"
            "for bad in None, 'x', 1.5:\n"
            "    try: c.preference = bad\n"
            "    except TypeError: pass\n"
            "    else: assert 0\n")

PYTHON_TEST(a_channel_in_an_expression_lives,
            GO "import weakref\n"
               "t = go(lambda: channel().receive()); c = t._channel\n"
               "w = weakref.ref(c); c.send(1); assert not t.alive\n"
               "del c, t; assert w() is None\n")

PYTHON_TEST(a_sequence_is_sent,
            GO "c = channel(); got = []\n"
               "def f():\n"
               "    for v in c: got.append(v)\n"
               "t = go(f); assert c.send_sequence(iter('abc')) == 3\n"
               "c.send_exception(StopIteration); assert got == ['a', 'b', 'c'] and not t.alive\n")

/* ---- exceptions ---- */

PYTHON_TEST(send_exception_keeps_class_and_arguments,
            GO "class E(Exception): pass\n"
               "c = channel(); go(c.send_exception, E, 1, 'two')\n"
               "try: c.receive()\n"
               "except E as e: assert type(e) is E and e.args == (1, 'two')\n"
               "else: assert 0\n"
               "for bad in (), (5,), (E(),):\n"
               "    try: c.send_exception(*bad)\n"
               "    except TypeError: pass\n"
               "    else: assert 0, bad\n"
               "assert c.balance == 0\n")

PYTHON_TEST(send_throw_keeps_the_instance, GO "c = channel(); x = KeyError('k')\n"
                                              "try: raise x\n"
                                              "except KeyError: tb = x.__traceback__\n"
                                              "go(c.send_throw, x, None, tb)\n"
                                              "try: c.receive()\n"
                                              "except KeyError as e:\n"
                                              "    assert e is x; t = e.__traceback__\n"
                                              "    while t.tb_next: t = t.tb_next\n"
                                              "    assert t is tb\n"
                                              "go(c.send_throw, OSError, 5)\n"
                                              "try: c.receive()\n"
                                              "except OSError as e: assert e.args == (5,)\n")

/* ---- closing ---- */

PYTHON_TEST(a_closed_channel_is_drained,
            GO "c = channel(); go(c.send, 1); go(c.send, 2); c.close()\n"
               "assert c.closing and not c.closed and c.receive() == 1\n"
               "assert list(c) == [2] and c.closed\n"
               "for step in c.receive, lambda: c.send(1):\n"
               "    try: step()\n"
               "    except ValueError: pass\n"
               "    else: assert 0\n"
               "assert list(c) == []\n"
               "c.open(); assert not c.closing; t = go(c.receive); assert t.blocked; c.send(1)\n")

PYTHON_TEST(the_trap_is_looked_at_before_closing,
            GO "c = channel(); c.close(); t = getcurrent(); t.block_trap = True\n"
               "try: c.receive()\n"
               "except RuntimeError: pass\n"
               "else: assert 0\n")

PYTHON_TEST(block_trap_matters_only_when_it_would_block,
            GO "c = channel(); me = getcurrent(); me.block_trap = True\n"
               "for step in c.receive, lambda: c.send(1):\n"
               "    try: step()\n"
               "    except RuntimeError: pass\n"
               "    else: assert 0\n"
               "    assert c.balance == 0 and me.tempval is None and getruncount() == 1\n"
               "go(c.send, 1); assert c.receive() == 1\n"
               "go(c.receive); c.send(2)\n")

/* ---- leaving a queue ---- */

PYTHON_TEST(a_killed_waiter_leaves_the_middle,
            GO "c = channel(); got = []\n"
               "a, b, d = [go(lambda i=i: got.append((i, c.receive()))) for i in range(3)]\n"
               "b.kill(); assert c.balance == -2 and c.queue is a and a.next is d and d.prev is a\n"
               "assert not b.alive and not b.blocked and b._channel is None\n"
               "c.send('x'); c.send('y'); assert got == [(0, 'x'), (2, 'y')]\n"
               "a, b, d = [go(c.send, i) for i in range(3)]; d.kill(); a.kill()\n"
               "assert c.balance == 1 and c.queue is b and b.next is None and b.prev is None\n"
               "assert c.receive() == 1\n")

PYTHON_TEST(the_value_of_a_killed_sender_goes_with_it,
            GO "import weakref\n"
               "class V: pass\n"
               "c = channel(); v = V(); w = weakref.ref(v); t = go(c.send, v); del v\n"
               "assert w() is not None; t.kill(); assert w() is None and c.balance == 0\n")

PYTHON_TEST(a_dead_channel_lets_go_of_nobody_who_waits,
            GO "import gc, weakref\n"
               "def f():\n"
               "    c = channel(); refs.append(weakref.ref(c)); c.receive()\n"
               "refs = []; t = go(f); gc.collect()\n"
               "assert refs[0]() is not None and t.blocked; t.kill(); gc.collect()\n"
               "assert refs[0]() is None\n")

/* ---- the callback ---- */

PYTHON_TEST(
    the_callback_is_told_before,
    GO "log = []\n"
       "def callback(c, t, sending, willblock):\n"
       "    log.append((c is ch, t is getcurrent(), sending, willblock, t.tempval, c.balance))\n"
       "ch = channel(); assert set_channel_callback(callback) is None\n"
       "go(ch.send, 5); ch.receive(); assert set_channel_callback(None) is callback\n"
       "assert log == [(True, True, True, True, 5, 0), (True, True, False, False, None, 1)], log\n")

PYTHON_TEST(
    in_the_callback_channels_and_switches_are_refused, GO
    "log = []; d = channel(); other = tasklet(lambda: None)()\n"
    "def callback(c, t, sending, willblock):\n"
    "    for step in d.receive, lambda: d.send(1), schedule, schedule_remove, run, other.run, \\\n"
    "                other.kill, other.switch:\n"
    "        try: step()\n"
    "        except RuntimeError: log.append('refused')\n"
    "set_channel_callback(callback); c = channel(); go(c.send, 5); n = len(log)\n"
    "assert n == 8 and c.receive() == 5 and len(log) == 2 * n, log\n"
    "set_channel_callback(None); other.kill()\n")

PYTHON_TEST(an_exception_in_the_callback_is_the_operations,
            GO "def callback(*args): raise KeyError\n"
               "c = channel(); t = go(c.receive); set_channel_callback(callback)\n"
               "try: c.send(1)\n"
               "except KeyError: pass\n"
               "else: assert 0\n"
               "set_channel_callback(None)\n"
               "assert c.balance == -1 and t.blocked and getcurrent().tempval is None; c.send(2)\n")

PYTHON_TEST(the_callback_may_change_the_world,
            GO "c = channel(); t = go(c.receive)\n"
               "def callback(ch, current, sending, willblock): t.kill(pending=True); c.close()\n"
               "set_channel_callback(callback)\n"
               "try: c.send(1)\n"
               "except ValueError: pass\n"
               "else: assert 0\n"
               "set_channel_callback(None); assert c.balance == 0; run(); assert not t.alive\n")

CHECK_SUITE(suite)
{
    FAMILY(suite, "values", the_very_object_arrives, senders_are_served_in_order,
           receivers_are_served_in_order, balance_and_queue_tell_who_waits,
           any_int_as_preference_is_a_sign, a_channel_in_an_expression_lives, a_sequence_is_sent);
    FAMILY(suite, "exceptions", send_exception_keeps_class_and_arguments,
           send_throw_keeps_the_instance);
    FAMILY(suite, "closing", a_closed_channel_is_drained, the_trap_is_looked_at_before_closing,
           block_trap_matters_only_when_it_would_block);
    FAMILY(suite, "queue", a_killed_waiter_leaves_the_middle,
           the_value_of_a_killed_sender_goes_with_it, a_dead_channel_lets_go_of_nobody_who_waits);
    FAMILY(suite, "callback", the_callback_is_told_before,
           in_the_callback_channels_and_switches_are_refused,
           an_exception_in_the_callback_is_the_operations, the_callback_may_change_the_world);
}
