/* SPDX-License-Identifier: MIT
 *
 * module_frames.c - the policy for what is kept in place of frames, and how much that is.
 */
#include "cpython.h"

#include "datastack.h"
#include "frames.h"
#include "frames_zombie.h"
#include "module.h"
#include "thread.h"

static PyObject *module_frames(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"policy", NULL};
    enum slp_frames_policy policy = slp_frames_policy;
    const char *text = NULL;

    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|z:frames", names, &text))
        return NULL;
    if (text != NULL && slp_frames_parse(text, &policy) < 0)
        return PyErr_Format(PyExc_ValueError,
                            "frames() policy must be none, freelist, zombie or arena, not '%.100s'",
                            text);
    PyObject *old = PyUnicode_FromString(slp_frames_policy_names[slp_frames_policy]);
    if (old != NULL)
        slp_frames_set(policy);
    return old;
}

/* ---- how much ---- */

static PyObject *amount_as_dict(struct slp_frames_amount amount)
{
    return Py_BuildValue("{slsnslsn}", "count", amount.count, "bytes", (Py_ssize_t)amount.bytes,
                         "count_max", amount.count_max, "bytes_max", (Py_ssize_t)amount.bytes_max);
}

/* Inserts (code, bytes) where it belongs; only the first are wanted. */
static int insert_in_order(PyObject *list, Py_ssize_t wanted, const struct slp_frames_zombie *home)
{
    const Py_ssize_t bytes = (Py_ssize_t)slp_frames_zombie_bytes_of(home);
    Py_ssize_t at = PyList_GET_SIZE(list);

    while (at > 0) {
        PyObject *before = PyTuple_GET_ITEM(PyList_GET_ITEM(list, at - 1), 1);
        if (PyLong_AsSsize_t(before) >= bytes)
            break;
        at--;
    }
    if (bytes == 0 || at >= wanted)
        return 0;
    PyObject *item = Py_BuildValue("(On)", home->code, bytes);
    int failed = item == NULL || PyList_Insert(list, at, item) < 0;
    Py_XDECREF(item);
    if (failed)
        return -1;
    return PyList_SetSlice(list, wanted, PY_SSIZE_T_MAX, NULL);
}

/* The code objects that keep most.  A collection could deallocate code, and so change the list
 * that is gone through. */
static PyObject *most(Py_ssize_t wanted)
{
    PyObject *list = PyList_New(0);
    int enabled = PyGC_Disable();

    for (const struct slp_frames_zombie *home = slp_frames_zombie_first();
         list != NULL && home != NULL; home = home->next)
        if (insert_in_order(list, wanted, home) < 0)
            Py_CLEAR(list);
    if (enabled)
        PyGC_Enable();
    return list;
}

/* None: code objects keep what they have, and nothing limits how many there are. */
static PyObject *bytes_bound(void)
{
    if (slp_frames_zombie_is_on())
        Py_RETURN_NONE;
    return PyLong_FromSize_t(slp_frames_bytes_allowed());
}

static PyObject *module_memory(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"most", NULL};
    Py_ssize_t wanted = 0;

    (void)self;
    /* The bound counts the threads that have tasklets; whoever asks has. */
    if (slp_thread_here() == NULL ||
        !PyArg_ParseTupleAndKeywords(args, kwargs, "|n:memory", names, &wanted))
        return NULL;
    if (wanted < 0)
        return PyErr_Format(PyExc_ValueError, "memory() most must not be negative");
    return Py_BuildValue(
        "{sssNsNsNsNsnsNslsN}", "policy", slp_frames_policy_names[slp_frames_policy], "roots",
        amount_as_dict(slp_frames_amount_of(SLP_FRAMES_ROOTS)), "chunks",
        amount_as_dict(slp_frames_amount_of(SLP_FRAMES_CHUNKS)), "records",
        amount_as_dict(slp_frames_amount_of(SLP_FRAMES_RECORDS)), "code_objects",
        amount_as_dict(slp_frames_zombie_amount), "bytes", (Py_ssize_t)slp_frames_bytes_kept(),
        "bytes_bound", bytes_bound(), "lent", slp_datastack_lent(), "most", most(wanted));
}

#define KEYWORDS(function) (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS

PyMethodDef slp_module_frames_methods[] = {
    {"frames", KEYWORDS(module_frames),
     "frames($module, /, policy=None)\n--\n\n"
     "Says what is kept in place of frames when a tasklet or a spill is over, for the\n"
     "next one: the tasklet's data stack, the spill's record.  'none': nothing.\n"
     "'freelist': as much as each thread's list may hold.  'zombie': one of each by\n"
     "every code object, without a limit, and the rest as 'freelist'.  'arena': blocks\n"
     "of 16 KiB, as many as the process's list may hold.  None changes nothing; another\n"
     "policy frees what is kept.  Returns the policy that was set before: a str.  For\n"
     "the process.  In the environment: SLP_FRAMES.\n\n"
     "ValueError, TypeError: none of these."},
    {"memory", KEYWORDS(module_memory),
     "memory($module, /, most=0)\n--\n\n"
     "What is kept in place of frames: a dict.  'roots', 'chunks', 'records' and\n"
     "'code_objects' are dicts with 'count' and 'bytes', and the most that each has\n"
     "been, 'count_max' and 'bytes_max'; count is of pieces, or of code objects that\n"
     "keep any.  'bytes' is the sum, and 'bytes_bound' what it cannot exceed, None if\n"
     "there is no such limit.  'lent' is how many data stacks are in use by tasklets,\n"
     "'policy' as frames(), and 'most' a list of tuples (code, bytes), of so many code\n"
     "objects that keep most.  ValueError: most is negative."},
    {0},
};
