/* SPDX-License-Identifier: MIT */
#include "file_object.h"

#include <string.h>
#include <sys/stat.h>

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

static char all_files; /* its address is their name */

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
    /* A part of all files, never 0, which would be all of them. */
    sw_touch_add(operation, SW_OP_WRITE, &all_files,
                 ((uint64_t)status.st_ino ^ (uint64_t)status.st_dev << 40) << 1 | 1);
}
