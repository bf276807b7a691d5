/* SPDX-License-Identifier: MIT
 *
 * invariant_leaks.c - at the end of a schedule: who still holds a tasklet that has ended?
 *
 * References are counted where the collector would find them, and in the frames
 * and the saved C stacks, where it would not: there every word that looks like
 * one counts.  So a tasklet that is held may be overlooked, and one that is
 * reported has a reference that nobody will ever give back.
 */
#include "interp/cpython.h"

#include <string.h>

#include "invariants.h"
#include "interp/tasklet.h"
#include "interp/thread.h"
#include "interp/valgrind_stack.h"

static int found(PyObject *object, void *unused)
{
    (void)unused;
    if (PyObject_TypeCheck(object, &slp_tasklet_type))
        ((slp_tasklet *)object)->watch.found++;
    return 0;
}

static void found_if_tasklet(const void *word)
{
    slp_tasklet *t = slp_invariant_walk_first();

    while (t != NULL && t != word)
        t = t->watch.next;
    if (t != NULL)
        t->watch.found++;
}

/* A slice is not typed: a word that is equal to a tasklet's address counts as a reference. */
static void look_at_words(const void *bytes, size_t size)
{
    for (size_t at = 0; at + sizeof(void *) <= size; at += sizeof(void *)) {
        void *word;
        memcpy(&word, (const char *)bytes + at, sizeof word);
        SLP_VALGRIND_STACK_LOOK(&word, sizeof word);
        found_if_tasklet(word);
    }
}

static void look_at_frames(const slp_cpython_cframe *cframe)
{
    const slp_cpython_frame *frame = cframe != NULL ? slp_cpython_cframe_frame(cframe) : NULL;

    for (; frame != NULL; frame = slp_cpython_frame_previous(frame)) {
        size_t count;
        PyObject *const *slots = slp_cpython_frame_slots(frame, &count);
        look_at_words(slots, count * sizeof *slots);
    }
}

static void look_at_stacks(void)
{
    look_at_frames(slp_cpython_cframe_of(slp_cpython_tstate()));
    for (const struct slp_thread *thread = slp_thread_first(); thread != NULL;
         thread = thread->next)
        if (thread->current != NULL && !thread->current->ended)
            look_at_frames(slp_cpython_cframe_of(thread->tstate));
    for (const slp_tasklet *t = slp_invariant_walk_first(); t != NULL; t = t->watch.next) {
        if (!t->started || t->ended || t->slice.used == 0)
            continue;
        /* The frames' slots are on the data stack, and C variables in the slice: both. */
        look_at_frames(slp_slice_find(&t->slice, t->state.cframe));
        look_at_words(t->slice.bytes, t->slice.used);
    }
}

/* The list itself holds what is in it. */
static void look_at_objects(PyObject *objects)
{
    found(objects, NULL);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects); i++) {
        PyObject *object = PyList_GET_ITEM(objects, i);
        found(object, NULL);
        if (Py_TYPE(object)->tp_traverse != NULL)
            Py_TYPE(object)->tp_traverse(object, found, NULL);
    }
    /* Those that the collector does not know of yet: ring.h. */
    for (slp_tasklet *t = slp_invariant_walk_first(); t != NULL; t = t->watch.next)
        if (!PyObject_GC_IsTracked((PyObject *)t))
            Py_TYPE(t)->tp_traverse((PyObject *)t, found, NULL);
}

void slp_invariant_leaks(void)
{
    PyObject *gc = PyImport_ImportModule("gc");
    PyObject *objects = gc == NULL ? NULL : PyObject_CallMethod(gc, "get_objects", NULL);

    Py_XDECREF(gc);
    if (objects == NULL) {
        PyErr_Clear();
        return;
    }
    /* Counted up from what the core owns: objects, then frames, then saved stacks. */
    for (slp_tasklet *t = slp_invariant_walk_first(); t != NULL; t = t->watch.next)
        t->watch.found = slp_invariant_walk_owners(t);
    look_at_objects(objects);
    look_at_stacks();
    for (slp_tasklet *t = slp_invariant_walk_first(); t != NULL; t = t->watch.next)
        if (t->ended && t->thread->current != t && Py_REFCNT(t) > t->watch.found)
            slp_invariants_violated(SLP_I12, t,
                                    "it has ended, and has %zd references, of which %zd are known",
                                    Py_REFCNT(t), t->watch.found);
    Py_DECREF(objects);
}
