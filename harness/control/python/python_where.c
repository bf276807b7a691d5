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

/* ---- CPython 3.11 to 3.13 ---- */

/* Where in its structs something is, in all of that version. */
struct layout {
    unsigned version; /* of Py_Version, the upper half */
    int state_cframe; /* -1: the state has the frame itself, at cframe_frame */
    int cframe_frame;
    int frame_code;
    int frame_previous;
    int frame_owner; /* SHIM there: C code has called the evaluation loop, without a function */
    int code_first_traceable;
    int code_instructions;
};

static const struct layout layouts[] = {
    {0x030b, 56, 8, 32, 48, 69, 168, 184},
    {0x030c, 56, 0, 0, 8, 70, 176, 192},
    {0x030d, -1, 72, 0, 8, 70, 184, 200},
};

enum {
    SHIM = 3,
    FRAME_INSTRUCTION = 56,
    CODE_FILE = 112,
    CODE_QUALNAME = 128,
};

typedef const char *text_function(void *text, intptr_t *size);
typedef int place_function(void *code, int offset, int *line, int *column, int *end_line,
                           int *end_column);

static struct {
    const struct layout *layout;
    text_function *text;
    place_function *place;
} cpython;

static int find_layout(void)
{
    const unsigned long *version = dlsym(RTLD_DEFAULT, "Py_Version");

    for (size_t i = 0; version != NULL && i < sizeof layouts / sizeof *layouts; i++)
        if (*version >> 16 == layouts[i].version)
            cpython.layout = &layouts[i];
    return cpython.layout != NULL;
}

static int is_known_cpython(void)
{
    static int known = -1;

    if (known < 0)
        known = find_layout() && FIND(cpython.text, "PyUnicode_AsUTF8AndSize") &&
                FIND(cpython.place, "PyCode_Addr2Location");
    return known;
}

static void *at(const void *base, int offset)
{
    return *(void *const *)((const char *)base + offset);
}

/* A frame whose first instruction has not come has no line yet. */
static int take_frame(struct sw_explain_site *site, const void *frame)
{
    const struct layout *layout = cpython.layout;
    void *code = at(frame, layout->frame_code);
    const char *instruction = at(frame, FRAME_INSTRUCTION);

    if (((const char *)frame)[layout->frame_owner] == SHIM)
        return 0;
    int offset = (int)(instruction - ((const char *)code + layout->code_instructions));
    int first = *(const int *)((const char *)code + layout->code_first_traceable);
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
    const struct layout *layout = cpython.layout;
    const void *holder = layout->state_cframe < 0 ? state : at(state, layout->state_cframe);
    const void *frame = holder != NULL ? at(holder, layout->cframe_frame) : NULL;

    for (int i = 0; frame != NULL && i < FRAMES_MAX && !take_frame(site, frame); i++)
        frame = at(frame, layout->frame_previous);
}

/* ---- CPython 3.9 and 3.10, which have no dump and whose frames are objects ---- */

enum {
    STATE_FRAME = 24,
    OBJECT_BACK = 24,
    OBJECT_CODE = 32,
    OBJECT_CODE_FILE = 104,
    OBJECT_CODE_NAME = 112,
};

static int (*line_of)(const void *frame);

static int has_frame_objects(void)
{
    static int known = -1;
    const char *(*get)(void);

    if (known < 0)
        known = FIND(get, "Py_GetVersion") &&
                (strncmp(get(), "3.9.", 4) == 0 || strncmp(get(), "3.10.", 5) == 0) &&
                FIND(cpython.text, "PyUnicode_AsUTF8AndSize") &&
                FIND(line_of, "PyFrame_GetLineNumber");
    return known;
}

static void walk_objects(struct sw_explain_site *site, const void *state)
{
    const void *frame = at(state, STATE_FRAME);
    int says_more = 0;

    for (int i = 0; frame != NULL && i < FRAMES_MAX && !says_more; i++) {
        const void *code = at(frame, OBJECT_CODE);
        intptr_t file_size = 0, name_size = 0;
        const char *file = cpython.text(at(code, OBJECT_CODE_FILE), &file_size);
        const char *name = cpython.text(at(code, OBJECT_CODE_NAME), &name_size);
        int line = line_of(frame);
        if (line > 0 && file != NULL && name != NULL)
            says_more =
                take(site, file, (size_t)file_size, name, (size_t)name_size, (uint32_t)line);
        frame = at(frame, OBJECT_BACK);
    }
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
    void *state =
        is_known_cpython() || has_frame_objects() || has_dump() ? state_of_thread() : NULL;

    site->line = 0;
    site->column = site->column_end = 0;
    if (state == NULL)
        return;
    if (is_known_cpython())
        walk(site, state);
    else if (has_frame_objects())
        walk_objects(site, state);
    else
        read_dump(site, state);
}
