/* SPDX-License-Identifier: MIT */
#include "cpython.h"

#include "dump.h"

#include <string.h>
#include <unistd.h>

#include "slice.h"
#include "tasklet.h"
#include "thread.h"

/* Of a list that may be broken, or be changed meanwhile: no walk may go on for ever. */
enum { THREADS_MAX = 10000, TASKLETS_MAX = 100000, FRAMES_MAX = 100 };

static void put(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        return; /* nobody is left to tell */
}

/* As faulthandler prints thread ids, so that the two can be compared. */
static void put_pointer(int fd, unsigned long value)
{
    char text[19] = "0x";

    for (int i = 0; i < 16; i++)
        text[2 + i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
    text[18] = '\0';
    put(fd, text);
}

static void put_frame(int fd, slp_cpython_frame *frame)
{
    const PyCodeObject *code = slp_cpython_frame_code(frame);
    int line = slp_cpython_frame_line(frame);

    put(fd, "  File \"");
    _Py_DumpASCII(fd, code->co_filename);
    put(fd, "\", line ");
    _Py_DumpDecimal(fd, line > 0 ? (size_t)line : 0);
    put(fd, " in ");
    _Py_DumpASCII(fd, code->co_name);
    put(fd, "\n");
}

static void put_frames(int fd, const slp_tasklet *t)
{
    const slp_cpython_cframe *cframe = slp_slice_find(&t->slice, t->state.cframe);
    slp_cpython_frame *frame = slp_cpython_cframe_frame(cframe);
    int i = 0;

    for (; frame != NULL && i < FRAMES_MAX; frame = slp_cpython_frame_previous(frame), i++)
        put_frame(fd, frame);
    if (frame != NULL)
        put(fd, "  ...\n");
}

static void put_state(int fd, const slp_tasklet *t)
{
    if (t->direction != 0) {
        put(fd, t->direction > 0 ? ", sends to channel " : ", receives from channel ");
        put_pointer(fd, (unsigned long)t->channel);
    } else {
        put(fd, t->scheduled ? ", runnable" : t->in_run ? ", in run()" : ", paused");
    }
}

static void put_tasklet(int fd, const slp_tasklet *t, size_t number)
{
    if (t == t->thread->current || t->slice.used == 0)
        return;
    if (number == 0) {
        put(fd, "Main tasklet");
    } else {
        put(fd, "Tasklet ");
        _Py_DumpDecimal(fd, number);
    }
    put(fd, " of thread ");
    put_pointer(fd, t->thread->ident);
    put_state(fd, t);
    put(fd, "\n");
    put_frames(fd, t);
}

/* The list has the newest first. */
static void put_thread(int fd, const struct slp_thread *thread)
{
    size_t count = 0;

    if (thread->main != NULL)
        put_tasklet(fd, thread->main, 0);
    for (const slp_tasklet *t = thread->started; t != NULL && count < TASKLETS_MAX;
         t = t->started_next)
        count++;
    for (const slp_tasklet *t = thread->started; t != NULL && count > 0; t = t->started_next)
        put_tasklet(fd, t, count--);
}

void slp_dump_tasklets(int fd)
{
    const struct slp_thread *thread = slp_thread_first();

    for (int i = 0; thread != NULL && i < THREADS_MAX; thread = thread->next, i++)
        put_thread(fd, thread);
}
