/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "callback.h"

#include "one_of.h"
#include "touch.h"

/* Functions of modules that look at their arguments, and not behind their attributes. */
static int only_looks(const PyCFunctionObject *function)
{
    static const char *const modules[] = {"math", "cmath", "_operator", "_bisect", "binascii"};
    static const char *const builtins[] = {
        "abs", "all",      "any",   "ascii",      "bin", "chr",    "hex",        "id",
        "len", "callable", "hash",  "max",        "min", "oct",    "isinstance", "ord",
        "pow", "repr",     "round", "issubclass", "sum", "format", "divmod",     "sorted"};
    const char *name = function->m_ml->ml_name, *module;

    if (function->m_module == NULL || !PyUnicode_Check(function->m_module))
        return 0;
    module = PyUnicode_AsUTF8(function->m_module);
    if (module == NULL) {
        PyErr_Clear();
        return 0;
    }
    return IS_ONE_OF(module, modules) ||
           (strcmp(module, "builtins") == 0 && IS_ONE_OF(name, builtins));
}

/* Of what cannot change: str.lower, int.bit_count. */
static int is_of_plain_type(PyObject *callable)
{
    const PyTypeObject *type = ((PyDescrObject *)callable)->d_type;

    return type == &PyUnicode_Type || type == &PyBytes_Type || type == &PyLong_Type ||
           type == &PyFloat_Type || type == &PyBool_Type || type == &PyComplex_Type ||
           type == &PyTuple_Type;
}

int sw_callback_is_unseen(PyObject *callable)
{
    static const char *const others[] = {"functools.partial", "method-wrapper",
                                         "operator.attrgetter", "operator.methodcaller"};

    if (PyCFunction_Check(callable)) {
        PyObject *self = PyCFunction_GET_SELF(callable);
        if (self != NULL && !PyModule_Check(self))
            return !sw_touch_is_plain(self);
        return self != NULL && !only_looks((const PyCFunctionObject *)callable);
    }
    if (PyMethod_Check(callable))
        return !PyFunction_Check(PyMethod_GET_FUNCTION(callable));
    if (Py_TYPE(callable) == &PyMethodDescr_Type || Py_TYPE(callable) == &PyWrapperDescr_Type)
        return !is_of_plain_type(callable);
    return IS_ONE_OF(Py_TYPE(callable)->tp_name, others);
}
