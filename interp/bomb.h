/* SPDX-License-Identifier: MIT
 *
 * bomb.h - an exception in transit, packed so that it fits into a mailbox.
 *
 * Programs can make one (stackless.bomb), keep it, and send it more than once; what
 * is in it does not change then.
 */
#ifndef SLP_BOMB_H
#define SLP_BOMB_H

#include <Python.h>

typedef struct slp_bomb {
    PyObject_HEAD
    PyObject *type;      /* owned; NULL once exploded, when nobody else has it */
    PyObject *value;     /* owned, may be NULL */
    PyObject *traceback; /* owned, may be NULL */
} slp_bomb;

extern PyTypeObject slp_bomb_type;
#define slp_bomb_check(object) (Py_TYPE(object) == &slp_bomb_type)

/* Packs type(*args): send_exception's way.  NULL with an exception. */
PyObject *slp_bomb_new(PyObject *type, PyObject *args);
/* Packs what "raise" would raise: a class or an instance, a value, a traceback
 * (each but the first may be NULL or None).  NULL with an exception. */
PyObject *slp_bomb_throw(PyObject *type, PyObject *value, PyObject *traceback);
/* Packs the exception that is set, and clears it.  NULL with an exception. */
PyObject *slp_bomb_fetch(void);
/* Makes what is in earlier the __context__ of what is in bomb; both become
 * instances.  Runs Python code. */
void slp_bomb_chain(PyObject *bomb, PyObject *earlier);
/* Raises what is in it; consumes the reference.  Whoever else holds it can raise it, too. */
void slp_bomb_explode(PyObject *bomb);

#endif
