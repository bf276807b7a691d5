/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "call.h"

#include <internal/pycore_context.h>
#include <string.h>

#include "argument.h"
#include "attribute.h"
#include "call_class.h"
#include "file_object.h"
#include "file_path.h"
#include "format_text.h"
#include "lock_call.h"
#include "one_of.h"
#include "thread_number.h"
#include "touch.h"

/* ---- arguments ---- */

PyObject *sw_call_argument(const struct call *call, Py_ssize_t place, const char *name)
{
    Py_ssize_t named = call->names != NULL ? PyTuple_GET_SIZE(call->names) : 0;

    if (place < call->count - named)
        return call->arguments[place];
    for (Py_ssize_t i = 0; i < named; i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(call->names, i), name) == 0)
            return call->arguments[call->count - named + i];
    return NULL;
}

/* ---- methods of C code ---- */

static void of_container(const struct call *call, PyObject *self, const char *name,
                         Py_ssize_t first, struct operation *operation)
{
    static const char *const reads[] = {"get",          "keys",       "values",
                                        "items",        "copy",       "index",
                                        "count",        "__len__",    "__contains__",
                                        "__iter__",     "issubset",   "isdisjoint",
                                        "issuperset",   "union",      "__getitem__",
                                        "intersection", "difference", "__eq__",
                                        "__ne__",       "__repr__",   "symmetric_difference",
                                        "__reversed__", "tobytes",    "tolist",
                                        "decode",       "hex",        "find",
                                        "startswith",   "endswith"};
    static const char *const traverses[] = {"extend",
                                            "update",
                                            "union",
                                            "difference",
                                            "intersection",
                                            "extendleft",
                                            "issubset",
                                            "isdisjoint",
                                            "issuperset",
                                            "symmetric_difference",
                                            "__init__",
                                            "__ior__",
                                            "difference_update",
                                            "intersection_update",
                                            "symmetric_difference_update",
                                            "__iadd__"};
    static const char *const compares[] = {"__eq__", "__ne__",       "index",    "count",
                                           "remove", "__contains__", "__repr__", "sort"};
    static const char *const takes[] = {
        "append",      "add",         "insert",   "pop",          "popleft",    "appendleft",
        "get",         "clear",       "keys",     "values",       "items",      "copy",
        "setdefault",  "popitem",     "reverse",  "rotate",       "__len__",    "__getitem__",
        "__setitem__", "__delitem__", "__iter__", "__reversed__", "move_to_end"};
    enum sw_op op = IS_ONE_OF(name, reads) ? SW_OP_READ : SW_OP_WRITE;
    /* A set and a dict compare by hash, and so with what cannot change. */
    int by_hash = PyDict_Check(self) || PyAnySet_Check(self);

    if (PyDict_Check(self) && sw_touch_is_namespace(self))
        sw_touch_anything(operation);
    if (strcmp(name, "__getitem__") == 0 && sw_touch_makes_items(self))
        op = SW_OP_WRITE;
    if (strcmp(name, "__getitem__") == 0 && sw_touch_makes_items_unseen(self))
        sw_touch_anything(operation);
    if (IS_ONE_OF(name, compares) && !(by_hash && strncmp(name, "__c", 3) == 0)) {
        sw_touch_deep(operation, op, self);
        sw_argument_all(call, first, sw_argument_read_deep, operation);
        return;
    }
    sw_touch_shallow(operation, op, self);
    if (IS_ONE_OF(name, traverses))
        sw_argument_all(call, first,
                        PyDict_Check(self) ? sw_argument_iterate_pairs : sw_argument_iterate,
                        operation);
    else if (!IS_ONE_OF(name, takes))
        sw_argument_all(call, first, sw_argument_read_deep, operation);
}

/* Of what keeps a state of its own, which each method may change, and looks at nothing else. */
static int keeps_to_itself(PyObject *self)
{
    static const char *const names[] = {
        "generator",          "coroutine",     "itertools.count",
        "_random.Random",     "_io.StringIO",  "_io.BytesIO",
        "_queue.SimpleQueue", "_hashlib.HASH", "_thread._localdummy"};

    return IS_ONE_OF(Py_TYPE(self)->tp_name, names) ||
           (Py_TYPE(self)->tp_base != NULL && sw_touch_is_a_class(Py_TYPE(self)) &&
            IS_ONE_OF(Py_TYPE(self)->tp_base->tp_name, names));
}

static int is_of_object(const char *name)
{
    static const char *const names[] = {"__init__", "__new__", "__init_subclass__",
                                        "__subclasshook__", "__enter__"};

    return IS_ONE_OF(name, names);
}

static const char asks_number[] =
    "has to do with a descriptor's number, which follows the order in "
    "which files are opened";

/* Of an exception: which of its attributes the method changes. */
static void of_exception(PyObject *self, const char *name, struct operation *operation)
{
    PyObject *attribute;

    if (strcmp(name, "with_traceback") == 0)
        sw_touch_raised(operation, SW_OP_WRITE, self);
    if (strcmp(name, "__init__") == 0)
        sw_touch_told(operation, SW_OP_WRITE, self);
    if (strcmp(name, "__reduce__") == 0 || strcmp(name, "__setstate__") == 0)
        sw_touch_anything(operation);
    if (strcmp(name, "add_note") != 0)
        return;
    attribute = PyUnicode_InternFromString("__notes__");
    if (attribute != NULL)
        sw_touch_add(operation, SW_OP_WRITE, self, sw_operation_part(attribute));
    Py_XDECREF(attribute);
    PyErr_Clear();
}

/* What a method of something that cannot change does beside looking at its arguments. */
static void of_plain(PyObject *self, const char *name, struct operation *operation)
{
    static const char *const keeps[] = {"iter_unpack", "finditer", "scanner"};
    const char *end = strstr(name, "_into");

    if (operation->op != SW_OP_NONE && IS_ONE_OF(name, keeps))
        sw_touch_keeps(operation);
    /* pack_into(), say: into an argument. */
    if (end != NULL && strcmp(end, "_into") == 0)
        sw_touch_anything(operation);
    /* Into what the text says of its arguments, and not only at them. */
    if (PyUnicode_Check(self) && strncmp(name, "format", 6) == 0 &&
        sw_format_text_looks_inside(self))
        sw_touch_anything(operation);
    if (strcmp(Py_TYPE(self)->tp_name, "functools.partial") == 0 &&
        strcmp(name, "__setstate__") == 0)
        sw_touch_refuse(operation, "changes what a partial calls");
    /* It ends a generator, which is named by itself. */
    if (PyFrame_Check(self) && strcmp(name, "clear") == 0)
        sw_touch_anything(operation);
}

static void of_method(const struct call *call, PyObject *self, const char *name, Py_ssize_t first,
                      struct operation *operation)
{
    self = sw_touch_behind(self);
    /* Of a context that a thread has for itself.  One that it runs in others may look at. */
    if (strcmp(Py_TYPE(self)->tp_name, "ContextVar") == 0) {
        const PyContext *context = (const PyContext *)PyThreadState_Get()->context;
        if (strcmp(name, "get") != 0 && context != NULL && context->ctx_entered)
            sw_touch_anything(operation);
        return;
    }
    if (strcmp(name, "fileno") == 0 && sw_file_path_numbers_vary())
        sw_touch_refuse(operation, asks_number);
    else if (sw_lock_call_is_lock(self))
        sw_lock_call_operation(call, self, name, first, operation);
    else if (sw_file_object_is(self)) {
        sw_file_object_touch(self, operation);
        sw_argument_all(call, first, sw_argument_iterate, operation);
    } else if (keeps_to_itself(self)) {
        int puts = strcmp(Py_TYPE(self)->tp_name, "_queue.SimpleQueue") == 0;
        sw_touch_add(operation,
                     strcmp(name, "qsize") == 0 || strcmp(name, "empty") == 0 ? SW_OP_READ
                                                                              : SW_OP_WRITE,
                     self, 0);
        if (!puts)
            sw_argument_all(call, first, sw_argument_iterate, operation);
        if (strcmp(name, "throw") == 0)
            sw_argument_all(call, first, sw_argument_raise, operation);
    } else if (sw_touch_is_plain(self) || PyTuple_Check(self) || PyFrozenSet_CheckExact(self)) {
        if (PyTuple_Check(self))
            sw_touch_deep(operation, SW_OP_READ, self);
        if (PyExceptionInstance_Check(self))
            of_exception(self, name, operation);
        sw_argument_all(call, first, sw_argument_read_deep, operation);
        of_plain(self, name, operation);
    } else if (sw_touch_is_in_python(self)) {
        /* object's own: what makes it is nobody else's yet. */
        if (!is_of_object(name))
            sw_touch_anything(operation);
    } else
        of_container(call, self, name, first, operation);
}

/* ---- functions of C code ---- */

static void of_attribute(const struct call *call, enum sw_op op, struct operation *operation)
{
    if (call->unseen || call->count < 2)
        sw_touch_anything(operation);
    /* What is no str raises an exception, and touches nothing. */
    else if (PyUnicode_Check(call->arguments[1]))
        sw_attribute_touch(operation, op, call->arguments[0], call->arguments[1]);
}

static int is_keyword(const struct call *call, const char *name)
{
    for (Py_ssize_t i = 0; call->names != NULL && i < PyTuple_GET_SIZE(call->names); i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(call->names, i), name) == 0)
            return 1;
    return 0;
}

static void of_print(const struct call *call, struct operation *operation)
{
    PyObject *out = PySys_GetObject("stdout");

    if (is_keyword(call, "file"))
        out = sw_call_argument(call, call->count, "file");
    if (out == NULL || call->unseen)
        sw_touch_anything(operation);
    else if (sw_file_object_is(out))
        sw_file_object_touch(out, operation);
    else if (keeps_to_itself(out))
        sw_touch_add(operation, SW_OP_WRITE, out, 0);
    else
        sw_touch_anything(operation);
    sw_argument_all(call, 0, sw_argument_read_deep, operation);
}

/* What is done about warnings.  Borrowed. */
static PyObject *find_filters(void)
{
    PyObject *warnings = PyDict_GetItemString(PyImport_GetModuleDict(), "warnings");

    return warnings != NULL && PyModule_Check(warnings)
               ? PyDict_GetItemString(PyModule_GetDict(warnings), "filters")
               : NULL;
}

/* exec(), eval(), compile(): the bytecodes of the source come.  A namespace without __builtins__ gets
 * them, and becomes one whose items have names of their own. */
static void of_source(const struct call *call, struct operation *operation)
{
    PyObject *source = call->count > 0 ? call->arguments[0] : NULL;
    PyObject *globals = call->count > 1 ? call->arguments[1] : NULL;
    int is_known = source != NULL && (PyUnicode_CheckExact(source) || PyBytes_CheckExact(source) ||
                                      PyCode_Check(source));
    int is_complete = globals == NULL || globals == Py_None || PyUnicode_CheckExact(globals) ||
                      (PyDict_CheckExact(globals) && sw_touch_is_namespace(globals));

    /* Without a namespace it sees the variables of who calls it, those of closures too. */
    int has_cells =
        globals == NULL && call->frame->f_code->co_nlocals < call->frame->f_code->co_nlocalsplus;

    /* Its warnings, which may be errors. */
    PyObject *filters = source != NULL && !PyCode_Check(source) ? find_filters() : NULL;

    if (filters != NULL)
        sw_touch_add(operation, SW_OP_READ, filters, 0);
    if (call->unseen || call->names != NULL || !is_known || !is_complete || has_cells)
        sw_touch_anything(operation);
}

static void of_builtin(const struct call *call, const char *name, struct operation *operation)
{
    static const char *const sources[] = {"exec", "eval", "compile"};
    static const char *const nothing[] = {"id", "callable", "chr", "ord"};
    static const char *const asks_class[] = {"isinstance", "issubclass", "__build_class__"};
    static const char *const shallow[] = {"len",    "abs", "round", "pow",
                                          "divmod", "bin", "hex",   "oct"};
    static const char *const deep[] = {"repr", "ascii", "format", "sum",    "min",
                                       "max",  "any",   "all",    "sorted", "hash"};

    if (IS_ONE_OF(name, nothing))
        return;
    if (IS_ONE_OF(name, asks_class))
        sw_argument_all(call, 1, sw_argument_is_class, operation);
    else if (IS_ONE_OF(name, shallow))
        sw_argument_all(call, 0, sw_argument_read_shallow, operation);
    else if (IS_ONE_OF(name, deep))
        sw_argument_all(call, 0, sw_argument_read_elements, operation);
    else if (strcmp(name, "iter") == 0)
        sw_argument_all(call, 0, sw_argument_read_shallow, operation);
    else if (strcmp(name, "next") == 0)
        sw_argument_all(call, 0, sw_argument_iterate, operation);
    else if (strcmp(name, "getattr") == 0 || strcmp(name, "hasattr") == 0)
        of_attribute(call, SW_OP_READ, operation);
    else if (strcmp(name, "setattr") == 0 || strcmp(name, "delattr") == 0)
        of_attribute(call, SW_OP_WRITE, operation);
    else if (strcmp(name, "print") == 0)
        of_print(call, operation);
    else if (IS_ONE_OF(name, sources))
        of_source(call, operation);
    else
        sw_touch_anything(operation);
}

/* A path that is text, and no opener that is the program's own. */
static void of_open(const struct call *call, struct operation *operation)
{
    PyObject *path = sw_call_argument(call, 0, "file"), *bytes = NULL;

    if (!call->unseen && path != NULL && sw_call_argument(call, 7, "opener") == NULL) {
        if (PyUnicode_CheckExact(path))
            bytes = PyUnicode_EncodeFSDefault(path);
        else if (PyBytes_CheckExact(path))
            bytes = Py_NewRef(path);
    }
    PyErr_Clear();
    if (bytes == NULL)
        sw_touch_anything(operation);
    else
        sw_file_path_open(PyBytes_AS_STRING(bytes), operation);
    Py_XDECREF(bytes);
}

/* Of module posix: it makes no descriptor, and tells of none but by a number that it gets. */
static int makes_no_number(const char *name)
{
    static const char *const names[] = {
        "stat",   "lstat",   "fstat",   "remove",    "unlink",   "rename",       "replace",
        "mkdir",  "rmdir",   "listdir", "scandir",   "link",     "symlink",      "readlink",
        "read",   "write",   "pread",   "pwrite",    "close",    "ftruncate",    "truncate",
        "lseek",  "fsync",   "getcwd",  "chdir",     "access",   "utime",        "chmod",
        "umask",  "urandom", "getpid",  "putenv",    "unsetenv", "isatty",       "cpu_count",
        "fspath", "getppid", "getuid",  "getrandom", "strerror", "set_blocking", "get_blocking"};

    return IS_ONE_OF(name, names);
}

/* utf_8_decode() and the like: text of bytes; who looks up a codec is another. */
static int is_of_codecs(const char *module, const char *name)
{
    const char *end = strrchr(name, '_');

    return strcmp(module, "_codecs") == 0 && end != NULL &&
           (strcmp(end, "_decode") == 0 || strcmp(end, "_encode") == 0);
}

/* Of the list that comes first: they compare its elements. */
static void of_sorted_list(const struct call *call, const char *name, struct operation *operation)
{
    static const char *const reads[] = {"bisect", "bisect_left", "bisect_right"};

    if (call->unseen || call->count == 0) {
        sw_touch_anything(operation);
        return;
    }
    sw_touch_deep(operation, IS_ONE_OF(name, reads) ? SW_OP_READ : SW_OP_WRITE, call->arguments[0]);
    sw_argument_all(call, 1, sw_argument_read_deep, operation);
}

static char time_zone; /* its address is the name of the one that the process has */
static char abstract_classes; /* its address is the name of what is known of them */

/* Whoever asks for a class looks at those that are below it, and keeps the answer; which says what else
 * there is than the answers of hooks: they are told of by themselves (tracer.c). */
static void of_abc(const char *name, struct operation *operation)
{
    if (strcmp(name, "_abc_register") == 0 || strcmp(name, "_reset_registry") == 0)
        sw_touch_refuse(operation, "changes which classes an abstract class stands for");
    else
        sw_touch_add(operation, strcmp(name, "_abc_init") == 0 ? SW_OP_WRITE : SW_OP_READ,
                     &abstract_classes, 0);
}

/* Of functions of modules: what they do with their arguments, and that they keep nothing. */
static void of_module(const struct call *call, const char *module, const char *name,
                      struct operation *operation)
{
    static const char *const sorted_lists[] = {"_heapq", "_bisect"};
    static const char *const of_numbers[] = {"math",     "cmath",     "_struct",    "zlib",
                                             "binascii", "_operator", "_functools", "_statistics"};
    static const char *const asks[] = {
        "getrefcount",     "getweakrefcount",    "getweakrefs", "get_objects",
        "get_referrers",   "get_count",          "get_stats",   "getallocatedblocks",
        "_current_frames", "_current_exceptions"};
    static const char *const numbers[] = {"get_ident", "get_native_id"};
    static const char *const of_zone[] = {"localtime", "mktime", "strftime", "ctime", "asctime"};
    static const char *const own[] = {
        "allocate_lock", "getpid", "_getframe", "intern",           "getsizeof",
        "exc_info",      "fspath", "allocate",  "start_new_thread", "getrecursionlimit",
        "copy_context"};
    static const char *const of_contexts[] = {"getcontext", "setcontext", "localcontext"};

    if (strcmp(module, "sys") == 0 && strncmp(name, "set", 3) == 0) {
        sw_touch_refuse(operation, "changes how the interpreter itself runs");
        return;
    }
    if (IS_ONE_OF(name, asks)) {
        sw_touch_refuse(operation, "asks what the interpreter keeps of its objects and threads");
        return;
    }
    if (strcmp(module, "_thread") == 0 && IS_ONE_OF(name, numbers)) {
        if (sw_thread_number_varies(call->frame->f_code))
            sw_touch_refuse(operation, sw_thread_number_text);
        return;
    }
    if (strcmp(module, "time") == 0 && IS_ONE_OF(name, of_zone)) {
        sw_touch_add(operation, SW_OP_READ, &time_zone, 0);
        return;
    }
    if ((strcmp(module, "time") == 0 && strcmp(name, "tzset") != 0) || IS_ONE_OF(name, own) ||
        (strcmp(module, "decimal") == 0 && IS_ONE_OF(name, of_contexts)))
        return;
    if (strcmp(module, "_abc") == 0) {
        of_abc(name, operation);
        return;
    }
    if (IS_ONE_OF(module, sorted_lists)) {
        of_sorted_list(call, name, operation);
        return;
    }
    if (strcmp(name, "open") == 0 && (strcmp(module, "io") == 0 || strcmp(module, "_io") == 0)) {
        of_open(call, operation);
        return;
    }
    if (strcmp(module, "posix") == 0 && !makes_no_number(name) && sw_file_path_numbers_vary()) {
        sw_touch_refuse(operation, asks_number);
        return;
    }
    if (IS_ONE_OF(module, of_numbers) || is_of_codecs(module, name)) {
        sw_argument_all(call, 0, sw_argument_read_deep, operation);
        if (operation->op != SW_OP_NONE && strcmp(name, "iter_unpack") == 0)
            sw_touch_keeps(operation);
        /* With one that can change: it may change it. */
        if (operation->op != SW_OP_NONE)
            sw_touch_anything(operation);
    } else
        sw_touch_anything(operation);
}

/* By name and module: there is no other way to know what C code does. */
static void of_function(const struct call *call, struct operation *operation)
{
    const PyCFunctionObject *function = (const PyCFunctionObject *)call->callable;
    const char *name = function->m_ml->ml_name;
    PyObject *self = (function->m_ml->ml_flags & METH_STATIC) ? NULL : function->m_self;
    const char *module = function->m_module != NULL && PyUnicode_Check(function->m_module)
                             ? PyUnicode_AsUTF8(function->m_module)
                             : "";

    if (self != NULL && !PyModule_Check(self) && !PyType_Check(self))
        of_method(call, self, name, 0, operation);
    else if (self != NULL && PyType_Check(self) && strcmp(name, "__new__") == 0)
        sw_argument_all(call, 1, sw_argument_read_deep, operation);
    else if (strcmp(name, "from_buffer") == 0)
        sw_touch_keeps(operation);
    else if (strcmp(module, "builtins") == 0)
        of_builtin(call, name, operation);
    else
        of_module(call, module, name, operation);
}

/* ---- calls ---- */

/* The layout of 3.11. */
struct partial {
    PyObject_HEAD
    PyObject *function, *arguments, *keywords;
};
struct wrapper { /* a method-wrapper */
    PyObject_HEAD
    PyWrapperDescrObject *method;
    PyObject *self;
};

static int is_python_function(PyObject *callable)
{
    return PyFunction_Check(callable) ||
           (PyMethod_Check(callable) && PyFunction_Check(PyMethod_GET_FUNCTION(callable)));
}

/* A special method of C code, looked up by its name; most often of super(), for an object that is
 * new.  It may also be one that is there already, which __init__() fills anew. */
static void of_wrapper(const struct call *call, const PyWrapperDescrObject *method, PyObject *self,
                       Py_ssize_t first, struct operation *operation)
{
    const char *name = method->d_base->name;

    if (self == NULL || !is_of_object(name))
        sw_touch_anything(operation);
    else if (strcmp(name, "__init__") != 0 || sw_touch_is_in_python(self) || PyType_Check(self))
        return;
    else if (PyExceptionInstance_Check(self))
        of_exception(self, name, operation);
    else if (sw_touch_is_plain(self))
        sw_touch_anything(operation);
    else
        of_method(call, self, name, first, operation);
}

static void of_other(const struct call *call, struct operation *operation)
{
    PyObject *callable = call->callable;
    const char *type = Py_TYPE(callable)->tp_name;

    if (strcmp(type, "functools.partial") == 0 &&
        is_python_function(((struct partial *)callable)->function)) {
        sw_touch_shallow(operation, SW_OP_READ, ((struct partial *)callable)->keywords);
        return;
    }
    if (PyWeakref_Check(callable)) {
        sw_touch_weak(operation);
        return;
    }
    if (strcmp(type, "method-wrapper") == 0) {
        const struct wrapper *wrapper = (const struct wrapper *)callable;
        of_wrapper(call, wrapper->method, wrapper->self, 0, operation);
        return;
    }
    if (Py_TYPE(callable) == &PyWrapperDescr_Type) {
        PyObject *self = call->count > 0 && !call->unseen ? call->arguments[0] : NULL;
        of_wrapper(call, (const PyWrapperDescrObject *)callable, self, 1, operation);
        return;
    }
    if (!sw_touch_has_in_python(Py_TYPE(callable), "__call__"))
        sw_touch_anything(operation);
}

/* Its own bytecodes come; what stands for arguments that are not given is a dict. */
static void of_python_function(PyObject *callable, struct operation *operation)
{
    PyObject *function = PyMethod_Check(callable) ? PyMethod_GET_FUNCTION(callable) : callable;
    PyObject *defaults = PyFunction_GET_KW_DEFAULTS(function);

    if (defaults != NULL)
        sw_touch_shallow(operation, SW_OP_READ, defaults);
}

int sw_call_operation(const struct call *call, struct operation *operation)
{
    PyObject *callable = call->callable;

    if (is_python_function(callable))
        of_python_function(callable, operation);
    else if (PyCFunction_Check(callable))
        of_function(call, operation);
    else if (Py_TYPE(callable) == &PyMethodDescr_Type && call->count > 0 && !call->unseen)
        of_method(call, call->arguments[0], ((PyMethodDescrObject *)callable)->d_method->ml_name, 1,
                  operation);
    else if (PyType_Check(callable))
        sw_call_class_operation(call, (PyTypeObject *)callable, operation);
    else
        of_other(call, operation);
    return operation->op != SW_OP_NONE;
}
