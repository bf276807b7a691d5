/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "thread_object.h"

#include <internal/pycore_interp.h>

#include "one_of.h"
#include "value_brief.h"

static PyObject *find_in_class(PyTypeObject *type, const char *attribute)
{
    PyObject *name = PyUnicode_InternFromString(attribute);
    PyObject *found = name != NULL ? _PyType_Lookup(type, name) : NULL;

    Py_XDECREF(name);
    PyErr_Clear();
    return found;
}

int sw_thread_object_hides(PyObject *owner, PyObject *name, enum sw_op op)
{
    static const char *const sets[] = {
        "_target",     "_args",   "_kwargs",           "_ident",       "_native_id",
        "_is_stopped", "_stderr", "_initialized",      "_tstate_lock", "_started",
        "_daemonic",   "_name",   "_invoke_excepthook"};
    static const char *const takes[] = {"_started", "_tstate_lock", "_kwargs"};
    const char *utf8 = sw_value_brief_utf8(name);

    if (utf8[0] != '_' || !(op == SW_OP_WRITE ? IS_ONE_OF(utf8, sets) : IS_ONE_OF(utf8, takes)))
        return 0;
    return find_in_class(Py_TYPE(owner), "_bootstrap_inner") != NULL;
}

static PyObject *threading(void)
{
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "threading");

    return module != NULL && PyModule_Check(module) ? PyModule_GetDict(module) : NULL;
}

int sw_thread_object_hides_global(PyObject *namespace, PyObject *name)
{
    static const char *const names[] = {"_active",         "_limbo",      "_dangling",
                                        "_shutdown_locks", "_trace_hook", "_profile_hook"};
    const char *utf8 = sw_value_brief_utf8(name);

    return utf8[0] == '_' && IS_ONE_OF(utf8, names) && namespace == threading();
}

static int is_set(PyObject *namespace, const char *name)
{
    PyObject *value = PyDict_GetItemString(namespace, name);

    return value != NULL && value != Py_None;
}

const char *sw_thread_object_is_unseen(void)
{
    const PyThreadState *tstate = PyThreadState_Get();
    PyObject *namespace = threading();

    if (tstate->c_profilefunc != NULL ||
        (namespace != NULL &&
         (is_set(namespace, "_profile_hook") || is_set(namespace, "_trace_hook"))))
        return "starts a thread while a function of the program's traces or profiles it";
    if (tstate->interp->audit_hooks != NULL)
        return "starts a thread while there is an audit hook, which runs unseen";
    return NULL;
}
