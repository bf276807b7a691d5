/* SPDX-License-Identifier: MIT */
#include "format_text.h"

#include <string.h>

/* A field's name goes from its brace up to one of these; a field may stand in another one's form. */
static int has_part(const char *field)
{
    size_t length = strcspn(field, "!:{}");

    return memchr(field, '.', length) != NULL || memchr(field, '[', length) != NULL;
}

int sw_format_text_looks_inside(PyObject *text)
{
    const char *at = PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : NULL;

    if (at == NULL) {
        PyErr_Clear();
        return 1;
    }
    for (at = strchr(at, '{'); at != NULL; at = strchr(at + 1, '{'))
        if (has_part(at + 1))
            return 1;
    return 0;
}
