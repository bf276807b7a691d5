/* SPDX-License-Identifier: MIT
 *
 * frames_311.h - frames, what they hang on, and where they are.
 *
 * _PyEval_EvalFrameDefault() has a _PyCFrame on its C stack, which is linked to
 * that of the call below it (previous); the thread state points to the newest.
 * Calls from Python to Python make no new one: their frames hang on the same
 * cframe, the innermost at current_frame, and are linked by previous across all
 * cframes.  The frames themselves are on the data stack, or in a generator.
 */
#ifndef SLP_FRAMES_311_H
#define SLP_FRAMES_311_H

#include "interp/cpython.h"

#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_pystate.h>

/* ---- frames ---- */

typedef _PyCFrame slp_cpython_cframe;
typedef struct _PyInterpreterFrame slp_cpython_frame;

static inline slp_cpython_cframe *slp_cpython_cframe_of(const PyThreadState *tstate)
{
    return tstate->cframe;
}

static inline void slp_cpython_set_cframe(PyThreadState *tstate, slp_cpython_cframe *cframe)
{
    tstate->cframe = cframe;
}

/* The one that is in the thread state and not on a C stack: no frame hangs on it.
 * What reads the frames without the GIL (faulthandler) finds it harmless. */
static inline void slp_cpython_set_no_cframe(PyThreadState *tstate)
{
    tstate->cframe = &tstate->root_cframe;
}

/* The first of a new tasklet, on its own C stack. */
static inline void slp_cpython_begin_cframe(slp_cpython_cframe *root, PyThreadState *tstate)
{
    root->use_tracing = 0;
    root->current_frame = NULL;
    root->previous = &tstate->root_cframe;
}

/* The innermost frame that hangs on it; NULL: none. */
static inline slp_cpython_frame *slp_cpython_cframe_frame(const slp_cpython_cframe *cframe)
{
    return cframe->current_frame;
}

static inline slp_cpython_cframe *slp_cpython_cframe_previous(const slp_cpython_cframe *cframe)
{
    return cframe->previous;
}

/* *proxy takes the place of *real, which is about to be moved; end is what it is
 * linked to, and is known by being linked to itself. */
static inline void slp_cpython_proxy_cframe(slp_cpython_cframe *proxy, slp_cpython_cframe *end,
                                            const slp_cpython_cframe *real)
{
    proxy->use_tracing = real->use_tracing;
    proxy->current_frame = real->current_frame;
    proxy->previous = end;
    end->previous = end;
}

/* Tracing may have been switched on or off meanwhile: that is the only thing about
 * a cframe that is changed from further up the stack. */
static inline void slp_cpython_follow_proxy(slp_cpython_cframe *real,
                                            const slp_cpython_cframe *proxy)
{
    real->use_tracing = proxy->use_tracing;
}

/* Who called it, on whatever cframe that hangs; NULL: nobody. */
static inline slp_cpython_frame *slp_cpython_frame_previous(const slp_cpython_frame *frame)
{
    return frame->previous;
}

/* For a traversal: what a frame of the data stack owns.  Whatever is on its value stack while it
 * calls C is known to the evaluation loop alone, and is left out; so is a generator's frame, which
 * is visited with the generator. */
static inline int slp_cpython_frame_visit(const slp_cpython_frame *frame, visitproc visit,
                                          void *arg)
{
    if (frame->owner != FRAME_OWNED_BY_THREAD)
        return 0;
    int count = frame->f_code->co_nlocalsplus;

    Py_VISIT(frame->frame_obj);
    Py_VISIT(frame->f_locals);
    Py_VISIT(frame->f_func);
    Py_VISIT(frame->f_code);
    for (int i = 0; i < (frame->stacktop > count ? frame->stacktop : count); i++)
        Py_VISIT(frame->localsplus[i]);
    return 0;
}

static inline PyCodeObject *slp_cpython_frame_code(const slp_cpython_frame *frame)
{
    return frame->f_code;
}

/* What a code object is called, and where it begins: the file's last part; "?": not known. */
static inline const char *slp_cpython_code_name(const PyCodeObject *code)
{
    const char *name = PyUnicode_AsUTF8(code->co_qualname);

    if (name == NULL)
        PyErr_Clear();
    return name != NULL ? name : "?";
}

static inline const char *slp_cpython_code_file(const PyCodeObject *code)
{
    const char *file = PyUnicode_AsUTF8(code->co_filename);
    const char *last = file != NULL ? strrchr(file, '/') : NULL;

    if (file == NULL)
        PyErr_Clear();
    return last != NULL ? last + 1 : (file != NULL ? file : "?");
}

static inline int slp_cpython_code_line(const PyCodeObject *code)
{
    return code->co_firstlineno;
}

/* Needs no GIL, allocates nothing. */
static inline int slp_cpython_frame_line(slp_cpython_frame *frame)
{
    return PyCode_Addr2Line(frame->f_code,
                            _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT));
}

/* Its variables, cells and value stack.  *count is how many there is room for; what
 * is above the top of the stack is left over from other frames. */
static inline PyObject *const *slp_cpython_frame_slots(const slp_cpython_frame *frame,
                                                       size_t *count)
{
    *count = (size_t)frame->f_code->co_nlocalsplus + (size_t)frame->f_code->co_stacksize;
    return frame->localsplus;
}

/* The frame object of a frame, which is made at first use.  The public way to it
 * leads through a thread state, so the running one pretends for a moment to be
 * there; nothing is run meanwhile.  New reference, or NULL with MemoryError. */
static inline PyObject *slp_cpython_frame_object(slp_cpython_frame *frame)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyCFrame *real = tstate->cframe;
    _PyCFrame pretended = {.current_frame = frame, .previous = real};

    tstate->cframe = &pretended;
    PyObject *object = (PyObject *)PyThreadState_GetFrame(tstate);
    tstate->cframe = real;
    if (object == NULL && !PyErr_Occurred())
        object = Py_NewRef(Py_None);
    return object;
}

/* ---- the data stack ----
 *
 * Where frames are: a list of chunks, newest first.  The loop puts a frame at top,
 * and gets another chunk by the arena allocator when the frame would cross limit.
 * A chunk is given back when its first frame goes; the root's first slot stays
 * empty, so that it never does.  top of a chunk is valid while a newer one is used. */

typedef _PyStackChunk slp_cpython_chunk;

enum { SLP_CPYTHON_CHUNK_BYTES = 16 * 1024 }; /* DATA_STACK_CHUNK_SIZE, unless a frame needs more */

struct slp_cpython_datastack {
    slp_cpython_chunk *chunk; /* the newest; NULL: none yet */
    PyObject **top;
    PyObject **limit;
};

static inline slp_cpython_chunk **slp_cpython_chunk_previous(slp_cpython_chunk *chunk)
{
    return &chunk->previous;
}

static inline slp_cpython_chunk *slp_cpython_chunk_root(const slp_cpython_chunk *chunk)
{
    while (__builtin_expect(chunk->previous != NULL, 0))
        chunk = chunk->previous;
    return (slp_cpython_chunk *)chunk;
}

/* The first slot: of a root nobody uses it, of others it is a frame's.  Those behind it are
 * nobody's, too, in a root that slp_cpython_begin_datastack() was told so of. */
static inline PyObject **slp_cpython_chunk_slot(slp_cpython_chunk *chunk)
{
    return &chunk->data[0];
}

static inline size_t slp_cpython_chunk_bytes(const slp_cpython_chunk *chunk)
{
    return chunk->size;
}

static inline void slp_cpython_begin_chunk(slp_cpython_chunk *chunk, size_t bytes)
{
    chunk->previous = NULL;
    chunk->size = bytes;
    chunk->top = 0;
}

static inline slp_cpython_chunk *slp_cpython_chunk_of(const PyThreadState *tstate)
{
    return tstate->datastack_chunk;
}

static inline void slp_cpython_save_datastack(struct slp_cpython_datastack *to,
                                              const PyThreadState *tstate)
{
    to->chunk = tstate->datastack_chunk;
    to->top = tstate->datastack_top;
    to->limit = tstate->datastack_limit;
}

static inline void slp_cpython_load_datastack(PyThreadState *tstate,
                                              const struct slp_cpython_datastack *from)
{
    tstate->datastack_chunk = from->chunk;
    tstate->datastack_top = from->top;
    tstate->datastack_limit = from->limit;
}

/* An empty one with this root; NULL: the loop makes one at the first frame.  The root's first
 * slots are nobody's: so many, at least one. */
static inline void slp_cpython_begin_datastack(PyThreadState *tstate, slp_cpython_chunk *root,
                                               int slots)
{
    tstate->datastack_chunk = root;
    tstate->datastack_top = root != NULL ? &root->data[slots] : NULL;
    tstate->datastack_limit = root != NULL ? (PyObject **)((char *)root + root->size) : NULL;
}

/* ---- what others hang on a code object ----
 *
 * A pointer at an index that is asked for once in a process; free is called with it when the code
 * is deallocated, and with the old one when another is set. */

/* Or -1: all are taken. */
static inline Py_ssize_t slp_cpython_code_extra_index(void (*free)(void *))
{
    return _PyEval_RequestCodeExtraIndex(free);
}

/* NULL: nothing is there. */
static inline void *slp_cpython_code_extra(PyCodeObject *code, Py_ssize_t index)
{
    void *extra = NULL;

    (void)_PyCode_GetExtra((PyObject *)code, index, &extra);
    return extra;
}

/* 0, or -1 without memory; there is no exception then. */
static inline int slp_cpython_set_code_extra(PyCodeObject *code, Py_ssize_t index, void *extra)
{
    return _PyCode_SetExtra((PyObject *)code, index, extra);
}

#endif
