/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "exposed.h"

#include <internal/pycore_namespace.h>
#include <stdlib.h>
#include <string.h>

/* Of libspillway.so, which is in the process already. */
extern uint64_t spillway_access_schedule(void);

/* ---- the table ---- */

/* Open addressing, half of it at most.  Where there is no memory for more, every dict may be one from
 * then on: what was left out is not known. */
static struct entry {
    const PyObject *dict; /* NULL: free */
    enum sw_exposed kind;
    PyObject *owner; /* not held; valid in that schedule */
    uint64_t schedule;
} * table; /* owned */
static unsigned table_bits; /* of its size; 0: there is none yet */
static uint32_t used_count;
static int is_lost;

static uint32_t table_mask(void)
{
    return (1u << table_bits) - 1;
}

static uint32_t place_of(const PyObject *dict)
{
    return (uint32_t)(((uintptr_t)dict >> 4) * 0xff51afd7ed558ccdu >> (64 - table_bits));
}

/* There is a table. */
static struct entry *find(const PyObject *dict)
{
    uint32_t i = place_of(dict);

    while (table[i].dict != NULL && table[i].dict != dict)
        i = (i + 1) & table_mask();
    return &table[i];
}

static int grow(void)
{
    enum { FIRST_BITS = 12, MOST_BITS = 28 };
    struct entry *old = table;
    uint32_t size = old != NULL ? table_mask() + 1 : 0;
    unsigned bits = old != NULL ? table_bits + 1 : FIRST_BITS;
    struct entry *more = bits <= MOST_BITS ? calloc((size_t)1 << bits, sizeof *more) : NULL;

    if (more == NULL)
        return -1;
    table = more;
    table_bits = bits;
    for (uint32_t i = 0; i < size; i++)
        if (old[i].dict != NULL)
            *find(old[i].dict) = old[i];
    free(old);
    return 0;
}

/* Backward-shift deletion: each entry behind the gap that could stand there moves up.  A process runs
 * one schedule after the other, and would fill the table with what is left of dicts. */
static void drop(struct entry *entry)
{
    uint32_t gap = (uint32_t)(entry - table);

    for (uint32_t i = (gap + 1) & table_mask(); table[i].dict != NULL; i = (i + 1) & table_mask()) {
        uint32_t behind = (i - place_of(table[i].dict)) & table_mask();
        if (behind < ((i - gap) & table_mask()))
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
    if (dict == NULL || !PyDict_Check(dict))
        return;
    if ((table == NULL || used_count > table_mask() / 2) && grow() < 0) {
        is_lost = 1;
        return;
    }
    struct entry *entry = find(dict);
    used_count += entry->dict == NULL;
    /* Of two things that it is, the one that says less of it. */
    if (entry->dict != NULL && entry->kind == SW_EXPOSED_OBJECT)
        kind = SW_EXPOSED_OBJECT;
    *entry = (struct entry){
        .dict = dict, .kind = kind, .owner = owner, .schedule = spillway_access_schedule()};
}

enum sw_exposed sw_exposed_kind(PyObject *dict)
{
    if (is_lost)
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

/* ---- attributes that give a dict away ---- */

/* Of a table of attributes that is ours now: there is one of functions, one of exceptions, and so on. */
struct patched {
    getter get;
    setter set;
    enum sw_exposed kind; /* of what it gives away */
};

/* The closure says which of them. */
static PyObject *on_get(PyObject *object, void *which)
{
    const struct patched *of = which;
    PyObject *dict = of->get(object, NULL);

    expose(dict, of->kind, object);
    return dict;
}

static int on_set(PyObject *object, PyObject *dict, void *which)
{
    const struct patched *of = which;

    expose(dict, of->kind, object);
    return of->set(object, dict, NULL);
}

/* What it has got is kept as long as the process lives. */
static void patch(PyGetSetDef *def, enum sw_exposed kind)
{
    if (def->get == NULL || def->get == on_get || def->closure != NULL)
        return;
    struct patched *one = malloc(sizeof *one);
    if (one == NULL) {
        is_lost = 1;
        return;
    }
    *one = (struct patched){def->get, def->set, kind};
    def->get = on_get;
    def->set = def->set != NULL ? on_set : NULL;
    def->closure = one;
}

static void patch_type(const PyTypeObject *type)
{
    for (PyGetSetDef *def = type->tp_getset; def != NULL && def->name != NULL; def++)
        if (strcmp(def->name, "__dict__") == 0)
            patch(def, SW_EXPOSED_OBJECT);
        else if (strcmp(def->name, "__kwdefaults__") == 0)
            patch(def, SW_EXPOSED_DEFAULTS);
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
            patch(((PyGetSetDescrObject *)found)->d_getset, SW_EXPOSED_OBJECT);
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
        if (PyType_Check(value))
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

/* Also what __init__ is of the class: a class under it gets that, and calls it by super(). */
static initproc replace_init(PyTypeObject *type, initproc with)
{
    PyObject *method = PyDict_GetItemString(type->tp_dict, "__init__");
    initproc was = type->tp_init;

    type->tp_init = with;
    if (method != NULL && Py_TYPE(method) == &PyWrapperDescr_Type)
        ((PyWrapperDescrObject *)method)->d_wrapped = (void *)with;
    return was;
}

void sw_exposed_module(PyObject *module)
{
    expose(PyModule_GetDict(module), SW_EXPOSED_MODULE, NULL);
    patch_types_of(module);
}

static void expose_modules(void)
{
    PyObject *modules = PyImport_GetModuleDict(), *name, *module;
    Py_ssize_t at = 0;

    while (PyDict_Next(modules, &at, &name, &module)) {
        if (PyModule_Check(module))
            sw_exposed_module(module);
    }
}

int sw_exposed_begin(void)
{
    if (grow() < 0) {
        PyErr_NoMemory();
        return -1;
    }
    dict_ends = PyDict_Type.tp_dealloc;
    PyDict_Type.tp_dealloc = on_dict_end;
    module_begins = replace_init(&PyModule_Type, on_module);
    namespace_begins = replace_init(&_PyNamespace_Type, on_namespace);
    patch_type(&PyFunction_Type);
    expose_modules();
    return patch_classes();
}
