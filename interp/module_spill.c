/* SPDX-License-Identifier: MIT
 *
 * module_spill.c - stackless.spill() and its like.
 */
#include "cpython.h"

#include "module.h"
#include "spill.h"

static int spill_from_number(PyObject *object, struct slp_spill_setting *setting)
{
    Py_ssize_t bytes = PyLong_AsSsize_t(object);

    if (bytes == -1 && PyErr_Occurred())
        return -1;
    if (bytes <= 0) {
        PyErr_SetString(PyExc_ValueError, "spill() needs a positive number of bytes");
        return -1;
    }
    setting->bytes = (size_t)bytes;
    return 0;
}

static int spill_from_text(const char *text, struct slp_spill_setting *setting)
{
    if (slp_spill_setting_parse(text, setting) == NULL)
        return 0;
    PyErr_Format(PyExc_ValueError,
                 "spill() takes a number of bytes, 'always', 'never' or 'default', and 'copy' or "
                 "'segment' as policy; not '%.100s'",
                 text);
    return -1;
}

static PyObject *spill_setting_as_tuple(void)
{
    const char *policy = slp_spill_setting.policy == SLP_SPILL_COPY ? "copy" : "segment";

    if (slp_spill_setting.bytes == SLP_SPILL_ALWAYS)
        return Py_BuildValue("ss", "always", policy);
    if (slp_spill_setting.bytes == SLP_SPILL_NEVER)
        return Py_BuildValue("ss", "never", policy);
    if (slp_spill_setting.bytes == SLP_SPILL_DEFAULT)
        return Py_BuildValue("ss", "default", policy);
    return Py_BuildValue("ns", (Py_ssize_t)slp_spill_setting.bytes, policy);
}

/* A number, or a text as in SLP_SPILL; None leaves it as it is. */
static int spill_from_object(PyObject *limit, struct slp_spill_setting *setting)
{
    if (limit == Py_None)
        return 0;
    if (PyLong_Check(limit))
        return spill_from_number(limit, setting);
    const char *text = PyUnicode_AsUTF8(limit);
    return text == NULL ? -1 : spill_from_text(text, setting);
}

static PyObject *module_spill(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"limit", "policy", NULL};
    struct slp_spill_setting setting = slp_spill_setting;
    PyObject *limit = Py_None;
    const char *policy = NULL;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Oz:spill", names, &limit, &policy) ||
        spill_from_object(limit, &setting) < 0)
        return NULL;
    if (policy != NULL && slp_spill_setting_parse_policy(policy, &setting.policy) < 0) {
        PyErr_Format(PyExc_ValueError, "spill() policy must be 'copy' or 'segment', not '%.100s'",
                     policy);
        return NULL;
    }
    PyObject *old = spill_setting_as_tuple();
    if (old != NULL)
        slp_spill_set(setting);
    return old;
}

static PyObject *module_spill_count(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return PyLong_FromUnsignedLong(slp_spill_count);
}

#define KEYWORDS(function) (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS

PyMethodDef slp_module_spill_methods[] = {
    {"spill", KEYWORDS(module_spill),
     "spill($module, /, limit=None, policy=None)\n--\n\n"
     "Says how much C stack (bytes, or 'always', 'never', 'default') may be in use when\n"
     "C code begins to evaluate Python code, before it is spilled, and how: 'copy' or\n"
     "'segment'.  None changes nothing.  Returns a tuple (limit, policy): what was set\n"
     "before.  'default' is half of each thread's stack, 1 MiB at the most.  For the\n"
     "process; other threads follow at their next switch or spill.  In the environment:\n"
     "SLP_SPILL.  A stock interpreter that has imported this module begins with 'never';\n"
     "with another limit its calls from Python to Python are slower.\n\n"
     "ValueError, TypeError: neither of these."},
    {"spill_count", (PyCFunction)module_spill_count, METH_NOARGS,
     "spill_count($module, /)\n--\n\nHow many spills there have been in this process: an int."},
    {0},
};
