/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "argument.h"

#include "callback.h"
#include "identity.h"
#include "special_method.h"
#include "touch.h"

void sw_argument_all(const struct call *call, Py_ssize_t first, sw_argument_touch *touch,
                     struct operation *operation)
{
    if (call->unseen)
        sw_touch_anything(operation);
    for (Py_ssize_t i = first; i < call->count; i++)
        touch(call, call->arguments[i], operation);
}

void sw_argument_read_deep(const struct call *call, PyObject *object, struct operation *operation)
{
    (void)call;
    /* format_map(), say, asks it for items */
    if (sw_touch_makes_items(object) || sw_callback_is_unseen(object))
        sw_touch_anything(operation);
    else
        sw_touch_deep(operation, SW_OP_READ, object);
}

void sw_argument_read_shallow(const struct call *call, PyObject *object,
                              struct operation *operation)
{
    (void)call;
    sw_touch_shallow(operation, SW_OP_READ, object);
}

void sw_argument_read_shared(const struct call *call, PyObject *object, struct operation *operation)
{
    if (Py_REFCNT(object) > sw_operation_held(call->frame, object) ||
        sw_identity_is_of_others(object))
        sw_touch_shallow(operation, SW_OP_READ, object);
}

/* It may be another thread's as well if there are more references to it than the frame's own. */
void sw_argument_iterate(const struct call *call, PyObject *object, struct operation *operation)
{
    sw_touch_iterated(operation, object, sw_operation_held(call->frame, object));
}

/* It is gone over, and each of its elements is a pair that is gone over, too.  A dict has none; what
 * a zip or enumerate() gives is new; of other iterators it is not known. */
void sw_argument_iterate_pairs(const struct call *call, PyObject *object,
                               struct operation *operation)
{
    PyObject *behind = sw_touch_behind(object);
    int is_new = PyDict_Check(behind) || Py_TYPE(behind) == &PyZip_Type ||
                 Py_TYPE(behind) == &PyEnum_Type || sw_touch_is_plain(behind);

    sw_argument_iterate(call, object, operation);
    if (PyList_Check(behind) || PyTuple_Check(behind))
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(behind); i++)
            sw_touch_shallow(operation, SW_OP_READ, PySequence_Fast_GET_ITEM(behind, i));
    else if (!is_new)
        sw_touch_anything(operation);
}

/* What is gone over is asked for its elements, and they are looked at. */
void sw_argument_read_elements(const struct call *call, PyObject *object,
                               struct operation *operation)
{
    object = sw_touch_behind(object);
    if (PyIter_Check(object))
        sw_argument_iterate(call, object, operation);
    else
        sw_argument_read_deep(call, object, operation);
}

void sw_argument_is_class(const struct call *call, PyObject *object, struct operation *operation)
{
    (void)call;
    if (sw_special_method_is_unseen(Py_TYPE(object)) ||
        (PyType_Check(object) && sw_special_method_is_unseen((PyTypeObject *)object)))
        sw_touch_anything(operation);
}

void sw_argument_raise(const struct call *call, PyObject *object, struct operation *operation)
{
    (void)call;
    if (PyExceptionInstance_Check(object))
        sw_touch_raised(operation, SW_OP_WRITE, object);
}
