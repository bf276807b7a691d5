/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "code_kind.h"

#include <internal/pycore_code.h>
#include <string.h>

static PyObject *starter; /* its path, without ".py": that of each of its files begins so */
static PyObject *library; /* the folder of os.py, with its slash */

static int ends_with(PyObject *text, const char *end)
{
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &size);
    size_t length = strlen(end);

    if (utf8 == NULL)
        PyErr_Clear();
    return utf8 != NULL && (size_t)size >= length && strcmp(utf8 + size - length, end) == 0;
}

static int begins_with(PyObject *text, const char *begin)
{
    const char *utf8 = PyUnicode_AsUTF8(text);

    if (utf8 == NULL)
        PyErr_Clear();
    return utf8 != NULL && strncmp(utf8, begin, strlen(begin)) == 0;
}

int sw_code_kind_is_in_threading(const PyCodeObject *code)
{
    return ends_with(code->co_filename, "/threading.py");
}

int sw_code_kind_is_of_import(const PyCodeObject *code)
{
    return begins_with(code->co_filename, "<frozen importlib");
}

static int is_starters(PyObject *file)
{
    Py_ssize_t length = PyUnicode_GetLength(starter);

    if (PyUnicode_GetLength(file) <= length ||
        PyUnicode_Tailmatch(file, starter, 0, length, -1) <= 0)
        return 0;
    return PyUnicode_READ_CHAR(file, length) == '.' || PyUnicode_READ_CHAR(file, length) == '_';
}

/* What of threading.py is its own book-keeping: run() is not, since it calls the body of a
 * thread. */
int sw_code_kind_is_threadings(const PyCodeObject *code)
{
    static const char *const functions[] = {"_shutdown",    "current_thread", "enumerate",
                                            "active_count", "_newname",       "main_thread"};

    if (!sw_code_kind_is_in_threading(code))
        return 0;
    if (begins_with(code->co_qualname, "Thread.") || begins_with(code->co_qualname, "_DummyThread"))
        return strcmp(PyUnicode_AsUTF8(code->co_name), "run") != 0;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(functions); i++)
        if (strcmp(PyUnicode_AsUTF8(code->co_qualname), functions[i]) == 0)
            return 1;
    return 0;
}

static int contains(PyObject *text, const char *part)
{
    const char *utf8 = PyUnicode_AsUTF8(text);

    if (utf8 == NULL)
        PyErr_Clear();
    return utf8 != NULL && strstr(utf8, part) != NULL;
}

static enum sw_code_kind kind_of(const PyCodeObject *code)
{
    PyObject *file = code->co_filename;

    /* In this order, from what is asked most precisely to what is the rest. */
    if (is_starters(file))
        return SW_CODE_STARTER;
    /* What libspillway asks at the end. */
    if (begins_with(file, "<spillway>") || sw_code_kind_is_of_import(code) ||
        sw_code_kind_is_threadings(code))
        return SW_CODE_MUTED;
    if (strcmp(PyUnicode_AsUTF8(code->co_qualname), "WeakSet.__init__.<locals>._remove") == 0)
        return SW_CODE_FORGETS;
    if (strcmp(PyUnicode_AsUTF8(code->co_qualname), "Thread.run") == 0 &&
        sw_code_kind_is_in_threading(code))
        return SW_CODE_RUN;
    return begins_with(file, "<frozen") || begins_with(file, PyUnicode_AsUTF8(library)) ||
                   contains(file, "/dist-packages/") || contains(file, "/site-packages/")
               ? SW_CODE_LIBRARY
               : SW_CODE_PROGRAM;
}

/* Kept in the code object, as its first answer is its last: the question is a dozen comparisons of
 * text, and each frame asks. */
static Py_ssize_t extra_index;

enum sw_code_kind sw_code_kind_of(PyCodeObject *code)
{
    void *extra = NULL;

    if (_PyCode_GetExtra((PyObject *)code, extra_index, &extra) == 0 && extra != NULL)
        /* Off by one, since NULL means that nothing is kept. */
        return (enum sw_code_kind)((uintptr_t)extra - 1);
    enum sw_code_kind kind = kind_of(code);
    if (_PyCode_SetExtra((PyObject *)code, extra_index, (void *)((uintptr_t)kind + 1)) < 0)
        PyErr_Clear();
    return kind;
}

/* Where Python's own modules are. */
static PyObject *find_library(void)
{
    PyObject *os = PyImport_ImportModule("os"), *file = NULL, *folder = NULL;

    if (os != NULL)
        file = PyObject_GetAttrString(os, "__file__");
    if (file != NULL && PyUnicode_GetLength(file) > (Py_ssize_t)strlen("os.py"))
        folder =
            PyUnicode_Substring(file, 0, PyUnicode_GetLength(file) - (Py_ssize_t)strlen("os.py"));
    Py_XDECREF(os);
    Py_XDECREF(file);
    return folder;
}

int sw_code_kind_begin(PyObject *path)
{
    starter = PyUnicode_Substring(path, 0, PyUnicode_GetLength(path) - (Py_ssize_t)strlen(".py"));
    library = find_library();
    extra_index = _PyEval_RequestCodeExtraIndex(NULL);
    return starter != NULL && library != NULL ? 0 : -1;
}
