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
 *      join()       NONE, behind its end, or when the time was up and nobody could run; before, if
 *                   another has started it, READ of all threads: it has been started, or not
 *      join(0)      READ of the thread
 *      Thread()     WRITE of the numbers in their names, if it gets one
 *      name, daemon READ or WRITE of the attribute behind it
 *      ident        READ of all threads
 *      enumerate(), active_count(), repr()   UNKNOWN
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
#include "code_kind.h"
#include "exposed.h"
#include "file_object.h"
#include "harness/tracer/lab/tracer_lab.h"
#include "identity.h"
#include "last_reference.h"
#include "one_of.h"
#include "operation.h"
#include "thread_number.h"
#include "unchecked_call.h"
#include "value_find.h"
#include "view_object.h"

#include "harness/control/entry/access_explain.h"

/* Of libspillway.so, which is in the process already. */
extern int spillway_access_matters(void);
extern int spillway_access(unsigned op, const void *address, uint64_t part, const void *semaphore);
extern int spillway_access_for(const void *address, uint64_t part, const void *semaphore,
                               uint64_t timeout_ns);
extern int spillway_access_behind(const void *address, uint64_t part);
extern void spillway_access_refuse(const char *text);
extern uint64_t spillway_access_schedule(void);

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
    const _PyInterpreterFrame *start; /* of Thread.start(), which has said so */
    const PyObject **started; /* threads that it has started.  Owned; the threads are not held */
    int started_count, started_room;
    uint64_t started_in; /* that schedule */
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
    return operation->part != 0 && sw_code_kind_of(frame->f_code) == SW_CODE_RUN &&
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
enum { END_PART = 1, NAMES_PART = 1 };

static PyObject *self_of(const _PyInterpreterFrame *frame)
{
    return frame->f_code->co_argcount > 0 ? frame->localsplus[0] : NULL;
}

static int is_called(const _PyInterpreterFrame *frame, const char *name)
{
    return strcmp(PyUnicode_AsUTF8(frame->f_code->co_qualname), name) == 0 &&
           sw_code_kind_is_in_threading(frame->f_code);
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

/* A property of a thread, kept in that attribute; the setter gets a value as well. */
static void announce_property(const _PyInterpreterFrame *frame, const char *attribute)
{
    PyObject *name = PyUnicode_InternFromString(attribute);

    if (name != NULL)
        announce_of(frame->f_code->co_argcount > 1 ? SW_OP_WRITE : SW_OP_READ, self_of(frame),
                    sw_operation_part(name));
    Py_XDECREF(name);
}

/* Without a name it gets the next number. */
static int gets_a_number(const _PyInterpreterFrame *frame)
{
    enum { NAME = 3 }; /* self, group, target, name */

    return is_called(frame, "Thread.__init__") &&
           (frame->localsplus[NAME] == NULL || frame->localsplus[NAME] == Py_None);
}

/* Of what this thread starts nobody has to say that it has been started when this thread joins it. */
static void note_start(struct mutes *mutes, const PyObject *thread)
{
    if (mutes->started_in != spillway_access_schedule())
        mutes->started_count = 0;
    mutes->started_in = spillway_access_schedule();
    if (mutes->started_count == mutes->started_room) {
        int room = 2 * mutes->started_room + 16;
        const PyObject **more = PyMem_Realloc(mutes->started, (size_t)room * sizeof *more);
        if (more == NULL)
            return;
        mutes->started = more;
        mutes->started_room = room;
    }
    mutes->started[mutes->started_count++] = thread;
}

static int has_started(const struct mutes *mutes, const PyObject *thread)
{
    int i = 0, count = mutes->started_in == spillway_access_schedule() ? mutes->started_count : 0;

    while (i < count && mutes->started[i] != thread)
        i++;
    return i < count;
}

/* What threading does where two start one thread at a time is more than a step. */
static int is_started_by_another(const struct mutes *mutes, PyObject *thread)
{
    PyObject *name = PyUnicode_InternFromString("_started"), *event = NULL, *flag = NULL;

    if (name != NULL && thread != NULL)
        event = sw_value_find_attribute(thread, name);
    Py_XSETREF(name, PyUnicode_InternFromString("_flag"));
    if (name != NULL && event != NULL)
        flag = sw_value_find_attribute(event, name);
    int is = flag == Py_True && !has_started(mutes, thread);
    PyErr_Clear();
    Py_XDECREF(flag);
    Py_XDECREF(event);
    Py_XDECREF(name);
    return is;
}

/* A frame of threading's own begins, that the program has called. */
static void begin_of_threading(struct mutes *mutes, PyFrameObject *object)
{
    const _PyInterpreterFrame *frame = object->f_frame;

    if (is_called(frame, "Thread.start")) {
        announce_of(SW_OP_WRITE, &all_threads, 0);
        mutes->start = frame;
        if (is_started_by_another(mutes, self_of(frame)))
            refuse(object, "starts a thread that another has started");
        note_start(mutes, self_of(frame));
    }
    if (is_called(frame, "Thread.join") && !has_started(mutes, self_of(frame)))
        announce_of(SW_OP_READ, &all_threads, 0);
    if (is_called(frame, "Thread.is_alive") || is_impatient_join(frame))
        announce_of(SW_OP_READ, self_of(frame), END_PART);
    else if (is_called(frame, "enumerate") || is_called(frame, "active_count") ||
             is_called(frame, "Thread.__repr__"))
        announce_of(SW_OP_UNKNOWN, NULL, 0);
    else if (gets_a_number(frame))
        announce_of(SW_OP_WRITE, &all_threads, NAMES_PART);
    else if (is_called(frame, "Thread.name") || is_called(frame, "Thread.getName") ||
             is_called(frame, "Thread.setName"))
        announce_property(frame, "_name");
    else if (is_called(frame, "Thread.daemon") || is_called(frame, "Thread.isDaemon") ||
             is_called(frame, "Thread.setDaemon"))
        announce_property(frame, "_daemonic");
    else if (is_called(frame, "Thread.ident") || is_called(frame, "Thread.native_id")) {
        announce_of(SW_OP_READ, &all_threads, 0);
        if (frame->previous != NULL && self_of(frame) != NULL &&
            sw_thread_number_varies_of(frame->previous->f_code, self_of(frame)))
            refuse(object, sw_thread_number_text);
    }
}

/* What imports looks at what has been imported, and runs other modules.  The bytecode of an import
 * says so itself; importlib's functions are called like others. */
static void begin_of_import(const struct mutes *mutes, const _PyInterpreterFrame *frame)
{
    int is_said = mutes->calling != NULL && mutes->calling == frame->previous &&
                  mutes->called.op == SW_OP_UNKNOWN;

    if (sw_code_kind_is_of_import(frame->f_code) && !is_said)
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
        sw_code_kind_of((PyCodeObject *)PyFunction_GET_CODE(hook)) == SW_CODE_PROGRAM)
        refuse(frame, "is ended by an exception, and threading.excepthook is the program's");
}

/* The last reference has gone, which is no operation: it may depend on what any other thread has
 * done with its own that this thread has it. */
static int is_finalizer(const _PyInterpreterFrame *frame)
{
    return frame->is_entry && strcmp(PyUnicode_AsUTF8(frame->f_code->co_name), "__del__") == 0;
}

/* What it says of a class is kept, and later not asked again: whoever asks looks at that (call.c). */
static int is_hook_of_abc(const _PyInterpreterFrame *frame)
{
    return strcmp(PyUnicode_AsUTF8(frame->f_code->co_name), "__subclasshook__") == 0 &&
           sw_code_kind_of(frame->f_code) == SW_CODE_PROGRAM;
}

/* ---- the trace function ---- */

static void on_call(struct mutes *mutes, PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;
    int depth = mutes->depth;

    enter(mutes, frame);
    if (!spillway_access_matters()) {
        if (!only_notes && mutes->depth > depth && is_called(inner, "Thread.start"))
            note_start(mutes, self_of(inner));
        return;
    }
    if (state_of(mutes) == SW_CODE_PROGRAM) {
        if (is_finalizer(inner) || is_hook_of_abc(inner))
            announce_of(SW_OP_UNKNOWN, NULL, 0);
        enter_from_c(mutes, inner);
    } else if (mutes->depth > depth && state_of(mutes) == SW_CODE_MUTED) {
        begin_of_threading(mutes, frame);
        begin_of_import(mutes, inner);
    }
}

static void on_bytecode(struct mutes *mutes, PyFrameObject *frame)
{
    const struct call_back *back = back_of(mutes, frame->f_frame);

    if (back != NULL && sw_operation_ends(frame->f_frame))
        announce(&back->operation);
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

    if (mutes->start == inner)
        mutes->start = NULL;
    if (!raises)
        end_of_import(inner);
    if (back_of(mutes, inner) != NULL) {
        if (raises && matters)
            announce(&mutes->backs[mutes->back_count - 1].operation);
        mutes->back_count--;
        /* The C code goes on, and may call once more: a generator's next value. */
        mutes->calling = inner->previous;
        mutes->called = mutes->backs[mutes->back_count].operation;
    }
    if (matters && is_top && state_of(mutes) == SW_CODE_PROGRAM && is_run(inner)) {
        if (raises)
            end_by_exception(frame);
        announce_of(SW_OP_WRITE, self_of(inner->previous), END_PART);
    } else if (matters && is_top && state_of(mutes) == SW_CODE_MUTED && !raises)
        end_of_threading(frame);
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
    else if (what == PyTrace_CALL && is_body && is_run(inner) && self_of(inner->previous) != NULL)
        sw_access_note_begin(frame, self_of(inner->previous));
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
    PyMem_Free(mutes->started);
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

    return mutes != NULL && mutes->start != NULL && mutes->start == tstate->cframe->current_frame;
}

static PyObject *start_new_thread(PyObject *module, PyObject *args, PyObject *kwargs)
{
    (void)module;
    if (spillway_access_matters() && !has_said_so(PyThreadState_Get()))
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
    if (thread != NULL && dangling == NULL && sw_file_object_begin() == 0 &&
        sw_exposed_begin() == 0 && sw_code_kind_begin(path) == 0) {
        sw_view_object_begin();
        sw_identity_begin();
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
