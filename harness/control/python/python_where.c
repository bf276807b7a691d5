/* SPDX-License-Identifier: MIT */
#include "python_where.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "contract/library_frame.h"
#include "harness/control/engine/real.h"

#define FIND(function, name) ((*(void **)&(function) = dlsym(RTLD_DEFAULT, name)) != NULL)

/* A stack that is deeper is cut at its outer end, where a test's runner is. */
enum { FRAMES_MAX = 200, DUMP_MAX = 1 << 15 };

static void *state_of_thread(void)
{
    static void *(*get)(void);

    return get != NULL || FIND(get, "PyGILState_GetThisThreadState") ? get() : NULL;
}

/* The innermost frame counts until one comes that says more.  1: this one does. */
static int take(struct sw_explain_site *site, const char *file, size_t file_size,
                const char *function, size_t function_size, uint32_t line)
{
    char path[SW_EXPLAIN_FILE];

    snprintf(path, sizeof path, "%.*s", (int)file_size, file);
    int says_more = !sw_library_frame_is_dull_file(path);

    if (site->line != 0 && !says_more)
        return 0;
    strcpy(site->file, path);
    snprintf(site->function, sizeof site->function, "%.*s", (int)function_size, function);
    site->line = line;
    site->column = site->column_end = 0;
    return says_more;
}

/* ---- CPython 3.11 ---- */

enum { VERSION = 0x030b }; /* of Py_Version, the upper half */

/* Where in its structs something is, in all of 3.11. */
enum {
    STATE_CFRAME = 56,
    CFRAME_FRAME = 8,
    FRAME_CODE = 32,
    FRAME_PREVIOUS = 48,
    FRAME_INSTRUCTION = 56,
    CODE_FIRST_TRACEABLE = 168,
    CODE_FILE = 112,
    CODE_QUALNAME = 128,
    CODE_INSTRUCTIONS = 184,
};

typedef const char *text_function(void *text, intptr_t *size);
typedef int place_function(void *code, int offset, int *line, int *column, int *end_line,
                           int *end_column);

static struct {
    text_function *text;
    place_function *place;
} cpython;

static int is_known_cpython(void)
{
    static int known = -1;

    if (known < 0) {
        const unsigned long *version = dlsym(RTLD_DEFAULT, "Py_Version");
        known = version != NULL && *version >> 16 == VERSION &&
                FIND(cpython.text, "PyUnicode_AsUTF8AndSize") &&
                FIND(cpython.place, "PyCode_Addr2Location");
    }
    return known;
}

static void *at(const void *base, int offset)
{
    return *(void *const *)((const char *)base + offset);
}

/* A frame whose first instruction has not come has no line yet. */
static int take_frame(struct sw_explain_site *site, const void *frame)
{
    void *code = at(frame, FRAME_CODE);
    const char *instruction = at(frame, FRAME_INSTRUCTION);
    int offset = (int)(instruction - ((const char *)code + CODE_INSTRUCTIONS));
    int first = *(const int *)((const char *)code + CODE_FIRST_TRACEABLE);
    int line = -1, column = -1, end_line = -1, end_column = -1;
    intptr_t file_size = 0, function_size = 0;

    if (offset < 2 * first)
        return 0;
    cpython.place(code, offset, &line, &column, &end_line, &end_column);
    const char *file = cpython.text(at(code, CODE_FILE), &file_size);
    const char *function = cpython.text(at(code, CODE_QUALNAME), &function_size);
    if (line <= 0 || file == NULL || function == NULL)
        return 0;
    uint32_t before = site->line;
    int says_more =
        take(site, file, (size_t)file_size, function, (size_t)function_size, (uint32_t)line);
    if ((says_more || before == 0) && end_line == line && column >= 0 && end_column < 1 << 16) {
        site->column = (uint16_t)column;
        site->column_end = (uint16_t)end_column;
    }
    return says_more;
}

static void walk(struct sw_explain_site *site, const void *state)
{
    const void *cframe = at(state, STATE_CFRAME);
    const void *frame = cframe != NULL ? at(cframe, CFRAME_FRAME) : NULL;

    for (int i = 0; frame != NULL && i < FRAMES_MAX && !take_frame(site, frame); i++)
        frame = at(frame, FRAME_PREVIOUS);
}

/* ---- other versions ---- */

/* "  File "x.py", line 3 in f" */
static int take_line(struct sw_explain_site *site, const char *text)
{
    static const char begin[] = "  File \"";
    const char *file = text + sizeof begin - 1;
    const char *end =
        strncmp(text, begin, sizeof begin - 1) == 0 ? strstr(file, "\", line ") : NULL;

    if (end == NULL)
        return 0;
    char *rest;
    unsigned long line = strtoul(end + 8, &rest, 10);
    const char *function = strncmp(rest, " in ", 4) == 0 ? rest + 4 : "";
    return take(site, file, (size_t)(end - file), function, strcspn(function, "\n"),
                (uint32_t)line);
}

static void (*dump)(int, void *);

/* Python 2.7 has no dump.  It is not even asked for the thread's state: it finds that under a lock
 * of its own, so that the answer would be one more thing that happens, and ask again. */
static int has_dump(void)
{
    return dump != NULL || FIND(dump, "_Py_DumpTraceback");
}

/* The dump is written piece by piece to a file in memory, which is kept for the next. */
static void read_dump(struct sw_explain_site *site, void *state)
{
    static int fd = -1;
    static char text[DUMP_MAX];

    if (fd < 0)
        fd = (int)SW_REAL(syscall)(SYS_memfd_create, "spillway-where", 1 /* MFD_CLOEXEC */);
    if (fd < 0 || SW_REAL(lseek)(fd, 0, SEEK_SET) != 0 || ftruncate(fd, 0) != 0)
        return;
    dump(fd, state);
    ssize_t got =
        SW_REAL(lseek)(fd, 0, SEEK_SET) == 0 ? SW_REAL(read)(fd, text, sizeof text - 1) : 0;
    text[got > 0 ? got : 0] = '\0';
    for (const char *line = text; line != NULL && !take_line(site, line);
         line = (line = strchr(line, '\n')) != NULL ? line + 1 : NULL)
        ;
}

void sw_python_where_find(struct sw_explain_site *site)
{
    void *state = is_known_cpython() || has_dump() ? state_of_thread() : NULL;

    site->line = 0;
    site->column = site->column_end = 0;
    if (state == NULL)
        return;
    if (is_known_cpython())
        walk(site, state);
    else
        read_dump(site, state);
}
