/* SPDX-License-Identifier: MIT
 *
 * library_frame.h - which lines of a Python stack are not of the program: by the names of folders
 * that Python's own library has on any system, and by the starter's, which begins a test.
 *
 * A report that explains tells of packages, too: the one that is under test may be installed.  What
 * it leaves out is Python's own library, and what runs tests.
 */
#ifndef SW_LIBRARY_FRAME_H
#define SW_LIBRARY_FRAME_H

#include <stddef.h>
#include <string.h>

/* All of its files begin so: spillway_starter.py, spillway_starter_calling.py, ... */
static inline int sw_library_frame_is_starters(const char *line, size_t size)
{
    return memmem(line, size, "spillway_starter.py", 19) != NULL ||
           memmem(line, size, "/spillway_starter_", 18) != NULL;
}

static inline int sw_library_frame_is(const char *line, size_t size)
{
    static const char *const folders[] = {"/lib/python", "/lib-python/", "/lib_pypy/", "\"<frozen",
                                          "/lib/pypy"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (memmem(line, size, folders[i], strlen(folders[i])) != NULL)
            return 1;
    return sw_library_frame_is_starters(line, size);
}

static inline int sw_library_frame_is_dull(const char *line, size_t size)
{
    static const char *const runners[] = {"/_pytest/", "/pluggy/", "/pytest/"};

    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++)
        if (memmem(line, size, runners[i], strlen(runners[i])) != NULL)
            return 1;
    return memmem(line, size, "-packages/", 10) == NULL && sw_library_frame_is(line, size);
}

/* The same of a file's name alone, without the quote that a line of a stack has before it. */
static inline int sw_library_frame_is_dull_file(const char *path)
{
    int is_frozen = strncmp(path, "<frozen", 7) == 0 && strstr(path, "-packages/") == NULL;

    return is_frozen || sw_library_frame_is_dull(path, strlen(path));
}

#endif
