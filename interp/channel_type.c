/* SPDX-License-Identifier: MIT
 *
 * channel_type.c - the class stackless.channel.
 */
#include "cpython.h"
#include <structmember.h>

#include "channel.h"
#include "contract/faults.h"
#include "contract/points.h"

static PyObject *impl_channel_send(slp_channel *self, PyObject *value)
{
    return slp_channel_action(self, Py_NewRef(value), SLP_SEND);
}

static PyObject *impl_channel_receive(slp_channel *self, PyObject *unused)
{
    (void)unused;
    return slp_channel_action(self, Py_NewRef(Py_None), SLP_RECEIVE);
}

static PyObject *channel_send_exception(slp_channel *self, PyObject *args)
{
    if (PyTuple_GET_SIZE(args) < 1) {
        PyErr_SetString(PyExc_TypeError, "send_exception() needs an exception class");
        return NULL;
    }
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    if (rest == NULL)
        return NULL;
    PyObject *bomb = slp_bomb_new(PyTuple_GET_ITEM(args, 0), rest);
    Py_DECREF(rest);
    return bomb == NULL ? NULL : slp_channel_action(self, bomb, SLP_SEND);
}

static PyObject *channel_send_throw(slp_channel *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"exc", "val", "tb", NULL};
    PyObject *type, *value = NULL, *traceback = NULL;

    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OO:send_throw", names, &type, &value,
                                     &traceback))
        return NULL;
    PyObject *bomb = slp_bomb_throw(type, value, traceback);
    return bomb == NULL ? NULL : slp_channel_action(self, bomb, SLP_SEND);
}

static PyObject *channel_send_sequence(slp_channel *self, PyObject *sequence)
{
    Py_ssize_t count = 0;
    PyObject *item, *iterator = PyObject_GetIter(sequence);

    if (iterator == NULL)
        return NULL;
    while ((item = PyIter_Next(iterator)) != NULL) {
        PyObject *result = slp_channel_action(self, item, SLP_SEND);
        if (result == NULL)
            break;
        Py_DECREF(result);
        count++;
    }
    Py_DECREF(iterator);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(count);
}

static PyObject *channel_close(slp_channel *self, PyObject *unused)
{
    (void)unused;
    self->closing = 1;
    Py_RETURN_NONE;
}

static PyObject *channel_open(slp_channel *self, PyObject *unused)
{
    (void)unused;
    self->closing = 0;
    Py_RETURN_NONE;
}

/* Iteration ends at once on a closing channel to which nobody sends. */
static PyObject *channel_next(slp_channel *self)
{
    if (self->closing && self->balance <= 0)
        return NULL;
    return slp_channel_action(self, Py_NewRef(Py_None), SLP_RECEIVE);
}

static PyObject *channel_get_queue(slp_channel *self, void *unused)
{
    (void)unused;
    return Py_NewRef(self->first != NULL ? (PyObject *)self->first : Py_None);
}

static PyObject *channel_get_closed(slp_channel *self, void *unused)
{
    (void)unused;
    int nobody = self->balance == 0 || SLP_FAULT(CLOSED_IGNORES_BALANCE);
    return PyBool_FromLong(self->closing && nobody);
}

static PyObject *channel_get_preference(slp_channel *self, void *unused)
{
    (void)unused;
    return PyLong_FromLong(self->preference);
}

static int channel_set_preference(slp_channel *self, PyObject *value, void *unused)
{
    (void)unused;
    if (value == NULL || !PyLong_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "preference must be an int: -1, 0 or 1");
        return -1;
    }
    self->preference = (signed char)_PyLong_Sign(value);
    return 0;
}

static PyObject *channel_get_schedule_all(slp_channel *self, void *unused)
{
    (void)unused;
    return PyLong_FromLong(self->schedule_all);
}

static int channel_set_schedule_all(slp_channel *self, PyObject *value, void *unused)
{
    (void)unused;
    int on = value == NULL ? -1 : PyObject_IsTrue(value);
    if (on < 0) {
        if (value == NULL)
            PyErr_SetString(PyExc_TypeError, "schedule_all cannot be deleted");
        return -1;
    }
    self->schedule_all = (unsigned char)on;
    return 0;
}

static PyObject *channel_reduce(slp_channel *self, PyObject *unused)
{
    (void)unused;
    PyErr_Format(PyExc_TypeError, "cannot pickle '%s': those who wait on it stay in this process",
                 Py_TYPE(self)->tp_name);
    return NULL;
}

static uint32_t channels; /* that were made */

static PyObject *channel_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type == &slp_channel_type &&
        (PyTuple_GET_SIZE(args) > 0 || (kwargs != NULL && PyDict_GET_SIZE(kwargs) > 0))) {
        PyErr_SetString(PyExc_TypeError, "channel() takes no arguments");
        return NULL;
    }
    slp_channel *self = (slp_channel *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->preference = -1;
    self->number = ++channels;
    (void)SLP_POINT(CHAN_NEW, self, NULL, NULL);
    return (PyObject *)self;
}

static int channel_traverse(slp_channel *self, visitproc visit, void *arg)
{
    for (slp_tasklet *t = self->first; t != NULL; t = t->next)
        Py_VISIT(t);
    return 0;
}

static int channel_clear(slp_channel *self)
{
    while (self->first != NULL) {
        slp_tasklet *t = self->first;
        slp_channel_unlink(t);
        Py_DECREF(t);
    }
    return 0;
}

static void channel_dealloc(slp_channel *self)
{
    PyObject_GC_UnTrack(self);
    (void)SLP_POINT(CHAN_DEALLOC, self, NULL, NULL);
    if (self->weakrefs != NULL)
        PyObject_ClearWeakRefs((PyObject *)self);
    channel_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyMethodDef channel_methods[] = {
    {"send", (PyCFunction)impl_channel_send, METH_O,
     "send($self, value, /)\n--\n\n"
     "Hands the very object to the receiver that has waited longest, on any thread;\n"
     "waits in the channel's queue while there is none.  Returns None: it was received.\n\n"
     "RuntimeError: it would wait and the tasklet's block_trap is set, no switch may\n"
     "happen, or nobody could ever receive (a deadlock); ValueError: it would wait and the\n"
     "channel is closing.  Then nothing was sent.  Raises what is thrown at the caller."},
    {"receive", (PyCFunction)impl_channel_receive, METH_NOARGS,
     "receive($self, /)\n--\n\n"
     "Takes the value of the sender that has waited longest, on any thread; waits in the\n"
     "channel's queue while there is none.  Returns the very object that was sent.\n\n"
     "Raises what was sent as an exception; else as send()."},
    {"send_exception", (PyCFunction)channel_send_exception, METH_VARARGS,
     "send_exception($self, exc, /, *args)\n--\n\n"
     "As send(), but the receiver's receive() raises exc(*args).  TypeError: exc is no\n"
     "exception class."},
    {"send_throw", (PyCFunction)(void (*)(void))channel_send_throw, METH_VARARGS | METH_KEYWORDS,
     "send_throw($self, /, exc, val=None, tb=None)\n--\n\n"
     "As send(), but the receiver's receive() raises exc as the raise statement would:\n"
     "a class, which val is given to, or an instance, which stays itself; tb is the\n"
     "traceback it comes from.  TypeError: none of these."},
    {"send_sequence", (PyCFunction)channel_send_sequence, METH_O,
     "send_sequence($self, iterable, /)\n--\n\n"
     "Sends each item, as send(); returns how many were sent: an int.  Raises what send()\n"
     "or the iterable raises; those before have been sent."},
    {"close", (PyCFunction)channel_close, METH_NOARGS,
     "close($self, /)\n--\n\n"
     "From now on nobody can begin to wait; those who wait are served."},
    {"open", (PyCFunction)channel_open, METH_NOARGS, "open($self, /)\n--\n\nUndoes close()."},
    {"__reduce__", (PyCFunction)channel_reduce, METH_NOARGS,
     "__reduce__($self, /)\n--\n\nTypeError: a channel cannot be pickled."},
    {0},
};

static PyMemberDef channel_members[] = {
    {"balance", T_INT, offsetof(slp_channel, balance), READONLY,
     "How many senders wait, or minus how many receivers: tasklets of all threads."},
    {"closing", T_BOOL, offsetof(slp_channel, closing), READONLY, "Whether it was close()d."},
    {0},
};

static PyGetSetDef channel_getset[] = {
    {"queue", (getter)channel_get_queue, NULL,
     "The tasklet that has waited longest, or None; its next is the one behind it.", NULL},
    {"closed", (getter)channel_get_closed, NULL, "Whether it is closing and nobody waits.", NULL},
    {"preference", (getter)channel_get_preference, (setter)channel_set_preference,
     "Who runs on after a hand-over on one thread: -1 the receiver (the default),\n"
     "1 the sender, 0 whoever acted last.  Any int is reduced to its sign; TypeError:\n"
     "no int.  Between threads the one that acts runs on.",
     NULL},
    {"schedule_all", (getter)channel_get_schedule_all, (setter)channel_set_schedule_all,
     "0 or 1.  When true, every hand-over on one thread goes on with the next in the\n"
     "ring; this overrides preference.",
     NULL},
    {0},
};

PyTypeObject slp_channel_type = {
    .ob_base = {PyObject_HEAD_INIT(NULL) 0},
    .tp_name = "stackless.channel",
    .tp_doc = "channel()\n--\n\n"
              "A rendezvous of tasklets, on one thread or on several: a value goes from one to\n"
              "another, nothing is buffered.  Iterating receives until somebody sends\n"
              "StopIteration, or the channel is closing and nobody sends.",
    .tp_basicsize = sizeof(slp_channel),
    .tp_weaklistoffset = offsetof(slp_channel, weakrefs),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = channel_new,
    .tp_dealloc = (destructor)channel_dealloc,
    .tp_traverse = (traverseproc)channel_traverse,
    .tp_clear = (inquiry)channel_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)channel_next,
    .tp_methods = channel_methods,
    .tp_members = channel_members,
    .tp_getset = channel_getset,
};
