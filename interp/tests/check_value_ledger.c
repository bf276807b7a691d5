/* SPDX-License-Identifier: MIT
 *
 * check_value_ledger.c - the ledger of values, told made-up histories; and programs that lose
 * nothing, whatever they do.
 */
#include "python_fixture.h"

#include <string.h>

#include "interp/bomb.h"
#include "interp/channel.h"
#include "interp/tasklet.h"
#include "interp/value_ledger.h"
#include "interp/value_text.h"
#include "interp/value_watch.h"

/* ---- made-up histories ---- */

static char story[1024]; /* what was told, a word each; of a failure its name */
static char note[256]; /* of the last failure */
static PyObject *chunk, *other, *bomb;
static slp_tasklet *made[3], *a, *b, *c; /* a sends, b and c receive */
static slp_channel *ch;

static void note_it(const struct slp_value_told *told)
{
    static const char *const words[] = {"sent",    "delivered", "received", "displaced", "explodes",
                                        "dropped", "bursts",    "fails",    "failed",    "meant"};
    size_t used = strlen(story);

    snprintf(story + used, sizeof story - used, "%s%s", used > 0 ? " " : "",
             told->news == SLP_VALUE_FAILS ? slp_value_ledger_names[told->failure]
                                           : words[told->news]);
    if (told->news == SLP_VALUE_FAILS)
        snprintf(note, sizeof note, "%s", told->note);
}

static PyObject *some_object(void)
{
    return PyList_New(0);
}

static int set_up(void)
{
    struct slp_thread *here = slp_thread_here();

    slp_value_ledger_set_observer(note_it);
    /* Started, since the ledger looks for them where those are. */
    for (int i = 0; i < 3; i++) {
        made[i] = slp_tasklet_new(&slp_tasklet_type, here, NULL);
        slp_tasklet_mark_started(made[i]);
    }
    a = made[0], b = made[1], c = made[2];
    ch = (slp_channel *)PyObject_CallNoArgs((PyObject *)&slp_channel_type);
    chunk = some_object();
    other = some_object();
    bomb = slp_bomb_new(PyExc_ValueError, PyTuple_New(0));
    story[0] = note[0] = '\0';
    return here != NULL && ch != NULL && bomb != NULL ? 0 : -1;
}

static int tear_down(int status)
{
    slp_value_ledger_set_observer(slp_value_watch_tell);
    slp_tasklet_mark_ended(made[0]), slp_tasklet_mark_ended(made[1]);
    slp_tasklet_mark_ended(made[2]);
    return status;
}

static void point(enum slp_point which, void *subject, void *object, void *value)
{
    slp_value_ledger_visit(&(struct slp_point_info){which, subject, object, value, 0});
}

static void send(slp_tasklet *t, PyObject *object)
{
    point(SLP_POINT_CHAN_SEND, t, ch, object);
}

static void receive(slp_tasklet *t)
{
    point(SLP_POINT_CHAN_RECEIVE, t, ch, NULL);
}

static void complete(PyObject *object)
{
    point(SLP_POINT_CHAN_COMPLETE, a, b, object);
}

static void hand_over(PyObject *sent, PyObject *delivered)
{
    receive(b);
    send(a, sent);
    complete(delivered);
}

static void sent(PyObject *result)
{
    point(SLP_POINT_CHAN_SENT, a, ch, result);
}

static void received(slp_tasklet *t, PyObject *result)
{
    point(SLP_POINT_CHAN_RECEIVED, t, ch, result);
}

static void drop(slp_tasklet *t, PyObject *object)
{
    point(SLP_POINT_MAILBOX_DROP, t, NULL, object);
}

#define STORY(wanted) \
    do { \
        if (strcmp(story, wanted) != 0) \
            return python_fail("%s:%d: %s", __FILE__, __LINE__, story); \
    } while (0)
#define HISTORY(name) \
    static int name##_told(void); \
    INSIDE_TEST(name) \
    { \
        INSIDE(set_up() == 0); \
        return tear_down(name##_told()); \
    } \
    static int name##_told(void)

HISTORY(what_was_sent_is_received)
{
    hand_over(chunk, chunk);
    sent(Py_None);
    received(b, chunk);
    STORY("sent delivered received");
    INSIDE(a->operation == NULL && b->operation == NULL);
    INSIDE(Py_REFCNT(chunk) == 1);
    return 0;
}

HISTORY(none_that_was_sent_is_no_loss)
{
    hand_over(Py_None, Py_None);
    received(b, Py_None);
    sent(Py_None);
    STORY("sent delivered received");
    return 0;
}

HISTORY(the_same_object_sent_twice_is_no_double)
{
    hand_over(chunk, chunk);
    received(b, chunk);
    sent(Py_None);
    hand_over(chunk, chunk);
    received(b, chunk);
    sent(Py_None);
    STORY("sent delivered received sent delivered received");
    return 0;
}

HISTORY(a_drop_from_the_receivers_mailbox_is_told_once)
{
    hand_over(chunk, chunk);
    sent(Py_None);
    drop(b, other); /* something else, none of our business */
    drop(b, chunk);
    received(b, Py_None);
    STORY("sent delivered value-lost received failed");
    INSIDE(strcmp(note, "dropped from the mailbox") == 0);
    return 0;
}

HISTORY(a_senders_own_drop_is_told_at_once)
{
    a = slp_thread_here()->current;
    receive(b);
    send(a, chunk);
    drop(a, chunk);
    STORY("sent value-lost");
    complete(Py_None);
    received(b, Py_None);
    sent(Py_None);
    STORY("sent value-lost meant delivered received failed");
    return 0;
}

HISTORY(a_killed_sender_loses_nothing)
{
    send(a, chunk);
    drop(a, chunk); /* the kill puts its exception in */
    sent(NULL);
    STORY("sent dropped");
    INSIDE(a->operation == NULL);
    return 0;
}

HISTORY(a_blocked_senders_drop_counts_if_the_send_succeeds)
{
    send(a, chunk);
    drop(a, chunk);
    receive(b);
    complete(Py_None);
    received(b, Py_None);
    STORY("sent dropped value-lost delivered received failed");
    return 0;
}

HISTORY(a_send_that_nobody_received)
{
    send(a, chunk);
    sent(Py_None);
    STORY("sent value-lost");
    return 0;
}

HISTORY(another_object_is_wrong)
{
    hand_over(chunk, chunk);
    received(b, other);
    STORY("sent delivered received value-wrong");
    return 0;
}

HISTORY(another_object_handed_over_is_wrong)
{
    hand_over(chunk, other);
    received(b, other);
    STORY("sent value-wrong delivered received failed");
    return 0;
}

HISTORY(what_was_sent_for_another_one_is_misplaced)
{
    receive(c);
    send(a, other);
    point(SLP_POINT_CHAN_COMPLETE, a, c, other);
    sent(Py_None);
    hand_over(chunk, chunk);
    received(b, other);
    STORY("sent delivered sent delivered received value-misplaced");
    return 0;
}

HISTORY(nobody_sent)
{
    receive(b);
    received(b, other);
    STORY("received value-phantom");
    return 0;
}

HISTORY(what_was_received_before_comes_twice)
{
    hand_over(chunk, chunk);
    received(b, chunk);
    receive(b);
    received(b, chunk);
    STORY("sent delivered received received value-doubled");
    return 0;
}

HISTORY(one_send_for_two_receives)
{
    hand_over(chunk, chunk);
    receive(c);
    point(SLP_POINT_CHAN_COMPLETE, a, c, chunk);
    STORY("sent delivered value-doubled delivered");
    return 0;
}

HISTORY(a_killed_receiver)
{
    receive(b);
    PyErr_SetNone(slp_tasklet_exit);
    received(b, NULL);
    STORY("");
    hand_over(chunk, chunk);
    received(b, NULL); /* after the delivery: displaced */
    PyErr_Clear();
    STORY("sent delivered value-lost");
    INSIDE(strcmp(note, "displaced: the receive raised TaskletExit") == 0);
    return 0;
}

HISTORY(what_the_interpreter_says_is_displaced)
{
    hand_over(chunk, chunk);
    point(SLP_POINT_MAILBOX_DISPLACE, b, NULL, chunk);
    PyErr_SetNone(slp_tasklet_exit);
    received(b, NULL);
    PyErr_Clear();
    STORY("sent delivered displaced failed");
    return 0;
}

HISTORY(an_exception_arrives)
{
    hand_over(bomb, bomb);
    point(SLP_POINT_MAILBOX_BURST, b, NULL, bomb);
    PyErr_SetNone(PyExc_ValueError);
    received(b, NULL);
    PyErr_Clear();
    STORY("sent delivered bursts explodes");
    return 0;
}

HISTORY(an_exception_goes_off_elsewhere)
{
    hand_over(bomb, bomb);
    point(SLP_POINT_MAILBOX_BURST, b, NULL, bomb);
    point(SLP_POINT_EVAL_ENTER, b, NULL, NULL);
    received(b, Py_None);
    STORY("sent delivered bursts exception-misplaced received failed");
    return 0;
}

HISTORY(an_exception_goes_off_at_its_sender)
{
    receive(b);
    send(a, bomb);
    point(SLP_POINT_MAILBOX_BURST, a, NULL, bomb);
    PyErr_SetNone(PyExc_ValueError);
    sent(NULL);
    PyErr_Clear();
    STORY("sent bursts exception-misplaced");
    return 0;
}

HISTORY(operations_nest)
{
    slp_channel *first = ch;

    hand_over(chunk, chunk);
    ch = (slp_channel *)PyObject_CallNoArgs((PyObject *)&slp_channel_type);
    send(b, other); /* in a callback of its release */
    drop(b, chunk); /* the outer value, by way of the inner operation */
    point(SLP_POINT_CHAN_SENT, b, ch, NULL);
    ch = first;
    received(b, Py_None);
    STORY("sent delivered sent value-lost received failed");
    INSIDE(b->operation == NULL);
    return 0;
}

HISTORY(a_tasklet_ends_with_a_value)
{
    hand_over(chunk, chunk);
    point(SLP_POINT_TASKLET_END, b, NULL, NULL);
    STORY("sent delivered value-lost");
    INSIDE(b->operation == NULL);
    return 0;
}

HISTORY(one_that_is_lost_with_its_thread_loses_nothing)
{
    hand_over(chunk, chunk);
    b->lost = 1;
    point(SLP_POINT_TASKLET_LOST, b, NULL, NULL);
    STORY("sent delivered");
    INSIDE(b->operation == NULL);
    return 0;
}

HISTORY(what_the_program_assigns_is_its_own)
{
    receive(b);
    send(a, chunk);
    point(SLP_POINT_MAILBOX_ASSIGN, a, NULL, other);
    complete(other);
    received(b, other);
    sent(Py_None);
    STORY("sent delivered received");
    return 0;
}

HISTORY(plain_values_are_shown)
{
    char text[SLP_VALUE_TEXT_MAX];
    PyObject *plain = PyUnicode_FromString("chunk");

    send(a, plain);
    INSIDE(strcmp(slp_value_ledger_text(a->operation, text, sizeof text), "'chunk'") == 0);
    sent(NULL);
    send(a, bomb);
    INSIDE(strcmp(slp_value_ledger_text(a->operation, text, sizeof text), "ValueError") == 0);
    sent(NULL);
    send(a, chunk);
    slp_value_ledger_text(a->operation, text, sizeof text);
    INSIDE(strncmp(text, "<list #", 7) == 0);
    sent(NULL);
    INSIDE(strcmp(slp_value_text_object(NULL, 0, text, sizeof text), "nothing") == 0);
    Py_DECREF(plain);
    return 0;
}

/* ---- programs that lose nothing ----
 *
 * What the ledger finds is a status of 70 of the test's own process. */

#define HEALTHY(name, ...) PYTHON_TEST(name, "import gc, threading, stackless\n" __VA_ARGS__)

HEALTHY(tempval_of_a_blocked_sender, "ch = channel(); t = tasklet(ch.send)('a'); run()\n"
                                     "t.tempval = 'b'; assert ch.receive() == 'b'; run()\n"
                                     "t = tasklet(ch.send)('a'); run(); t.tempval = t.tempval\n"
                                     "assert ch.receive() == 'a'; run()\n"
                                     "t = tasklet(ch.send)('a'); run(); t.tempval = None\n"
                                     "assert ch.receive() is None; run()\n")

HEALTHY(tempval_of_a_receiver,
        "ch = channel(); ch.preference = 1; got = []\n"
        "t = tasklet(lambda: got.append(ch.receive()))(); run(); ch.send('a')\n"
        "t.tempval = 'b'; run(); assert got == ['b']\n"
        "t = tasklet(lambda: got.append(ch.receive()))(); run(); t.tempval = 'c'\n"
        "ch.send('d'); run(); assert got[1] == 'd'\n")

HEALTHY(tempval_in_a_callback, "ch = channel(); got = []\n"
                               "def callback(c, t, sending, willblock):\n"
                               "    if sending: t.tempval = 'b'\n"
                               "t = tasklet(lambda: got.append(ch.receive()))(); run()\n"
                               "stackless.set_channel_callback(callback); ch.send('a')\n"
                               "stackless.set_channel_callback(None); assert got == ['b'], got\n")

HEALTHY(a_sender_that_is_killed,
        "ch = channel(); t = tasklet(ch.send)('a'); run(); t.kill(); assert ch.balance == 0\n"
        "t = tasklet(ch.send)('a'); run(); t.kill(pending=True); run()\n"
        "def f():\n"
        "    try: ch.send('a')\n"
        "    except KeyError: ch.send('b')\n"
        "t = tasklet(f)(); run(); t.throw(KeyError); assert ch.receive() == 'b'; run()\n")

HEALTHY(a_receiver_that_was_handed_a_value_is_thrown_at,
        "import warnings; warnings.simplefilter('ignore')\n"
        "ch = channel(); ch.preference = 1\n"
        "def f():\n"
        "    try: ch.receive()\n"
        "    except KeyError: pass\n"
        "for how in (lambda t: t.throw(KeyError), lambda t: t.kill(), lambda t: "
        "t.kill(pending=True)):\n"
        "    t = tasklet(f)(); run(); ch.send('a'); how(t); run(); assert not t.alive\n"
        "t = tasklet(f)(); run(); ch.send('a'); t.remove(); del t; gc.collect()\n")

HEALTHY(bombs_and_sequences,
        "ch = channel(); got = []\n"
        "def f():\n"
        "    try: ch.receive()\n"
        "    except KeyError as e: got.append(e)\n"
        "t = tasklet(f)(); run(); ch.send_exception(KeyError, 1); assert len(got) == 1\n"
        "t = tasklet(f)(); run(); ch.send_throw(KeyError); run()\n"
        "t = tasklet(ch.send_exception)(KeyError); run(); f(); run(); assert len(got) == 3\n"
        "def take():\n"
        "    for x in ch: got.append(x)\n"
        "t = tasklet(take)(); run(); ch.send_sequence([None, 1, 1, None]); run()\n"
        "ch.send_exception(StopIteration); run(); assert got[3:] == [None, 1, 1, None], got\n")

HEALTHY(a_channel_that_closes, "ch = channel(); t = tasklet(ch.send)('a'); run(); ch.close()\n"
                               "assert ch.receive() == 'a'; run()\n"
                               "try: ch.send('b')\n"
                               "except ValueError: pass\n")

HEALTHY(a_channel_callback_that_raises,
        "ch = channel()\n"
        "def callback(c, t, sending, willblock): raise KeyError\n"
        "t = tasklet(ch.receive)(); run(); stackless.set_channel_callback(callback)\n"
        "try: ch.send('a')\n"
        "except KeyError: pass\n"
        "else: assert 0\n"
        "stackless.set_channel_callback(None); ch.send('b')\n")

HEALTHY(an_operation_in_a_release,
        "ch, side = channel(), channel(); ch.preference = 1; got = []\n"
        "class D:\n"
        "    def __del__(self): tasklet(side.send)('in'); got.append(side.receive())\n"
        "def f(d): ch.send('out')\n"
        "t = tasklet(lambda: got.append(ch.receive()))(); run(); tasklet(f)(D()); run()\n"
        "assert got == ['in', 'out'] or got == ['out', 'in'], got\n")

HEALTHY(one_that_refuses_to_end,
        "ch = channel()\n"
        "def f(c):\n"
        "    while True:\n"
        "        try: c.send('a')\n"
        "        except BaseException: pass\n"
        "t = tasklet(f)(ch); run(); del t; gc.collect(); del ch; gc.collect()\n")

HEALTHY(a_thread_that_ends_with_values_on_their_way,
        "ch = channel(); ch.preference = 0\n"
        "def refuse():\n"
        "    while True:\n"
        "        try: ch.receive()\n"
        "        except BaseException: pass\n"
        "def f():\n"
        "    tasklet(ch.send)('a'); run()\n"
        "    tasklet(refuse)(); run()\n"
        "import warnings; warnings.simplefilter('ignore')\n"
        "h = threading.Thread(target=f); h.start(); h.join(); gc.collect()\n")

HEALTHY(a_fork_with_values_on_their_way,
        "import os; ch, ready, go = channel(), threading.Event(), threading.Event()\n"
        "ch.preference = 1\n"
        "def f():\n"
        "    t = tasklet(ch.receive)(); run(); ch.send('a')\n"
        "    ready.set(); go.wait(); run()\n"
        "h = threading.Thread(target=f); h.start(); ready.wait(); pid = os.fork()\n"
        "if pid == 0: gc.collect(); ch.balance; os._exit(0)\n"
        "go.set(); h.join(); assert os.waitpid(pid, 0)[1] == 0\n")

CHECK_SUITE(suite)
{
    FAMILY(suite, "right", what_was_sent_is_received, none_that_was_sent_is_no_loss,
           the_same_object_sent_twice_is_no_double, a_killed_sender_loses_nothing,
           what_the_interpreter_says_is_displaced, an_exception_arrives,
           one_that_is_lost_with_its_thread_loses_nothing, what_the_program_assigns_is_its_own,
           plain_values_are_shown);
    FAMILY(suite, "lost", a_drop_from_the_receivers_mailbox_is_told_once,
           a_senders_own_drop_is_told_at_once, a_blocked_senders_drop_counts_if_the_send_succeeds,
           a_send_that_nobody_received, a_killed_receiver, operations_nest,
           a_tasklet_ends_with_a_value);
    FAMILY(suite, "something else", another_object_is_wrong, another_object_handed_over_is_wrong,
           what_was_sent_for_another_one_is_misplaced, nobody_sent,
           what_was_received_before_comes_twice, one_send_for_two_receives,
           an_exception_goes_off_elsewhere, an_exception_goes_off_at_its_sender);
    FAMILY(suite, "healthy", tempval_of_a_blocked_sender, tempval_of_a_receiver,
           tempval_in_a_callback, a_sender_that_is_killed,
           a_receiver_that_was_handed_a_value_is_thrown_at, bombs_and_sequences,
           a_channel_that_closes, a_channel_callback_that_raises, an_operation_in_a_release,
           one_that_refuses_to_end, a_thread_that_ends_with_values_on_their_way,
           a_fork_with_values_on_their_way);
}
