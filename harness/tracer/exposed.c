/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "exposed.h"

#include <internal/pycore_namespace.h>
#include <string.h>

/* Of libspillway.so, which is in the process already. */
extern uint64_t spillway_access_schedule(void);

/* ---- the table ---- */

/* Open addressing.  More than half of it, and every dict may be one. */
enum { TABLE_SIZE = 1 << 14, EXPOSED_MAX = TABLE_SIZE / 2 };

static struct entry {
    const PyObject *dict; /* NULL: free */
    enum sw_exposed kind;
    PyObject *owner; /* not held; valid in that schedule */
    uint64_t schedule;
} table[TABLE_SIZE];
static int used_count;

static uint32_t place_of(const PyObject *dict)
{
    return (uint32_t)(((uintptr_t)dict >> 4) * 0xff51afd7ed558ccdu >> 50);
}

static struct entry *find(const PyObject *dict)
{
    uint32_t i = place_of(dict);

    while (table[i].dict != NULL && table[i].dict != dict)
        i = (i + 1) & (TABLE_SIZE - 1);
    return &table[i];
}

/* Backward-shift deletion: each entry behind the gap that could stand there moves up.  A process runs
 * one schedule after the other, and would fill the table with what is left of dicts. */
static void drop(struct entry *entry)
{
    uint32_t gap = (uint32_t)(entry - table);

    for (uint32_t i = (gap + 1) & (TABLE_SIZE - 1); table[i].dict != NULL;
         i = (i + 1) & (TABLE_SIZE - 1)) {
        uint32_t behind = (i - place_of(table[i].dict)) & (TABLE_SIZE - 1);
        if (behind < ((i - gap) & (TABLE_SIZE - 1)))
            continue;
        table[gap] = table[i];
        gap = i;
    }
    table[gap] = (struct entry){0};
    used_count--;
}

/* owner: NULL: a module. */
static void expose(PyObject *dict, enum sw_exposed kind, PyObject *owner)
{
    if (dict == NULL || !PyDict_Check(dict) || used_count > EXPOSED_MAX)
        return;
    struct entry *entry = find(dict);
    used_count += entry->dict == NULL;
    *entry = (struct entry){
        .dict = dict, .kind = kind, .owner = owner, .schedule = spillway_access_schedule()};
}

enum sw_exposed sw_exposed_kind(PyObject *dict)
{
    if (used_count > EXPOSED_MAX)
        return SW_EXPOSED_OBJECT;
    const struct entry *entry = find(dict);
    return entry->dict != NULL ? entry->kind : SW_EXPOSED_NOT;
}

PyObject *sw_exposed_owner(PyObject *dict)
{
    const struct entry *entry = find(dict);

    return entry->dict != NULL && entry->schedule == spillway_access_schedule() ? entry->owner
                                                                                : NULL;
}

static destructor dict_ends;

static void on_dict_end(PyObject *dict)
{
    struct entry *entry = find(dict);

    if (entry->dict != NULL)
        drop(entry);
    dict_ends(dict);
}

/* ---- __dict__ of objects ---- */

/* Tables of attributes whose __dict__ is ours now: one of functions, one of exceptions, and so on. */
enum { PATCHED_MAX = 32 };

static struct patched {
    PyGetSetDef *def;
    getter get;
    setter set;
} patched[PATCHED_MAX];
static int patched_count;

/* The closure says which of them. */
static PyObject *on_get(PyObject *object, void *which)
{
    const struct patched *of = which;
    PyObject *dict = of->get(object, NULL);

    expose(dict, SW_EXPOSED_OBJECT, object);
    return dict;
}

static int on_set(PyObject *object, PyObject *dict, void *which)
{
    const struct patched *of = which;

    expose(dict, SW_EXPOSED_OBJECT, object);
    return of->set(object, dict, NULL);
}

static void patch(PyGetSetDef *def)
{
    if (def->get == NULL || def->get == on_get || def->closure != NULL ||
        patched_count == PATCHED_MAX)
        return;
    struct patched *one = &patched[patched_count++];
    *one = (struct patched){def, def->get, def->set};
    def->get = on_get;
    def->set = def->set != NULL ? on_set : NULL;
    def->closure = one;
}

static void patch_type(const PyTypeObject *type)
{
    for (PyGetSetDef *def = type->tp_getset; def != NULL && def->name != NULL; def++)
        if (strcmp(def->name, "__dict__") == 0)
            patch(def);
}

/* All classes that a class statement makes share one table, or another where they have slots. */
static int patch_classes(void)
{
    static const char *const sources[] = {"type('A', (), {})",
                                          "type('A', (), {'__slots__': ('__dict__',)})"};
    PyObject *globals = PyDict_New();

    for (size_t i = 0; globals != NULL && i < Py_ARRAY_LENGTH(sources); i++) {
        PyObject *made = PyRun_String(sources[i], Py_eval_input, globals, globals);
        PyObject *found =
            made != NULL ? PyDict_GetItemString(((PyTypeObject *)made)->tp_dict, "__dict__") : NULL;
        if (found != NULL && Py_TYPE(found) == &PyGetSetDescr_Type)
            patch(((PyGetSetDescrObject *)found)->d_getset);
        Py_XDECREF(made);
    }
    Py_XDECREF(globals);
    return PyErr_Occurred() != NULL ? -1 : 0;
}

/* Of C code: functools.partial, say, and the files of _io. */
static void patch_types_of(PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module), *key, *value;
    Py_ssize_t at = 0;

    while (PyDict_Next(dict, &at, &key, &value))
        if (PyType_Check(value) && !(((PyTypeObject *)value)->tp_flags & Py_TPFLAGS_HEAPTYPE))
            patch_type((PyTypeObject *)value);
}

/* ---- of modules and namespaces, which have them from the beginning ---- */

static initproc module_begins, namespace_begins;

static int on_module(PyObject *module, PyObject *args, PyObject *keywords)
{
    int failed = module_begins(module, args, keywords);

    if (failed == 0)
        expose(PyModule_GetDict(module), SW_EXPOSED_MODULE, NULL);
    return failed;
}

static int on_namespace(PyObject *object, PyObject *args, PyObject *keywords)
{
    PyObject **dict = _PyObject_GetDictPtr(object);

    if (dict != NULL)
        expose(*dict, SW_EXPOSED_OBJECT, object);
    return namespace_begins(object, args, keywords);
}

static void expose_modules(void)
{
    PyObject *modules = PyImport_GetModuleDict(), *name, *module;
    Py_ssize_t at = 0;

    while (PyDict_Next(modules, &at, &name, &module)) {
        if (!PyModule_Check(module))
            continue;
        expose(PyModule_GetDict(module), SW_EXPOSED_MODULE, NULL);
        patch_types_of(module);
    }
}

int sw_exposed_begin(void)
{
    dict_ends = PyDict_Type.tp_dealloc;
    PyDict_Type.tp_dealloc = on_dict_end;
    module_begins = PyModule_Type.tp_init;
    PyModule_Type.tp_init = on_module;
    namespace_begins = _PyNamespace_Type.tp_init;
    _PyNamespace_Type.tp_init = on_namespace;
    patch_type(&PyFunction_Type);
    expose_modules();
    return patch_classes();
}
