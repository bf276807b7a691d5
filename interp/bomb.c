/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "bomb.h"

#include <stddef.h>
#include <structmember.h>

#include "contract/points.h"

static int bomb_traverse(slp_bomb *self, visitproc visit, void *arg)
{
    Py_VISIT(self->type);
    Py_VISIT(self->value);
    Py_VISIT(self->traceback);
    return 0;
}

static int bomb_clear(slp_bomb *self)
{
    Py_CLEAR(self->type);
    Py_CLEAR(self->value);
    Py_CLEAR(self->traceback);
    return 0;
}

static void bomb_dealloc(slp_bomb *self)
{
    PyObject_GC_UnTrack(self);
    bomb_clear(self);
    PyObject_GC_Del(self);
}

static PyObject *bomb_create(PyTypeObject *class, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"type", "value", "traceback", NULL};
    PyObject *type, *value = NULL, *traceback = NULL;

    (void)class; /* there are no subclasses */
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OO:bomb", names, &type, &value, &traceback))
        return NULL;
    return slp_bomb_throw(type, value, traceback);
}

static PyMemberDef bomb_members[] = {
    {"type", T_OBJECT, offsetof(slp_bomb, type), READONLY, "The class of the exception."},
    {"value", T_OBJECT, offsetof(slp_bomb, value), READONLY,
     "The exception, or what its class will be called with; None if that is nothing."},
    {"traceback", T_OBJECT, offsetof(slp_bomb, traceback), READONLY,
     "Where it was raised before, or None."},
    {0},
};

PyTypeObject slp_bomb_type = {
    .ob_base = {PyObject_HEAD_INIT(NULL) 0},
    .tp_name = "stackless.bomb",
    .tp_doc =
        "bomb(type, value=None, traceback=None)\n--\n\n"
        "An exception as a value: whoever receives it, or has it as the result of an\n"
        "operation, raises it.  What it is made of is what a \"raise\" would take: a class or\n"
        "an instance, the arguments of the class or an instance of it, and a traceback.\n"
        "It may be sent more than once.  TypeError: it is no exception.",
    .tp_basicsize = sizeof(slp_bomb),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = bomb_create,
    .tp_members = bomb_members,
    .tp_dealloc = (destructor)bomb_dealloc,
    .tp_traverse = (traverseproc)bomb_traverse,
    .tp_clear = (inquiry)bomb_clear,
};

/* Steals all three, also when there is no memory: then they are lost, and MemoryError is
 * what travels. */
static PyObject *bomb_make(PyObject *type, PyObject *value, PyObject *traceback)
{
    slp_bomb *bomb = NULL;
    if (SLP_POINT(BOMB_NEW, NULL, NULL, NULL) & SLP_ACT_FAIL)
        PyErr_NoMemory();
    else
        bomb = PyObject_GC_New(slp_bomb, &slp_bomb_type);
    if (bomb == NULL) {
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return NULL;
    }
    bomb->type = type;
    bomb->value = value;
    bomb->traceback = traceback;
    PyObject_GC_Track(bomb);
    return (PyObject *)bomb;
}

static int require_exception_class(PyObject *type)
{
    if (PyExceptionClass_Check(type))
        return 0;
    PyErr_Format(PyExc_TypeError, "exceptions must derive from BaseException, not %.200s",
                 Py_TYPE(type)->tp_name);
    return -1;
}

PyObject *slp_bomb_new(PyObject *type, PyObject *args)
{
    if (require_exception_class(type) < 0)
        return NULL;
    return bomb_make(Py_NewRef(type), Py_NewRef(args), NULL);
}

PyObject *slp_bomb_throw(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (value == Py_None)
        value = NULL;
    if (traceback == Py_None)
        traceback = NULL;
    if (traceback != NULL && !PyTraceBack_Check(traceback)) {
        PyErr_SetString(PyExc_TypeError, "the third argument must be a traceback object");
        return NULL;
    }
    if (PyExceptionInstance_Check(type)) {
        if (value != NULL) {
            PyErr_SetString(PyExc_TypeError, "instance exception may not have a separate value");
            return NULL;
        }
        if (traceback == NULL)
            traceback = PyException_GetTraceback(type);
        else
            Py_INCREF(traceback);
        return bomb_make(Py_NewRef(PyExceptionInstance_Class(type)), Py_NewRef(type), traceback);
    }
    if (require_exception_class(type) < 0)
        return NULL;
    return bomb_make(Py_NewRef(type), Py_XNewRef(value), Py_XNewRef(traceback));
}

PyObject *slp_bomb_fetch(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    return bomb_make(type, value, traceback);
}

/* Makes an instance of it, which the interpreter puts off as long as it can.  Only when
 * two exceptions are linked, since it runs the class's code. */
static void normalize(slp_bomb *bomb)
{
    PyErr_NormalizeException(&bomb->type, &bomb->value, &bomb->traceback);
    if (bomb->traceback != NULL && bomb->value != NULL)
        PyException_SetTraceback(bomb->value, bomb->traceback);
}

void slp_bomb_chain(PyObject *bomb, PyObject *earlier)
{
    slp_bomb *new = (slp_bomb *)bomb, *old = (slp_bomb *)earlier;

    normalize(old);
    normalize(new);
    if (new->value == NULL || old->value == NULL || new->value == old->value)
        return;
    /* One that has a context was raised while something was handled: that is nearer. */
    PyObject *context = PyException_GetContext(new->value);
    if (context == NULL)
        PyException_SetContext(new->value, Py_NewRef(old->value));
    Py_XDECREF(context);
}

void slp_bomb_explode(PyObject *object)
{
    slp_bomb *bomb = (slp_bomb *)object;
    PyObject *type = bomb->type, *value = bomb->value, *traceback = bomb->traceback;

    /* Emptied before it is dropped, and dropped before the exception is set: what a
     * deallocation runs must not find one.  Who else has it may send it once more. */
    if (Py_REFCNT(object) == 1) {
        bomb->type = bomb->value = bomb->traceback = NULL;
    } else {
        Py_INCREF(type);
        Py_XINCREF(value);
        Py_XINCREF(traceback);
    }
    Py_DECREF(object);
    PyErr_Restore(type, value, traceback);
}
