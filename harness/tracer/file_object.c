/* SPDX-License-Identifier: MIT */
#include "file_object.h"

#include <string.h>
#include <sys/stat.h>

#include "file_path.h"
#include "last_reference.h"
#include "touch.h"

/* The beginnings of the layouts of 3.11. */
struct file_io {
    PyObject_HEAD
    int fd;
};
struct buffered {
    PyObject_HEAD
    PyObject *raw;
};
struct text {
    PyObject_HEAD
    int ok;
    int detached;
    Py_ssize_t chunk;
    PyObject *buffer;
};

static int is(PyObject *object, const char *name)
{
    return object != NULL && strcmp(Py_TYPE(object)->tp_name, name) == 0;
}

static int is_buffered(PyObject *object)
{
    return is(object, "_io.BufferedReader") || is(object, "_io.BufferedWriter") ||
           is(object, "_io.BufferedRandom");
}

int sw_file_object_is(PyObject *object)
{
    return is(object, "_io.FileIO") || is_buffered(object) || is(object, "_io.TextIOWrapper");
}

/* -1: none, or of another kind below. */
static int descriptor(PyObject *file)
{
    if (is(file, "_io.TextIOWrapper"))
        file = ((struct text *)file)->buffer;
    if (is_buffered(file))
        file = ((struct buffered *)file)->raw;
    return is(file, "_io.FileIO") ? ((struct file_io *)file)->fd : -1;
}

/* Standard output and error are what a program is heard by, and itself does not read. */
enum { STANDARD_LAST = 2 };

void sw_file_object_touch(PyObject *file, struct operation *operation)
{
    int fd = descriptor(file);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0 || (!S_ISREG(status.st_mode) && fd > STANDARD_LAST)) {
        sw_touch_anything(operation);
        return;
    }
    sw_touch_add(operation, SW_OP_WRITE, sw_file_path_all(), sw_file_path_of(&status));
}

/* ---- the last reference ---- */

/* Those of C code with a buffer to write. */
static struct {
    const char *name;
    PyTypeObject *type;
    destructor ends;
} writers[] = {
    {"TextIOWrapper", NULL, NULL}, {"BufferedWriter", NULL, NULL}, {"BufferedRandom", NULL, NULL}};

static void end(PyObject *file, destructor ends)
{
    struct operation operation = {.op = SW_OP_NONE};

    if (descriptor(file) >= 0)
        sw_file_object_touch(file, &operation);
    if (!sw_last_reference_announce(file, &operation))
        ends(file);
}

static void on_end(PyObject *file)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(writers); i++)
        if (PyType_IsSubtype(Py_TYPE(file), writers[i].type)) {
            end(file, writers[i].ends);
            return;
        }
}

int sw_file_object_begin(void)
{
    PyObject *io = PyImport_ImportModule("_io");

    for (size_t i = 0; io != NULL && i < Py_ARRAY_LENGTH(writers); i++) {
        PyObject *type = PyObject_GetAttrString(io, writers[i].name);
        if (type == NULL)
            Py_CLEAR(io);
        else {
            writers[i].type = (PyTypeObject *)type; /* lives as long as the process */
            writers[i].ends = writers[i].type->tp_dealloc;
            writers[i].type->tp_dealloc = on_end;
        }
    }
    Py_XDECREF(io);
    return io != NULL ? 0 : -1;
}
