/* SPDX-License-Identifier: MIT
 *
 * thread_book.h - threading's book of its threads, whose bytecodes are not looked at: what is announced
 * in place of them.
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
 */
#ifndef SW_THREAD_BOOK_H
#define SW_THREAD_BOOK_H

#include <Python.h>

#include <internal/pycore_frame.h>
#include <stdint.h>

/* A thread's.  Zeroed, it has started none. */
struct sw_thread_book {
    const _PyInterpreterFrame *start; /* of Thread.start(), which has said so */
    const PyObject **started; /* threads that it has started.  Owned; the threads are not held */
    int started_count, started_room;
    uint64_t started_in; /* that schedule */
};

/* A frame of threading's own begins, that the program has called; it has returned. */
void sw_thread_book_begin(struct sw_thread_book *book, PyFrameObject *frame);
void sw_thread_book_end(PyFrameObject *frame);
/* A begin while nothing matters yet: who has started what is noted all the same. */
void sw_thread_book_note(struct sw_thread_book *book, const _PyInterpreterFrame *frame);
/* A thread is started, by whatever name; the body of one has ended, or is ended by an exception, of
 * which threading calls its hook unseen. */
void sw_thread_book_announce_start(void);
void sw_thread_book_announce_end(const _PyInterpreterFrame *body);
void sw_thread_book_end_by_exception(PyFrameObject *body);
/* The self of a method's frame; NULL: it has none. */
PyObject *sw_thread_book_self(const _PyInterpreterFrame *frame);
void sw_thread_book_free(struct sw_thread_book *book);

#endif
