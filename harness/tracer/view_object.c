/* SPDX-License-Identifier: MIT */
#include "view_object.h"

#include "last_reference.h"
#include "touch.h"

PyObject *sw_view_object_shows(PyObject *object)
{
    const PyMemoryViewObject *view = (const PyMemoryViewObject *)object;

    /* Once it has let go of it, the address stays there. */
    if (!PyMemoryView_Check(object) || (view->flags & _Py_MEMORYVIEW_RELEASED) ||
        (view->mbuf->flags & _Py_MANAGED_BUFFER_RELEASED))
        return NULL;
    return view->view.obj;
}

static destructor ends;

static void on_end(PyObject *view)
{
    struct operation operation = {.op = SW_OP_NONE};

    if (sw_view_object_shows(view) != NULL)
        sw_touch_shallow(&operation, SW_OP_WRITE, view);
    if (!sw_last_reference_announce(view, &operation))
        ends(view);
}

void sw_view_object_begin(void)
{
    ends = PyMemoryView_Type.tp_dealloc;
    PyMemoryView_Type.tp_dealloc = on_end;
}
