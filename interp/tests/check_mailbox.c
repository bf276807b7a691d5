/* SPDX-License-Identifier: MIT
 *
 * check_mailbox.c - what goes into a mailbox comes out again, once.
 */
#include "python_fixture.h"

#include "interp/mailbox.h"
#include "interp/tasklet.h"

static slp_tasklet *some_tasklet(void)
{
    struct slp_thread *thread = slp_thread_here();

    return thread == NULL ? NULL : slp_tasklet_new(&slp_tasklet_type, thread, NULL);
}

INSIDE_TEST(a_new_mailbox_holds_none)
{
    slp_tasklet *t = some_tasklet();

    INSIDE(t != NULL && t->tempval == Py_None);
    PyObject *value = slp_mailbox_take(t);
    INSIDE(value == Py_None && t->tempval == Py_None);
    Py_DECREF(value);
    Py_DECREF(t);
    return 0;
}

INSIDE_TEST(taking_moves_the_very_object)
{
    slp_tasklet *t = some_tasklet();
    PyObject *object = PyList_New(0);

    INSIDE(t != NULL && object != NULL);
    slp_mailbox_set(t, Py_NewRef(object));
    INSIDE(t->tempval == object && Py_REFCNT(object) == 2);
    PyObject *value = slp_mailbox_take(t);
    INSIDE(value == object && Py_REFCNT(object) == 2 && t->tempval == Py_None);
    Py_DECREF(value);
    INSIDE(Py_REFCNT(object) == 1);
    slp_mailbox_set(t, object);
    value = slp_mailbox_claim(t);
    INSIDE(value == object && Py_REFCNT(object) == 1 && t->tempval == Py_None);
    Py_DECREF(value);
    Py_DECREF(t);
    return 0;
}

INSIDE_TEST(setting_drops_what_was_there)
{
    slp_tasklet *t = some_tasklet();
    PyObject *first = PyList_New(0);

    INSIDE(t != NULL && first != NULL);
    slp_mailbox_set(t, Py_NewRef(first));
    slp_mailbox_set(t, PyLong_FromLong(7));
    INSIDE(Py_REFCNT(first) == 1 && PyLong_AsLong(t->tempval) == 7);
    Py_DECREF(first);
    Py_DECREF(t);
    return 0;
}

/* Makes a mailbox drop a value, and tells what the lab's hook saw. */
static int drops_seen;

static unsigned count_drops(const struct slp_point_info *info)
{
    drops_seen += info->point == SLP_POINT_MAILBOX_DROP;
    return SLP_ACT_NOTHING;
}

INSIDE_TEST(only_a_lost_value_is_told)
{
    slp_tasklet *t = some_tasklet();

    INSIDE(t != NULL);
    slp_point_set_hook(count_drops, SLP_POINT_ALL);
    slp_mailbox_set(t, PyLong_FromLong(1));
    INSIDE(drops_seen == 0);
    Py_DECREF(slp_mailbox_claim(t));
    slp_mailbox_set(t, Py_NewRef(Py_None));
    INSIDE(drops_seen == 0);
    slp_mailbox_set(t, PyLong_FromLong(1));
    slp_mailbox_set(t, PyLong_FromLong(2));
    INSIDE(drops_seen == 1);
    Py_DECREF(t);
    INSIDE(drops_seen == 2);
    slp_point_set_hook(NULL, 0);
    return 0;
}

/* ---- bombs ---- */

INSIDE_TEST(a_bomb_keeps_class_and_arguments)
{
    slp_tasklet *t = some_tasklet();
    PyObject *args = Py_BuildValue("(is)", 5, "x");
    PyObject *bomb = slp_bomb_new(PyExc_OSError, args);
    PyObject *type, *value, *traceback;

    INSIDE(t != NULL && bomb != NULL && slp_bomb_check(bomb));
    slp_mailbox_set(t, bomb);
    INSIDE(slp_mailbox_claim(t) == NULL && t->tempval == Py_None);
    PyErr_Fetch(&type, &value, &traceback);
    INSIDE(type == PyExc_OSError && value == args && traceback == NULL);
    INSIDE(Py_REFCNT(args) == 2);
    Py_DECREF(type);
    Py_DECREF(value);
    Py_DECREF(args);
    Py_DECREF(t);
    return 0;
}

INSIDE_TEST(a_bomb_keeps_instance_and_traceback)
{
    slp_tasklet *t = some_tasklet();
    PyObject *type, *value, *traceback, *type_out, *value_out, *traceback_out;

    INSIDE(t != NULL);
    INSIDE(PyRun_SimpleString("def f(): raise KeyError('k')\n") == 0);
    PyObject *f = PyObject_GetAttrString(PyImport_AddModule("__main__"), "f");
    INSIDE(f != NULL && PyObject_CallNoArgs(f) == NULL);
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    Py_ssize_t references = Py_REFCNT(value);
    PyObject *bomb = slp_bomb_throw(value, NULL, traceback);
    INSIDE(bomb != NULL);
    slp_mailbox_set(t, bomb);
    INSIDE(slp_mailbox_claim(t) == NULL);
    PyErr_Fetch(&type_out, &value_out, &traceback_out);
    INSIDE(type_out == type && value_out == value && traceback_out == traceback);
    Py_DECREF(type_out);
    Py_DECREF(value_out);
    Py_DECREF(traceback_out);
    INSIDE(Py_REFCNT(value) == references);
    Py_DECREF(type);
    Py_DECREF(value);
    Py_DECREF(traceback);
    Py_DECREF(f);
    Py_DECREF(t);
    return 0;
}

INSIDE_TEST(a_bomb_takes_the_traceback_of_an_instance)
{
    PyObject *type, *value, *traceback;

    INSIDE(PyRun_SimpleString("try: 1/0\nexcept Exception as e: x = e\n") == 0);
    PyObject *instance = PyObject_GetAttrString(PyImport_AddModule("__main__"), "x");
    slp_bomb_explode(slp_bomb_throw(instance, Py_None, Py_None));
    PyErr_Fetch(&type, &value, &traceback);
    INSIDE(value == instance && traceback != NULL && PyTraceBack_Check(traceback));
    Py_DECREF(type);
    Py_DECREF(value);
    Py_DECREF(traceback);
    Py_DECREF(instance);
    return 0;
}

INSIDE_TEST(a_bomb_that_somebody_keeps_is_whole)
{
    PyObject *instance = PyObject_CallNoArgs(PyExc_KeyError);
    PyObject *bomb = slp_bomb_throw(instance, NULL, NULL);

    for (int i = 0; i < 3; i++) {
        slp_bomb_explode(Py_NewRef(bomb));
        INSIDE(PyErr_ExceptionMatches(PyExc_KeyError));
        PyErr_Clear();
    }
    INSIDE(Py_REFCNT(bomb) == 1 && ((slp_bomb *)bomb)->value == instance);
    slp_bomb_explode(bomb);
    PyErr_Clear();
    INSIDE(Py_REFCNT(instance) == 1);
    Py_DECREF(instance);
    return 0;
}

INSIDE_TEST(a_bomb_of_what_is_set_clears_it)
{
    PyErr_SetString(PyExc_ValueError, "v");
    PyObject *bomb = slp_bomb_fetch();
    INSIDE(bomb != NULL && !PyErr_Occurred());
    slp_bomb_explode(bomb);
    INSIDE(PyErr_ExceptionMatches(PyExc_ValueError));
    PyErr_Clear();
    return 0;
}

INSIDE_TEST(what_is_no_exception_is_refused)
{
    INSIDE(slp_bomb_new(Py_None, Py_None) == NULL && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    INSIDE(slp_bomb_throw((PyObject *)&PyLong_Type, NULL, NULL) == NULL);
    INSIDE(PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    INSIDE(slp_bomb_throw(PyExc_KeyError, NULL, Py_True) == NULL); /* no traceback */
    PyErr_Clear();
    PyObject *instance = PyObject_CallNoArgs(PyExc_KeyError);
    INSIDE(slp_bomb_throw(instance, Py_True, NULL) == NULL); /* an instance has its value */
    PyErr_Clear();
    Py_DECREF(instance);
    return 0;
}

/* ---- from Python ---- */

PYTHON_TEST(tempval_of_a_paused_tasklet_is_what_it_gets,
            "got = []\n"
            "def f(): got.append(schedule_remove(1)); got.append(schedule_remove())\n"
            "t = tasklet(f)(); run(); assert t.tempval == 1\n"
            "t.tempval = 'other'; t.insert(); run(); assert got == ['other'] and t.tempval is t\n"
            "t.insert(); run(); assert got[1] is t and t.tempval is None and not t.alive\n")

PYTHON_TEST(what_is_displaced_goes_after_the_switch,
            "log = []\n"
            "class D:\n"
            "    def __del__(self): log.append('del'); schedule()\n"
            "def f():\n"
            "    try: schedule_remove(D())\n"
            "    except KeyError: log.append('thrown')\n"
            "t = tasklet(f)(); run(); t.throw(KeyError)\n"
            "assert log == ['thrown', 'del'] and not t.alive, log\n")

PYTHON_TEST(a_throw_at_oneself_is_never_pending, "try: getcurrent().throw(KeyError, pending=True)\n"
                                                 "except KeyError: pass\n"
                                                 "else: assert 0\n"
                                                 "assert getcurrent().tempval is None\n")

CHECK_SUITE(suite)
{
    FAMILY(suite, "values", a_new_mailbox_holds_none, taking_moves_the_very_object,
           setting_drops_what_was_there, only_a_lost_value_is_told);
    FAMILY(suite, "bombs", a_bomb_keeps_class_and_arguments, a_bomb_keeps_instance_and_traceback,
           a_bomb_takes_the_traceback_of_an_instance, a_bomb_that_somebody_keeps_is_whole,
           a_bomb_takes_the_traceback_of_an_instance, a_bomb_of_what_is_set_clears_it,
           what_is_no_exception_is_refused);
    FAMILY(suite, "Python", tempval_of_a_paused_tasklet_is_what_it_gets,
           what_is_displaced_goes_after_the_switch, a_throw_at_oneself_is_never_pending);
}
