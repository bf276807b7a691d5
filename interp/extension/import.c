/* SPDX-License-Identifier: MIT
 *
 * import.c - the module as a stock python3.11 imports it.
 *
 * The core knows the interpreter's structures, which are those of one minor
 * version, built in one way; and it can be in a process once only.  Whatever
 * does not fit is an ImportError.
 */
#include "interp/cpython.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>

#include "interp/frames.h"
#include "interp/module.h"
#include "preempt_got.h"
#include "interp/spill.h"
#include "thread_end.h"

PyMODINIT_FUNC PyInit_stackless(void);

/* The size of the interpreter's global state, which contains the main
 * interpreter and the first thread's state; 0 if it is not known. */
static size_t size_of_runtime(void)
{
    const ElfW(Sym) *symbol = NULL;
    Dl_info info;

    if (dladdr1(slp_cpython_runtime(), &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 ||
        symbol == NULL)
        return 0;
    return symbol->st_size;
}

static int same_structures(void)
{
    return Py_Version >> 16 == PY_VERSION_HEX >> 16 &&
           size_of_runtime() == SLP_CPYTHON_RUNTIME_BYTES &&
           slp_cpython_tstate() == PyThreadState_Get();
}

static int refuse(const char *why)
{
    PyErr_Format(PyExc_ImportError, "stackless: %s", why);
    return -1;
}

static int is_builtin(PyObject *name)
{
    PyObject *builtin = PySys_GetObject("builtin_module_names");

    return builtin != NULL ? PySequence_Contains(builtin, name) : 0;
}

/* ---- one core a process ---- */

/* The module, once it was made; and what says in the interpreter that there is
 * one, whoever made it. */
static PyObject *the_module;

static PyObject *interpreter_dict(void)
{
    return PyInterpreterState_GetDict(PyInterpreterState_Get());
}

/* NULL for yes, or why not, or NULL with an exception. */
static const char *may_be_the_first(PyObject *name)
{
    int found = is_builtin(name);

    if (found == 0)
        found = PyDict_Contains(interpreter_dict(), name);
    if (found < 0)
        return NULL;
    if (found)
        return "another copy of it is in this process already";
    return the_module == NULL ? NULL : "it cannot be used after the interpreter was started anew";
}

static int is_the_one(PyObject *name)
{
    return the_module != NULL && PyDict_GetItem(interpreter_dict(), name) == the_module;
}

/* Nothing is spilled unless somebody wants it. */
static int read_environment(void)
{
    struct slp_spill_setting setting = {SLP_SPILL_NEVER, SLP_SPILL_COPY};
    const char *text = getenv("SLP_SPILL");

    if (text != NULL && *text != '\0' && slp_spill_setting_parse(text, &setting) != NULL) {
        PyErr_Format(PyExc_ImportError, "stackless: SLP_SPILL: '%s' " SLP_SPILL_SETTING_REFUSED,
                     text);
        return -1;
    }
    if (slp_frames_init(&text) < 0) {
        PyErr_Format(PyExc_ImportError, "stackless: SLP_FRAMES: '%s' " SLP_FRAMES_REFUSED, text);
        return -1;
    }
    slp_spill_set(setting);
    return 0;
}

static int check(PyObject *name)
{
    if (!same_structures()) {
        PyErr_Format(PyExc_ImportError,
                     "stackless: this module was built for Debian's Python %s; the interpreter is "
                     "%s, and its structures may be others",
                     PY_VERSION, Py_GetVersion());
        return -1;
    }
    const char *why = may_be_the_first(name);
    if (why != NULL)
        return refuse(why);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *create_first(PyObject *name)
{
    if (check(name) < 0 || read_environment() < 0)
        return NULL;
    PyObject *module = slp_module_init();
    if (module != NULL &&
        (slp_preempt_learn() < 0 || PyDict_SetItem(interpreter_dict(), name, module) < 0))
        Py_CLEAR(module);
    if (module != NULL)
        slp_thread_end_watch();
    the_module = module;
    return Py_XNewRef(module);
}

/* For whoever imports it again.  Each import allocates a state, of no bytes, and
 * forgets the one that is there. */
static PyObject *create_again(void)
{
    PyMem_Free(PyModule_GetState(the_module));
    return Py_NewRef(the_module);
}

static PyObject *create(PyObject *spec, PyModuleDef *def)
{
    (void)spec, (void)def;
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        refuse("tasklets work in the main interpreter only");
        return NULL;
    }
    PyObject *name = PyUnicode_FromString("stackless");
    if (name == NULL)
        return NULL;
    PyObject *module = is_the_one(name) ? create_again() : create_first(name);
    Py_DECREF(name);
    return module;
}

static PyModuleDef_Slot slots[] = {{Py_mod_create, (void *)create}, {0, NULL}};

static struct PyModuleDef def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "stackless",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit_stackless(void)
{
    return PyModuleDef_Init(&def);
}
