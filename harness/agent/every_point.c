/* SPDX-License-Identifier: MIT */
#include "interp/cpython.h"

#include "every_point.h"

#include <stdio.h>
#include <string.h>

#include "contract/library_frame.h"
#include "event_writer.h"
#include "harness/control/entry/agent_api.h"
#include "own_cstack.h"
#include "pyobject_text.h"
#include "tasklet_names.h"

static const char *const point_names[] = {
#define POINT_NAME(id, name, flags, text) name,
    SLP_POINTS(POINT_NAME)
#undef POINT_NAME
};

static sw_text point_texts[SLP_POINT_COUNT];

/* ---- where ---- */

/* The last place that was written, since most events come several to a line. */
static struct {
    const PyCodeObject *code;
    int line;
    sw_text text;
} last;

/* A frame of the program's own: of the library of Python nobody wants the line, and the driver of a
 * plan, which has no file, is ours. */
static int is_of_program(const char *path)
{
    return *path != '<' && !sw_library_frame_is(path, strlen(path));
}

static sw_text write_place(slp_cpython_frame *frame, const char *path)
{
    const PyCodeObject *code = slp_cpython_frame_code(frame);
    int line = slp_cpython_frame_line(frame);

    if (code == last.code && line == last.line)
        return last.text;
    const char *name = PyUnicode_IS_COMPACT_ASCII(code->co_qualname)
                           ? (const char *)PyUnicode_1BYTE_DATA(code->co_qualname)
                           : "?";
    last.code = code;
    last.line = line;
    last.text = sw_event_writer_format("%s:%d %s", path, line > 0 ? line : 0, name);
    return last.text;
}

/* Only names that are plain ASCII are read: of others a copy would have to be allocated. */
static sw_text innermost_place(void)
{
    const PyThreadState *tstate = slp_cpython_tstate();
    const slp_cpython_cframe *cframe = tstate != NULL ? slp_cpython_cframe_of(tstate) : NULL;
    slp_cpython_frame *frame = cframe != NULL ? slp_cpython_cframe_frame(cframe) : NULL;

    for (; frame != NULL; frame = slp_cpython_frame_previous(frame)) {
        PyObject *path = slp_cpython_frame_code(frame)->co_filename;
        if (PyUnicode_IS_COMPACT_ASCII(path) &&
            is_of_program((const char *)PyUnicode_1BYTE_DATA(path)))
            return write_place(frame, (const char *)PyUnicode_1BYTE_DATA(path));
    }
    return 0;
}

static void annotate(struct sw_event *event)
{
    event->decision = (uint32_t)sw_agent_api_decisions();
    event->place = innermost_place();
}

/* ---- visits ---- */

/* "path:line function" of what is called. */
static sw_text beginning_of(void *value)
{
    const PyCodeObject *code = value;

    if (code == NULL || !PyCode_Check(value) || !PyUnicode_IS_COMPACT_ASCII(code->co_filename) ||
        !PyUnicode_IS_COMPACT_ASCII(code->co_qualname))
        return 0;
    return sw_event_writer_format("%s:%d %s", (const char *)PyUnicode_1BYTE_DATA(code->co_filename),
                                  code->co_firstlineno,
                                  (const char *)PyUnicode_1BYTE_DATA(code->co_qualname));
}

/* The points about channels have one in different places; what is no tasklet has no name here. */
static uint32_t append_visit(const struct slp_point_info *info)
{
    struct sw_event event = {.kind = SW_EVENT_VISIT};
    void *subject = info->subject, *object = info->object;

    if (subject != NULL && sw_pyobject_text_is_channel(subject)) {
        event.object = sw_tasklet_names_of_channel(sw_tasklet_names_channel(subject));
        subject = NULL;
    }
    if (object != NULL && sw_pyobject_text_is_channel(object)) {
        event.object = sw_tasklet_names_of_channel(sw_tasklet_names_channel(object));
        object = NULL;
    }
    event.who = sw_tasklet_names_of_tasklet(sw_tasklet_names_known_tasklet(subject));
    event.other = sw_tasklet_names_of_tasklet(sw_tasklet_names_known_tasklet(object));
    event.text = point_texts[info->point];
    if (info->point == SLP_POINT_RELEASE_ENTER || info->point == SLP_POINT_CALLBACK_ENTER)
        event.note = beginning_of(info->value);
    return sw_event_writer_append(&event);
}

/* A program is long, and the stream finite: of a value's path these are the hops, and the others would
 * take their room. */
static int is_hop(enum slp_point point)
{
    switch ((int)point) {
    case SLP_POINT_CHAN_ENQUEUE:
    case SLP_POINT_SWITCH_ARRIVE:
    case SLP_POINT_TASKLET_NEW:
    case SLP_POINT_TASKLET_UNCAUGHT:
    case SLP_POINT_TASKLET_LOST:
    case SLP_POINT_MAILBOX_DROP:
    case SLP_POINT_MAILBOX_DISPLACE:
    case SLP_POINT_MAILBOX_BURST:
    case SLP_POINT_MAILBOX_ASSIGN:
    case SLP_POINT_CALLBACK_FAILED:
    case SLP_POINT_DEADLOCK:
        return 1;
    default:
        return 0;
    }
}

void sw_every_point_visited(const struct slp_point_info *info, const void *frame)
{
    /* A call of C code that is not spilled: far more than all others, and says nothing. */
    if (info->point == SLP_POINT_EVAL_ENTER || (frame == NULL && !is_hop(info->point)))
        return;
    uint32_t number = append_visit(info);
    if (frame != NULL)
        sw_own_cstack_note(number, frame, (uintptr_t)&slp_point_visit);
}

void sw_every_point_start(void)
{
    for (int i = 0; i < SLP_POINT_COUNT; i++)
        point_texts[i] = sw_event_writer_text(point_names[i]);
    sw_event_writer_annotate_with(annotate);
}
