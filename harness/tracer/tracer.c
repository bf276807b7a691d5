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
 * of the program's is.  Of threading's book of its threads other operations are announced instead:
 * thread_book.h.
 *
 * C code can call Python code: of a sort, say, a key= or a method __lt__.  When that
 * returns, the C code looks at its object again, so the bytecode that called it is
 * announced a second time, before the return.
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include <internal/pycore_frame.h>
#include <internal/pycore_interp.h>
#include <opcode.h>
#include <string.h>

#include "access_note.h"
#include "announce.h"
#include "code_kind.h"
#include "exposed.h"
#include "file_object.h"
#include "harness/tracer/lab/tracer_lab.h"
#include "identity.h"
#include "last_reference.h"
#include "one_of.h"
#include "operation.h"
#include "thread_book.h"
#include "thread_object.h"
#include "unchecked_call.h"
#include "view_object.h"
#include "weak_callback.h"

#include "harness/control/entry/access_explain.h"

/* Of libspillway.so, which is in the process already. */
extern int spillway_access_matters(void);

/* ---- whose bytecodes ---- */

/* How often muting can begin and be lifted within each other on one stack: the starter, the
 * program, threading, a thread's body, and a few more. */
enum { DEPTH_MAX = 64 };

/* A thread's: where muting began, and where it was lifted.  In a capsule, which is
 * the trace function's object. */
struct mutes {
    const _PyInterpreterFrame *frames[DEPTH_MAX];
    unsigned char kinds[DEPTH_MAX]; /* enum sw_code_kind; SW_CODE_PROGRAM: lifted */
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
    struct sw_thread_book book;
    enum sw_next_check next_check; /* behind the CALL that comes next in this frame */
};

static int only_notes; /* the program is looked at, and asked nothing: all frames, each bytecode */

static PyObject *dangling; /* threading's set of its threads */
/* The body of a thread, which threading calls. */
static int is_run(const _PyInterpreterFrame *frame)
{
    const _PyInterpreterFrame *caller = frame->previous;

    return caller != NULL && strcmp(PyUnicode_AsUTF8(frame->f_code->co_name), "run") == 0 &&
           strcmp(PyUnicode_AsUTF8(caller->f_code->co_name), "_bootstrap_inner") == 0 &&
           sw_code_kind_is_threadings(caller->f_code);
}

static void push(struct mutes *mutes, const _PyInterpreterFrame *frame, enum sw_code_kind kind)
{
    /* Deeper muting is not noted: more is announced than need be, which costs time and misses
     * nothing. */
    if (mutes->depth == DEPTH_MAX)
        return;
    mutes->frames[mutes->depth] = frame;
    mutes->kinds[mutes->depth++] = (unsigned char)kind;
}

static enum sw_code_kind state_of(const struct mutes *mutes)
{
    return mutes->depth > 0 ? (enum sw_code_kind)mutes->kinds[mutes->depth - 1] : SW_CODE_PROGRAM;
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
    enum sw_code_kind kind = sw_code_kind_of(inner->f_code), state = state_of(mutes);

    if (kind == SW_CODE_FORGETS)
        kind = is_of_threads(inner) ? SW_CODE_MUTED : SW_CODE_LIBRARY;
    /* Bytecodes are all that is wanted; and of a muted frame not even these. */
    frame->f_trace_lines = 0;
    if ((state == SW_CODE_MUTED && is_run(inner)) ||
        (state == SW_CODE_STARTER && kind == SW_CODE_PROGRAM))
        push(mutes, inner, SW_CODE_PROGRAM);
    else if (state == SW_CODE_PROGRAM && (kind == SW_CODE_MUTED || kind == SW_CODE_STARTER))
        push(mutes, inner, kind);
    frame->f_trace_opcodes = only_notes || state_of(mutes) == SW_CODE_PROGRAM;
}

static void leave(struct mutes *mutes, const PyFrameObject *frame)
{
    if (mutes->depth > 0 && mutes->frames[mutes->depth - 1] == frame->f_frame)
        mutes->depth--;
}

/* ---- announcing ---- */

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
    int opcode = sw_operation_opcode(frame);

    return sw_code_kind_of(frame->f_code) == SW_CODE_RUN && opcode != CALL_FUNCTION_EX &&
           (operation->part != 0 || opcode == LOAD_ATTR || opcode == DELETE_ATTR);
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
            sw_announce_refuse(frame, operation.refused);
        if (!sw_announce(&operation))
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

/* What imports looks at what has been imported, and runs other modules.  The bytecode of an import
 * says so itself; importlib's functions are called like others. */
static void begin_of_import(const struct mutes *mutes, const _PyInterpreterFrame *frame)
{
    int is_said = mutes->calling != NULL && mutes->calling == frame->previous &&
                  mutes->called.op == SW_OP_UNKNOWN;

    if (sw_code_kind_is_of_import(frame->f_code) && !is_said)
        sw_announce_of(SW_OP_UNKNOWN, NULL, 0);
}

/* Called for a weak reference whose object has gone: with it alone, or behind a self. */
static int is_callback_of_weakref(const _PyInterpreterFrame *frame)
{
    for (int i = 0; i < frame->f_code->co_argcount && i < 2; i++) {
        PyObject *argument = frame->localsplus[i];
        if (argument != NULL && PyWeakref_CheckRef(argument) &&
            PyWeakref_GET_OBJECT(argument) == Py_None)
            return 1;
    }
    return 0;
}

/* Has the bytecode of the frame before said what it does to that object? */
static int has_announced(const struct mutes *mutes, const _PyInterpreterFrame *before,
                         const PyObject *object)
{
    return mutes->calling == before &&
           (mutes->called.op == SW_OP_UNKNOWN || mutes->called.address == object);
}

/* A generator is ended by nobody who has it in hand: the last reference has gone, to it or to one that
 * waits for it.  Who goes on with one comes to a RESUME. */
static int is_let_go(const struct mutes *mutes, const _PyInterpreterFrame *frame)
{
    if (frame->owner != FRAME_OWNED_BY_GENERATOR || sw_operation_opcode(frame) == RESUME)
        return 0;
    PyObject *generator = (PyObject *)_PyFrame_GetGenerator((_PyInterpreterFrame *)frame);
    return frame->previous != NULL && !has_announced(mutes, frame->previous, generator) &&
           sw_operation_held(frame->previous, generator) == 0;
}

/* With one that waited for it, while others have it: what they see begins before this frame does, at a
 * bytecode that is no operation. */
static int is_of_others(const _PyInterpreterFrame *frame)
{
    enum { HELD = 2 }; /* by who waits for it, and by who ends it */

    return Py_REFCNT(_PyFrame_GetGenerator((_PyInterpreterFrame *)frame)) > HELD;
}

/* With nothing to catch it, and nobody to see it, that is the end and no more. */
static int has_an_end(const _PyInterpreterFrame *frame)
{
    return PyBytes_GET_SIZE(frame->f_code->co_exceptiontable) > 0;
}

/* The last reference has gone, which is no operation: it may depend on what any other thread has
 * done with its own that this thread has it. */
static int is_finalizer(const _PyInterpreterFrame *frame, int let_go)
{
    return frame->is_entry && (strcmp(PyUnicode_AsUTF8(frame->f_code->co_name), "__del__") == 0 ||
                               is_callback_of_weakref(frame) || (let_go && has_an_end(frame)));
}

/* A collection that comes by itself does so after a number of objects, which is no operation: only
 * gc.collect() is called by a bytecode. */
static int is_of_collector(const struct mutes *mutes, const _PyInterpreterFrame *frame)
{
    return PyInterpreterState_Get()->gc.collecting &&
           !(mutes->calling == frame->previous && mutes->called.op == SW_OP_UNKNOWN);
}

/* What it says of a class is kept, and later not asked again: whoever asks looks at that (call.c). */
static int is_hook_of_abc(const _PyInterpreterFrame *frame)
{
    return strcmp(PyUnicode_AsUTF8(frame->f_code->co_name), "__subclasshook__") == 0 &&
           sw_code_kind_of(frame->f_code) == SW_CODE_PROGRAM;
}

/* ---- the trace function ---- */

/* No bytecode of the program calls it. */
static void announce_what_calls_by_itself(const struct mutes *mutes, PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int let_go = is_let_go(mutes, inner), is_end = is_finalizer(inner, let_go);

    if (is_end && is_of_collector(mutes, inner))
        sw_announce_refuse(frame, "is run by a collection that came by itself");
    if (let_go && is_of_others(inner))
        sw_announce_refuse(frame, "ends a generator that others have, as it ends one that waits");
    if (is_end || is_hook_of_abc(inner))
        sw_announce_of(SW_OP_UNKNOWN, NULL, 0);
}

static void on_call(struct mutes *mutes, PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int depth = mutes->depth;

    enter(mutes, frame);
    if (!spillway_access_matters()) {
        if (!only_notes && mutes->depth > depth)
            sw_thread_book_note(&mutes->book, inner);
        return;
    }
    if (state_of(mutes) == SW_CODE_PROGRAM) {
        announce_what_calls_by_itself(mutes, frame);
        enter_from_c(mutes, inner);
    } else if (mutes->depth > depth && state_of(mutes) == SW_CODE_MUTED) {
        sw_thread_book_begin(&mutes->book, frame);
        begin_of_import(mutes, inner);
    }
}

static void on_bytecode(struct mutes *mutes, PyFrameObject *frame)
{
    const struct call_back *back = back_of(mutes, frame->f_frame);

    if (back != NULL && sw_operation_ends(frame->f_frame))
        sw_announce(&back->operation);
    else
        announce_bytecode(mutes, frame);
}

/* A module of C code has been made, in a frame of self, if that is not static, and the module. */
static void end_of_import(const _PyInterpreterFrame *frame)
{
    static const char *const names[] = {"ExtensionFileLoader.exec_module",
                                        "BuiltinImporter.exec_module"};
    PyCodeObject *code = frame->f_code;

    if (sw_code_kind_of(code) != SW_CODE_MUTED || !sw_code_kind_is_of_import(code) ||
        !IS_ONE_OF(PyUnicode_AsUTF8(code->co_qualname), names))
        return;
    PyObject *module = frame->localsplus[code->co_argcount - 1];
    if (module != NULL && PyModule_Check(module))
        sw_exposed_module(module);
}

static void on_return(struct mutes *mutes, PyFrameObject *frame, int raises)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int matters = spillway_access_matters();
    int is_top = mutes->depth > 0 && mutes->frames[mutes->depth - 1] == inner;

    if (mutes->book.start == inner)
        mutes->book.start = NULL;
    if (!raises)
        end_of_import(inner);
    if (back_of(mutes, inner) != NULL) {
        if (raises && matters)
            sw_announce(&mutes->backs[mutes->back_count - 1].operation);
        mutes->back_count--;
        /* The C code goes on, and may call once more: a generator's next value. */
        mutes->calling = inner->previous;
        mutes->called = mutes->backs[mutes->back_count].operation;
    }
    if (matters && is_top && state_of(mutes) == SW_CODE_PROGRAM && is_run(inner)) {
        if (raises)
            sw_thread_book_end_by_exception(frame);
        sw_thread_book_announce_end(inner);
    } else if (matters && is_top && state_of(mutes) == SW_CODE_MUTED && !raises)
        sw_thread_book_end(frame);
    leave(mutes, frame);
}

/* ---- in a run that is to be explained ---- */

static void note(struct mutes *mutes, PyFrameObject *frame, int what, PyObject *argument)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int is_top = mutes->depth > 0 && mutes->frames[mutes->depth - 1] == inner;
    int is_program = state_of(mutes) == SW_CODE_PROGRAM, is_body = is_top && is_program;

    if (what == PyTrace_OPCODE && is_program && sw_code_kind_of(inner->f_code) != SW_CODE_RUN)
        sw_access_note_bytecode(frame);
    else if (what == PyTrace_EXCEPTION && is_program)
        sw_access_note_exception(frame, argument);
    else if (what == PyTrace_CALL && is_body && is_run(inner) &&
             sw_thread_book_self(inner->previous) != NULL)
        sw_access_note_begin(frame, sw_thread_book_self(inner->previous));
    else if (what == PyTrace_CALL && is_program && sw_code_kind_is_in_threading(inner->f_code))
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
    sw_thread_book_free(&mutes->book);
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

/* Thread.start() calls it. */
static int has_said_so(const PyThreadState *tstate)
{
    const struct mutes *mutes =
        tstate->c_tracefunc == trace ? PyCapsule_GetPointer(tstate->c_traceobj, NULL) : NULL;

    return mutes != NULL && mutes->book.start != NULL &&
           mutes->book.start == tstate->cframe->current_frame;
}

/* What would be done beside its bytecodes, by threads from now on. */
static void refuse_the_unseen(void)
{
    PyFrameObject *frame = PyEval_GetFrame();
    const char *why = sw_thread_object_is_unseen();

    if (why == NULL && sw_weak_callback_is_unseen())
        why = sw_weak_callback_text;
    if (why != NULL && frame != NULL)
        sw_announce_refuse(frame, why);
}

static PyObject *start_new_thread(PyObject *module, PyObject *args, PyObject *kwargs)
{
    (void)module;
    if (spillway_access_matters() && !has_said_so(PyThreadState_Get()))
        sw_thread_book_announce_start();
    refuse_the_unseen();
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
    sw_last_reference_begin(sw_announce);
    if (thread != NULL && dangling == NULL && sw_file_object_begin() == 0 &&
        sw_exposed_begin() == 0 && sw_code_kind_begin(path) == 0) {
        sw_view_object_begin();
        sw_identity_begin();
        sw_weak_callback_begin();
        dangling = find_dangling();
        only_notes = spillway_only_notes();
        real_start = PyObject_GetAttrString(thread, "start_new_thread");
        ours = real_start != NULL && dangling != NULL ? PyCFunction_New(&start_method, NULL) : NULL;
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
