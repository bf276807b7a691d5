/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "thread_book.h"

#include <string.h>

#include "announce.h"
#include "code_kind.h"
#include "identity.h"
#include "thread_number.h"
#include "value_find.h"

/* Of libspillway.so, which is in the process already. */
extern int spillway_access_behind(const void *address, uint64_t part);
extern uint64_t spillway_access_schedule(void);

static char all_threads; /* its address is the name of threading's book */
enum { END_PART = 1, NAMES_PART = 1 };

PyObject *sw_thread_book_self(const _PyInterpreterFrame *frame)
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
        sw_announce_of(frame->f_code->co_argcount > 1 ? SW_OP_WRITE : SW_OP_READ,
                       sw_thread_book_self(frame), sw_operation_part(name));
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
static void note_start(struct sw_thread_book *book, const PyObject *thread)
{
    if (book->started_in != spillway_access_schedule())
        book->started_count = 0;
    book->started_in = spillway_access_schedule();
    if (book->started_count == book->started_room) {
        int room = 2 * book->started_room + 16;
        const PyObject **more = PyMem_Realloc(book->started, (size_t)room * sizeof *more);
        if (more == NULL)
            return;
        book->started = more;
        book->started_room = room;
    }
    book->started[book->started_count++] = thread;
}

static int has_started(const struct sw_thread_book *book, const PyObject *thread)
{
    int i = 0, count = book->started_in == spillway_access_schedule() ? book->started_count : 0;

    while (i < count && book->started[i] != thread)
        i++;
    return i < count;
}

/* What threading does where two start one thread at a time is more than a step. */
static int is_started_by_another(const struct sw_thread_book *book, PyObject *thread)
{
    PyObject *name = PyUnicode_InternFromString("_started"), *event = NULL, *flag = NULL;

    if (name != NULL && thread != NULL)
        event = sw_value_find_attribute(thread, name);
    Py_XSETREF(name, PyUnicode_InternFromString("_flag"));
    if (name != NULL && event != NULL)
        flag = sw_value_find_attribute(event, name);
    int is = flag == Py_True && !has_started(book, thread);
    PyErr_Clear();
    Py_XDECREF(flag);
    Py_XDECREF(event);
    Py_XDECREF(name);
    return is;
}

void sw_thread_book_begin(struct sw_thread_book *book, PyFrameObject *object)
{
    const _PyInterpreterFrame *frame = object->f_frame;

    if (is_called(frame, "Thread.start")) {
        sw_announce_of(SW_OP_WRITE, &all_threads, 0);
        book->start = frame;
        if (is_started_by_another(book, sw_thread_book_self(frame)))
            sw_announce_refuse(object, "starts a thread that another has started");
        note_start(book, sw_thread_book_self(frame));
    }
    if (is_called(frame, "Thread.join") && !has_started(book, sw_thread_book_self(frame)))
        sw_announce_of(SW_OP_READ, &all_threads, 0);
    if (is_called(frame, "Thread.is_alive") || is_impatient_join(frame))
        sw_announce_of(SW_OP_READ, sw_thread_book_self(frame), END_PART);
    else if (is_called(frame, "enumerate") || is_called(frame, "active_count") ||
             is_called(frame, "Thread.__repr__"))
        sw_announce_of(SW_OP_UNKNOWN, NULL, 0);
    else if (gets_a_number(frame))
        sw_announce_of(SW_OP_WRITE, &all_threads, NAMES_PART);
    else if (is_called(frame, "Thread.name") || is_called(frame, "Thread.getName") ||
             is_called(frame, "Thread.setName"))
        announce_property(frame, "_name");
    else if (is_called(frame, "Thread.daemon") || is_called(frame, "Thread.isDaemon") ||
             is_called(frame, "Thread.setDaemon"))
        announce_property(frame, "_daemonic");
    else if (is_called(frame, "Thread.ident") || is_called(frame, "Thread.native_id")) {
        sw_announce_of(SW_OP_READ, &all_threads, 0);
        if (frame->previous != NULL && sw_thread_book_self(frame) != NULL &&
            sw_thread_number_varies_of(frame->previous->f_code, sw_thread_book_self(frame)))
            sw_announce_refuse(object, sw_thread_number_text);
    }
}

void sw_thread_book_end(PyFrameObject *frame)
{
    const _PyInterpreterFrame *inner = frame->f_frame;

    if (!is_called(inner, "Thread.join") || is_impatient_join(inner))
        return;
    const void *name = sw_identity_of(sw_thread_book_self(inner));
    PyThreadState *tstate = PyEval_SaveThread();
    int has_ended = spillway_access_behind(name, END_PART);
    PyEval_RestoreThread(tstate);
    if (!has_ended)
        sw_announce_refuse(frame, "joins a thread that goes on");
}

void sw_thread_book_end_by_exception(PyFrameObject *frame)
{
    static const char name[] = "excepthook";
    PyObject *names = frame->f_frame->previous->f_globals, *text = PyUnicode_InternFromString(name);

    if (text != NULL)
        sw_announce_of(SW_OP_READ, names, sw_operation_part(text));
    Py_XDECREF(text);
    PyObject *hook = PyDict_GetItemString(names, name);
    if (hook != NULL && PyFunction_Check(hook) &&
        sw_code_kind_of((PyCodeObject *)PyFunction_GET_CODE(hook)) == SW_CODE_PROGRAM)
        sw_announce_refuse(frame,
                           "is ended by an exception, and threading.excepthook is the program's");
}

void sw_thread_book_note(struct sw_thread_book *book, const _PyInterpreterFrame *frame)
{
    if (is_called(frame, "Thread.start"))
        note_start(book, sw_thread_book_self(frame));
}

void sw_thread_book_announce_start(void)
{
    sw_announce_of(SW_OP_WRITE, &all_threads, 0);
}

void sw_thread_book_announce_end(const _PyInterpreterFrame *body)
{
    sw_announce_of(SW_OP_WRITE, sw_thread_book_self(body->previous), END_PART);
}

void sw_thread_book_free(struct sw_thread_book *book)
{
    PyMem_Free(book->started);
}
