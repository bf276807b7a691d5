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
 * Not traced: what threading does to start, run and join its threads, importlib, and
 * the starter with what it needs to find, call and judge a test.  What they call
 * of the program's is.  Of threading's book of its threads this is announced instead:
 *
 *      start        WRITE of all threads: their numbers come in its order
 *      end          WRITE of the thread
 *      is_alive()   READ of the thread
 *      join()       NONE, behind its end, or when the time was up and nobody could run
 *      join(0)      READ of the thread
 *      enumerate(), active_count()   UNKNOWN
 *
 * C code can call Python code: of a sort, say, a key= or a method __lt__.  When that
 * returns, the C code looks at its object again, so the bytecode that called it is
 * announced a second time, before the return.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include <internal/pycore_frame.h>
#include <opcode.h>
#include <stdio.h>
#include <string.h>

#include "access_note.h"
#include "exposed.h"
#include "file_object.h"
#include "harness/tracer/lab/tracer_lab.h"
#include "identity.h"
#include "last_reference.h"
#include "operation.h"
#include "unchecked_call.h"
#include "view_object.h"

#include "harness/control/entry/access_explain.h"

/* Of libspillway.so, which is in the process already. */
extern int spillway_access_matters(void);
extern int spillway_access(unsigned op, const void *address, uint64_t part, const void *semaphore);
extern int spillway_access_for(const void *address, uint64_t part, const void *semaphore,
                               uint64_t timeout_ns);
extern int spillway_access_behind(const void *address, uint64_t part);
extern void spillway_access_refuse(const char *text);

/* ---- whose bytecodes ---- */

enum kind {
    PROGRAM,
    LIBRARY, /* traced as well */
    RUN, /* Thread.run(): its call of the thread's body is, what it looks up before is its own */
    MUTED, /* with all that it calls, but for the body of a thread */
    STARTER, /* the same, but for the program */
    FORGETS, /* a WeakSet's, called when an object has died; threading has such a set of its threads */
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
    /* The last bytecode that was announced, as long as its frame has run no other. */
    const _PyInterpreterFrame *calling;
    struct operation called;
    /* Functions in Python that C code has called, and the operation of the bytecode that called
     * the C code. */
    struct call_back {
        const _PyInterpreterFrame *frame;
        struct operation operation;
    } * backs; /* owned */
    int back_count, back_room;
    enum sw_next_check next_check; /* behind the CALL that comes next in this frame */
};

static int only_notes; /* the program is looked at, and asked nothing: all frames, each bytecode */

static PyObject *dangling; /* threading's set of its threads */
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
    if (PyUnicode_Compare(file, starter) == 0 || ends_with(file, "/spillway_starter_pytest.py"))
        return STARTER;
    /* What libspillway asks at the end. */
    if (begins_with(file, "<spillway>") || begins_with(file, "<frozen importlib") ||
        is_threadings(code))
        return MUTED;
    if (strcmp(PyUnicode_AsUTF8(code->co_qualname), "WeakSet.__init__.<locals>._remove") == 0)
        return FORGETS;
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

/* def _remove(item, selfref=ref(self)) */
static int is_of_threads(const _PyInterpreterFrame *frame)
{
    PyObject *set = frame->localsplus[1];

    return set != NULL && PyWeakref_Check(set) && PyWeakref_GET_OBJECT(set) == dangling;
}

static void enter(struct mutes *mutes, PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    enum kind kind = known_kind_of(inner->f_code), state = state_of(mutes);

    if (kind == FORGETS)
        kind = is_of_threads(inner) ? MUTED : LIBRARY;
    /* Bytecodes are all that is wanted; and of a muted frame not even these. */
    frame->f_trace_lines = 0;
    if ((state == MUTED && is_run(inner)) || (state == STARTER && kind == PROGRAM))
        push(mutes, inner, PROGRAM);
    else if (state == PROGRAM && (kind == MUTED || kind == STARTER))
        push(mutes, inner, kind);
    frame->f_trace_opcodes = only_notes || state_of(mutes) == PROGRAM;
}

static void leave(struct mutes *mutes, const PyFrameObject *frame)
{
    if (mutes->depth > 0 && mutes->frames[mutes->depth - 1] == frame->f_frame)
        mutes->depth--;
}

/* ---- announcing ---- */

static int announce(const struct operation *operation)
{
    const void *name = sw_identity_of(operation->address);
    /* Without the GIL: the thread that is chosen instead needs it. */
    PyThreadState *tstate = PyEval_SaveThread();

    int others = operation->timeout_ns != 0 && operation->op == SW_OP_ACQUIRE
                     ? spillway_access_for(name, operation->part, operation->semaphore,
                                           operation->timeout_ns)
                     : spillway_access(operation->op, name, operation->part, operation->semaphore);
    PyEval_RestoreThread(tstate);
    return others;
}

static int announce_of(enum sw_op op, const void *address, uint64_t part)
{
    return announce(&(struct operation){.op = op, .address = address, .part = part});
}

static void refuse(PyFrameObject *frame, const char *what)
{
    const char *file = PyUnicode_AsUTF8(frame->f_frame->f_code->co_filename);
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    char text[256];

    PyErr_Clear();
    snprintf(text, sizeof text, "%s:%d %s, and no operation says so",
             slash != NULL ? slash + 1 : "?", PyFrame_GetLineNumber(frame), what);
    spillway_access_refuse(text);
}

static int is_same(const struct operation *a, const struct operation *b)
{
    return a->op == b->op && a->address == b->address && a->part == b->part;
}

static int find(const _PyInterpreterFrame *frame, struct operation *operation)
{
    int found = sw_operation_find(frame, operation);

    return sw_tracer_lab_change(frame, found, operation);
}

/* An attribute of the thread that Thread.run() looks up, and not the call of the body: that may be a
 * method of C code. */
static int is_of_run(const _PyInterpreterFrame *frame, const struct operation *operation)
{
    return operation->part != 0 && known_kind_of(frame->f_code) == RUN &&
           sw_operation_opcode(frame) != CALL_FUNCTION_EX;
}

/* Where others were chosen in between, what is touched may be something else by now; what was
 * announced then has not been done, and counts as done, which can only make a search larger. */
static void announce_bytecode(struct mutes *mutes, PyFrameObject *frame)
{
    struct operation operation, said = {.op = SW_OP_NONE};

    mutes->calling = NULL;
    while (find(frame->f_frame, &operation) && !is_same(&operation, &said) &&
           !is_of_run(frame->f_frame, &operation)) {
        said = operation;
        mutes->calling = frame->f_frame;
        mutes->called = operation;
        if (operation.refused != NULL)
            refuse(frame, operation.refused);
        if (!announce(&operation))
            break;
    }
}

/* ---- Python code that C code calls ---- */

static void enter_from_c(struct mutes *mutes, const _PyInterpreterFrame *frame)
{
    if (!frame->is_entry || mutes->calling == NULL || mutes->calling != frame->previous ||
        (mutes->called.op != SW_OP_UNKNOWN && mutes->called.op > SW_OP_WRITE))
        return;
    if (mutes->back_count == mutes->back_room) {
        int room = 2 * mutes->back_room + 16;
        struct call_back *more = PyMem_Realloc(mutes->backs, (size_t)room * sizeof *more);
        if (more == NULL)
            return;
        mutes->backs = more;
        mutes->back_room = room;
    }
    mutes->backs[mutes->back_count++] = (struct call_back){frame, mutes->called};
}

static const struct call_back *back_of(const struct mutes *mutes, const _PyInterpreterFrame *frame)
{
    const struct call_back *last =
        mutes->back_count > 0 ? &mutes->backs[mutes->back_count - 1] : NULL;

    return last != NULL && last->frame == frame ? last : NULL;
}

/* ---- threads ---- */

static char all_threads; /* its address is the name of threading's book */
enum { END_PART = 1 };

static PyObject *self_of(const _PyInterpreterFrame *frame)
{
    return frame->f_code->co_argcount > 0 ? frame->localsplus[0] : NULL;
}

static int is_called(const _PyInterpreterFrame *frame, const char *name)
{
    return strcmp(PyUnicode_AsUTF8(frame->f_code->co_qualname), name) == 0 &&
           ends_with(frame->f_code->co_filename, "/threading.py");
}

/* join(timeout=0) only looks. */
static int is_impatient_join(const _PyInterpreterFrame *frame)
{
    PyObject *timeout = is_called(frame, "Thread.join") ? frame->localsplus[1] : NULL;

    if (timeout == NULL || (!PyLong_CheckExact(timeout) && !PyFloat_CheckExact(timeout)))
        return 0;
    double seconds = PyFloat_AsDouble(timeout);
    PyErr_Clear();
    return seconds <= 0;
}

/* A frame of threading's own begins, that the program has called. */
static void begin_of_threading(const _PyInterpreterFrame *frame)
{
    if (is_called(frame, "Thread.is_alive") || is_impatient_join(frame))
        announce_of(SW_OP_READ, self_of(frame), END_PART);
    else if (is_called(frame, "enumerate") || is_called(frame, "active_count"))
        announce_of(SW_OP_UNKNOWN, NULL, 0);
}

/* It has returned. */
static void end_of_threading(PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;

    if (!is_called(inner, "Thread.join") || is_impatient_join(inner))
        return;
    const void *name = sw_identity_of(self_of(inner));
    PyThreadState *tstate = PyEval_SaveThread();
    int has_ended = spillway_access_behind(name, END_PART);
    PyEval_RestoreThread(tstate);
    if (!has_ended)
        refuse(frame, "joins a thread that goes on");
}

/* threading calls its hook behind the end of the body, unseen. */
static void end_by_exception(PyFrameObject *frame)
{
    static const char name[] = "excepthook";
    PyObject *names = frame->f_frame->previous->f_globals, *text = PyUnicode_InternFromString(name);

    if (text != NULL)
        announce_of(SW_OP_READ, names, sw_operation_part(text));
    Py_XDECREF(text);
    PyObject *hook = PyDict_GetItemString(names, name);
    if (hook != NULL && PyFunction_Check(hook) &&
        known_kind_of((PyCodeObject *)PyFunction_GET_CODE(hook)) == PROGRAM)
        refuse(frame, "is ended by an exception, and threading.excepthook is the program's");
}

/* The last reference has gone, which is no operation: it may depend on what any other thread has
 * done with its own that this thread has it. */
static void begin_finalizer(const _PyInterpreterFrame *frame)
{
    if (frame->is_entry && strcmp(PyUnicode_AsUTF8(frame->f_code->co_name), "__del__") == 0)
        announce_of(SW_OP_UNKNOWN, NULL, 0);
}

/* ---- the trace function ---- */

static void on_call(struct mutes *mutes, PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int depth = mutes->depth;

    enter(mutes, frame);
    if (!spillway_access_matters())
        return;
    if (state_of(mutes) == PROGRAM) {
        begin_finalizer(inner);
        enter_from_c(mutes, inner);
    } else if (mutes->depth > depth && state_of(mutes) == MUTED)
        begin_of_threading(inner);
}

static void on_bytecode(struct mutes *mutes, PyFrameObject *frame)
{
    const struct call_back *back = back_of(mutes, frame->f_frame);

    if (back != NULL && sw_operation_ends(frame->f_frame))
        announce(&back->operation);
    else
        announce_bytecode(mutes, frame);
}

static void on_return(struct mutes *mutes, PyFrameObject *frame, int raises)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int matters = spillway_access_matters();
    int is_top = mutes->depth > 0 && mutes->frames[mutes->depth - 1] == inner;

    if (back_of(mutes, inner) != NULL) {
        if (raises && matters)
            announce(&mutes->backs[mutes->back_count - 1].operation);
        mutes->back_count--;
        /* The C code goes on, and may call once more: a generator's next value. */
        mutes->calling = inner->previous;
        mutes->called = mutes->backs[mutes->back_count].operation;
    }
    if (matters && is_top && state_of(mutes) == PROGRAM && is_run(inner)) {
        if (raises)
            end_by_exception(frame);
        announce_of(SW_OP_WRITE, self_of(inner->previous), END_PART);
    } else if (matters && is_top && state_of(mutes) == MUTED && !raises)
        end_of_threading(frame);
    leave(mutes, frame);
}

/* ---- in a run that is to be explained ---- */

static void note(struct mutes *mutes, PyFrameObject *frame, int what, PyObject *argument)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int is_top = mutes->depth > 0 && mutes->frames[mutes->depth - 1] == inner;
    int is_program = state_of(mutes) == PROGRAM, is_body = is_top && is_program;

    if (what == PyTrace_OPCODE && is_program && known_kind_of(inner->f_code) != RUN)
        sw_access_note_bytecode(frame);
    else if (what == PyTrace_EXCEPTION && is_program)
        sw_access_note_exception(frame, argument);
    else if (what == PyTrace_CALL && is_body && is_run(inner) && self_of(inner->previous) != NULL)
        sw_access_note_begin(frame, self_of(inner->previous));
    else if (what == PyTrace_CALL && is_program &&
             ends_with(inner->f_code->co_filename, "/threading.py"))
        sw_access_note_threading(frame);
    else if (what == PyTrace_RETURN && is_body && argument == NULL)
        sw_access_note_escape(frame);
}

/* Each event ends what the one before has begun. */
static void follow_checks(struct mutes *mutes, const PyFrameObject *frame, int what)
{
    int opcode = what == PyTrace_OPCODE ? sw_operation_opcode(frame->f_frame) : -1;

    spillway_next_check(opcode == CALL ? mutes->next_check : SW_CHECK_ASKS);
    mutes->next_check = opcode == PRECALL ? sw_unchecked_call_comes(frame->f_frame) : SW_CHECK_ASKS;
}

static int trace(PyObject *capsule, PyFrameObject *frame, int what, PyObject *argument)
{
    struct mutes *mutes = PyCapsule_GetPointer(capsule, NULL);
    int explains = sw_access_note_is_on();

    if (only_notes)
        follow_checks(mutes, frame, what);

    if (explains && what == PyTrace_RETURN)
        note(mutes, frame, what, argument);
    if (what == PyTrace_CALL)
        on_call(mutes, frame);
    else if (what == PyTrace_RETURN)
        on_return(mutes, frame, argument == NULL);
    else if (what == PyTrace_OPCODE && spillway_access_matters())
        on_bytecode(mutes, frame);
    else if (what == PyTrace_OPCODE)
        /* As long as there is one thread nothing matters. */
        mutes->calling = NULL;
    /* Behind the announcement: it has been chosen, and is done next. */
    if (explains && what != PyTrace_RETURN)
        note(mutes, frame, what, argument);
    return 0;
}

/* ---- which threads ---- */

static void free_mutes(PyObject *capsule)
{
    struct mutes *mutes = PyCapsule_GetPointer(capsule, NULL);

    PyMem_Free(mutes->backs);
    PyMem_Free(mutes);
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
    (void)module;
    if (spillway_access_matters())
        announce_of(SW_OP_WRITE, &all_threads, 0);
    /* The new thread has its state, but not the GIL: it cannot have run a bytecode before it is
     * traced. */
    PyObject *ident = PyObject_Call(real_start, args, kwargs);
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

static PyObject *find_dangling(void)
{
    PyObject *threading = PyImport_ImportModule("threading");
    PyObject *found = threading != NULL ? PyObject_GetAttrString(threading, "_dangling") : NULL;

    Py_XDECREF(threading);
    return found;
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
    sw_last_reference_begin(announce);
    if (thread != NULL && starter == NULL && sw_file_object_begin() == 0 &&
        sw_exposed_begin() == 0) {
        sw_view_object_begin();
        sw_identity_begin();
        starter = Py_NewRef(path);
        library = find_library();
        dangling = find_dangling();
        only_notes = spillway_only_notes();
        extra_index = _PyEval_RequestCodeExtraIndex(NULL);
        real_start = PyObject_GetAttrString(thread, "start_new_thread");
        ours = real_start != NULL && library != NULL && dangling != NULL
                   ? PyCFunction_New(&start_method, NULL)
                   : NULL;
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
