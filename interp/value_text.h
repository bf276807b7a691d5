/* SPDX-License-Identifier: MIT
 *
 * value_text.h - values, tasklets and channels, as reports show them.
 *
 * No Python code is run: only what is exactly a str, an int or the like shows its
 * repr.  A pending exception stays as it is.  All calls need the GIL.
 */
#ifndef SLP_VALUE_TEXT_H
#define SLP_VALUE_TEXT_H

#include "cpython.h"

#include <stdint.h>

#include "channel.h"
#include "tasklet.h"

/* Enough for 60 characters of UTF-8, cut there. */
enum { SLP_VALUE_TEXT_MAX = 256 };

/* As much of a plain object (an exact str, bytes, int, float, bool or None) as its repr
 * shows, without a reference to it. */
struct slp_value_copy {
    enum { SLP_VALUE_COPY_NONE, SLP_VALUE_COPY_CONSTANT, SLP_VALUE_COPY_STR, SLP_VALUE_COPY_BYTES,
           SLP_VALUE_COPY_INT, SLP_VALUE_COPY_FLOAT } kind;
    int width;          /* STR: bytes a character */
    Py_ssize_t length;  /* STR, BYTES, INT */
    PyObject *constant; /* CONSTANT: None, True or False */
    double number;      /* FLOAT */
    unsigned char bytes[4 * 60];
};

/* kind NONE: it is not plain. */
void slp_value_text_copy(PyObject *object, struct slp_value_copy *copy);
/* Its repr, as of the object.  NONE: "<Type #3>" with the type's name and the number.  Returns
 * buf. */
char *slp_value_text_of_copy(const struct slp_value_copy *copy, const char *type, uint32_t number,
                             char *buf, size_t size);
/* "'chunk'"; "<Type #3>", or "<Type>" if number is 0; of a bomb the type of the exception;
 * "nothing" for NULL.  Returns buf. */
char *slp_value_text_object(PyObject *object, uint32_t number, char *buf, size_t size);
/* "Type", or of a bomb that of the exception.  Valid as long as the object. */
const char *slp_value_text_type(PyObject *object);

/* The variable of the namespace that is bound to the object, the first in
 * alphabetical order: valid as long as the namespace.  NULL: none. */
const char *slp_value_text_variable(PyObject *namespace, const void *object);
/* That of the module __main__, borrowed; NULL: there is none, or Python ends. */
PyObject *slp_value_text_main_namespace(void);

/* The variable of __main__ that is bound to it, or "channel#N", in the order of creation.
 * Returns buf. */
char *slp_value_text_channel(const slp_channel *channel, char *buf, size_t size);
/* "main", "main of thread 2", "tasklet#3" (slp_tasklet.number, of one that may be gone).
 * Returns buf. */
char *slp_value_text_tasklet(uint32_t number, char *buf, size_t size);

#endif
