/* SPDX-License-Identifier: MIT
 *
 * tracer.c - announces what threads share, before each bytecode that touches it.
 *
 * A module for CPython 3.11, imported by the starter (harness/runner/starter.py) at grain
 * "access".  It looks at each bytecode of the program before it is run, with what
 * is on the value stack, and says what it is about to read, write or lock
 * (operation.h); see harness/control/entry/access.h for what comes of it.
 *
 *      start()  this thread and all that it and they start from now on are traced
 *
 * Not traced: what threading does to start, run and join its threads (it keeps
 * its own book of them, and nothing else depends on the order), importlib, and
 * the starter with what it needs to find, call and judge a test.  What they call
 * of the program's is.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include <internal/pycore_frame.h>
#include <string.h>

#include "operation.h"

/* Of libspillway.so, which is in the process already. */
extern int spillway_access_matters(void);
extern void spillway_access(unsigned op, const void *address, uint64_t part, const void *semaphore);

/* ---- whose bytecodes ---- */

enum kind {
    PROGRAM,
    LIBRARY, /* traced as well */
    RUN, /* Thread.run(): its call of the thread's body is, what it looks up before is its own */
    MUTED, /* with all that it calls, but for the body of a thread */
    STARTER, /* the same, but for the program */
};

/* How often muting can begin and be lifted within each other on one stack: the starter, the
 * program, threading, a thread's body, and a few more. */
enum { DEPTH_MAX = 64 };

/* A thread's: where muting began, and where it was lifted.  In a capsule, which is
 * the trace function's object. */
struct mutes {
    const _PyInterpreterFrame *frames[DEPTH_MAX];
    unsigned char kinds[DEPTH_MAX]; /* enum kind; PROGRAM: lifted */
    int depth;
};

static PyObject *starter; /* its path */
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

/* What of threading.py is its own book-keeping: run() is not, since it calls the body of a
 * thread. */
static int is_threadings(const PyCodeObject *code)
{
    static const char *const functions[] = {"_shutdown",    "current_thread", "enumerate",
                                            "active_count", "_newname",       "main_thread"};

    if (!ends_with(code->co_filename, "/threading.py"))
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

static enum kind kind_of(const PyCodeObject *code)
{
    PyObject *file = code->co_filename;

    /* In this order, from what is asked most precisely to what is the rest. */
    if (PyUnicode_Compare(file, starter) == 0)
        return STARTER;
    if (begins_with(file, "<frozen importlib") || is_threadings(code))
        return MUTED;
    if (strcmp(PyUnicode_AsUTF8(code->co_qualname), "Thread.run") == 0 &&
        ends_with(file, "/threading.py"))
        return RUN;
    return begins_with(file, "<frozen") || begins_with(file, PyUnicode_AsUTF8(library)) ||
                   contains(file, "/dist-packages/") || contains(file, "/site-packages/")
               ? LIBRARY
               : PROGRAM;
}

/* Kept in the code object, as its first answer is its last: the question is a dozen comparisons of
 * text, and each frame asks. */
static Py_ssize_t extra_index;

static enum kind known_kind_of(PyCodeObject *code)
{
    void *extra = NULL;

    if (_PyCode_GetExtra((PyObject *)code, extra_index, &extra) == 0 && extra != NULL)
        /* Off by one, since NULL means that nothing is kept. */
        return (enum kind)((uintptr_t)extra - 1);
    enum kind kind = kind_of(code);
    if (_PyCode_SetExtra((PyObject *)code, extra_index, (void *)((uintptr_t)kind + 1)) < 0)
        PyErr_Clear();
    return kind;
}

/* The body of a thread, which threading calls. */
static int is_run(const _PyInterpreterFrame *frame)
{
    const _PyInterpreterFrame *caller = frame->previous;

    return caller != NULL && strcmp(PyUnicode_AsUTF8(frame->f_code->co_name), "run") == 0 &&
           strcmp(PyUnicode_AsUTF8(caller->f_code->co_name), "_bootstrap_inner") == 0 &&
           is_threadings(caller->f_code);
}

static void push(struct mutes *mutes, const _PyInterpreterFrame *frame, enum kind kind)
{
    /* Deeper muting is not noted: more is announced than need be, which costs time and misses
     * nothing. */
    if (mutes->depth == DEPTH_MAX)
        return;
    mutes->frames[mutes->depth] = frame;
    mutes->kinds[mutes->depth++] = (unsigned char)kind;
}

static enum kind state_of(const struct mutes *mutes)
{
    return mutes->depth > 0 ? (enum kind)mutes->kinds[mutes->depth - 1] : PROGRAM;
}

static void enter(struct mutes *mutes, PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    enum kind kind = known_kind_of(inner->f_code), state = state_of(mutes);

    /* Bytecodes are all that is wanted; and of a muted frame not even these. */
    frame->f_trace_lines = 0;
    if ((state == MUTED && is_run(inner)) || (state == STARTER && kind == PROGRAM))
        push(mutes, inner, PROGRAM);
    else if (state == PROGRAM && (kind == MUTED || kind == STARTER))
        push(mutes, inner, kind);
    frame->f_trace_opcodes = state_of(mutes) == PROGRAM;
}

static void leave(struct mutes *mutes, const PyFrameObject *frame)
{
    if (mutes->depth > 0 && mutes->frames[mutes->depth - 1] == frame->f_frame)
        mutes->depth--;
}

/* ---- announcing ---- */

static void announce(const struct operation *operation)
{
    /* Without the GIL: the thread that is chosen instead needs it. */
    PyThreadState *tstate = PyEval_SaveThread();

    spillway_access(operation->op, operation->address, operation->part, operation->semaphore);
    PyEval_RestoreThread(tstate);
}

static int trace(PyObject *capsule, PyFrameObject *frame, int what, PyObject *argument)
{
    struct mutes *mutes = PyCapsule_GetPointer(capsule, NULL);
    struct operation operation;

    (void)argument;
    /* The cheap questions first: as long as there is one thread nothing matters. */
    if (what == PyTrace_CALL)
        enter(mutes, frame);
    else if (what == PyTrace_RETURN)
        leave(mutes, frame);
    else if (what == PyTrace_OPCODE && spillway_access_matters() &&
             sw_operation_find(frame->f_frame, &operation) &&
             (operation.part == 0 || known_kind_of(frame->f_frame->f_code) != RUN))
        announce(&operation);
    return 0;
}

/* ---- which threads ---- */

static void free_mutes(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, NULL));
}

static int trace_thread(PyThreadState *tstate)
{
    struct mutes *mutes = PyMem_Calloc(1, sizeof *mutes);
    PyObject *capsule = mutes != NULL ? PyCapsule_New(mutes, NULL, free_mutes) : PyErr_NoMemory();

    if (capsule == NULL) {
        PyMem_Free(mutes);
        return -1;
    }
    int failed = _PyEval_SetTrace(tstate, trace, capsule);
    Py_DECREF(capsule);
    return failed;
}

/* A new thread has its state before it runs for the first time. */
static int trace_all(void)
{
    PyThreadState *tstate = PyInterpreterState_ThreadHead(PyInterpreterState_Get());

    for (; tstate != NULL; tstate = PyThreadState_Next(tstate))
        if (tstate->c_tracefunc != trace && trace_thread(tstate) < 0)
            return -1;
    return 0;
}

static PyObject *real_start; /* _thread.start_new_thread */

static PyObject *start_new_thread(PyObject *module, PyObject *args, PyObject *kwargs)
{
    /* The new thread has its state, but not the GIL: it cannot have run a bytecode before it is
     * traced. */
    PyObject *ident = PyObject_Call(real_start, args, kwargs);

    (void)module;
    if (ident != NULL && trace_all() < 0)
        Py_CLEAR(ident);
    return ident;
}

static PyMethodDef start_method = {"start_new_thread",
                                   (PyCFunction)(void (*)(void))start_new_thread,
                                   METH_VARARGS | METH_KEYWORDS, NULL};

static int replace(const char *module_name, const char *name, PyObject *function)
{
    PyObject *module = PyImport_ImportModule(module_name);
    int failed = module == NULL || PyObject_SetAttrString(module, name, function) < 0;

    Py_XDECREF(module);
    return failed ? -1 : 0;
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

/* From now on, and not from the interpreter's start: what the starter has done until then is the
 * same in every schedule. */
static PyObject *start(PyObject *module, PyObject *path)
{
    PyObject *thread = PyImport_ImportModule("_thread"), *ours = NULL;

    (void)module;
    if (!PyUnicode_Check(path)) {
        Py_XDECREF(thread);
        return PyErr_Format(PyExc_TypeError, "start(): the path of the starter is no str");
    }
    if (thread != NULL && starter == NULL) {
        starter = Py_NewRef(path);
        library = find_library();
        extra_index = _PyEval_RequestCodeExtraIndex(NULL);
        real_start = PyObject_GetAttrString(thread, "start_new_thread");
        ours = real_start != NULL && library != NULL ? PyCFunction_New(&start_method, NULL) : NULL;
    }
    Py_XDECREF(thread);
    int failed = ours == NULL || replace("_thread", "start_new_thread", ours) < 0 ||
                 replace("_thread", "start_new", ours) < 0 ||
                 replace("threading", "_start_new_thread", ours) < 0 || trace_all() < 0;
    Py_XDECREF(ours);
    if (failed)
        return PyErr_Occurred() != NULL ? NULL
                                        : PyErr_Format(PyExc_RuntimeError, "started already");
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"start", start, METH_O,
     "start(path): from now on each bytecode of the program is looked at, but not those of the\n"
     "starter, which is at that path."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spillway_tracer",
    .m_doc = "Announces to the harness what threads share.",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_spillway_tracer(void);

PyMODINIT_FUNC PyInit_spillway_tracer(void)
{
    return PyModule_Create(&definition);
}
